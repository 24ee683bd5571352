import type { User } from '../../features/users/index.ts';
import { seconds } from '../../kernel/clock.ts';
import { userClaims } from '../claims.ts';
import { idTokenTtl } from '../clients.ts';
import { ProtocolError } from '../errors.ts';
import { limitsOf } from '../limits.ts';
import { organizationClaims } from '../organization-claims.ts';
import type { Exchange } from './exchange.ts';

/** The user a code or refresh token belongs to. @throws ProtocolError `invalid_grant` when deleted or suspended */
export async function getActiveUser({ core, tenant }: Exchange, userId: string): Promise<User> {
  const user = await core.users.find(tenant.db, userId);
  if (!user || user.isSuspended)
    throw new ProtocolError('invalid_grant', 'grant request is invalid: the account is not active');
  return user;
}

/** The ID token (OpenID Connect Core section 2), when `openid` was granted. `iat` is now, also at a refresh. */
export async function idTokenMember(
  { core, tenant, client }: Exchange,
  user: User,
  facts: { scopes: readonly string[]; authTime: number; sid: string; nonce?: string | undefined },
): Promise<{ id_token?: string }> {
  if (!facts.scopes.includes('openid')) return {};
  const scopes = (await limitsOf(core, tenant, client)).user(facts.scopes);
  const extended = await core.configs.idTokenClaims(tenant);
  const roleNames =
    extended.has('roles') && scopes.includes('roles') ? await core.users.roleNames(tenant.db, user.id) : [];
  const idToken = await core.keys.sign(tenant, {
    ...userClaims(user, scopes, { roleNames, extended }),
    ...(await organizationClaims(core, tenant, { userId: user.id, client, scopes: facts.scopes, extended })),
    sub: user.id,
    aud: client.id,
    exp: seconds(core.clock) + idTokenTtl(client),
    auth_time: facts.authTime,
    sid: facts.sid,
    ...(facts.nonce === undefined ? {} : { nonce: facts.nonce }),
  });
  return { id_token: idToken };
}
