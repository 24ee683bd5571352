import { fullAccess, isPermission } from '@aldaba/contract';
import type { Tenant } from '../tenancy/index.ts';
import { isManagementIndicator } from '../tenancy/management-indicator.ts';
import type { OidcNeeds, ProtectedResource } from './needs.ts';
import { ProtocolError } from './protocol-error.ts';

/** A reserved indicator that SDKs add if an application uses organizations; it is not an API. */
export const organizationsResource = 'urn:logto:resource:organizations';

/** @throws ProtocolError `invalid_target` (RFC 8707 section 2) if the resource does not exist */
export async function getResource(
  needs: Pick<OidcNeeds, 'resources'>,
  tenant: Tenant,
  indicator: string,
): Promise<ProtectedResource> {
  const resource = await needs.resources.findByIndicator(tenant, indicator);
  if (!resource) throw new ProtocolError('invalid_target', 'resource indicator is missing, or unknown');
  return resource;
}

/**
 * The requested scopes that the held ones cover. `all` of a Management API covers its other scopes, so that a token can
 * be narrower.
 */
export function permittedScopes({ indicator }: ProtectedResource, held: string[], requested: string[]): string[] {
  const isCovered = held.includes(fullAccess) && isManagementIndicator(indicator);
  return requested.filter((scope) => held.includes(scope) || (isCovered && isPermission(scope)));
}

/** The resources of an authorization request, all of them known; the tenant's default one if it names none. */
export async function requestedResources(
  needs: Pick<OidcNeeds, 'resources'>,
  tenant: Tenant,
  indicators: readonly string[],
): Promise<string[]> {
  for (const indicator of indicators) {
    if (indicator !== organizationsResource) await getResource(needs, tenant, indicator);
  }
  if (indicators.length > 0) return [...indicators];
  const standard = await needs.resources.findDefault(tenant);
  return standard ? [standard.indicator] : [];
}

/**
 * The one resource of an access token. Without `resource`, it is the granted one, unless the token is for userinfo
 * (`openid`).
 * @returns undefined for a token for userinfo
 * @throws ProtocolError `invalid_target` for several, unknown or ungranted resources
 */
export async function targetResource(
  needs: Pick<OidcNeeds, 'resources'>,
  tenant: Tenant,
  choice: { requested: readonly string[]; granted: readonly string[]; scopes: readonly string[] },
): Promise<ProtectedResource | undefined> {
  const granted = choice.granted.filter((indicator) => indicator !== organizationsResource);
  const implied = choice.scopes.includes('openid') ? [] : granted;
  const wanted = choice.requested.length > 0 ? choice.requested : implied;
  if (wanted.length > 1)
    throw new ProtocolError('invalid_target', 'only a single resource indicator value must be requested per token');
  const [indicator] = wanted;
  if (indicator === undefined) return undefined;
  if (!granted.includes(indicator)) throw new ProtocolError('invalid_target', 'requested resource was not granted');
  return getResource(needs, tenant, indicator);
}
