import type { ExtendedClaim } from '@aldaba/contract';
import type { Client } from '../features/applications/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { OidcNeeds } from './needs.ts';

const scopeOfClaim = {
  organizations: 'urn:logto:scope:organizations',
  organization_roles: 'urn:logto:scope:organization_roles',
} as const;

/**
 * The claims about a person's organizations: `organizations`, their ids, and `organization_roles`, `<id>:<role's name>`.
 *
 * @param about.extended the extended claims that an ID token carries; undefined for userinfo, which carries all
 */
export async function organizationClaims(
  needs: Pick<OidcNeeds, 'organizations'>,
  tenant: Tenant,
  about: {
    userId: string;
    client: Pick<Client, 'isThirdParty'>;
    scopes: readonly string[];
    extended?: ReadonlySet<ExtendedClaim>;
  },
): Promise<{ organizations?: string[]; organization_roles?: string[] }> {
  // Which organizations a third party learns of is the person's choice at consent; without such a choice it is none.
  if (about.client.isThirdParty) return {};
  const isTold = (claim: keyof typeof scopeOfClaim) =>
    about.scopes.includes(scopeOfClaim[claim]) && (about.extended?.has(claim) ?? true);
  if (!isTold('organizations') && !isTold('organization_roles')) return {};
  const memberships = await needs.organizations.memberships(tenant.db, about.userId);
  return {
    ...(isTold('organizations') ? { organizations: memberships.map(({ id }) => id) } : {}),
    ...(isTold('organization_roles')
      ? { organization_roles: memberships.flatMap(({ id, roles }) => roles.map((role) => `${id}:${role}`)) }
      : {}),
  };
}
