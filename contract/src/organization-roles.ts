import { z } from 'zod';
import { scopeSchema } from './resources.ts';
import { roleTypeSchema } from './roles.ts';
import { route } from './route.ts';
import { containsQuery, idList, pathId } from './values.ts';

/*
 * The template that all organizations of a tenant share: roles that members hold in an organization, and permissions
 * that mean something inside of one.
 */

/** A permission inside of an organization. */
export const organizationScopeSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
});
export type OrganizationScope = z.output<typeof organizationScopeSchema>;

/** A role that people, or machine-to-machine applications, hold in an organization. */
export const organizationRoleSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  type: roleTypeSchema,
});
export type OrganizationRole = z.output<typeof organizationRoleSchema>;

const named = z.object({ id: z.string(), name: z.string() });
export const organizationRoleWithScopesSchema = organizationRoleSchema.extend({
  scopes: z.array(named),
  resourceScopes: z.array(named.extend({ resource: named })),
});
export type OrganizationRoleWithScopes = z.output<typeof organizationRoleWithScopesSchema>;

/** How other answers name a role that is held. */
export const heldOrganizationRoleSchema = named;
export type HeldOrganizationRole = z.output<typeof heldOrganizationRoleSchema>;

const access = 'management';
const params = z.object({ id: pathId });
const name = z.string().min(1).max(128);
const description = z.string().max(256).nullable();
/** Unknown ids in a body are errors of the body here, not of the path. */
const statuses = { 'entity.relation_foreign_key_not_found': 422 } as const;
/** The same for what is not there to be taken away. */
const relationStatuses = { ...statuses, 'entity.not_found': 422 } as const;
const managementErrors = ['role.management_api_scopes_not_assignable_to_user_role'] as const;

const scopesTag = 'Organization scopes';
export const listOrganizationScopes = route({
  method: 'GET',
  path: '/api/organization-scopes',
  operationId: 'ListOrganizationScopes',
  tag: scopesTag,
  access,
  summary: 'List the permissions of the organization template',
  query: containsQuery,
  pagination: 'optional',
  responses: { 200: z.array(organizationScopeSchema) },
});
export const createOrganizationScope = route({
  method: 'POST',
  path: '/api/organization-scopes',
  operationId: 'CreateOrganizationScope',
  tag: scopesTag,
  access,
  summary: 'Create a permission of the organization template',
  body: z.object({
    name: name.describe('A name without spaces, such as invite:member.'),
    description: description.optional(),
  }),
  responses: { 201: organizationScopeSchema },
  errors: ['entity.unique_integrity_violation'],
});
export const getOrganizationScope = route({
  method: 'GET',
  path: '/api/organization-scopes/:id',
  operationId: 'GetOrganizationScope',
  tag: scopesTag,
  access,
  summary: 'Get a permission of the organization template',
  params,
  responses: { 200: organizationScopeSchema },
  errors: ['entity.not_exists_with_id'],
});
export const updateOrganizationScope = route({
  method: 'PATCH',
  path: '/api/organization-scopes/:id',
  operationId: 'UpdateOrganizationScope',
  tag: scopesTag,
  access,
  summary: 'Change a permission of the organization template',
  params,
  body: z.object({ name: name.describe('A name without spaces, such as invite:member.'), description }).partial(),
  responses: { 200: organizationScopeSchema },
  errors: ['entity.not_exists_with_id', 'entity.unique_integrity_violation'],
});
export const deleteOrganizationScope = route({
  method: 'DELETE',
  path: '/api/organization-scopes/:id',
  operationId: 'DeleteOrganizationScope',
  tag: scopesTag,
  access,
  summary: 'Delete a permission of the organization template',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id'],
});

