import { decodeJwt, errors } from 'jose';
import type { Caller } from '../http/guards.ts';
import type { Request } from '../http/types.ts';
import { AldabaError } from '../kernel/errors.ts';
import { adminTenantId } from '../tenancy/address.ts';
import type { Tenant } from '../tenancy/service.ts';
import type { Core } from './core.ts';

/**
 * Authenticates Management API calls (RFC 6750, RFC 9068 section 4): a Bearer JWT of type `at+jwt`, issued by this
 * tenant or by the admin tenant, for this tenant's Management API. ID tokens are rejected by their type. The scopes
 * decide what the caller may do.
 *
 * @throws AldabaError `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`,
 *   `auth.unauthorized`
 */
export async function verifyManagementToken(
  core: Pick<Core, 'keys' | 'tenancy'>,
  request: Request,
  tenant: Tenant,
): Promise<Caller> {
  const header = request.headers.authorization;
  if (!header) throw new AldabaError('auth.authorization_header_missing');
  const match = /^bearer +(\S+)$/i.exec(header);
  if (!match) throw new AldabaError('auth.authorization_token_type_not_supported');
  const token = match[1] as string;
  const issuer = await findIssuer(core, token, tenant);
  const claims =
    issuer && (await core.keys.verify(issuer, token, { type: 'at+jwt', audience: tenant.managementIndicator }));
  // `aud` must be this API alone, not one of several.
  if (!issuer || !claims || typeof claims.sub !== 'string' || claims.aud !== tenant.managementIndicator)
    throw new AldabaError('auth.unauthorized');
  const scopes = typeof claims.scope === 'string' ? claims.scope.split(' ') : [];
  return { subject: claims.sub, issuer: issuer.id, scopes: new Set(scopes) };
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
