/**
 * Directory sync: a SCIM 2.0 server (RFC 7643, RFC 7644) for the tenant and for each organization at `/scim/v2`.
 *
 * Owns the tables scim_users, scim_user_emails, scim_groups, scim_group_members and scim_role_grants: what directories
 * say about users and groups, and the roles that they gave. The token of a request decides whose directory it is
 * (scim-tokens). Does not own accounts, membership and roles, which it changes through their features: `users.ts`
 * decides when a directory may. A request enters through `routes.ts`; operators map groups to roles through the
 * Management API.
 */
export { directoryPath } from './directory.ts';
export { createGroupMapping, type GroupMapping } from './mapping.ts';
export { createScim, type ScimNeeds } from './service.ts';
