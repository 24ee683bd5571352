/**
 * API resources and their permissions: what access tokens are issued for (RFC 8707).
 *
 * Owns the tables resources and scopes. Does not own who has a permission (roles). The token endpoint asks for
 * `findByIndicator` and `findDefault`, which are cached; the Management API enters at `routes.ts`.
 */
export { createResources, type Resources } from './service.ts';
export { insertManagementApi } from './store.ts';
