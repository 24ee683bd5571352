/**
 * Sync of directories that speak LDAP: people get accounts, which follow the directory, and are suspended when it no
 * longer lists them.
 *
 * Owns the tables ldap_syncs (settings, the turn of the node that runs it, the last run) and ldap_people (what the
 * directory said at last). Does not own the connection (sso-connectors), identities (people/sso-identities), or what
 * ends with a suspension (users). Runs are jobs; `startDue` enqueues them, and the Management API does on demand.
 */
export { createLdapSyncs, type LdapSyncNeeds, type LdapSyncs } from './service.ts';
