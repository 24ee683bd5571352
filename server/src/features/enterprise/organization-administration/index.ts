/**
 * Organization administration: members, roles and invitations of one organization, changed by its own administrators.
 *
 * Owns what they read of the audit log, and the rules that keep an administrator inside: never another organization,
 * never more than the caller has, never the caller's own membership, never a person's identifiers. Has no tables:
 * organizations, organization-roles and organization-invitations store. A request enters through `routes.ts` with an
 * organization token (the delegated Management API), or from the portal of organizations. Where the permissions come
 * from: docs/decisions/0021.
 */
export { createOrganizationAdministration, type OrganizationAdministration } from './service.ts';
