import { z } from 'zod';
import { route } from './route.ts';
import { pathId } from './values.ts';

/** What a user decided about second factors and passkeys. */
export const userLogtoConfigSchema = z.object({
  mfa: z.object({ enabled: z.boolean(), skipped: z.boolean(), skipMfaOnSignIn: z.boolean() }),
  passkeySignIn: z.object({ skipped: z.boolean() }),
});
export type UserLogtoConfig = z.output<typeof userLogtoConfigSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });

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
