/** Reads the messages of the protocol, whose members are named without case (RFC 7643 section 2.1). Pure. */
import { type ScimPatchOperation, scimPatchSchema } from '@aldaba/contract/scim';
import type { z } from 'zod';
import { invalid } from './errors.ts';
import { isObject } from './input.ts';

/** @throws ScimError `invalidSyntax`, or another type */
export function readMessage<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(isObject(body) ? lowered(body) : body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid('invalidSyntax', `${['The message', ...(issue?.path ?? [])].join(', ')}: ${issue?.message}.`);
}

const lowered = (message: object): object =>
  Object.fromEntries(Object.entries(message).map(([name, value]) => [name.toLowerCase(), value]));

/** The operations of a PATCH. */
export const readPatch = (body: unknown): ScimPatchOperation[] => readMessage(scimPatchSchema, body).operations;
