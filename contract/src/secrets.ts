import { z } from 'zod';

/** Values that give access to something: see `secret`. */
const secrets = z.registry<{ isSecret: true }>();
const secretMask = '******';

/**
 * Marks a value of a response that gives access to something. The server shows it to callers who may also change what
 * the route is about; for others, every text in it is replaced with asterisks.
 */
export function secret<S extends z.ZodType>(schema: S): S {
  const marked = schema.clone(undefined, { parent: true });
  secrets.add(marked, { isSecret: true });
  return marked;
}

/** A response without its secrets. */
export function withoutSecrets(schema: unknown, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (schema instanceof z.ZodType && secrets.has(schema)) return masked(value);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return withoutSecrets(schema.unwrap(), value);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((item) => withoutSecrets(schema.element, item));
  if (schema instanceof z.ZodObject && typeof value === 'object')
    return mapMembers(value, (member, name) => withoutSecrets(schema.shape[name], member));
  return value;
}

const mapMembers = (value: object, change: (member: unknown, name: string) => unknown) =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member, name)]));

function masked(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? '' : secretMask;
  if (Array.isArray(value)) return value.map(masked);
  return typeof value === 'object' && value !== null ? mapMembers(value, masked) : value;
}
