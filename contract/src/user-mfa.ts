import { z } from 'zod';
import { mfaFactorSchema } from './mfa-factors.ts';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { userAgentParsedSchema } from './user-agents.ts';
import { pathId, revokeSessionsQuery } from './values.ts';

/** A second factor of a user: its kind and its last use, without its secret. */
export const mfaVerificationSchema = z.object({
  id: z.string(),
  type: mfaFactorSchema,
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().optional(),
  name: z.string().optional(),
  /** The browser that a passkey was created in. */
  agent: z.string().optional(),
  agentParsed: userAgentParsedSchema.optional(),
  /** How many backup codes are not used yet. */
  remainCodes: z.number().int().optional(),
});
export type MfaVerification = z.output<typeof mfaVerificationSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });

export const listUserMfaVerifications = route({
  method: 'GET',
  path: '/api/users/:userId/mfa-verifications',
  operationId: 'ListUserMfaVerifications',
  tag,
  access,
  summary: 'List the second factors of a user, without their secrets',
  params,
  responses: { 200: z.array(mfaVerificationSchema) },
  errors: ['entity.not_found'],
});
export const createUserMfaVerification = route({
  method: 'POST',
  path: '/api/users/:userId/mfa-verifications',
  operationId: 'CreateUserMfaVerification',
  tag,
  access,
  summary: 'Add an authenticator app or backup codes to a user; only this response has the secret',
  params,
  body: z.discriminatedUnion('type', [
    z.object({ type: z.literal('Totp'), secret: z.string().max(256).optional() }),
    z.object({ type: z.literal('BackupCode'), codes: z.array(z.string().max(64)).max(100).optional() }),
  ]),
  responses: {
    200: z.discriminatedUnion('type', [
      z.object({ type: z.literal('Totp'), secret: secret(z.string()), secretQrCode: secret(z.string()) }),
      z.object({ type: z.literal('BackupCode'), codes: secret(z.array(z.string())) }),
    ]),
  },
  errors: [
    'entity.not_found',
    'user.totp_already_in_use',
    'user.totp_secret_invalid',
    'user.backup_code_already_in_use',
    'user.wrong_backup_code_format',
    'session.mfa.backup_code_can_not_be_alone',
  ],
});
export const deleteUserMfaVerification = route({
  method: 'DELETE',
  path: '/api/users/:userId/mfa-verifications/:verificationId',
  operationId: 'DeleteUserMfaVerification',
  tag,
  access,
  summary:
    'Remove a second factor of a user, and the backup codes with the last other one; ends their sessions and grants unless revokeSessions is false',
  params: params.extend({ verificationId: pathId }),
  query: revokeSessionsQuery,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
