import { z } from 'zod';
import { heldOrganizationRoleSchema, organizationRoleSchema, organizationScopeSchema } from './organization-roles.ts';
import { route } from './route.ts';
import { brandingSchema } from './sign-in-experience.ts';
import { userSchema } from './users.ts';
import { color, containsQuery, flag, idList, instant, jsonObject, pathId } from './values.ts';

const colorSchema = z
  .object({ primaryColor: color, isDarkModeEnabled: z.boolean(), darkPrimaryColor: color })
  .partial();

/** A group of people and machine-to-machine applications, usually a customer's company. */
export const organizationSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  customData: jsonObject,
  isMfaRequired: z.boolean(),
  isTrustedDeviceAllowed: z.boolean(),
  color: colorSchema,
  branding: brandingSchema,
  customCss: z.string().nullable(),
  createdAt: instant,
});
export type Organization = z.output<typeof organizationSchema>;

export const organizationWithRolesSchema = organizationSchema.extend({
  organizationRoles: z.array(heldOrganizationRoleSchema),
});
export type OrganizationWithRoles = z.output<typeof organizationWithRolesSchema>;

export const organizationMemberSchema = userSchema.extend({ organizationRoles: z.array(heldOrganizationRoleSchema) });

const tag = 'Organizations';
const access = 'management';
const params = z.object({ id: pathId });
const ofUser = params.extend({ userId: pathId });
const name = z.string().min(1).max(128);
const changeable = {
  description: z.string().max(256).nullable().optional(),
  customData: jsonObject.optional().describe('JSON that your applications store with it.'),
  isMfaRequired: z.boolean().optional().describe('Members get tokens for it only after a second factor.'),
  isTrustedDeviceAllowed: z
    .boolean()
    .optional()
    .describe('Default: true. `false`, and `isMfaRequired`: trusted devices of members skip no second factor.'),
  color: colorSchema.optional(),
  branding: brandingSchema.optional(),
  customCss: z.string().max(262_144).nullable().optional(),
};
/** Unknown ids in a body, and unknown members in a path, are validation errors here. */
const statuses = { 'entity.relation_foreign_key_not_found': 422 } as const;
const bodyErrors = ['entity.relation_foreign_key_not_found'] as const;
/** An organization in a list; with showFeatured it tells its members. */
export const organizationSummarySchema = organizationSchema.extend({
  usersCount: z.number().int().optional(),
  featuredUsers: z
    .array(z.object({ id: z.string(), avatar: z.string().nullable(), name: z.string().nullable() }))
    .optional(),
});
export type OrganizationSummary = z.output<typeof organizationSummarySchema>;

const roleErrors = [
  'entity.relation_foreign_key_not_found',
  'entity.db_constraint_violated',
  'organization.require_membership',
  'organization.role_names_not_found',
] as const;

export const listOrganizations = route({
  method: 'GET',
  path: '/api/organizations',
  operationId: 'ListOrganizations',
  tag,
  access,
  summary: 'List organizations; showFeatured adds the number of members and the first of them',
  query: containsQuery.extend({ showFeatured: flag.optional() }),
  pagination: 'required',
  responses: {
    200: z.array(organizationSummarySchema),
  },
});
export const createOrganization = route({
  method: 'POST',
  path: '/api/organizations',
  operationId: 'CreateOrganization',
  tag,
  access,
  summary: 'Create an organization',
  body: z.object({ name, ...changeable }),
  responses: { 201: organizationSchema },
});
export const getOrganization = route({
  method: 'GET',
  path: '/api/organizations/:id',
  operationId: 'GetOrganization',
  tag,
  access,
  summary: 'Get an organization',
  params,
  responses: { 200: organizationSchema },
  errors: ['entity.not_exists_with_id'],
});
export const updateOrganization = route({
  method: 'PATCH',
  path: '/api/organizations/:id',
  operationId: 'UpdateOrganization',
  tag,
  access,
  summary: 'Change an organization',
  params,
  body: z.object({ name: name.optional(), ...changeable }),
  responses: { 200: organizationSchema },
  errors: ['entity.not_exists_with_id'],
});
export const deleteOrganization = route({
  method: 'DELETE',
  path: '/api/organizations/:id',
  operationId: 'DeleteOrganization',
  tag,
  access,
  summary: 'Delete an organization; its members stay as users and applications',
  params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id'],
});

