import { ProtocolError } from '../protocol-error.ts';
import { getResource, permittedScopes, requestedResources } from '../resources.ts';
import { insertAccessToken } from '../store/access-tokens.ts';
import { uniqueScopes } from '../wire-quirks.ts';
import { type AccessPlan, accessMembers, planInOrganization, planOpaque, planResource } from './access.ts';
import { withCustomClaims } from './custom-claims.ts';
import type { Exchange, TokenAnswer } from './exchange.ts';
import { requestedOrganization } from './organization.ts';

/**
 * `grant_type=client_credentials` (RFC 6749 section 4.4): an application acts for itself. For a resource it gets a JWT
 * with the requested scopes that its roles give; otherwise an opaque token without access to this server.
 */
export async function issueClientToken(exchange: Exchange): Promise<TokenAnswer> {
  const plan = await withCustomClaims(exchange, await planAccess(exchange), {});
  if (plan.opaque) await insertAccessToken(exchange.tenant.db, plan.opaque.row, new Date(exchange.core.clock.now()));
  return { body: await accessMembers(exchange, plan) };
}

async function planAccess(exchange: Exchange): Promise<AccessPlan> {
  const { core, tenant, client, parameters } = exchange;
  const organizationId = requestedOrganization(exchange);
  if (organizationId !== undefined) {
    const scopes = uniqueScopes(parameters.get('scope'));
    return planInOrganization(exchange, organizationId, { kind: 'application', id: client.id, scopes });
  }
  const [indicator, ...others] = await requestedResources(core, tenant, parameters.resources);
  if (others.length > 0)
    throw new ProtocolError('invalid_target', 'only a single resource indicator value must be requested per token');
  // An application's id is longer than any user's, so subjects cannot collide.
  if (indicator === undefined)
    return planOpaque(exchange, { subject: client.id, userId: null, scopes: [], sessionUid: null });
  const resource = await getResource(core, tenant, indicator);
  const requested = uniqueScopes(parameters.get('scope'));
  const held = requested.length > 0 ? await core.roles.applicationScopes(tenant, client.id, resource.id) : [];
  return planResource(client.id, resource, permittedScopes(resource, held, requested));
}
