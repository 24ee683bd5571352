import type { Caller } from '../http/guards.ts';
import type { Request } from '../http/types.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Tenant } from '../tenancy/service.ts';
import { bearerTokenOf } from './bearer-token.ts';
import type { Core } from './core.ts';
import { findOriginHolder } from './store/origins.ts';
import { organizationAudience } from './token/organization.ts';
import { isSessionless, readOrigin } from './token/origin.ts';

/**
 * Authenticates calls of the delegated Management API (RFC 9068 section 4): an organization token for the organization
 * in the path alone, which a person got by a sign-in to an application of the operator's own. Tokens with an actor, of
 * machines and of sign-ins that have ended are refused. Only scopes count that the person's roles in the organization
 * still give: a removed or restricted administrator does not keep access until the token expires.
 *
 * @throws AldabaError `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`,
 *   `auth.unauthorized`, `auth.forbidden`, `auth.third_party_application_forbidden`
 */
export async function verifyOrganizationToken(
  core: Pick<Core, 'applications' | 'clock' | 'keys' | 'organizations' | 'users'>,
  request: Request,
  tenant: Tenant,
): Promise<Caller> {
  const token = bearerTokenOf(request);
  const organizationId = String((request.params as { id?: unknown }).id);
  const audience = organizationAudience(organizationId);
  const claims = await core.keys.verify(tenant, token, { type: 'at+jwt', audience });
  const { sub: userId, aud, client_id: applicationId, act } = claims ?? {};
  const origin = readOrigin(claims?.jti);
  if (typeof userId !== 'string' || typeof applicationId !== 'string' || aud !== audience || act !== undefined)
    throw new AldabaError('auth.unauthorized');
  if (!origin || isSessionless(origin)) throw new AldabaError('auth.unauthorized');
  const client = await core.applications.findClient(tenant, applicationId);
  if (!client) throw new AldabaError('auth.unauthorized');
  if (client.isThirdParty) throw new AldabaError('auth.third_party_application_forbidden');
  const now = new Date(core.clock.now());
  const asked = { limitedTo: [], isDetailed: false };
  if (!(await findOriginHolder(core.users, tenant.db, { userId, origin, now }, asked)))
    throw new AldabaError('auth.unauthorized');
  const rights = await core.organizations.rightsOf(tenant.db, { kind: 'user', organizationId, id: userId });
  if (!rights) throw new AldabaError('auth.forbidden');
  const granted = new Set(typeof claims?.scope === 'string' ? claims.scope.split(' ') : []);
  const scopes = new Set(rights.scopes.filter((name) => granted.has(name)));
  return { subject: userId, issuer: tenant.id, organizationId, scopes, grant: { id: origin.id, applicationId } };
}
