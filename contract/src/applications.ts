import { z } from 'zod';
import { customClientMetadataSchema, oidcClientMetadataPatch, oidcClientMetadataSchema } from './client-metadata.ts';
import { roleSchema } from './roles.ts';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { flag, idList, instant, jsonObject, pathId, searchQuery } from './values.ts';

export const applicationTypeSchema = z.enum(['Native', 'SPA', 'Traditional', 'MachineToMachine', 'Protected', 'SAML']);

/** An application that signs people in, or calls APIs as itself. */
export const applicationSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  secret: secret(
    z.string().describe('The legacy secret; in the response of the creation, the first named secret.'),
  ).optional(),
  description: z.string().nullable(),
  type: applicationTypeSchema,
  oidcClientMetadata: oidcClientMetadataSchema,
  customClientMetadata: customClientMetadataSchema,
  protectedAppMetadata: jsonObject.nullable(),
  customData: jsonObject,
  isThirdParty: z.boolean(),
  appLevelAccessControlEnabled: z.boolean(),
  createdAt: instant,
});
export type Application = z.output<typeof applicationSchema>;

export const applicationSecretSchema = z.object({
  tenantId: z.string(),
  applicationId: z.string(),
  name: z.string(),
  value: secret(z.string()),
  createdAt: instant,
  expiresAt: instant.nullable(),
});
export type ApplicationSecret = z.output<typeof applicationSecretSchema>;

const tag = 'Applications';
const access = 'management';
const params = z.object({ id: pathId });
const ofApplication = z.object({ applicationId: pathId });
const name = z.string().min(1).max(256);
const description = z.string().max(65_536).nullable();
export const listApplications = route({
  method: 'GET',
  path: '/api/applications',
  operationId: 'ListApplications',
  tag,
  access,
  summary: 'List and search applications',
  query: searchQuery.extend({
    types: z.union([applicationTypeSchema, z.array(applicationTypeSchema)]).optional(),
    excludeRoleId: z.string().optional(),
    excludeOrganizationId: z.string().optional(),
    isThirdParty: flag.optional(),
  }),
  pagination: 'optional',
  responses: { 200: z.array(applicationSchema) },
  errors: ['request.invalid_input'],
});
export const createApplication = route({
  method: 'POST',
  path: '/api/applications',
  operationId: 'CreateApplication',
  tag,
  access,
  summary: 'Create an application',
  body: z.object({
    name,
    description: description.optional(),
    type: applicationTypeSchema.describe('Native and single-page applications have no secret.'),
    oidcClientMetadata: oidcClientMetadataPatch.optional(),
    customClientMetadata: customClientMetadataSchema.optional(),
    isThirdParty: z.boolean().optional().describe('Users are asked for consent before it gets their data.'),
    customData: jsonObject.optional().describe('JSON that scripts and programs can read.'),
    protectedAppMetadata: jsonObject.optional(),
  }),
  responses: { 200: applicationSchema },
  errors: [
    'application.invalid_third_party_application_type',
    'application.use_saml_app_api',
    'request.feature_not_supported',
    'oidc.signing_key_missing',
  ],
});
export const getApplication = route({
  method: 'GET',
  path: '/api/applications/:id',
  operationId: 'GetApplication',
  tag,
  access,
  summary: 'Get an application',
  params,
  responses: { 200: applicationSchema.extend({ isAdmin: z.boolean() }) },
  errors: ['entity.not_exists_with_id'],
});
export const updateApplication = route({
  method: 'PATCH',
  path: '/api/applications/:id',
  operationId: 'UpdateApplication',
  tag,
  access,
  summary: 'Update an application; isAdmin grants or removes access to the Management API',
  params,
  body: z
    .object({
      name,
      description,
      oidcClientMetadata: oidcClientMetadataPatch,
      customClientMetadata: customClientMetadataSchema,
      customData: jsonObject.describe('JSON that scripts and programs can read.'),
      appLevelAccessControlEnabled: z.boolean().describe('Only users that a rule admits can sign in.'),
      isAdmin: z.boolean().describe('Gives a machine-to-machine application everything.'),
    })
    .partial(),
  responses: { 200: applicationSchema },
  errors: [
    'entity.not_exists_with_id',
    'application.invalid_type',
    'application.use_saml_app_api',
    'request.feature_not_supported',
    'application.cannot_delete_built_in',
    'oidc.signing_key_missing',
  ],
});
export const deleteApplication = route({
  method: 'DELETE',
  path: '/api/applications/:id',
  operationId: 'DeleteApplication',
  tag,
  access,
  summary: 'Delete an application and end what was granted to it',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'application.cannot_delete_built_in'],
});
export const updateApplicationCustomData = route({
  method: 'PATCH',
  path: '/api/applications/:applicationId/custom-data',
  operationId: 'UpdateApplicationCustomData',
  tag,
  access,
  summary: 'Merge into the custom data of an application',
  params: ofApplication,
  body: jsonObject,
  responses: { 200: jsonObject },
  errors: ['entity.not_exists_with_id'],
});