const tag = 'Organization roles';
export const listOrganizationRoles = route({
  method: 'GET',
  path: '/api/organization-roles',
  operationId: 'ListOrganizationRoles',
  tag,
  access,
  summary: 'List the roles of the organization template with their permissions',
  query: containsQuery.extend({ type: roleTypeSchema.optional() }),
  pagination: 'optional',
  responses: { 200: z.array(organizationRoleWithScopesSchema) },
});
export const createOrganizationRole = route({
  method: 'POST',
  path: '/api/organization-roles',
  operationId: 'CreateOrganizationRole',
  tag,
  access,
  summary: 'Create a role of the organization template',
  body: z.object({
    name,
    description: description.optional(),
    type: roleTypeSchema.default('User').describe('Roles are for users or for machine-to-machine applications.'),
    organizationScopeIds: idList.default([]),
    resourceScopeIds: idList.default([]),
  }),
  responses: { 201: organizationRoleSchema },
  errors: ['entity.unique_integrity_violation', 'entity.relation_foreign_key_not_found', ...managementErrors],
  statuses,
});
export const getOrganizationRole = route({
  method: 'GET',
  path: '/api/organization-roles/:id',
  operationId: 'GetOrganizationRole',
  tag,
  access,
  summary: 'Get a role of the organization template',
  params,
  responses: { 200: organizationRoleSchema },
  errors: ['entity.not_exists_with_id'],
});
export const updateOrganizationRole = route({
  method: 'PATCH',
  path: '/api/organization-roles/:id',
  operationId: 'UpdateOrganizationRole',
  tag,
  access,
  summary: 'Update an organization role; its type can change only while it is not assigned',
  params,
  body: z
    .object({
      name,
      description,
      type: roleTypeSchema.describe('Roles are for users or for machine-to-machine applications.'),
    })
    .partial(),
  responses: { 200: organizationRoleSchema },
  errors: [
    'entity.not_exists_with_id',
    'entity.unique_integrity_violation',
    'entity.db_constraint_violated',
    ...managementErrors,
  ],
});
export const deleteOrganizationRole = route({
  method: 'DELETE',
  path: '/api/organization-roles/:id',
  operationId: 'DeleteOrganizationRole',
  tag,
  access,
  summary: 'Delete an organization role and its assignments',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id'],
});

export const listOrganizationRoleScopes = route({
  method: 'GET',
  path: '/api/organization-roles/:id/scopes',
  operationId: 'ListOrganizationRoleScopes',
  tag,
  access,
  summary: 'List the organization permissions of a role',
  params,
  pagination: 'optional',
  responses: { 200: z.array(organizationScopeSchema) },
  errors: ['entity.not_exists_with_id'],
});
const scopesBody = z.object({ organizationScopeIds: idList });
const scopeErrors = ['entity.relation_foreign_key_not_found'] as const;
export const createOrganizationRoleScopes = route({
  method: 'POST',
  path: '/api/organization-roles/:id/scopes',
  operationId: 'CreateOrganizationRoleScope',
  tag,
  access,
  summary: 'Add organization permissions to a role',
  params,
  body: scopesBody.extend({ organizationScopeIds: idList.min(1) }),
  responses: { 201: null },
  errors: scopeErrors,
  statuses,
});
export const replaceOrganizationRoleScopes = route({
  method: 'PUT',
  path: '/api/organization-roles/:id/scopes',
  operationId: 'ReplaceOrganizationRoleScopes',
  tag,
  access,
  summary: 'Set the organization permissions of a role',
  params,
  body: scopesBody,
  responses: { 204: null },
  errors: scopeErrors,
  statuses,
});
export const deleteOrganizationRoleScope = route({
  method: 'DELETE',
  path: '/api/organization-roles/:id/scopes/:organizationScopeId',
  operationId: 'DeleteOrganizationRoleScope',
  tag,
  access,
  summary: 'Remove an organization permission from a role',
  params: params.extend({ organizationScopeId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
  statuses: relationStatuses,
});

export const listOrganizationRoleResourceScopes = route({
  method: 'GET',
  path: '/api/organization-roles/:id/resource-scopes',
  operationId: 'ListOrganizationRoleResourceScopes',
  tag,
  access,
  summary: 'List the API permissions of a role',
  params,
  pagination: 'optional',
  responses: { 200: z.array(scopeSchema) },
  errors: ['entity.not_exists_with_id'],
});
const resourceScopesBody = z.object({ scopeIds: idList });
const resourceScopeErrors = [...scopeErrors, ...managementErrors] as const;
export const createOrganizationRoleResourceScopes = route({
  method: 'POST',
  path: '/api/organization-roles/:id/resource-scopes',
  operationId: 'CreateOrganizationRoleResourceScope',
  tag,
  access,
  summary: 'Add API permissions to a role',
  params,
  body: resourceScopesBody.extend({ scopeIds: idList.min(1) }),
  responses: { 201: null },
  errors: resourceScopeErrors,
  statuses,
});
export const replaceOrganizationRoleResourceScopes = route({
  method: 'PUT',
  path: '/api/organization-roles/:id/resource-scopes',
  operationId: 'ReplaceOrganizationRoleResourceScopes',
  tag,
  access,
  summary: 'Set the API permissions of a role',
  params,
  body: resourceScopesBody,
  responses: { 204: null },
  errors: resourceScopeErrors,
  statuses,
});
export const deleteOrganizationRoleResourceScope = route({
  method: 'DELETE',
  path: '/api/organization-roles/:id/resource-scopes/:scopeId',
  operationId: 'DeleteOrganizationRoleResourceScope',
  tag,
  access,
  summary: 'Remove an API permission from a role',
  params: params.extend({ scopeId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
  statuses: relationStatuses,
});
