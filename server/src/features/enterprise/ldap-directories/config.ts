/** The configuration of a directory, and what it means with the defaults of its kind. Pure. */
import { X509Certificate } from 'node:crypto';
import { z } from '@aldaba/connectors/kit';
import { defined } from '../../../kernel/defined.ts';
import { type LdapFilter, type LdapServer, parseFilter } from '../../../services/ldap/index.ts';

const dn = z
  .string()
  .trim()
  .min(1)
  .max(1024)
  .regex(/^[^=,+]+=/, 'Is not a distinguished name such as ou=people,dc=example,dc=com');
const attribute = z.string().regex(/^[a-z][a-z\d-]{0,127}$/i, 'Is not the name of an attribute');
const filter = z
  .string()
  .trim()
  .min(1)
  .max(2048)
  .refine((text) => parseFilter(text) !== undefined, 'Is not a filter such as (objectClass=person) (RFC 4515)');

const members = z.strictObject({
  url: z.string().trim().max(512),
  /** Of `ldap://`: on unless the connection may be unencrypted. */
  startTls: z.boolean().optional(),
  /** Sends passwords as they are: for a server on the same machine. */
  allowUnencrypted: z.boolean().optional(),
  caCertificate: z.string().trim().min(1).max(65_536).refine(isCertificates, 'Is not a certificate in PEM').optional(),
  bindDn: z.string().trim().min(1).max(1024),
  bindPassword: z.string().min(1).max(1024),
  directoryType: z.enum(['openldap', 'active-directory']).optional(),
  userBaseDn: dn,
  userFilter: filter.optional(),
  /** One of these has what the user types. */
  loginAttributes: z.array(attribute).min(1).max(5).optional(),
  attributeMapping: z.strictObject({ id: attribute, email: attribute, name: attribute }).partial().optional(),
  /** More attributes for role mappings. */
  attributes: z.array(attribute).max(20).optional(),
  /** Groups are searched here; without it they are read from `memberOfAttribute`. */
  groupBaseDn: dn.optional(),
  groupFilter: filter.optional(),
  groupMemberAttribute: attribute.optional(),
  groupNameAttribute: attribute.optional(),
  /** Of Active Directory: groups that have a group of the person as a member count, too. */
  nestedGroups: z.boolean().optional(),
  memberOfAttribute: attribute.optional(),
});

function isCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.length > 0 && blocks.every((block) => new X509Certificate(block).subject !== undefined);
  } catch {
    return false;
  }
}

const ofGroupSearch = ['groupFilter', 'groupMemberAttribute', 'groupNameAttribute', 'nestedGroups'] as const;

export const ldapConfig = members.superRefine((config, context) => {
  const say = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  const server = addressOf(config.url);
  if (!server) return say('url', 'Is not an address such as ldaps://directory.example.com or ldap://10.0.0.5:389');
  const { startTls, allowUnencrypted } = config;
  if (server.isEncrypted && (startTls || allowUnencrypted))
    say(startTls ? 'startTls' : 'allowUnencrypted', 'Is for ldap:// alone: ldaps:// is encrypted from the start');
  else if (startTls && allowUnencrypted) say('allowUnencrypted', 'Contradicts startTls');
  else if (!server.isEncrypted && startTls === false && !allowUnencrypted)
    say('startTls', 'Passwords need an encrypted connection. Set allowUnencrypted if the server is on this machine');
  if (config.groupBaseDn === undefined) {
    for (const name of ofGroupSearch) if (config[name] !== undefined) say(name, 'Needs groupBaseDn');
  } else if (config.nestedGroups && config.directoryType !== 'active-directory')
    say('nestedGroups', 'Is for Active Directory. Other servers list such members by themselves, or not at all');
  else if (config.memberOfAttribute !== undefined) say('memberOfAttribute', 'Is not read if groupBaseDn is given');
});
export type LdapConfig = z.output<typeof ldapConfig>;

/** Only a host and a port: what a search starts from has a member of its own. */
function addressOf(text: string): { host: string; port: number; isEncrypted: boolean } | undefined {
  const [, scheme = '', host = '', port] =
    /^(ldaps?):\/\/(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(text) ?? [];
  if (host === '' || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  const isEncrypted = scheme.toLowerCase() === 'ldaps';
  const bare = host.replaceAll(/[[\]]/g, '').toLowerCase();
  return { host: bare, port: port === undefined ? (isEncrypted ? 636 : 389) : Number(port), isEncrypted };
}

export interface LdapSettings {
  server: LdapServer;
  account: { dn: string; password: string };
  users: {
    base: string;
    filter: LdapFilter;
    /** Where a sign-in looks: also at accounts that may not sign in, so that the directory can say so. */
    signInFilter: LdapFilter;
    loginAttributes: readonly string[];
    isActiveDirectory: boolean;
  };
  attributes: { id: string; email: string; name: string; more: readonly string[] };
  groups: { memberOf: string } | { base: string; filter: LdapFilter; member: string; name: string; isNested: boolean };
}

const defaults = {
  openldap: {
    userFilter: '(objectClass=inetOrgPerson)',
    signInFilter: '(objectClass=inetOrgPerson)',
    loginAttributes: ['mail', 'uid'],
    mapping: { id: 'entryUUID', email: 'mail', name: 'cn' },
    groupFilter: '(objectClass=groupOfNames)',
  },
  'active-directory': {
    // Without disabled accounts: bit 2 of userAccountControl.
    userFilter: '(&(objectCategory=person)(objectClass=user)(!(userAccountControl:1.2.840.113556.1.4.803:=2)))',
    signInFilter: '(&(objectCategory=person)(objectClass=user))',
    loginAttributes: ['mail', 'userPrincipalName', 'sAMAccountName'],
    mapping: { id: 'objectGUID', email: 'mail', name: 'displayName' },
    groupFilter: '(objectClass=group)',
  },
} as const;

const filterOf = (text: string): LdapFilter => {
  const parsed = parseFilter(text);
  if (!parsed) throw new Error(`The filter ${text} was checked when it was saved and cannot be read`);
  return parsed;
};

/** @param config one that `ldapConfig` accepts */
export function settingsOf(config: LdapConfig): LdapSettings {
  const preset = defaults[config.directoryType ?? 'openldap'];
  const address = addressOf(config.url);
  if (!address) throw new Error('The address was checked when it was saved and cannot be read');
  const { host, port, isEncrypted } = address;
  const security = isEncrypted ? 'tls' : config.allowUnencrypted ? 'none' : 'starttls';
  const { groupBaseDn: base, memberOfAttribute: memberOf = 'memberOf' } = config;
  return {
    server: { host, port, security, caCertificate: config.caCertificate },
    account: { dn: config.bindDn, password: config.bindPassword },
    users: {
      base: config.userBaseDn,
      filter: filterOf(config.userFilter ?? preset.userFilter),
      signInFilter: filterOf(config.userFilter ?? preset.signInFilter),
      loginAttributes: config.loginAttributes ?? preset.loginAttributes,
      isActiveDirectory: config.directoryType === 'active-directory',
    },
    attributes: { ...preset.mapping, ...defined(config.attributeMapping ?? {}), more: config.attributes ?? [] },
    groups:
      base === undefined
        ? { memberOf }
        : {
            base,
            filter: filterOf(config.groupFilter ?? preset.groupFilter),
            member: config.groupMemberAttribute ?? 'member',
            name: config.groupNameAttribute ?? 'cn',
            isNested: config.nestedGroups ?? false,
          },
  };
}
