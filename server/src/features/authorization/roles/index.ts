/**
 * Roles: named sets of permissions and their assignments.
 *
 * Owns the tables roles, roles_scopes, users_roles and applications_roles, and the initial rows of every tenant for its
 * Management API (`seed.ts`). Does not own permissions (resources), or users and applications: those features answer
 * the routes that list them and call this one to assign roles. Tokens read `userScopes` and `applicationScopes`.
 */
export { requireGrantable } from './grants.ts';
export { createRoleHolders, type RoleHolders } from './holders.ts';
export { administratorRoleId, managementRoleId, seedManagedTenant, seedManagementApi, teamRoleId } from './seed.ts';
export { createRoles, type Roles } from './service.ts';
export { grantReading, type PermittedUser } from './team-store.ts';
