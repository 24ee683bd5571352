/**
 * Organizations: groups of users and machine-to-machine applications with roles inside the group.
 *
 * Owns the tables organizations, organization_users and organization_applications with the roles of members. Does not
 * own the roles and permissions themselves (organization-roles), just-in-time membership (organization-jit),
 * invitations (organization-invitations), or users and applications, whose features list them. The Management API
 * enters through `routes.ts`; tokens read a member's rights with `rightsOf`.
 */
export { createOrganizations, type Organizations, requireType } from './service.ts';
