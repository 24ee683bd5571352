/**
 * LDAP (RFC 4511): connections to directories of companies, over addresses that are checked like those of all outgoing
 * requests. Owns TLS and StartTLS, binds, searches by pages, filters and values. Does not own what a person is: the
 * connectors and the sync decide that. Referrals are not followed.
 */
export { type LdapConnection, type LdapLimits, type LdapServer, openLdap } from './connection.ts';
export { type LdapDeadline, withDeadline } from './deadline.ts';
export { type LdapAccountState, LdapError, type LdapReason } from './errors.ts';
export { anyEntry, type LdapFilter, parseFilter, withMemberInChain, withValue } from './filters.ts';
export { firstNameOf, identifierOf, type LdapEntry, textsOf } from './values.ts';
