import { consoleId } from '../features/applications/applications/built-in-ids.ts';
import type { Caller } from '../http/guards.ts';
import type { Request } from '../http/types.ts';
import { AldabaError } from '../kernel/errors.ts';
import { adminTenantId } from '../tenancy/address.ts';
import { meIndicator } from '../tenancy/management-indicator.ts';
import type { Tenant } from '../tenancy/service.ts';
import { bearerTokenOf } from './bearer-token.ts';
import type { Core } from './core.ts';
import { findOriginHolder } from './store/origins.ts';
import { isSessionless, readOrigin } from './token/origin.ts';

/**
 * Authenticates calls of `/me` (RFC 9068 section 4): a JWT for that resource alone that the Console got by a sign-in of
 * the user, whose session or grant has not ended. Tokens with an actor or for an organization are refused. Tokens from
 * an exchange do not exist: the token endpoint issues none for this resource.
 *
 * @throws AldabaError `request.not_found` on every other tenant, `auth.authorization_header_missing`,
 *   `auth.authorization_token_type_not_supported`, `auth.unauthorized`
 */
export async function verifyMeToken(
  core: Pick<Core, 'clock' | 'keys' | 'users'>,
  request: Request,
  tenant: Tenant,
): Promise<Caller> {
  if (tenant.id !== adminTenantId) throw new AldabaError('request.not_found');
  const token = bearerTokenOf(request);
  const claims = await core.keys.verify(tenant, token, { type: 'at+jwt', audience: meIndicator });
  const { sub: userId, aud, client_id: clientId, act, organization_id: organizationId } = claims ?? {};
  const origin = readOrigin(claims?.jti);
  const isOfConsole =
    aud === meIndicator && clientId === consoleId && act === undefined && organizationId === undefined;
  if (typeof userId !== 'string' || !isOfConsole || !origin || isSessionless(origin))
    throw new AldabaError('auth.unauthorized');
  const now = new Date(core.clock.now());
  const asked = { limitedTo: [], isDetailed: false };
  if (!(await findOriginHolder(core.users, tenant.db, { userId, origin, now }, asked)))
    throw new AldabaError('auth.unauthorized');
  return { subject: userId, issuer: tenant.id, scopes: new Set(), grant: { id: origin.id, applicationId: clientId } };
}
