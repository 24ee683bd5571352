import { z } from 'zod';
import { route } from './route.ts';
import { profileSchema } from './user-profile.ts';
import {
  avatarSchema,
  emailSchema,
  identitySchema,
  nameSchema,
  passwordAlgorithmSchema,
  phoneSchema,
  usernameSchema,
} from './users.ts';
import { flag, jsonObject } from './values.ts';

/** `null` and a missing member are the same, so that an exported user can be imported. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);
/** Milliseconds since the epoch, or an ISO 8601 text. */
const moment = z.union([
  z.number().int().min(0).max(253_402_300_799_999),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

/** A user as a line of an import or export. */
export const transferredUserSchema = z.object({
  /** The subject of tokens. Without it, an ID is generated, and the other identifiers detect existing users. */
  id: maybe(
    z
      .string()
      .regex(/^[A-Za-z0-9_.|~-]{1,128}$/, 'must be 1 to 128 letters, digits or _ . | ~ -')
      .refine((id) => id !== 'import' && id !== 'export', 'is a reserved word'),
  ),
  username: maybe(usernameSchema),
  primaryEmail: maybe(emailSchema),
  /** `false`: the line is refused, unless the import trusts unverified addresses. */
  isEmailVerified: maybe(z.boolean()),
  primaryPhone: maybe(phoneSchema),
  name: maybe(nameSchema),
  avatar: maybe(avatarSchema),
  customData: maybe(jsonObject),
  profile: maybe(profileSchema),
  identities: maybe(
    z.record(z.string().min(1).max(128), identitySchema.extend({ userId: z.string().min(1).max(256) })),
  ),
  passwordDigest: maybe(z.string().min(1).max(4096)),
  passwordAlgorithm: maybe(passwordAlgorithmSchema),
  isSuspended: maybe(z.boolean()),
  createdAt: maybe(moment),
  updatedAt: maybe(moment),
  lastSignInAt: maybe(moment),
  /** Names of roles, in addition to the default roles. */
  roles: maybe(z.array(z.string().min(1).max(128)).max(100)),
  organizations: maybe(
    z
      .array(z.object({ id: z.string().min(1).max(128), roles: maybe(z.array(z.string().min(1).max(128)).max(100)) }))
      .max(100),
  ),
});
export type TransferredUser = z.output<typeof transferredUserSchema>;

/** The result of a line, or of the import. Imported lines and existing users are only counted. */
export const importReportSchema = z.union([
  z.object({ line: z.number().int(), status: z.literal('refused'), code: z.string(), message: z.string() }),
  z.object({
    /** `stopped`: lines from `line` on were not read; import again from there. */
    status: z.enum(['finished', 'stopped']),
    line: z.number().int(),
    created: z.number().int(),
    skipped: z.number().int(),
    refused: z.number().int(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
]);
export type ImportReport = z.output<typeof importReportSchema>;

const tag = 'Users';
const access = 'management';

export const importUsers = route({
  method: 'POST',
  path: '/api/users/import',
  operationId: 'ImportUsers',
  tag,
  access,
  summary: 'Create many users, one JSON object a line; answers the lines that are refused and a summary',
  query: z
    .object({
      /** Lines before it are passed over. */
      fromLine: z.coerce.number().int().min(1),
      /** Accepts addresses with `isEmailVerified: false`. No social identity is linked to them automatically. */
      trustUnverifiedEmails: flag,
    })
    .partial(),
  ndjson: { request: transferredUserSchema },
  responses: { 200: importReportSchema },
  errors: ['guard.unsupported_media_type'],
});
export const exportUsers = route({
  method: 'GET',
  path: '/api/users/export',
  operationId: 'ExportUsers',
  tag,
  access,
  summary: 'Get all users, one JSON object a line, oldest first; password digests only when asked for',
  query: z.object({ includePasswordHash: flag }).partial(),
  ndjson: {},
  responses: { 200: transferredUserSchema },
});
