import type { Client } from '../features/applications/applications/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Agreement } from './agreement.ts';
import type { OidcNeeds } from './needs.ts';

/** Which of the scopes that are asked for an application may have at all, whoever consents. The order stays. */
export interface Limits {
  /** Scopes about the person. */
  user(scopes: readonly string[]): string[];
  /** Permissions on a resource, by the resource's id. */
  resource(resourceId: string, scopes: readonly string[]): string[];
  /** Permissions in an organization. */
  organization(scopes: readonly string[]): string[];
  /** Permissions on a resource that an organization gives. */
  organizationResource(resourceId: string, scopes: readonly string[]): string[];
  /** All that may be asked for in any of these ways: for requests, before it is known what a token will be for. */
  any(scopes: readonly string[]): string[];
}

/** An application of the operator's own is limited by nothing but what the person has. */
const none: Limits = {
  user: (scopes) => [...scopes],
  resource: (_id, scopes) => [...scopes],
  organization: (scopes) => [...scopes],
  organizationResource: (_id, scopes) => [...scopes],
  any: (scopes) => [...scopes],
};

/** These are about the protocol, and tell nothing about anybody. */
const always: ReadonlySet<string> = new Set(['openid', 'offline_access']);

/**
 * The limits of an application: a third party gets what the operator lets it ask for and nothing else, at the authorization
 * and at every token, so that a limit counts from the next token on. No statement when the cache is warm.
 *
 * @param agreement what the user agreed to: a token carries nothing beyond it. Undefined before the user is asked, and for tokens
 *   that no user agrees to.
 */
export async function limitsOf(
  needs: Pick<OidcNeeds, 'consentScopes'>,
  tenant: Tenant,
  client: Pick<Client, 'id' | 'isThirdParty'>,
  agreement?: Agreement,
): Promise<Limits> {
  if (!client.isThirdParty) return none;
  const ceiling = await needs.consentScopes.ceilingOf(tenant, client.id);
  const within = (allowed: ReadonlySet<string> | undefined, scopes: readonly string[]) =>
    scopes.filter((scope) => allowed?.has(scope));
  const user: Limits['user'] = (scopes) => scopes.filter((scope) => always.has(scope) || ceiling.user.has(scope));
  const everything = new Set([
    ...always,
    ...ceiling.user,
    ...ceiling.organization,
    ...[...ceiling.resource.values(), ...ceiling.organizationResource.values()].flatMap((names) => [...names]),
  ]);
  const allowed: Limits = {
    user,
    resource: (id, scopes) => within(ceiling.resource.get(id), scopes),
    organization: (scopes) => within(ceiling.organization, scopes),
    organizationResource: (id, scopes) => within(ceiling.organizationResource.get(id), scopes),
    any: (scopes) => within(everything, scopes),
  };
  return agreement ? withinAgreement(allowed, agreement) : allowed;
}

function withinAgreement(limits: Limits, agreement: Agreement): Limits {
  const agreed = (names: readonly string[] | undefined, scopes: readonly string[]) =>
    scopes.filter((scope) => names?.includes(scope));
  return {
    user: (scopes) => limits.user(scopes).filter((scope) => scope === 'openid' || agreement.user.includes(scope)),
    resource: (id, scopes) => agreed(agreement.resources[id], limits.resource(id, scopes)),
    organization: (scopes) => agreed(agreement.organization, limits.organization(scopes)),
    organizationResource: (id, scopes) =>
      agreed(agreement.organizationResources[id], limits.organizationResource(id, scopes)),
    any: limits.any,
  };
}
