import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { instant, pathId } from './values.ts';

/** A token that stands for its user at the token endpoint, until it expires or is deleted. */
export const personalAccessTokenSchema = z.object({
  tenantId: z.string(),
  userId: z.string(),
  name: z.string(),
  value: secret(z.string()),
  createdAt: instant,
  expiresAt: instant.nullable(),
});
export type PersonalAccessToken = z.output<typeof personalAccessTokenSchema>;

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });
const named = params.extend({ name: pathId });
const name = z.string().min(1).max(256);

export const listUserPersonalAccessTokens = route({
  method: 'GET',
  path: '/api/users/:userId/personal-access-tokens',
  operationId: 'ListUserPersonalAccessTokens',
  tag,
  access,
  summary: 'List the personal access tokens of a user, in full',
  params,
  responses: { 200: z.array(personalAccessTokenSchema) },
  errors: ['entity.not_found'],
});
export const createUserPersonalAccessToken = route({
  method: 'POST',
  path: '/api/users/:userId/personal-access-tokens',
  operationId: 'CreateUserPersonalAccessToken',
  tag,
  access,
  summary: 'Create a personal access token',
  params,
  body: z.object({ name, expiresAt: instant.min(0).max(8.64e15).nullable().optional() }),
  responses: { 201: personalAccessTokenSchema },
  errors: ['entity.not_found', 'user.personal_access_token_name_exists', 'request.invalid_input'],
});
export const updatePersonalAccessTokenName = route({
  method: 'PATCH',
  path: '/api/users/:userId/personal-access-tokens',
  operationId: 'UpdatePersonalAccessTokenName',
  tag,
  access,
  summary: 'Rename a personal access token, its present name in the body',
  params,
  body: z.object({ currentName: name, name }),
  responses: { 200: personalAccessTokenSchema },
  errors: ['entity.not_found', 'user.personal_access_token_name_exists'],
});
export const updateUserPersonalAccessToken = route({
  method: 'PATCH',
  path: '/api/users/:userId/personal-access-tokens/:name',
  operationId: 'UpdateUserPersonalAccessToken',
  tag,
  access,
  summary: 'Rename a personal access token',
  params: named,
  body: z.object({ name }),
  responses: { 200: personalAccessTokenSchema },
  errors: ['entity.not_found', 'user.personal_access_token_name_exists'],
});
export const deleteUserPersonalAccessToken = route({
  method: 'DELETE',
  path: '/api/users/:userId/personal-access-tokens/:name',
  operationId: 'DeleteUserPersonalAccessToken',
  tag,
  access,
  summary: 'Delete a personal access token',
  params: named,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const deletePersonalAccessTokenPost = route({
  method: 'POST',
  path: '/api/users/:userId/personal-access-tokens/delete',
  operationId: 'DeletePersonalAccessTokenPost',
  tag,
  access,
  summary: 'Delete a personal access token, its name in the body',
  params,
  body: z.object({ name }),
  responses: { 204: null },
  errors: ['entity.not_found'],
});
