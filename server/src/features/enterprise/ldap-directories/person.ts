/** A person of a directory, read from an entry. Pure. */
import { firstNameOf, identifierOf, type LdapEntry, textsOf } from '../../../services/ldap/index.ts';
import type { LdapSettings } from './config.ts';

export interface LdapPerson {
  dn: string;
  /** Unique and stable in the directory. */
  id: string;
  /** The first address of a domain of the connector, else the first one. */
  email?: string;
  name?: string;
  /** What role mappings read. */
  attributes: Record<string, string | string[]>;
}

/** Names and distinguished names of the groups of a person. */
export interface LdapGroups {
  groups: string[];
  groupDns: string[];
}

/** Longest identifier that is stored. */
const maximumId = 256;

/** Attributes that a search has to ask for. */
export const wantedAttributes = ({ attributes, groups, users }: LdapSettings): string[] => [
  ...new Set([
    ...[attributes.id, attributes.email, attributes.name, ...attributes.more],
    ...('memberOf' in groups ? [groups.memberOf] : []),
    ...(users.isActiveDirectory ? [accountControl] : []),
  ]),
];

const accountControl = 'userAccountControl';

/** Whether an entry of Active Directory is of a disabled account ([MS-ADTS] section 2.2.16). */
export const isDisabled = (entry: LdapEntry): boolean => (Number(textsOf(entry, accountControl)[0] ?? 0) & 2) !== 0;

/** Undefined for an entry without an identifier, or with several. @param domains in lowercase */
export function personOf(
  { attributes: names }: LdapSettings,
  entry: LdapEntry,
  domains: readonly string[],
): LdapPerson | undefined {
  const id = identifierOf(entry, names.id);
  if (id === undefined || id.length > maximumId) return undefined;
  const emails = textsOf(entry, names.email);
  const email = emails.find((each) => domains.includes(domainOf(each))) ?? emails[0];
  const [name] = textsOf(entry, names.name);
  const more = names.more.map((each) => [each, valuesOf(textsOf(entry, each))] as const);
  return {
    ...{ dn: entry.dn, id },
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    attributes: Object.fromEntries(more.filter(([, values]) => values.length > 0)),
  };
}

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1).toLowerCase();
const valuesOf = (values: string[]): string | string[] => (values.length === 1 ? (values[0] as string) : values);

/** Groups by their distinguished names, named by the first part of each. */
function groupsNamed(dns: readonly string[]): LdapGroups {
  const names = dns.map(firstNameOf).filter((name) => name !== undefined);
  return { groups: [...new Set(names)].sort(), groupDns: [...dns].sort() };
}

/** The groups that the entry itself names. */
export const groupsOfEntry = (entry: LdapEntry, memberOf: string): LdapGroups => groupsNamed(textsOf(entry, memberOf));
