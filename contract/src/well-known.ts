import { z } from 'zod';
import { publicCaptchaConfigSchema } from './captcha-provider.ts';
import { oneTapSchema, publicSocialConnectorSchema } from './connectors.ts';
import { profileFieldSchema } from './custom-profile-fields.ts';
import { route } from './route.ts';
import { signInExperienceSchema } from './sign-in-experience.ts';
import { publicSsoConnectorSchema } from './sso-connectors.ts';
import { jsonObject, pathId } from './values.ts';

/** What a sign-in page needs to draw itself. Public: contains only values that all visitors see. */
export const publicSignInExperienceSchema = signInExperienceSchema
  .omit({ emailBlocklistPolicy: true, forgotPasswordMethods: true })
  .extend({
    socialConnectors: z.array(publicSocialConnectorSchema),
    ssoConnectors: z.array(publicSsoConnectorSchema),
    forgotPassword: z.object({ phone: z.boolean(), email: z.boolean() }),
    isDevelopmentTenant: z.boolean(),
    captchaConfig: publicCaptchaConfigSchema
      .optional()
      .describe('Present if a captcha of another service is asked for.'),
    googleOneTap: oneTapSchema.optional(),
    /** What a sign-up asks for, in its order. */
    customProfileFields: z.array(profileFieldSchema),
    /** Everything that people can be asked for. */
    customProfileFieldCatalog: z.array(profileFieldSchema),
  });

export type PublicSignInExperience = z.output<typeof publicSignInExperienceSchema>;

const tag = 'Well-known';
const experienceQuery = z.object({ organizationId: z.string().max(128), appId: z.string().max(128) }).partial();

export const getPublicSignInExperience = route({
  method: 'GET',
  path: '/api/.well-known/sign-in-exp',
  operationId: 'GetSignInExperienceConfig',
  tag,
  access: 'anonymous',
  summary: 'Get what a sign-in page needs',
  query: experienceQuery,
  responses: { 200: publicSignInExperienceSchema },
});
export const getPublicExperience = route({
  method: 'GET',
  path: '/api/.well-known/experience',
  operationId: 'GetWellKnownExperience',
  tag,
  access: 'anonymous',
  summary: 'Get what a sign-in page needs',
  query: experienceQuery,
  responses: { 200: publicSignInExperienceSchema },
});
export const getTenantEndpoint = route({
  method: 'GET',
  path: '/api/.well-known/endpoints/:tenantId',
  operationId: 'GetWellKnownEndpoints',
  tag,
  access: 'anonymous',
  summary: 'Get the endpoint of a tenant; admin tenant only',
  params: z.object({ tenantId: pathId }),
  responses: { 200: z.object({ user: z.string() }) },
  errors: ['request.not_found', 'tenant.not_found'],
});
export const getPhrases = route({
  method: 'GET',
  path: '/api/.well-known/phrases',
  operationId: 'GetSignInExperiencePhrases',
  tag,
  access: 'anonymous',
  summary: 'Get the phrases of the sign-in pages in one language',
  query: z.object({ lng: z.string().max(256) }).partial(),
  responses: { 200: jsonObject },
});
export const getStatus = route({
  method: 'GET',
  path: '/api/status',
  operationId: 'GetStatus',
  tag: 'Status',
  access: 'anonymous',
  summary: 'Get the status of the process',
  isOfProcess: true,
  responses: { 204: null },
});
/** What has to work before a node can serve. */
export const readinessChecks = ['database', 'migrations', 'keys', 'clock'] as const;
export type ReadinessCheck = (typeof readinessChecks)[number];
export const getReadiness = route({
  method: 'GET',
  path: '/api/status/ready',
  operationId: 'GetReadiness',
  tag: 'Status',
  access: 'anonymous',
  summary: 'Get the readiness of the server: database, migrations, keys and clock',
  isOfProcess: true,
  responses: {
    200: z.object({ status: z.literal('ready'), checks: z.record(z.enum(readinessChecks), z.literal('ok')) }),
  },
  errors: ['request.not_ready'],
});
export const getSwagger = route({
  method: 'GET',
  path: '/api/swagger.json',
  operationId: 'GetSwaggerJson',
  tag,
  access: 'anonymous',
  summary: 'Get the OpenAPI document of all APIs',
  responses: { 200: jsonObject },
});
export const getManagementOpenapi = route({
  method: 'GET',
  path: '/api/.well-known/management.openapi.json',
  operationId: 'GetWellKnownManagementOpenapiJson',
  tag,
  access: 'anonymous',
  summary: 'Get the OpenAPI document of the Management API',
  responses: { 200: jsonObject },
});
export const getUserOpenapi = route({
  method: 'GET',
  path: '/api/.well-known/user.openapi.json',
  operationId: 'GetWellKnownUserOpenapiJson',
  tag,
  access: 'anonymous',
  summary: 'Get the OpenAPI document of the Account API',
  responses: { 200: jsonObject },
});
export const getExperienceOpenapi = route({
  method: 'GET',
  path: '/api/.well-known/experience.openapi.json',
  operationId: 'GetWellKnownExperienceOpenapiJson',
  tag,
  access: 'anonymous',
  summary: 'Get the OpenAPI document of the Experience API',
  responses: { 200: jsonObject },
});
