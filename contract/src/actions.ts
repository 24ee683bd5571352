import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { profileSchema } from './user-profile.ts';
import { avatarSchema, nameSchema } from './users.ts';
import { environmentVariables, jsonObject } from './values.ts';

/** The moments of a sign-in at which an operator's script is asked. */
export const actionTypeSchema = z.enum(['action.postFirstFactorVerification', 'action.postSignIn']);
export type ActionType = z.output<typeof actionTypeSchema>;

const fields = {
  script: z
    .string()
    .min(1)
    .max(100_000)
    .describe('JavaScript that defines runAction({ event, environmentVariables, api }).'),
  environmentVariables: secret(environmentVariables).optional(),
  contextSample: z.unknown().optional(),
  enabled: z.boolean().optional().describe('Default: true.'),
  onExecutionError: z
    .enum(['block', 'allow'])
    .optional()
    .describe('Whether a failing script blocks the sign-in. Default: block.'),
};
export const actionSchema = z.object(fields);
export type Action = z.output<typeof actionSchema>;

/** What a script may return: changes of the user, except of identifiers and credentials. */
export const actionResultSchema = z.strictObject({
  action: z.literal('updateUser'),
  user: z
    .strictObject({
      name: nameSchema,
      avatar: avatarSchema,
      profile: profileSchema.strict().describe('Merged into the existing value.'),
      customData: jsonObject.describe('Merged into the existing value, at the first level.'),
    })
    .partial(),
});
export type ActionResult = z.output<typeof actionResultSchema>;

const tag = 'Configs';
const access = 'management';
const params = z.object({ actionType: actionTypeSchema });

export const listActions = route({
  method: 'GET',
  path: '/api/configs/actions',
  operationId: 'ListActions',
  tag,
  access,
  summary: 'List the scripts that are asked during a sign-in',
  responses: { 200: z.array(z.object({ key: actionTypeSchema, value: actionSchema })) },
});
export const getAction = route({
  method: 'GET',
  path: '/api/configs/actions/:actionType',
  operationId: 'GetAction',
  tag,
  access,
  summary: 'Get the script that is asked at a moment of the sign-in',
  params,
  responses: { 200: actionSchema },
  errors: ['entity.not_found'],
});
export const putAction = route({
  method: 'PUT',
  path: '/api/configs/actions/:actionType',
  operationId: 'UpsertAction',
  tag,
  access,
  summary: 'Set the script that is asked at a moment of the sign-in',
  params,
  body: z.object(fields),
  responses: { 200: actionSchema, 201: actionSchema },
  errors: ['auth.forbidden', 'action.execution_failed', 'request.overloaded'],
});
export const updateAction = route({
  method: 'PATCH',
  path: '/api/configs/actions/:actionType',
  operationId: 'UpdateAction',
  tag,
  access,
  summary: 'Change the script that is asked at a moment of the sign-in',
  params,
  body: z.object(fields).partial(),
  responses: { 200: actionSchema },
  errors: ['auth.forbidden', 'entity.not_found', 'action.execution_failed', 'request.overloaded'],
});
export const deleteAction = route({
  method: 'DELETE',
  path: '/api/configs/actions/:actionType',
  operationId: 'DeleteAction',
  tag,
  access,
  summary: 'Delete the script that is asked at a moment of the sign-in',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const testAction = route({
  method: 'POST',
  path: '/api/configs/actions/test',
  operationId: 'TestAction',
  tag,
  access,
  summary: 'Test an action script; 204 if it returns nothing',
  body: z.object({
    actionType: actionTypeSchema,
    script: fields.script,
    event: z.unknown(),
    environmentVariables: fields.environmentVariables,
  }),
  responses: { 200: actionResultSchema, 204: null },
  errors: ['action.access_denied', 'action.execution_failed', 'request.overloaded'],
});
