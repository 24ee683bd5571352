import { hash } from 'node:crypto';
import type { Subject } from '../../features/people/users/index.ts';
import { seconds } from '../../kernel/clock.ts';
import { acrOf } from '../acr.ts';
import { userClaims } from '../claims.ts';
import { idTokenTtl } from '../clients.ts';
import { hashOf, type SigningAlgorithm } from '../jws.ts';
import { limitsOf } from '../limits.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { ClaimsRequest } from '../requested-claims.ts';
import { findActiveSubject } from '../subject.ts';
import type { Exchange } from './exchange.ts';

/**
 * The token's user, with the data for the claims of the scopes, and for the tenant's script if it has one.
 *
 * @throws ProtocolError `invalid_grant` if the user is deleted or suspended
 */
export async function getActiveSubject(
  { core, tenant, client }: Exchange,
  userId: string,
  { scopes, claims }: { scopes: readonly string[]; claims?: ClaimsRequest | undefined },
): Promise<Subject> {
  const isDetailed = await core.customClaims.has(tenant, 'access-token');
  const requested = claims?.idToken;
  const subject = await findActiveSubject(core, tenant.db, { userId, scopes, client, requested, isDetailed });
  if (!subject) throw new ProtocolError('invalid_grant', 'grant request is invalid: the account is not active');
  return subject;
}

/** The ID token's data about the sign-in and the accompanying tokens. */
export interface IdTokenFacts {
  scopes: readonly string[];
  authTime: number;
  sid: string;
  amr?: readonly string[] | undefined;
  /** Overrides the value derived from `amr`. */
  acr?: string | undefined;
  nonce?: string | undefined;
  claims?: ClaimsRequest | undefined;
  accessToken: string;
}

/** The ID token (OpenID Connect Core section 2), if `openid` was granted. `iat` is now, also at a refresh. */
export async function idTokenMember(
  { core, tenant, client, agreement }: Exchange,
  subject: Subject,
  facts: IdTokenFacts,
): Promise<{ id_token?: string }> {
  if (!facts.scopes.includes('openid')) return {};
  const scopes = (await limitsOf(core, tenant, client, agreement)).user(facts.scopes);
  const extended = await core.configs.idTokenClaims(tenant);
  const algorithm = client.custom.idTokenSignedResponseAlg ?? (await core.configs.signingAlgorithms(tenant)).idToken;
  const claims = {
    ...userClaims(subject, { scopes, extended, client, requested: facts.claims?.idToken }),
    sub: subject.user.id,
    aud: client.id,
    exp: seconds(core.clock) + idTokenTtl(client),
    auth_time: facts.authTime,
    at_hash: accessTokenHash(facts.accessToken, algorithm),
    sid: facts.sid,
    ...(facts.amr === undefined ? {} : { acr: facts.acr ?? acrOf(facts.amr), amr: facts.amr }),
    ...(facts.nonce === undefined ? {} : { nonce: facts.nonce }),
  };
  return { id_token: await core.keys.sign(tenant, claims, { algorithm }) };
}

/** `at_hash`: the left half of the hash that the algorithm uses (OpenID Connect Core section 3.1.3.6). */
function accessTokenHash(accessToken: string, algorithm: SigningAlgorithm): string {
  const digest = hash(hashOf(algorithm), accessToken, 'buffer');
  return digest.subarray(0, digest.length / 2).toString('base64url');
}
