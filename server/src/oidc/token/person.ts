import type { Subject } from '../../features/users/index.ts';
import { seconds } from '../../kernel/clock.ts';
import { userClaims } from '../claims.ts';
import { idTokenTtl } from '../clients.ts';
import { ProtocolError } from '../errors.ts';
import { limitsOf } from '../limits.ts';
import { organizationClaims } from '../organization-claims.ts';
import { findActiveSubject } from '../subject.ts';
import type { Exchange } from './exchange.ts';

/**
 * The person that a token is for, with what the claims of the scopes tell, and what the tenant's script is told if it has one.
 *
 * @throws ProtocolError `invalid_grant` when deleted or suspended
 */
export async function getActiveSubject(
  { core, tenant, client }: Exchange,
  userId: string,
  scopes: readonly string[],
): Promise<Subject> {
  const isDetailed = await core.customClaims.has(tenant, 'access-token');
  const subject = await findActiveSubject(core, tenant.db, { userId, scopes, client, isDetailed });
  if (!subject) throw new ProtocolError('invalid_grant', 'grant request is invalid: the account is not active');
  return subject;
}

/** The ID token (OpenID Connect Core section 2), when `openid` was granted. `iat` is now, also at a refresh. */
export async function idTokenMember(
  { core, tenant, client }: Exchange,
  { user, roleNames, organizations }: Subject,
  facts: {
    scopes: readonly string[];
    authTime: number;
    sid: string;
    amr?: readonly string[] | undefined;
    nonce?: string | undefined;
  },
): Promise<{ id_token?: string }> {
  if (!facts.scopes.includes('openid')) return {};
  const scopes = (await limitsOf(core, tenant, client)).user(facts.scopes);
  const extended = await core.configs.idTokenClaims(tenant);
  const algorithm = client.custom.idTokenSignedResponseAlg ?? (await core.configs.signingAlgorithms(tenant)).idToken;
  const claims = {
    ...userClaims(user, scopes, { roleNames, extended }),
    ...organizationClaims(organizations, { scopes, extended }),
    sub: user.id,
    aud: client.id,
    exp: seconds(core.clock) + idTokenTtl(client),
    auth_time: facts.authTime,
    sid: facts.sid,
    ...(facts.amr === undefined ? {} : { amr: facts.amr }),
    ...(facts.nonce === undefined ? {} : { nonce: facts.nonce }),
  };
  return { id_token: await core.keys.sign(tenant, claims, { algorithm }) };
}
