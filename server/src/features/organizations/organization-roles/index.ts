/**
 * Organization roles: the template that all organizations of a tenant share.
 *
 * Owns the tables organization_roles, organization_scopes and the permissions of each role: permissions of the
 * organization (organization_role_scopes) and of APIs (organization_role_resource_scopes). Does not own the assignment
 * of roles to members (organizations). The Management API enters through `routes.ts`; organizations looks up roles by
 * id or name here.
 */
export { createOrganizationRoles, type OrganizationRoles } from './service.ts';