export const listApplicationSecrets = route({
  method: 'GET',
  path: '/api/applications/:id/secrets',
  operationId: 'ListApplicationSecrets',
  tag,
  access,
  summary: 'List the secrets of an application, in full',
  params,
  responses: { 200: z.array(applicationSecretSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const createApplicationSecret = route({
  method: 'POST',
  path: '/api/applications/:id/secrets',
  operationId: 'CreateApplicationSecret',
  tag,
  access,
  summary: 'Create a secret',
  params,
  body: z.object({ name, expiresAt: instant.min(0).max(8.64e15).nullable().optional() }),
  responses: { 201: applicationSecretSchema },
  errors: [
    'entity.not_exists_with_id',
    'application.invalid_type',
    'application.secret_name_exists',
    'request.invalid_input',
  ],
});
export const updateApplicationSecret = route({
  method: 'PATCH',
  path: '/api/applications/:id/secrets/:name',
  operationId: 'UpdateApplicationSecret',
  tag,
  access,
  summary: 'Rename a secret',
  params: params.extend({ name: pathId }),
  body: z.object({ name }),
  responses: { 200: applicationSecretSchema },
  errors: ['application.secret_not_found', 'application.secret_name_exists'],
});
export const deleteApplicationSecret = route({
  method: 'DELETE',
  path: '/api/applications/:id/secrets/:name',
  operationId: 'DeleteApplicationSecret',
  tag,
  access,
  summary: 'Delete a secret',
  params: params.extend({ name: pathId }),
  responses: { 204: null },
  errors: ['application.secret_not_found'],
});
export const deleteApplicationLegacySecret = route({
  method: 'DELETE',
  path: '/api/applications/:id/legacy-secret',
  operationId: 'DeleteApplicationLegacySecret',
  tag,
  access,
  summary: 'Delete the secret that came before named ones',
  params,
  responses: { 200: applicationSchema },
  errors: ['entity.not_exists_with_id', 'application.no_legacy_secret_found'],
});

/* Aldaba is not a proxy in front of applications: these routes return 501, also for the domains of one application. */
const customDomains = '/api/applications/:id/protected-app-metadata/custom-domains';
const notProtected = {
  errors: ['entity.not_exists_with_id', 'request.feature_not_supported'],
  statuses: { 'request.feature_not_supported': 501 },
} as const;
export const listApplicationCustomDomains = route({
  method: 'GET',
  path: customDomains,
  operationId: 'ListApplicationProtectedAppMetadataCustomDomains',
  tag,
  access,
  summary: 'List the domains of a protected application',
  params,
  responses: { 200: z.array(jsonObject) },
  ...notProtected,
});
export const createApplicationCustomDomain = route({
  method: 'POST',
  path: customDomains,
  operationId: 'CreateApplicationProtectedAppMetadataCustomDomain',
  tag,
  access,
  summary: 'Add a domain to a protected application',
  params,
  body: z.object({
    domain: z
      .string()
      .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/i, 'must be a domain like app.example.com')
      .max(256),
  }),
  responses: { 201: null },
  ...notProtected,
});
export const deleteApplicationCustomDomain = route({
  method: 'DELETE',
  path: `${customDomains}/:domain`,
  operationId: 'DeleteApplicationProtectedAppMetadataCustomDomain',
  tag,
  access,
  summary: 'Remove a domain from a protected application',
  params: params.extend({ domain: pathId }),
  responses: { 204: null },
  ...notProtected,
});

export const listApplicationRoles = route({
  method: 'GET',
  path: '/api/applications/:applicationId/roles',
  operationId: 'ListApplicationRoles',
  tag,
  access,
  summary: 'List the roles of a machine-to-machine application',
  params: ofApplication,
  query: searchQuery,
  pagination: 'optional',
  responses: { 200: z.array(roleSchema) },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
});
const roleErrors = [
  'entity.not_exists_with_id',
  'application.invalid_type',
  'application.invalid_role_type',
  'entity.relation_foreign_key_not_found',
] as const;
export const assignApplicationRoles = route({
  method: 'POST',
  path: '/api/applications/:applicationId/roles',
  operationId: 'AssignApplicationRoles',
  tag,
  access,
  summary: 'Assign roles to a machine-to-machine application; existing roles are kept',
  params: ofApplication,
  body: z.object({ roleIds: idList.min(1) }),
  responses: { 201: z.object({ roleIds: z.array(z.string()), addedRoleIds: z.array(z.string()) }) },
  errors: roleErrors,
});
export const replaceApplicationRoles = route({
  method: 'PUT',
  path: '/api/applications/:applicationId/roles',
  operationId: 'ReplaceApplicationRoles',
  tag,
  access,
  summary: 'Set the roles of a machine-to-machine application',
  params: ofApplication,
  body: z.object({ roleIds: idList }),
  responses: { 200: z.object({ roleIds: z.array(z.string()) }) },
  errors: roleErrors,
});
export const deleteApplicationRole = route({
  method: 'DELETE',
  path: '/api/applications/:applicationId/roles/:roleId',
  operationId: 'DeleteApplicationRole',
  tag,
  access,
  summary: 'Remove a role from an application',
  params: ofApplication.extend({ roleId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});

const ofRole = z.object({ id: pathId });
export const listRoleApplications = route({
  method: 'GET',
  path: '/api/roles/:id/applications',
  operationId: 'ListRoleApplications',
  tag: 'Roles',
  access,
  summary: 'List the applications of a role',
  params: ofRole,
  query: searchQuery,
  pagination: 'required',
  responses: { 200: z.array(applicationSchema) },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
});
export const createRoleApplications = route({
  method: 'POST',
  path: '/api/roles/:id/applications',
  operationId: 'CreateRoleApplication',
  tag: 'Roles',
  access,
  summary: 'Assign a role to applications',
  params: ofRole,
  body: z.object({ applicationIds: idList.min(1) }),
  responses: { 201: null },
  errors: [
    'entity.not_exists_with_id',
    'role.application_exists',
    'application.invalid_type',
    'application.invalid_role_type',
  ],
});
export const deleteRoleApplication = route({
  method: 'DELETE',
  path: '/api/roles/:id/applications/:applicationId',
  operationId: 'DeleteRoleApplication',
  tag: 'Roles',
  access,
  summary: 'Remove a role from an application',
  params: ofRole.extend({ applicationId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});
