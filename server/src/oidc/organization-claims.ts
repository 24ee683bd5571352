import type { ExtendedClaim } from '@aldaba/contract';
import type { Subject } from '../features/users/index.ts';

const scopeOfClaim = {
  organizations: 'urn:logto:scope:organizations',
  organization_roles: 'urn:logto:scope:organization_roles',
} as const;

/**
 * The claims about the organizations of a `Subject`: `organizations`, their ids, and `organization_roles`, `<id>:<role's name>`.
 *
 * @param about.extended the extended claims that an ID token carries; undefined for userinfo, which carries all
 */
export function organizationClaims(
  organizations: Subject['organizations'],
  about: { scopes: readonly string[]; extended?: ReadonlySet<ExtendedClaim> },
): { organizations?: string[]; organization_roles?: string[] } {
  const isTold = (claim: keyof typeof scopeOfClaim) =>
    about.scopes.includes(scopeOfClaim[claim]) && (about.extended?.has(claim) ?? true);
  return {
    ...(isTold('organizations') ? { organizations: organizations.map(({ id }) => id) } : {}),
    ...(isTold('organization_roles')
      ? { organization_roles: organizations.flatMap(({ id, roles }) => roles.map((role) => `${id}:${role}`)) }
      : {}),
  };
}
