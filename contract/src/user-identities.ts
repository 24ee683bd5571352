import { z } from 'zod';
import { route } from './route.ts';
import { ssoTokenSecretSchema, tokenSecretSchema } from './token-sets.ts';
import { identitiesSchema, identitySchema, ssoIdentitySchema, userSchema } from './users.ts';
import { flag, jsonObject, pathId, revokeSessions, revokeSessionsQuery } from './values.ts';

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });
const secretQuery = z.object({ includeTokenSecret: flag }).partial();

export const createUserIdentity = route({
  method: 'POST',
  path: '/api/users/:userId/identities',
  operationId: 'CreateUserIdentity',
  tag,
  access,
  summary: 'Link a social identity that the user verified',
  params,
  body: z.object({
    connectorId: pathId,
    /** What the provider gave to the callback, and the `redirectUri` of the callback. */
    connectorData: jsonObject,
  }),
  responses: { 200: identitiesSchema },
  errors: [
    'entity.not_found',
    'session.invalid_connector_id',
    'user.identity_already_in_use',
    'connector.not_implemented',
    'connector.general',
    'connector.insufficient_request_parameters',
    'connector.social_auth_code_invalid',
    'connector.social_invalid_access_token',
    'connector.social_invalid_id_token',
    'connector.authorization_failed',
    'connector.invalid_response',
    'connector.timeout',
  ],
});
const identityParams = params.extend({ target: z.string().min(1).max(128) });
export const getUserIdentity = route({
  method: 'GET',
  path: '/api/users/:userId/identities/:target',
  operationId: 'GetUserIdentity',
  tag,
  access,
  summary: 'Get a social identity of a user',
  params: identityParams,
  query: secretQuery,
  responses: { 200: z.object({ identity: identitySchema, tokenSecret: tokenSecretSchema.optional() }) },
  errors: ['entity.not_found', 'user.identity_not_exist'],
});
export const replaceUserIdentity = route({
  method: 'PUT',
  path: '/api/users/:userId/identities/:target',
  operationId: 'ReplaceUserIdentity',
  tag,
  access,
  summary:
    'Set a social identity of a user; replacing one ends their sessions and grants unless revokeSessions is false',
  params: identityParams,
  body: z.object({ userId: z.string().min(1).max(256), details: jsonObject.optional(), revokeSessions }),
  responses: { 200: identitiesSchema, 201: identitiesSchema },
  errors: ['entity.not_found', 'user.identity_already_in_use'],
});
export const deleteUserIdentity = route({
  method: 'DELETE',
  path: '/api/users/:userId/identities/:target',
  operationId: 'DeleteUserIdentity',
  tag,
  access,
  summary: 'Remove a social identity of a user, which ends their sessions and grants unless revokeSessions is false',
  params: identityParams,
  query: revokeSessionsQuery,
  responses: { 200: userSchema },
  errors: ['entity.not_found', 'user.identity_not_exist'],
});

export const listUserAllIdentities = route({
  method: 'GET',
  path: '/api/users/:userId/all-identities',
  operationId: 'ListUserAllIdentities',
  tag,
  access,
  summary: 'List the social and enterprise identities of a user',
  params,
  query: secretQuery,
  responses: {
    200: z.object({
      socialIdentities: z.array(
        z.object({ target: z.string(), identity: identitySchema, tokenSecret: tokenSecretSchema.optional() }),
      ),
      ssoIdentities: z.array(
        z.object({
          ssoConnectorId: z.string(),
          ssoIdentity: ssoIdentitySchema,
          tokenSecret: ssoTokenSecretSchema.optional(),
        }),
      ),
    }),
  },
  errors: ['entity.not_found'],
});
export const getUserSsoIdentity = route({
  method: 'GET',
  path: '/api/users/:userId/sso-identities/:ssoConnectorId',
  operationId: 'GetUserSsoIdentity',
  tag,
  access,
  summary: 'Get an enterprise identity of a user',
  params: params.extend({ ssoConnectorId: pathId }),
  query: secretQuery,
  responses: { 200: z.object({ ssoIdentity: ssoIdentitySchema, tokenSecret: ssoTokenSecretSchema.optional() }) },
  errors: ['entity.not_found'],
});
