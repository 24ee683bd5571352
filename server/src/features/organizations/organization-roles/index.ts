/**
 * Organization roles: the template that all organizations of a tenant share.
 *
 * Owns the tables organization_roles, organization_scopes and what permissions each role gives, those of the organization
 * (organization_role_scopes) and those of APIs (organization_role_resource_scopes). Does not own who holds a role in which
 * organization (organizations). The Management API enters through `routes.ts`; organizations ask here for roles by id or name.
 */
export { createOrganizationRoles, type OrganizationRoles } from './service.ts';
