import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { environmentVariables, jsonObject } from './values.ts';

/** The subject of the claims: users, or applications that act for themselves. */
export const customizedTokenSchema = z.enum(['access-token', 'client-credentials']);
export type CustomizedToken = z.output<typeof customizedTokenSchema>;

const script = z
  .string()
  .min(1)
  .max(100_000)
  .describe('JavaScript that defines getCustomJwtClaims({ token, context, environmentVariables, api }).');

const fields = {
  script,
  environmentVariables: secret(environmentVariables).optional(),
  contextSample: jsonObject.optional(),
  tokenSample: jsonObject.optional(),
  /** Without it a failed script is ignored: the token is issued without its claims. */
  blockIssuanceOnError: z.boolean().optional(),
};
export const customClaimsSchema = z.object(fields);
export type CustomClaimsScript = z.output<typeof customClaimsSchema>;

const tag = 'Configs';
const access = 'management';
const params = z.object({ tokenTypePath: customizedTokenSchema });

export const listCustomClaims = route({
  method: 'GET',
  path: '/api/configs/jwt-customizer',
  operationId: 'ListJwtCustomizers',
  tag,
  access,
  summary: 'List the scripts that add claims to access tokens',
  responses: {
    200: z.array(z.object({ key: z.enum(['jwt.accessToken', 'jwt.clientCredentials']), value: customClaimsSchema })),
  },
});
export const getCustomClaims = route({
  method: 'GET',
  path: '/api/configs/jwt-customizer/:tokenTypePath',
  operationId: 'GetJwtCustomizer',
  tag,
  access,
  summary: 'Get the script that adds claims to a kind of access token',
  params,
  responses: { 200: customClaimsSchema },
  errors: ['entity.not_found'],
});
export const putCustomClaims = route({
  method: 'PUT',
  path: '/api/configs/jwt-customizer/:tokenTypePath',
  operationId: 'UpsertJwtCustomizer',
  tag,
  access,
  summary: 'Set the script that adds claims to a kind of access token',
  params,
  body: z.object(fields),
  responses: { 200: customClaimsSchema, 201: customClaimsSchema },
  errors: ['jwt_customizer.can_not_create_for_admin_tenant', 'jwt_customizer.general', 'request.overloaded'],
});
export const updateCustomClaims = route({
  method: 'PATCH',
  path: '/api/configs/jwt-customizer/:tokenTypePath',
  operationId: 'UpdateJwtCustomizer',
  tag,
  access,
  summary: 'Change the script that adds claims to a kind of access token',
  params,
  body: z.object(fields).partial(),
  responses: { 200: customClaimsSchema },
  errors: ['entity.not_found', 'jwt_customizer.general', 'request.overloaded'],
});
export const deleteCustomClaims = route({
  method: 'DELETE',
  path: '/api/configs/jwt-customizer/:tokenTypePath',
  operationId: 'DeleteJwtCustomizer',
  tag,
  access,
  summary: 'Delete the script that adds claims to a kind of access token',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const testCustomClaims = route({
  method: 'POST',
  path: '/api/configs/jwt-customizer/test',
  operationId: 'TestJwtCustomizer',
  tag,
  access,
  summary: 'Test a custom claims script and return its claims',
  body: z.object({
    tokenType: customizedTokenSchema,
    script,
    token: jsonObject,
    context: jsonObject.default({}),
    environmentVariables: environmentVariables.optional(),
  }),
  responses: { 200: jsonObject },
  errors: ['oidc.access_denied', 'jwt_customizer.general', 'request.overloaded'],
  statuses: { 'oidc.access_denied': 403 },
});
