import { z } from 'zod';
import { applicationSchema } from './applications.ts';
import { heldOrganizationRoleSchema, organizationRoleSchema } from './organization-roles.ts';
import { organizationWithRolesSchema } from './organizations.ts';
import { route } from './route.ts';
import { containsQuery, idList, pathId } from './values.ts';

/* Machine-to-machine applications that act inside of an organization. */

const tag = 'Organizations';
const access = 'management';
const params = z.object({ id: pathId });
const ofApplication = params.extend({ applicationId: pathId });
const statuses = { 'entity.relation_foreign_key_not_found': 422 } as const;
const bodyErrors = ['entity.relation_foreign_key_not_found', 'entity.db_constraint_violated'] as const;
const roleErrors = [...bodyErrors, 'organization.require_membership'] as const;

export const listOrganizationApplications = route({
  method: 'GET',
  path: '/api/organizations/:id/applications',
  operationId: 'ListOrganizationApplications',
  tag,
  access,
  summary: 'List the applications of an organization with their roles in it',
  params,
  query: containsQuery,
  pagination: 'optional',
  responses: { 200: z.array(applicationSchema.extend({ organizationRoles: z.array(heldOrganizationRoleSchema) })) },
  errors: ['entity.not_exists_with_id'],
});
export const addOrganizationApplications = route({
  method: 'POST',
  path: '/api/organizations/:id/applications',
  operationId: 'AddOrganizationApplications',
  tag,
  access,
  summary: 'Add machine-to-machine applications; existing ones are kept',
  params,
  body: z.object({ applicationIds: idList.min(1) }),
  responses: { 201: null },
  errors: bodyErrors,
  statuses,
});
export const replaceOrganizationApplications = route({
  method: 'PUT',
  path: '/api/organizations/:id/applications',
  operationId: 'ReplaceOrganizationApplications',
  tag,
  access,
  summary: 'Set the applications of an organization',
  params,
  body: z.object({ applicationIds: idList }),
  responses: { 204: null },
  errors: bodyErrors,
  statuses,
});
export const deleteOrganizationApplication = route({
  method: 'DELETE',
  path: '/api/organizations/:id/applications/:applicationId',
  operationId: 'DeleteOrganizationApplication',
  tag,
  access,
  summary: 'Remove an application, with its roles in the organization',
  params: ofApplication,
  responses: { 204: null },
  errors: ['organization.require_membership'],
});
export const assignOrganizationRolesToApplications = route({
  method: 'POST',
  path: '/api/organizations/:id/applications/roles',
  operationId: 'AssignOrganizationRolesToApplications',
  tag,
  access,
  summary: 'Assign roles to several applications of an organization',
  params,
  body: z.object({ applicationIds: idList.min(1), organizationRoleIds: idList.min(1) }),
  responses: { 201: null },
  errors: roleErrors,
  statuses,
});
export const listOrganizationApplicationRoles = route({
  method: 'GET',
  path: '/api/organizations/:id/applications/:applicationId/roles',
  operationId: 'ListOrganizationApplicationRoles',
  tag,
  access,
  summary: 'List the roles of an application in an organization',
  params: ofApplication,
  pagination: 'optional',
  responses: { 200: z.array(organizationRoleSchema) },
  errors: ['organization.require_membership'],
});
export const assignOrganizationRolesToApplication = route({
  method: 'POST',
  path: '/api/organizations/:id/applications/:applicationId/roles',
  operationId: 'AssignOrganizationRolesToApplication',
  tag,
  access,
  summary: 'Assign roles to an application of an organization',
  params: ofApplication,
  body: z.object({ organizationRoleIds: idList.min(1) }),
  responses: { 201: null },
  errors: roleErrors,
  statuses,
});
export const replaceOrganizationApplicationRoles = route({
  method: 'PUT',
  path: '/api/organizations/:id/applications/:applicationId/roles',
  operationId: 'ReplaceOrganizationApplicationRoles',
  tag,
  access,
  summary: 'Set the roles of an application in an organization',
  params: ofApplication,
  body: z.object({ organizationRoleIds: idList }),
  responses: { 204: null },
  errors: roleErrors,
  statuses,
});
export const deleteOrganizationApplicationRole = route({
  method: 'DELETE',
  path: '/api/organizations/:id/applications/:applicationId/roles/:organizationRoleId',
  operationId: 'DeleteOrganizationApplicationRole',
  tag,
  access,
  summary: 'Remove a role from an application of an organization',
  params: ofApplication.extend({ organizationRoleId: pathId }),
  responses: { 204: null },
  errors: ['organization.require_membership', 'entity.not_found'],
});
export const listApplicationOrganizations = route({
  method: 'GET',
  path: '/api/applications/:id/organizations',
  operationId: 'ListApplicationOrganizations',
  tag: 'Applications',
  access,
  summary: 'List the organizations of an application with its roles in them',
  params,
  pagination: 'optional',
  responses: { 200: z.array(organizationWithRolesSchema) },
  errors: ['entity.not_exists_with_id'],
});
