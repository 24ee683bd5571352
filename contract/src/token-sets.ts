import { z } from 'zod';
import { route } from './route.ts';
import { instant, pathId } from './values.ts';

/*
 * Tokens of social providers, which are stored encrypted where a connector says so (`enableTokenStorage`). Their users
 * get the access token from the Account API; operators see that there is one, and delete it.
 */

/** The stored tokens of an identity, without the tokens. */
export const tokenSecretSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  userId: z.string(),
  type: z.literal('federated_token_set'),
  metadata: z.object({
    scope: z.string().optional(),
    tokenType: z.string().optional(),
    expiresAt: z.number().int().optional().describe('When the access token expires, in seconds since the epoch.'),
    hasRefreshToken: z.boolean(),
  }),
  connectorId: z.string(),
  identityId: z.string().describe('The ID of the user at the provider.'),
  target: z.string(),
  createdAt: instant,
  updatedAt: instant,
});
export type TokenSecret = z.output<typeof tokenSecretSchema>;

/** The same of an identity at an enterprise provider. */
export const ssoTokenSecretSchema = tokenSecretSchema.omit({ connectorId: true, target: true }).extend({
  ssoConnectorId: z.string(),
  issuer: z.string(),
});
export type SsoTokenSecret = z.output<typeof ssoTokenSecretSchema>;

/** A provider's access token. Members that the provider does not tell are absent. */
export const providerAccessTokenSchema = z.object({
  access_token: z.string(),
  token_type: z.string().optional(),
  scope: z.string().optional(),
  expires_in: z.number().int().optional().describe('Seconds.'),
});
export type ProviderAccessToken = z.output<typeof providerAccessTokenSchema>;

export const deleteSecret = route({
  method: 'DELETE',
  path: '/api/secrets/:id',
  operationId: 'DeleteSecret',
  tag: 'Secrets',
  access: 'management',
  summary: 'Delete the stored tokens of a user’s social identity',
  params: z.object({ id: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
});
