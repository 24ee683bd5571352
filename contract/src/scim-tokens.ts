import { z } from 'zod';
import { route } from './route.ts';
import { secret } from './secrets.ts';
import { instant, pathId } from './values.ts';

/* Tokens with which directories call the SCIM server, and the roles that their groups give. */

export const scimTokenSchema = z.object({
  tenantId: z.string(),
  /** Null for the directory of the tenant. */
  organizationId: z.string().nullable(),
  id: z.string(),
  name: z.string(),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  /** Until when the value before the last rotation works. */
  previousExpiresAt: instant.nullable(),
});
export type ScimToken = z.output<typeof scimTokenSchema>;

/** With the value, which is shown once. */
export const newScimTokenSchema = scimTokenSchema.extend({ value: secret(z.string()) });
export type NewScimToken = z.output<typeof newScimTokenSchema>;

export const scimGroupSchema = z.object({
  id: z.string(),
  displayName: z.string(),
  externalId: z.string().nullable(),
  membersCount: z.number().int(),
  /** The role, or in an organization the organization role, that the members get. */
  roleId: z.string().nullable(),
});
export type ScimGroup = z.output<typeof scimGroupSchema>;

const name = z.string().min(1).max(256);
const expiresAt = instant.min(0).max(8.64e15).nullable();
const draft = z.object({ name, expiresAt: expiresAt.optional() });
const patch = draft.partial();
const rotation = z.object({
  overlap: z
    .number()
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(86_400)
    .describe('Seconds during which the present value still works. 0 ends it at once.'),
});
const mapping = z.object({ roleId: z.string().min(1).max(128).nullable() });
const access = 'management';
const absent = ['entity.not_found'] as const;
const unknownOrganization = ['entity.not_exists_with_id'] as const;

const tenantTag = 'SCIM';
const tokenParams = z.object({ tokenId: pathId });
const groupParams = z.object({ groupId: pathId });

export const listScimTokens = route({
  method: 'GET',
  path: '/api/scim/tokens',
  operationId: 'ListScimTokens',
  tag: tenantTag,
  access,
  summary: 'List the SCIM tokens of the tenant',
  responses: { 200: z.array(scimTokenSchema) },
});
export const createScimToken = route({
  method: 'POST',
  path: '/api/scim/tokens',
  operationId: 'CreateScimToken',
  tag: tenantTag,
  access,
  summary: 'Create a SCIM token of the tenant; its value is shown once',
  body: draft,
  responses: { 201: newScimTokenSchema },
  errors: ['scim_token.too_many', 'entity.unique_integrity_violation', 'request.invalid_input'],
});
export const updateScimToken = route({
  method: 'PATCH',
  path: '/api/scim/tokens/:tokenId',
  operationId: 'UpdateScimToken',
  tag: tenantTag,
  access,
  summary: 'Rename a SCIM token of the tenant, or change when it expires',
  params: tokenParams,
  body: patch,
  responses: { 200: scimTokenSchema },
  errors: [...absent, 'entity.unique_integrity_violation', 'request.invalid_input'],
});
export const rotateScimToken = route({
  method: 'POST',
  path: '/api/scim/tokens/:tokenId/rotate',
  operationId: 'RotateScimToken',
  tag: tenantTag,
  access,
  summary: 'Give a SCIM token of the tenant a new value',
  params: tokenParams,
  body: rotation,
  responses: { 200: newScimTokenSchema },
  errors: absent,
});
export const deleteScimToken = route({
  method: 'DELETE',
  path: '/api/scim/tokens/:tokenId',
  operationId: 'DeleteScimToken',
  tag: tenantTag,
  access,
  summary: 'Delete a SCIM token of the tenant',
  params: tokenParams,
  responses: { 204: null },
  errors: absent,
});
export const listScimGroups = route({
  method: 'GET',
  path: '/api/scim/groups',
  operationId: 'ListScimGroups',
  tag: tenantTag,
  access,
  summary: 'List the groups that the directory of the tenant provisioned',
  responses: { 200: z.array(scimGroupSchema) },
});
export const mapScimGroup = route({
  method: 'PATCH',
  path: '/api/scim/groups/:groupId',
  operationId: 'MapScimGroup',
  tag: tenantTag,
  access,
  summary: 'Choose the role that the members of a group get',
  params: groupParams,
  body: mapping,
  responses: { 200: scimGroupSchema },
  errors: [...absent, 'entity.not_exists_with_id', 'user.invalid_role_type'],
});

const tag = 'Organizations';
const params = z.object({ id: pathId });

export const listOrganizationScimTokens = route({
  method: 'GET',
  path: '/api/organizations/:id/scim/tokens',
  operationId: 'ListOrganizationScimTokens',
  tag,
  access,
  summary: 'List the SCIM tokens of an organization',
  params,
  responses: { 200: z.array(scimTokenSchema) },
  errors: unknownOrganization,
});
export const createOrganizationScimToken = route({
  method: 'POST',
  path: '/api/organizations/:id/scim/tokens',
  operationId: 'CreateOrganizationScimToken',
  tag,
  access,
  summary: 'Create a SCIM token of an organization; its value is shown once',
  params,
  body: draft,
  responses: { 201: newScimTokenSchema },
  errors: [...unknownOrganization, 'scim_token.too_many', 'entity.unique_integrity_violation', 'request.invalid_input'],
});
export const updateOrganizationScimToken = route({
  method: 'PATCH',
  path: '/api/organizations/:id/scim/tokens/:tokenId',
  operationId: 'UpdateOrganizationScimToken',
  tag,
  access,
  summary: 'Rename a SCIM token of an organization, or change when it expires',
  params: params.extend(tokenParams.shape),
  body: patch,
  responses: { 200: scimTokenSchema },
  errors: [...absent, 'entity.unique_integrity_violation', 'request.invalid_input'],
});
export const rotateOrganizationScimToken = route({
  method: 'POST',
  path: '/api/organizations/:id/scim/tokens/:tokenId/rotate',
  operationId: 'RotateOrganizationScimToken',
  tag,
  access,
  summary: 'Give a SCIM token of an organization a new value',
  params: params.extend(tokenParams.shape),
  body: rotation,
  responses: { 200: newScimTokenSchema },
  errors: absent,
});
export const deleteOrganizationScimToken = route({
  method: 'DELETE',
  path: '/api/organizations/:id/scim/tokens/:tokenId',
  operationId: 'DeleteOrganizationScimToken',
  tag,
  access,
  summary: 'Delete a SCIM token of an organization',
  params: params.extend(tokenParams.shape),
  responses: { 204: null },
  errors: absent,
});
export const listOrganizationScimGroups = route({
  method: 'GET',
  path: '/api/organizations/:id/scim/groups',
  operationId: 'ListOrganizationScimGroups',
  tag,
  access,
  summary: 'List the groups that the directory of an organization provisioned',
  params,
  responses: { 200: z.array(scimGroupSchema) },
  errors: unknownOrganization,
});
export const mapOrganizationScimGroup = route({
  method: 'PATCH',
  path: '/api/organizations/:id/scim/groups/:groupId',
  operationId: 'MapOrganizationScimGroup',
  tag,
  access,
  summary: 'Choose the organization role that the members of a group get',
  params: params.extend(groupParams.shape),
  body: mapping,
  responses: { 200: scimGroupSchema },
  errors: [...absent, 'entity.not_exists_with_id', 'user.invalid_role_type'],
});