export const listOrganizationUsers = route({
  method: 'GET',
  path: '/api/organizations/:id/users',
  operationId: 'ListOrganizationUsers',
  tag,
  access,
  summary: 'List the members of an organization with their roles in it',
  params,
  query: containsQuery.extend({ organizationRoleId: z.string().max(128).optional() }),
  pagination: 'required',
  responses: { 200: z.array(organizationMemberSchema) },
  errors: ['entity.not_exists_with_id'],
});
export const addOrganizationUsers = route({
  method: 'POST',
  path: '/api/organizations/:id/users',
  operationId: 'AddOrganizationUsers',
  tag,
  access,
  summary: 'Add members; existing members are kept',
  params,
  body: z.object({ userIds: idList.min(1) }),
  responses: { 201: z.object({ userIds: z.array(z.string()) }) },
  errors: bodyErrors,
  statuses,
});
export const replaceOrganizationUsers = route({
  method: 'PUT',
  path: '/api/organizations/:id/users',
  operationId: 'ReplaceOrganizationUsers',
  tag,
  access,
  summary: 'Set the members of an organization',
  params,
  body: z.object({ userIds: idList }),
  responses: { 204: null },
  errors: bodyErrors,
  statuses,
});
export const deleteOrganizationUser = route({
  method: 'DELETE',
  path: '/api/organizations/:id/users/:userId',
  operationId: 'DeleteOrganizationUser',
  tag,
  access,
  summary: 'Remove a member, with their roles in the organization',
  params: ofUser,
  responses: { 204: null },
  errors: ['organization.require_membership'],
});
export const assignOrganizationRolesToUsers = route({
  method: 'POST',
  path: '/api/organizations/:id/users/roles',
  operationId: 'AssignOrganizationRolesToUsers',
  tag,
  access,
  summary: 'Assign roles to several members',
  params,
  body: z.object({ userIds: idList.min(1), organizationRoleIds: idList.min(1) }),
  responses: { 201: null },
  errors: roleErrors,
  statuses,
});

const rolesBody = z
  .object({ organizationRoleIds: idList, organizationRoleNames: z.array(z.string().min(1).max(128)).max(1000) })
  .partial();
export const listOrganizationUserRoles = route({
  method: 'GET',
  path: '/api/organizations/:id/users/:userId/roles',
  operationId: 'ListOrganizationUserRoles',
  tag,
  access,
  summary: 'List the roles of a member',
  params: ofUser,
  pagination: 'optional',
  responses: { 200: z.array(organizationRoleSchema) },
  errors: ['organization.require_membership'],
});
export const assignOrganizationRolesToUser = route({
  method: 'POST',
  path: '/api/organizations/:id/users/:userId/roles',
  operationId: 'AssignOrganizationRolesToUser',
  tag,
  access,
  summary: 'Assign roles to a member, by ID or name',
  params: ofUser,
  body: rolesBody,
  responses: { 201: z.object({ organizationRoleIds: z.array(z.string()) }) },
  errors: roleErrors,
  statuses,
});
export const replaceOrganizationUserRoles = route({
  method: 'PUT',
  path: '/api/organizations/:id/users/:userId/roles',
  operationId: 'ReplaceOrganizationUserRoles',
  tag,
  access,
  summary: 'Set the roles of a member, by id or by name',
  params: ofUser,
  body: rolesBody,
  responses: { 204: null },
  errors: roleErrors,
  statuses,
});
export const deleteOrganizationUserRole = route({
  method: 'DELETE',
  path: '/api/organizations/:id/users/:userId/roles/:organizationRoleId',
  operationId: 'DeleteOrganizationUserRole',
  tag,
  access,
  summary: 'Remove a role from a member',
  params: ofUser.extend({ organizationRoleId: pathId }),
  responses: { 204: null },
  errors: ['organization.require_membership', 'entity.not_found'],
});
export const listOrganizationUserScopes = route({
  method: 'GET',
  path: '/api/organizations/:id/users/:userId/scopes',
  operationId: 'ListOrganizationUserScopes',
  tag,
  access,
  summary: 'List the organization permissions of a member',
  params: ofUser,
  responses: { 200: z.array(organizationScopeSchema) },
  errors: ['organization.require_membership'],
});
export const listUserOrganizations = route({
  method: 'GET',
  path: '/api/users/:userId/organizations',
  operationId: 'ListUserOrganizations',
  tag: 'Users',
  access,
  summary: 'List the organizations of a user with the roles in them',
  params: z.object({ userId: pathId }),
  pagination: 'optional',
  responses: { 200: z.array(organizationWithRolesSchema) },
  errors: ['entity.not_found'],
});
