import { fullAccess } from '@aldaba/contract';
import { decodeJwt, errors } from 'jose';
import type { Caller } from '../http/guards.ts';
import type { Request } from '../http/types.ts';
import { AldabaError } from '../kernel/errors.ts';
import { adminTenantId } from '../tenancy/address.ts';
import type { Tenant } from '../tenancy/service.ts';
import { bearerTokenOf } from './bearer-token.ts';
import type { Core } from './core.ts';

/**
 * Authenticates Management API calls (RFC 6750, RFC 9068 section 4): a Bearer JWT of type `at+jwt`, issued by this
 * tenant or by the admin tenant, for this tenant's Management API. ID tokens are rejected by their type. The scopes
 * decide what the caller may do. Of a user of the admin tenant, only scopes count that the roles still give: a
 * removed, suspended or restricted administrator does not keep access until the token expires.
 *
 * @throws AldabaError `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`,
 *   `auth.unauthorized`
 */
export async function verifyManagementToken(
  core: Pick<Core, 'keys' | 'roles' | 'tenancy'>,
  request: Request,
  tenant: Tenant,
): Promise<Caller> {
  const token = bearerTokenOf(request);
  const issuer = await findIssuer(core, token, tenant);
  const claims =
    issuer && (await core.keys.verify(issuer, token, { type: 'at+jwt', audience: tenant.managementIndicator }));
  // `aud` must be this API alone, not one of several.
  if (!issuer || !claims || typeof claims.sub !== 'string' || claims.aud !== tenant.managementIndicator)
    throw new AldabaError('auth.unauthorized');
  const scopes = new Set(typeof claims.scope === 'string' ? claims.scope.split(' ') : []);
  const isOfUser = claims.client_id !== claims.sub;
  if (!isOfUser || issuer.id !== adminTenantId) return { subject: claims.sub, issuer: issuer.id, scopes };
  const held = await core.roles.administratorScopes(claims.sub, tenant.managementIndicator);
  if (!held) throw new AldabaError('auth.unauthorized');
  const kept = held.includes(fullAccess) ? scopes : new Set(held.filter((name) => scopes.has(name)));
  return { subject: claims.sub, issuer: issuer.id, scopes: kept };
}

/** The tenant whose keys may verify the token, by its unverified issuer: this one or the admin tenant. */
async function findIssuer(core: Pick<Core, 'tenancy'>, token: string, tenant: Tenant): Promise<Tenant | undefined> {
  let issuer: string | undefined;
  try {
    issuer = decodeJwt(token).iss;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
  if (issuer === tenant.issuer) return tenant;
  const admin = await core.tenancy.get(adminTenantId);
  return issuer === admin.issuer ? admin : undefined;
}
