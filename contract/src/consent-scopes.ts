import { z } from 'zod';
import { route } from './route.ts';
import { idList, pathId } from './values.ts';

/** Scopes about the person that a third-party application can be allowed to ask for. */
export const consentUserScopeSchema = z.enum([
  'profile',
  'email',
  'phone',
  'address',
  'custom_data',
  'identities',
  'roles',
  'urn:logto:scope:organizations',
  'urn:logto:scope:organization_roles',
  'urn:logto:scope:sessions',
]);
export type ConsentUserScope = z.output<typeof consentUserScopeSchema>;

const scope = z.object({ id: z.string(), name: z.string(), description: z.string().nullable() });
const scopesOfResource = z.object({
  resource: z.object({ id: z.string(), name: z.string(), indicator: z.string() }),
  scopes: z.array(scope),
});

/** What a third-party application may ask people for. */
export const consentScopesSchema = z.object({
  organizationScopes: z.array(scope),
  resourceScopes: z.array(scopesOfResource),
  organizationResourceScopes: z.array(scopesOfResource).describe('Permissions that an organization gives its members.'),
  userScopes: z.array(consentUserScopeSchema),
});
export type ConsentScopes = z.output<typeof consentScopesSchema>;

export const consentScopeTypeSchema = z.enum([
  'organization-scopes',
  'resource-scopes',
  'organization-resource-scopes',
  'user-scopes',
]);
export type ConsentScopeType = z.output<typeof consentScopeTypeSchema>;

const tag = 'Applications';
const access = 'management';
const params = z.object({ applicationId: pathId });

export const listApplicationUserConsentScopes = route({
  method: 'GET',
  path: '/api/applications/:applicationId/user-consent-scopes',
  operationId: 'ListApplicationUserConsentScopes',
  tag,
  access,
  summary: 'List the user consent scopes of a third-party application',
  params,
  responses: { 200: consentScopesSchema },
  errors: ['entity.not_exists_with_id'],
});
export const createApplicationUserConsentScope = route({
  method: 'POST',
  path: '/api/applications/:applicationId/user-consent-scopes',
  operationId: 'CreateApplicationUserConsentScope',
  tag,
  access,
  summary: 'Add user consent scopes to a third-party application; existing ones are kept',
  params,
  body: z
    .object({
      organizationScopes: idList,
      resourceScopes: idList,
      organizationResourceScopes: idList,
      userScopes: z.array(consentUserScopeSchema).max(100),
    })
    .partial(),
  responses: { 201: null },
  errors: [
    'entity.not_exists_with_id',
    'application.third_party_application_only',
    'application.user_consent_scopes_not_found',
  ],
});
export const deleteApplicationUserConsentScope = route({
  method: 'DELETE',
  path: '/api/applications/:applicationId/user-consent-scopes/:scopeType/:scopeId',
  operationId: 'DeleteApplicationUserConsentScope',
  tag,
  access,
  summary: 'Stop a third-party application from asking for something, and from getting it with what was granted before',
  params: params.extend({ scopeType: consentScopeTypeSchema, scopeId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});
