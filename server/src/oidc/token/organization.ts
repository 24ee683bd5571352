import { isManagementIndicator } from '../../tenancy/management-indicator.ts';
import { limitsOf } from '../limits.ts';
import type { OrganizationFacts, ProtectedResource } from '../needs.ts';
import { ProtocolError } from '../protocol-error.ts';
import { getResource, organizationsResource } from '../resources.ts';
import type { Exchange } from './exchange.ts';

/** The scope that a refresh token needs for tokens for organizations. */
export const organizationsScope = 'urn:logto:scope:organizations';

/** Lifetime of a token for an organization in seconds. */
export const organizationTokenTtl = 3600;

export const organizationAudience = (organizationId: string): string => `urn:logto:organization:${organizationId}`;

/** The requester of a token in an organization. */
export interface Bearer {
  kind: 'user' | 'application';
  id: string;
  /** The requested scopes. */
  scopes: readonly string[];
  /** Indicators that may be requested; undefined for an application, whose roles alone decide. */
  granted?: readonly string[] | undefined;
  /** Whether the user lets a third party act in the organization. */
  isConsented?: boolean | undefined;
  /** Whether a second factor was verified, if the organization requires one; does not apply to applications. */
  hasShownMfa?: boolean;
}

/** The bearer's permissions there: on the resource if given, otherwise on the organization itself. */
export interface OrganizationAccess {
  organization: OrganizationFacts;
  resource: ProtectedResource | undefined;
  scopes: string[];
}

/** The organization of a token request. An authorization code is redeemed without one. */
export const requestedOrganization = ({ parameters }: Exchange): string | undefined =>
  parameters.get('grant_type') === 'authorization_code' ? undefined : parameters.get('organization_id');

/** @throws ProtocolError `insufficient_scope` if the refresh token was not granted for the requested organization */
export function requireOrganizationsScope(exchange: Exchange, granted: string): void {
  if (requestedOrganization(exchange) === undefined || granted.split(' ').includes(organizationsScope)) return;
  throw new ProtocolError('insufficient_scope', `refresh token missing required scope ${organizationsScope}`);
}

/**
 * Decides a member's permissions in an organization from the current roles: one statement, nothing cached.
 *
 * @throws ProtocolError `access_denied` (403) for non-members, for users without the second factor that the
 *   organization requires, and for third parties that the user does not let act there;
 *   `insufficient_user_authentication` (403, RFC 9470) for users with a second factor that was not verified in the
 *   session; `invalid_target` (RFC 8707) for unknown, several or ungranted resources
 */
export async function accessInOrganization(
  exchange: Exchange,
  organizationId: string,
  bearer: Bearer,
): Promise<OrganizationAccess> {
  const { core, tenant, client } = exchange;
  // Users choose at consent which organizations a third party sees; without a choice it sees none.
  if (client.isThirdParty && !bearer.isConsented)
    throw denied('the application was not allowed to act in the organization');
  const resource = await organizationTarget(exchange, bearer);
  const member = { kind: bearer.kind, organizationId, id: bearer.id };
  const rights = await core.organizations.rightsOf(tenant.db, member, resource?.id);
  if (!rights)
    throw denied(`the ${bearer.kind === 'user' ? 'user' : 'application'} is not a member of the organization`);
  if (rights.isMfaRequired && !rights.hasMfa)
    throw denied('the organization requires MFA, but the user has none set up');
  if (rights.isMfaRequired && bearer.kind === 'user' && !bearer.hasShownMfa)
    throw new ProtocolError(
      'insufficient_user_authentication',
      'the organization requires MFA: let the user sign in again with a second factor (prompt=login)',
    );
  // Deny by default, whatever a role in the database says: organization roles never give control over the tenant.
  const held = new Set(resource && isManagementIndicator(resource.indicator) ? [] : rights.scopes);
  const limits = await limitsOf(core, tenant, client, exchange.agreement);
  const allowed = resource
    ? limits.organizationResource(resource.id, bearer.scopes)
    : limits.organization(bearer.scopes);
  return { organization: rights.organization, resource, scopes: allowed.filter((scope) => held.has(scope)) };
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
