import { z } from 'zod';
import { route } from './route.ts';
import { flag, instant, pathId, searchQuery } from './values.ts';

/** An API that access tokens are issued for (RFC 8707). */
export const resourceSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  name: z.string(),
  indicator: z.string(),
  isDefault: z.boolean(),
  /** Seconds. */
  accessTokenTtl: z.number().int(),
});
export type Resource = z.output<typeof resourceSchema>;

/** A permission of a resource. */
export const scopeSchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  resourceId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  createdAt: instant,
});
export type Scope = z.output<typeof scopeSchema>;

const tag = 'Resources';
const access = 'management';
const ttl = z.number().int().min(1).max(31_536_000);
const params = z.object({ id: pathId });
const scopesOf = z.object({ resourceId: pathId });
const scopeName = z.string().min(1).max(256);
const scopeDescription = z.string().max(65_536).nullable();

export const listResources = route({
  method: 'GET',
  path: '/api/resources',
  operationId: 'ListResources',
  tag,
  access,
  summary: 'List and search API resources',
  query: searchQuery.extend({ includeScopes: flag.optional() }),
  pagination: 'optional',
  responses: { 200: z.array(resourceSchema.extend({ scopes: z.array(scopeSchema).optional() })) },
  errors: ['request.invalid_input'],
});
export const createResource = route({
  method: 'POST',
  path: '/api/resources',
  operationId: 'CreateResource',
  tag,
  access,
  summary: 'Create an API resource',
  body: z.object({
    name: z.string().min(1).max(256),
    indicator: z
      .string()
      .max(2048)
      .describe('An absolute URI. It is the audience of access tokens and cannot be changed.'),
    accessTokenTtl: ttl.default(3600),
  }),
  responses: { 201: resourceSchema.extend({ scopes: z.array(scopeSchema) }) },
  errors: ['resource.resource_identifier_in_use'],
});
export const getResource = route({
  method: 'GET',
  path: '/api/resources/:id',
  operationId: 'GetResource',
  tag,
  access,
  summary: 'Get an API resource',
  params: params,
  responses: { 200: resourceSchema },
  errors: ['entity.not_exists_with_id'],
});
export const updateResource = route({
  method: 'PATCH',
  path: '/api/resources/:id',
  operationId: 'UpdateResource',
  tag,
  access,
  summary: 'Change an API resource',
  params: params,
  body: z.object({ name: z.string().min(1).max(256), accessTokenTtl: ttl }).partial(),
  responses: { 200: resourceSchema },
  errors: ['entity.not_exists_with_id', 'resource.cannot_modify_management_api'],
});
export const deleteResource = route({
  method: 'DELETE',
  path: '/api/resources/:id',
  operationId: 'DeleteResource',
  tag,
  access,
  summary: 'Delete an API resource',
  params: params,
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'resource.cannot_delete_management_api'],
});
export const updateResourceIsDefault = route({
  method: 'PATCH',
  path: '/api/resources/:id/is-default',
  operationId: 'UpdateResourceIsDefault',
  tag,
  access,
  summary: 'Set or unset an API resource as the default',
  params: params,
  body: z.object({ isDefault: z.boolean().describe('Access tokens are issued for it if a request names no API.') }),
  responses: { 200: resourceSchema },
  errors: ['entity.not_exists_with_id'],
});
export const listResourceScopes = route({
  method: 'GET',
  path: '/api/resources/:resourceId/scopes',
  operationId: 'ListResourceScopes',
  tag,
  access,
  summary: 'List the permissions of an API resource',
  params: scopesOf,
  query: searchQuery,
  pagination: 'optional',
  responses: { 200: z.array(scopeSchema) },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
});
export const createResourceScope = route({
  method: 'POST',
  path: '/api/resources/:resourceId/scopes',
  operationId: 'CreateResourceScope',
  tag,
  access,
  summary: 'Create a permission',
  params: scopesOf,
  body: z.object({
    name: scopeName.describe('A name without spaces, such as read:orders.'),
    description: scopeDescription.default(null),
  }),
  responses: { 201: scopeSchema },
  errors: [
    'entity.not_exists_with_id',
    'scope.name_exists',
    'scope.name_with_space',
    'resource.cannot_modify_management_api',
  ],
});
export const updateResourceScope = route({
  method: 'PATCH',
  path: '/api/resources/:resourceId/scopes/:scopeId',
  operationId: 'UpdateResourceScope',
  tag,
  access,
  summary: 'Change a permission',
  params: scopesOf.extend({ scopeId: pathId }),
  body: z
    .object({ name: scopeName.describe('A name without spaces, such as read:orders.'), description: scopeDescription })
    .partial(),
  responses: { 200: scopeSchema },
  errors: [
    'entity.not_exists_with_id',
    'scope.name_exists',
    'scope.name_with_space',
    'resource.cannot_modify_management_api',
  ],
});
export const deleteResourceScope = route({
  method: 'DELETE',
  path: '/api/resources/:resourceId/scopes/:scopeId',
  operationId: 'DeleteResourceScope',
  tag,
  access,
  summary: 'Delete a permission',
  params: scopesOf.extend({ scopeId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'resource.cannot_modify_management_api'],
});
