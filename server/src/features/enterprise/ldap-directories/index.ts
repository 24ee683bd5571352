/**
 * Directories of companies that speak LDAP: their configuration, who a person is, and whether a password is the
 * person's. Owns no table: the configuration is a connector's (sso-connectors), and the accounts are the sync's
 * (ldap-sync). Sign-in and sync enter through `openDirectory`.
 */
export { type LdapConfig, ldapConfig, settingsOf } from './config.ts';
export { type LdapDirectory, openDirectory, signInLimits, signInTime, syncLimits } from './directory.ts';
export type { LdapGroups, LdapPerson } from './person.ts';
