/**
 * Sign-ins that a SAML provider starts: its assertion comes without a request of ours.
 *
 * Owns the tables sso_connector_idp_initiated_auth_configs (which connectors allow it, and where it leads) and
 * idp_initiated_saml_sso_sessions (what was verified, until the sign-in of the same browser takes it once). Does not
 * own the verification (sso-connectors) or the sign-in, which enters through `receive` and `take`.
 */
export { createIdpInitiated, type IdpInitiated } from './service.ts';
export { sweepInitiated } from './store.ts';
