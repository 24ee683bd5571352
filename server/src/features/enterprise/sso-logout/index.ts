/**
 * Logout by an enterprise provider: it signed a person out, and their sessions here end too.
 *
 * Owns the check of logout tokens (OpenID Connect Back-Channel Logout 1.0 section 2.6). Does not own the connectors
 * (sso-connectors), which user a person is (people/sso-identities), or how sessions end (oidc, through users).
 * Providers enter through `routes.ts` and the sign-in pages, without a credential of ours: the signature is the proof.
 */
export { createSsoLogout, type SsoLogout } from './service.ts';
