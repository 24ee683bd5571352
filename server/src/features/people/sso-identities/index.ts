/**
 * Identities of users at enterprise providers.
 *
 * Owns the table user_sso_identities: which user a person of a provider is. Does not own the connectors (enterprise),
 * which organizations the user joins (organization-jit), or who may be linked to whom, which the sign-in decides. The
 * sign-in enters through `link`; the Management API and claims read.
 */
export { createSsoIdentities, type SsoIdentities } from './service.ts';
export { deleteAllIdentities } from './store.ts';
