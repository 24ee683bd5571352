import { z } from 'zod';
import { route } from './route.ts';
import { identitySchema } from './users.ts';
import { flag, jsonObject, pathId } from './values.ts';

/** What a user decided about second factors and passkeys. */
export const userLogtoConfigSchema = z.object({
  mfa: z.object({ enabled: z.boolean().optional(), skipped: z.boolean(), skipMfaOnSignIn: z.boolean() }),
  passkeySignIn: z.object({ skipped: z.boolean() }),
});
export type UserLogtoConfig = z.output<typeof userLogtoConfigSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });
const secretQuery = z.object({ includeTokenSecret: flag }).partial();

export const listUserLogtoConfigs = route({
  method: 'GET',
  path: '/api/users/:userId/logto-configs',
  operationId: 'ListUserLogtoConfigs',
  tag,
  access,
  summary: 'Get what a user decided about second factors and passkeys',
  params,
  responses: { 200: userLogtoConfigSchema },
  errors: ['entity.not_found'],
});
export const updateUserLogtoConfigs = route({
  method: 'PATCH',
  path: '/api/users/:userId/logto-configs',
  operationId: 'UpdateUserLogtoConfigs',
  tag,
  access,
  summary: 'Change what a user decided about second factors and passkeys',
  params,
  body: z
    .object({
      mfa: z
        .object({
          enabled: z.boolean(),
          skipped: z.boolean(),
          additionalBindingSuggestionSkipped: z.boolean(),
          skipMfaOnSignIn: z.boolean(),
        })
        .partial(),
      passkeySignIn: z.object({ skipped: z.boolean() }).partial(),
    })
    .partial(),
  responses: { 200: userLogtoConfigSchema },
  errors: ['entity.not_found'],
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
      socialIdentities: z.array(z.object({ target: z.string(), identity: identitySchema })),
      ssoIdentities: z.array(z.object({ ssoConnectorId: z.string(), ssoIdentity: jsonObject })),
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
  responses: { 200: z.object({ ssoIdentity: jsonObject }) },
  errors: ['entity.not_found'],
});
