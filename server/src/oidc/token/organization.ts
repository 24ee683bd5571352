import { isManagementIndicator } from '../../tenancy/management-indicator.ts';
import { limitsOf } from '../limits.ts';
import type { OrganizationFacts, ProtectedResource } from '../needs.ts';
import { ProtocolError } from '../protocol-error.ts';
import { getResource, organizationsResource } from '../resources.ts';
import type { Exchange } from './exchange.ts';

/** What a refresh token must have been granted to get tokens for organizations. */
export const organizationsScope = 'urn:logto:scope:organizations';

/** Seconds that a token for an organization lives. */
export const organizationTokenTtl = 3600;

export const organizationAudience = (organizationId: string): string => `urn:logto:organization:${organizationId}`;

/** Who asks for a token in an organization. */
export interface Bearer {
  kind: 'user' | 'application';
  id: string;
  /** The scopes that are asked for. */
  scopes: readonly string[];
  /** Indicators that tokens may be asked for; undefined for an application, whose roles alone decide. */
  granted?: readonly string[] | undefined;
  /** Whether the person lets a third party act in the organization. */
  isConsented?: boolean | undefined;
  /** Whether a second factor was shown, where the organization wants one; an application shows none. */
  hasShownMfa?: boolean;
}

/** What the bearer may have there: on the resource if one was named, else in the organization itself. */
export interface OrganizationAccess {
  organization: OrganizationFacts;
  resource: ProtectedResource | undefined;
  scopes: string[];
}

/** The organization that a token request is for. An authorization code is redeemed without one. */
export const requestedOrganization = ({ parameters }: Exchange): string | undefined =>
  parameters.get('grant_type') === 'authorization_code' ? undefined : parameters.get('organization_id');

/** @throws ProtocolError `insufficient_scope` when an organization is named that the refresh token was not granted for */
export function requireOrganizationsScope(exchange: Exchange, granted: string): void {
  if (requestedOrganization(exchange) === undefined || granted.split(' ').includes(organizationsScope)) return;
  throw new ProtocolError('insufficient_scope', `refresh token missing required scope ${organizationsScope}`);
}

/**
 * Decides what a member may have in an organization, from the roles as they are now: one statement, nothing cached.
 *
 * @throws ProtocolError `access_denied` (403) for those who are no member, who lack the second factor that the organization
 * wants, and for third parties that the person does not let act there; `insufficient_user_authentication` (403, RFC 9470) for those
 * who have a second factor and did not show it in the session; `invalid_target` (RFC 8707) for unknown, several and not granted resources
 */
export async function accessInOrganization(
  exchange: Exchange,
  organizationId: string,
  bearer: Bearer,
): Promise<OrganizationAccess> {
  const { core, tenant, client } = exchange;
  // People choose at consent which organizations a third party learns of; without such a choice it is none.
  if (client.isThirdParty && !bearer.isConsented)
    throw denied('the application was not allowed to act in the organization');
  const resource = await organizationTarget(exchange, bearer);
  const member = { kind: bearer.kind, organizationId, id: bearer.id };
  const standing = await core.organizations.standing(tenant.db, member, resource?.id);
  if (!standing)
    throw denied(`the ${bearer.kind === 'user' ? 'user' : 'application'} is not a member of the organization`);
  if (standing.isMfaRequired && !standing.hasMfa)
    throw denied('the organization requires MFA, but the user has none set up');
  if (standing.isMfaRequired && bearer.kind === 'user' && !bearer.hasShownMfa)
    throw new ProtocolError(
      'insufficient_user_authentication',
      'the organization requires MFA: let the user sign in again with a second factor (prompt=login)',
    );
  // Deny by default, whatever a role in the database says: what an organization gives never controls the tenant.
  const held = new Set(resource && isManagementIndicator(resource.indicator) ? [] : standing.scopes);
  const limits = await limitsOf(core, tenant, client, exchange.agreement);
  const allowed = resource
    ? limits.organizationResource(resource.id, bearer.scopes)
    : limits.organization(bearer.scopes);
  return { organization: standing.organization, resource, scopes: allowed.filter((scope) => held.has(scope)) };
}

async function organizationTarget(
  { core, tenant, parameters }: Exchange,
  { granted }: Bearer,
): Promise<ProtectedResource | undefined> {
  const [indicator, ...others] = parameters.resources.filter((name) => name !== organizationsResource);
  if (indicator === undefined) return undefined;
  if (others.length > 0)
    throw new ProtocolError('invalid_target', 'only a single resource indicator value must be requested per token');
  if (granted && !granted.includes(indicator))
    throw new ProtocolError('invalid_target', 'requested resource was not granted');
  return getResource(core, tenant, indicator);
}

const denied = (description: string) => new ProtocolError('access_denied', description, { status: 403 });
