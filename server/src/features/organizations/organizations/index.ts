/**
 * Organizations: groups of people and machine-to-machine applications, with roles inside of them.
 *
 * Owns the tables organizations, organization_users and organization_applications with the roles that members hold. Does not
 * own the roles and permissions themselves (organization-roles), who joins by themselves (organization-jit) or is invited
 * (organization-invitations), nor users and applications, whose features list them. The Management API enters through
 * `routes.ts`; tokens ask for the `standing` of a member.
 */
export { createOrganizations, type Organizations, requireType } from './service.ts';
