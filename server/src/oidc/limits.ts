import type { Client } from '../features/applications/applications/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Agreement } from './agreement.ts';
import type { OidcNeeds } from './needs.ts';

/** Selects the requested scopes that an application may have, independent of consent. Keeps the order. */
export interface Limits {
  /** User scopes. */
  user: (scopes: readonly string[]) => string[];
  /** Permissions on a resource, by the resource's id. */
  resource: (resourceId: string, scopes: readonly string[]) => string[];
  /** Permissions on an organization. */
  organization: (scopes: readonly string[]) => string[];
  /** Permissions on a resource that organization roles give. */
  organizationResource: (resourceId: string, scopes: readonly string[]) => string[];
  /** All scopes allowed in any of these ways, for requests before the audience of a token is known. */
  any: (scopes: readonly string[]) => string[];
}

/** A first-party application is limited only by the user's permissions. */
const none: Limits = {
  user: (scopes) => [...scopes],
  resource: (_id, scopes) => [...scopes],
  organization: (scopes) => [...scopes],
  organizationResource: (_id, scopes) => [...scopes],
  any: (scopes) => [...scopes],
};

/** Scopes of the protocol, which reveal no user data. */
const always: ReadonlySet<string> = new Set(['openid', 'offline_access']);

/**
 * The allowed scopes of an application: a third-party application gets only what the operator allows, checked at the
 * authorization and at every token, so that a change applies from the next token on. No statement if the cache is warm.
 *
 * @param agreement what the user agreed to, which limits the token. Undefined before the user is asked, and for tokens
 *   without consent.
 */
export async function limitsOf(
  needs: Pick<OidcNeeds, 'consentScopes'>,
  tenant: Tenant,
  client: Pick<Client, 'id' | 'isThirdParty'>,
  agreement?: Agreement,
): Promise<Limits> {
  if (!client.isThirdParty) return none;
  const allowed = await needs.consentScopes.allowedScopesOf(tenant, client.id);
  const within = (names: ReadonlySet<string> | undefined, scopes: readonly string[]) =>
    scopes.filter((scope) => names?.has(scope));
  const user: Limits['user'] = (scopes) => scopes.filter((scope) => always.has(scope) || allowed.user.has(scope));
  const everything = new Set([
    ...always,
    ...allowed.user,
    ...allowed.organization,
    ...[...allowed.resource.values(), ...allowed.organizationResource.values()].flatMap((names) => [...names]),
  ]);
  const limits: Limits = {
    user,
    resource: (id, scopes) => within(allowed.resource.get(id), scopes),
    organization: (scopes) => within(allowed.organization, scopes),
    organizationResource: (id, scopes) => within(allowed.organizationResource.get(id), scopes),
    any: (scopes) => within(everything, scopes),
  };
  return agreement ? withinAgreement(limits, agreement) : limits;
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
