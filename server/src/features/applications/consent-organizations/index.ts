/**
 * Consent organizations: in which of their organizations a person lets a third-party application act.
 *
 * Owns the table application_consent_organizations and `/api/applications/:id/users/:userId/consent-organizations`. Does not own
 * membership (organizations) nor what a token in an organization may do (oidc), whose statement at a refresh reads the table.
 * The consent page enters through `add`, the Management API through `routes.ts`.
 */
export { type ConsentOrganizations, createConsentOrganizations } from './service.ts';
