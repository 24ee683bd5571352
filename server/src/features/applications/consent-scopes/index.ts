/**
 * Consent scopes: the allowed scopes of a third-party application. It never gets other scopes, even if the user
 * consents.
 *
 * Owns the tables application_consent_… and `/api/applications/:applicationId/user-consent-scopes`. Does not own
 * consent itself (oidc), or scopes and permissions. The protocol enters through `allowedScopesOf`, which is cached; the
 * Management API through `routes.ts`.
 */
export { type AllowedScopes, type ConsentScopesService, createConsentScopes } from './service.ts';
