/**
 * API resources and their permissions: what access tokens are issued for (RFC 8707).
 *
 * Owns the tables resources and scopes. Does not own the assignment of permissions (roles). The token endpoint reads
 * `findByIndicator` and `findDefault`, which are cached; the Management API enters through `routes.ts`.
 */
export { addNewManagementScopes } from './management-scopes.ts';
export { createResources } from './service.ts';
export { insertManagementApi } from './store.ts';
