import { z } from 'zod';
import { organizationRoleSchema } from './organization-roles.ts';
import { route } from './route.ts';
import { idList, jsonObject, pathId } from './values.ts';

/* Who joins an organization by themselves ("just in time"), and which roles they get. */

export const organizationEmailDomainSchema = z.object({
  tenantId: z.string(),
  organizationId: z.string(),
  emailDomain: z.string(),
});
export type OrganizationEmailDomain = z.output<typeof organizationEmailDomainSchema>;

/** A domain name; kept in lower case. */
const emailDomain = z
  .string()
  .max(128)
  .regex(/^[^\s@.]+(\.[^\s@.]+)+$/, 'must be a domain like example.com')
  .toLowerCase();

const tag = 'Organizations';
const access = 'management';
const params = z.object({ id: pathId });
const statuses = { 'entity.relation_foreign_key_not_found': 422 } as const;
const errors = ['entity.relation_foreign_key_not_found'] as const;
const goneStatuses = { 'entity.not_found': 422 } as const;

export const listOrganizationJitEmailDomains = route({
  method: 'GET',
  path: '/api/organizations/:id/jit/email-domains',
  operationId: 'ListOrganizationJitEmailDomains',
  tag,
  access,
  summary: 'List the just-in-time email domains',
  params,
  pagination: 'optional',
  responses: { 200: z.array(organizationEmailDomainSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const createOrganizationJitEmailDomain = route({
  method: 'POST',
  path: '/api/organizations/:id/jit/email-domains',
  operationId: 'CreateOrganizationJitEmailDomain',
  tag,
  access,
  summary: 'Add a just-in-time email domain',
  params,
  body: z.object({ emailDomain }),
  responses: { 201: organizationEmailDomainSchema },
  errors: ['entity.unique_integrity_violation', ...errors],
  statuses,
});
export const replaceOrganizationJitEmailDomains = route({
  method: 'PUT',
  path: '/api/organizations/:id/jit/email-domains',
  operationId: 'ReplaceOrganizationJitEmailDomains',
  tag,
  access,
  summary: 'Set the just-in-time email domains',
  params,
  body: z.object({ emailDomains: z.array(emailDomain).max(1000) }),
  responses: { 204: null },
  errors,
  statuses,
});
export const deleteOrganizationJitEmailDomain = route({
  method: 'DELETE',
  path: '/api/organizations/:id/jit/email-domains/:emailDomain',
  operationId: 'DeleteOrganizationJitEmailDomain',
  tag,
  access,
  summary: 'Remove a just-in-time email domain; existing members are kept',
  params: params.extend({ emailDomain: pathId.toLowerCase() }),
  responses: { 204: null },
  errors: ['entity.not_found'],
});

export const listOrganizationJitRoles = route({
  method: 'GET',
  path: '/api/organizations/:id/jit/roles',
  operationId: 'ListOrganizationJitRoles',
  tag,
  access,
  summary: 'List the just-in-time roles',
  params,
  pagination: 'optional',
  responses: { 200: z.array(organizationRoleSchema) },
  errors: ['entity.not_exists_with_id'],
});
const rolesBody = z.object({ organizationRoleIds: idList });
const roleErrors = [...errors, 'entity.db_constraint_violated'] as const;
export const createOrganizationJitRoles = route({
  method: 'POST',
  path: '/api/organizations/:id/jit/roles',
  operationId: 'CreateOrganizationJitRole',
  tag,
  access,
  summary: 'Add just-in-time roles',
  params,
  body: rolesBody.extend({ organizationRoleIds: idList.min(1) }),
  responses: { 201: null },
  errors: roleErrors,
  statuses,
});
export const replaceOrganizationJitRoles = route({
  method: 'PUT',
  path: '/api/organizations/:id/jit/roles',
  operationId: 'ReplaceOrganizationJitRoles',
  tag,
  access,
  summary: 'Set the just-in-time roles',
  params,
  body: rolesBody,
  responses: { 204: null },
  errors: roleErrors,
  statuses,
});
export const deleteOrganizationJitRole = route({
  method: 'DELETE',
  path: '/api/organizations/:id/jit/roles/:organizationRoleId',
  operationId: 'DeleteOrganizationJitRole',
  tag,
  access,
  summary: 'Remove a just-in-time role',
  params: params.extend({ organizationRoleId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
  statuses: goneStatuses,
});

const connectorsBody = z.object({ ssoConnectorIds: idList });
/** An enterprise connector of an organization, without its configuration. */
export const organizationSsoConnectorSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  providerName: z.string(),
  connectorName: z.string(),
  domains: z.array(z.string()),
  branding: jsonObject,
  syncProfile: z.boolean(),
  createdAt: z.number().int(),
});
export type OrganizationSsoConnector = z.output<typeof organizationSsoConnectorSchema>;
export const listOrganizationJitSsoConnectors = route({
  method: 'GET',
  path: '/api/organizations/:id/jit/sso-connectors',
  operationId: 'ListOrganizationJitSsoConnectors',
  tag,
  access,
  summary: 'List the just-in-time enterprise connectors',
  params,
  pagination: 'optional',
  responses: { 200: z.array(organizationSsoConnectorSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const createOrganizationJitSsoConnectors = route({
  method: 'POST',
  path: '/api/organizations/:id/jit/sso-connectors',
  operationId: 'CreateOrganizationJitSsoConnector',
  tag,
  access,
  summary: 'Add just-in-time enterprise connectors',
  params,
  body: connectorsBody.extend({ ssoConnectorIds: idList.min(1) }),
  responses: { 201: null },
  errors,
  statuses,
});
export const replaceOrganizationJitSsoConnectors = route({
  method: 'PUT',
  path: '/api/organizations/:id/jit/sso-connectors',
  operationId: 'ReplaceOrganizationJitSsoConnectors',
  tag,
  access,
  summary: 'Set the just-in-time enterprise connectors',
  params,
  body: connectorsBody,
  responses: { 204: null },
  errors,
  statuses,
});
export const deleteOrganizationJitSsoConnector = route({
  method: 'DELETE',
  path: '/api/organizations/:id/jit/sso-connectors/:ssoConnectorId',
  operationId: 'DeleteOrganizationJitSsoConnector',
  tag,
  access,
  summary: 'Remove a just-in-time enterprise connector; existing members are kept',
  params: params.extend({ ssoConnectorId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
  statuses: goneStatuses,
});
