/**
 * Consent scopes: what a third-party application may ask people for. What it may not ask for it never gets, whoever agrees.
 *
 * Owns the tables application_consent_… and `/api/applications/:applicationId/user-consent-scopes`. Does not own who is asked
 * and what they answered (oidc), nor scopes and permissions themselves. The protocol enters through `ceilingOf`, which is
 * cached; the Management API through `routes.ts`.
 */
export { type Ceiling, type ConsentScopesService, createConsentScopes } from './service.ts';
