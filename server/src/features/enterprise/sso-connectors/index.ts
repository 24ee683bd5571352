/**
 * Enterprise connectors: the identity providers of companies that sign users in to the tenant's applications.
 *
 * Owns the tables sso_connectors, sso_role_mappings and sso_used_ids: which providers there are, the domains of email
 * addresses that they sign in, their configuration (encrypted), and how they are asked. Does not own the identities of
 * users (people/sso-identities), membership by connector (organization-jit) or the sign-in itself. Sign-in enters
 * through `offered` and `connection`; the Management API through `routes.ts`.
 */

export type { CheckedConfig } from './configs.ts';
export { ldapAnswer } from './ldap.ts';
export { type OwnedKey, type OwnedSso, providerOf } from './owned.ts';
export type { LimitAttempts, SignedOut, SsoAnswer } from './protocol.ts';
export type { BoundSso } from './service.ts';
export { createSsoConnectors, type SsoConnectors, type SsoConnectorsNeeds, type SyncedDirectory } from './service.ts';
export { sweepUsedIds } from './store.ts';
export type { OfferedSso, SsoRow } from './views.ts';
