/**
 * Consent organizations: the organizations in which a user lets a third-party application act.
 *
 * Owns the table application_consent_organizations and `/api/applications/:id/users/:userId/consent-organizations`.
 * Does not own membership (organizations) or the rights of tokens in an organization (oidc), whose refresh statement
 * reads the table. The consent page and the Management API (`routes.ts`) enter through the service.
 */
export { type ConsentOrganizations, createConsentOrganizations } from './service.ts';
