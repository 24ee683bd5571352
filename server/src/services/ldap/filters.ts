/**
 * Filters (RFC 4515). What a user typed never becomes part of a filter's text: it is a value of its own in the message,
 * with its length, so nothing in it has to be escaped and nothing can end it.
 */
import {
  AndFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  OrFilter,
  PresenceFilter,
} from 'ldapts';

export type LdapFilter = Filter;

/** Longest filter, and deepest parentheses, that an operator may enter. */
const maximumLength = 2048;
const maximumDepth = 20;

/** Reads a filter that an operator entered. Undefined if it is not one. */
export function parseFilter(text: string): LdapFilter | undefined {
  if (text.length > maximumLength || depthOf(text) > maximumDepth) return undefined;
  try {
    return FilterParser.parseString(text);
  } catch {
    return undefined;
  }
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Entries of a filter with the value in at least one of the attributes. */
export const withValue = (filter: LdapFilter, attributes: readonly string[], value: string): LdapFilter =>
  new AndFilter({
    filters: [
      filter,
      new OrFilter({ filters: attributes.map((attribute) => new EqualityFilter({ attribute, value })) }),
    ],
  });

/** LDAP_MATCHING_RULE_IN_CHAIN of Active Directory: follows the members of members. */
const inChain = '1.2.840.113556.1.4.1941';

/** Groups of a filter that have the entry as a member, directly or through other groups. */
export const withMemberInChain = (filter: LdapFilter, attribute: string, dn: string): LdapFilter =>
  new AndFilter({ filters: [filter, new ExtensibleFilter({ rule: inChain, matchType: attribute, value: dn })] });

/** Every entry. */
export const anyEntry = (): LdapFilter => new PresenceFilter({ attribute: 'objectClass' });
