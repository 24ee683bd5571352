import type { Caller } from '../http/guards.ts';
import type { Request } from '../http/types.ts';
import { hashToken } from '../kernel/crypto.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Tenant } from '../tenancy/service.ts';
import { bearerTokenOf } from './bearer-token.ts';
import type { Core } from './core.ts';
import { findAccessToken } from './store/presented-tokens.ts';

/**
 * Authenticates calls of the Account API (RFC 6750): an opaque access token with `openid` that the user granted to an
 * application of the operator's own. Tokens from an exchange are refused: a program that acts for a user must not
 * change how the user signs in.
 *
 * @throws AldabaError `auth.authorization_header_missing`, `auth.authorization_token_type_not_supported`,
 *   `auth.unauthorized`, `auth.forbidden`, `auth.third_party_application_forbidden`
 */
export async function verifyAccountToken(
  core: Pick<Core, 'applications' | 'clock'>,
  request: Request,
  tenant: Tenant,
): Promise<Caller> {
  const token = await findAccessToken(tenant.db, hashToken(bearerTokenOf(request)), new Date(core.clock.now()));
  const client = token && (await core.applications.findClient(tenant, token.clientId));
  if (!token || !client || token.userId === null) throw new AldabaError('auth.unauthorized');
  if (client.isThirdParty) throw new AldabaError('auth.third_party_application_forbidden');
  const scopes = new Set(token.scope.split(' '));
  if (!scopes.has('openid') || token.grantId === null || token.isExchanged) throw new AldabaError('auth.forbidden');
  const grant = { id: token.grantId, applicationId: token.clientId };
  return { subject: token.userId, issuer: tenant.id, scopes, grant };
}
