/**
 * Roles: named sets of permissions, and who holds them.
 *
 * Owns the tables roles, roles_scopes, users_roles and applications_roles, and the rows every tenant starts with for its
 * Management API (`seed.ts`). Does not own permissions themselves (resources), nor users and applications: those features
 * answer the routes that list them, and ask here to assign. Tokens ask for `userScopes` and `applicationScopes`.
 */
export { requireGrantable } from './grants.ts';
export { administratorRoleId, managementRoleId, seedManagedTenant, seedManagementApi } from './seed.ts';
export { createRoles, type Roles } from './service.ts';
