import { z } from 'zod';
import { resourceSchema, scopeSchema } from './resources.ts';
import { route } from './route.ts';
import { idList, pathId, searchQuery } from './values.ts';

export const roleTypeSchema = z.enum(['User', 'MachineToMachine']);
export type RoleType = z.output<typeof roleTypeSchema>;

/** A named set of permissions for users or for machine-to-machine applications. */
export const roleSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  description: z.string(),
  type: roleTypeSchema,
  isDefault: z.boolean(),
});
export type Role = z.output<typeof roleSchema>;

export const roleSummarySchema = roleSchema.extend({
  usersCount: z.number().int(),
  featuredUsers: z.array(z.object({ id: z.string(), avatar: z.string().nullable(), name: z.string().nullable() })),
  applicationsCount: z.number().int(),
  featuredApplications: z.array(z.object({ id: z.string(), name: z.string(), type: z.string() })),
});
export type RoleSummary = z.output<typeof roleSummarySchema>;

const scopeOfRoleSchema = scopeSchema.extend({ resource: resourceSchema });

const name = z.string().min(1).max(128);
const description = z.string().min(1).max(128);
const tag = 'Roles';
const access = 'management';
const params = z.object({ id: pathId });

export const listRoles = route({
  method: 'GET',
  path: '/api/roles',
  operationId: 'ListRoles',
  tag,
  access,
  summary: 'List roles',
  query: searchQuery.extend({
    excludeUserId: z.string().optional(),
    excludeApplicationId: z.string().optional(),
    type: roleTypeSchema.optional(),
  }),
  pagination: 'optional',
  responses: { 200: z.array(roleSummarySchema) },
  errors: ['request.invalid_input'],
});
export const createRole = route({
  method: 'POST',
  path: '/api/roles',
  operationId: 'CreateRole',
  tag,
  access,
  summary: 'Create a role',
  body: z.object({
    name,
    description,
    type: roleTypeSchema.default('User').describe('Roles are for users or for machine-to-machine applications.'),
    isDefault: z.boolean().default(false).describe('New users get it.'),
    scopeIds: idList.optional(),
  }),
  responses: { 200: roleSchema },
  errors: [
    'role.name_in_use',
    'entity.relation_foreign_key_not_found',
    'role.management_api_scopes_not_assignable_to_user_role',
    'role.internal_role_violation',
  ],
});
export const getRole = route({
  method: 'GET',
  path: '/api/roles/:id',
  operationId: 'GetRole',
  tag,
  access,
  summary: 'Get a role',
  params,
  responses: { 200: roleSchema },
  errors: ['entity.not_exists_with_id'],
});
export const updateRole = route({
  method: 'PATCH',
  path: '/api/roles/:id',
  operationId: 'UpdateRole',
  tag,
  access,
  summary: 'Change a role',
  params,
  body: z.object({ name, description, isDefault: z.boolean().describe('New users get it.') }).partial(),
  responses: { 200: roleSchema },
  errors: ['entity.not_exists_with_id', 'role.name_in_use', 'role.internal_role_violation'],
});
export const deleteRole = route({
  method: 'DELETE',
  path: '/api/roles/:id',
  operationId: 'DeleteRole',
  tag,
  access,
  summary: 'Delete a role',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'role.internal_role_violation'],
});

export const listRoleScopes = route({
  method: 'GET',
  path: '/api/roles/:id/scopes',
  operationId: 'ListRoleScopes',
  tag,
  access,
  summary: 'List the permissions of a role',
  params,
  query: searchQuery,
  pagination: 'optional',
  responses: { 200: z.array(scopeOfRoleSchema) },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
});
export const createRoleScopes = route({
  method: 'POST',
  path: '/api/roles/:id/scopes',
  operationId: 'CreateRoleScope',
  tag,
  access,
  summary: 'Add permissions to a role',
  params,
  body: z.object({ scopeIds: idList.min(1) }),
  responses: { 201: z.array(scopeSchema) },
  errors: [
    'entity.not_exists_with_id',
    'role.scope_exists',
    'entity.relation_foreign_key_not_found',
    'role.management_api_scopes_not_assignable_to_user_role',
  ],
});
export const deleteRoleScope = route({
  method: 'DELETE',
  path: '/api/roles/:id/scopes/:scopeId',
  operationId: 'DeleteRoleScope',
  tag,
  access,
  summary: 'Remove a permission from a role',
  params: params.extend({ scopeId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});
