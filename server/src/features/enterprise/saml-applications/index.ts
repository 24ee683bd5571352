/**
 * SAML applications: service providers to which Aldaba is the identity provider.
 *
 * Owns the tables saml_applications and saml_application_secrets: what is agreed with a service provider, and the keys
 * that responses are signed with (`secrets.ts`); and saml_sessions, saml_sign_outs and saml_answered_requests: who
 * signed in where, sign-outs on their way, and requests that were answered. A request enters through
 * `browser-routes.ts`, is checked by `sign-ins.ts` and continues at the authorization endpoint, as for every other
 * application: sessions, access control, second factors and consent are the same. The code comes back here and becomes
 * a response (`response.ts`), which the browser posts to the registered address. `sign-outs.ts` ends sessions at the
 * request of a service provider; `single-logout.ts` passes sign-outs on to the others through the browser,
 * `soap-logout.ts` from server to server.
 *
 * Does not own applications, of which each has a row (applications), sessions (oidc), or the messages (services/saml).
 * The Management API enters through `routes.ts`.
 */
export { createSamlApplications, type SamlApplicationsNeeds } from './service.ts';
export { sweepSaml } from './sign-out-store.ts';
