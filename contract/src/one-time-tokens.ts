import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { emailSchema } from './users.ts';
import { instant, pathId } from './values.ts';

export const oneTimeTokenStatusSchema = z.enum(['active', 'consumed', 'revoked', 'expired']);
export type OneTimeTokenStatus = z.output<typeof oneTimeTokenStatusSchema>;

const context = z.object({
  /** Organizations that the person joins with it. */
  jitOrganizationIds: z.array(z.string().min(1).max(128)).max(100).optional(),
  interactionEvent: z.enum(['SignIn', 'Register', 'ForgotPassword']).optional(),
});
export type OneTimeTokenContext = z.output<typeof context>;

/** A token of a magic link. It verifies one email address once. */
export const oneTimeTokenSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  email: z.string(),
  token: secret(z.string()),
  context,
  status: oneTimeTokenStatusSchema,
  createdAt: instant,
  expiresAt: instant,
});
export type OneTimeToken = z.output<typeof oneTimeTokenSchema>;

const email = emailSchema;
const tag = 'One-time tokens';
const access = 'management';
const params = z.object({ id: pathId });
const unusable = [
  'one_time_token.token_consumed',
  'one_time_token.token_revoked',
  'one_time_token.token_expired',
] as const;

export const listOneTimeTokens = route({
  method: 'GET',
  path: '/api/one-time-tokens',
  operationId: 'ListOneTimeTokens',
  tag,
  access,
  summary: 'List one-time tokens, newest first',
  query: z.object({ email, status: oneTimeTokenStatusSchema }).partial(),
  pagination: 'required',
  responses: { 200: z.array(oneTimeTokenSchema) },
});
export const createOneTimeToken = route({
  method: 'POST',
  path: '/api/one-time-tokens',
  operationId: 'AddOneTimeTokens',
  tag,
  access,
  summary: 'Create a one-time token for an email address',
  body: z.object({
    email,
    context: context.default({}),
    expiresIn: z.number().int().min(1).max(31_536_000).default(600).describe('Seconds.'),
  }),
  responses: { 201: oneTimeTokenSchema },
  errors: ['user.invalid_email'],
});
export const verifyOneTimeToken = route({
  method: 'POST',
  path: '/api/one-time-tokens/verify',
  operationId: 'VerifyOneTimeToken',
  tag,
  access,
  summary: 'Use a one-time token up',
  body: z.object({ token: z.string().min(1).max(256), email }),
  responses: { 200: oneTimeTokenSchema },
  errors: ['one_time_token.token_not_found', 'one_time_token.email_mismatch', ...unusable],
});
export const getOneTimeToken = route({
  method: 'GET',
  path: '/api/one-time-tokens/:id',
  operationId: 'GetOneTimeToken',
  tag,
  access,
  summary: 'Get a one-time token',
  params,
  responses: { 200: oneTimeTokenSchema },
  errors: ['entity.not_exists_with_id'],
});
export const deleteOneTimeToken = route({
  method: 'DELETE',
  path: '/api/one-time-tokens/:id',
  operationId: 'DeleteOneTimeToken',
  tag,
  access,
  summary: 'Delete a one-time token',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id'],
});
export const replaceOneTimeTokenStatus = route({
  method: 'PUT',
  path: '/api/one-time-tokens/:id/status',
  operationId: 'ReplaceOneTimeTokenStatus',
  tag,
  access,
  summary: 'End a one-time token',
  params,
  body: z.object({ status: oneTimeTokenStatusSchema }),
  responses: { 200: oneTimeTokenSchema },
  errors: ['entity.not_exists_with_id', 'one_time_token.cannot_reactivate_token', ...unusable],
});
