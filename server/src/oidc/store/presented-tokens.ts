/** Opaque access tokens that callers present to userinfo, introspection and revocation. */
import type { Queries } from '../../store/database.ts';
import type { RequestedClaims } from '../claims.ts';
import type { Actor, NewAccessToken } from './access-tokens.ts';

export interface AccessTokenRecord extends NewAccessToken {
  grantId: string | null;
  /** An exchanged token depends on the grant that it came from, which may be another application's. */
  isExchanged: boolean;
  createdAt: Date;
}

/** A token that is alive at `now`. Tokens of suspended users are rejected wherever tokens are accepted. */
export async function findAccessToken(
  q: Queries,
  tokenHash: string,
  now: Date,
): Promise<AccessTokenRecord | undefined> {
  const [row] = await q.raw<{
    grant_id: string | null;
    is_exchanged: boolean;
    user_id: string | null;
    application_id: string;
    scope: string;
    session_uid: string | null;
    created_at: Date;
    expires_at: Date;
    act: Actor | null;
    claims: RequestedClaims | null;
  }>(
    `select a.grant_id, a.is_exchanged, a.user_id, a.application_id, a.scope, a.session_uid, a.created_at, a.expires_at, a.act,
            a.claims
       from access_tokens a left join users u on u.tenant_id = a.tenant_id and u.id = a.user_id
      where a.tenant_id = $1 and a.token_hash = $2 and a.expires_at > $3
        and (a.user_id is null or u.is_suspended = false)`,
    [q.tenantId, tokenHash, now],
  );
  return (
    row && {
      tokenHash,
      grantId: row.grant_id,
      isExchanged: row.is_exchanged,
      userId: row.user_id,
      clientId: row.application_id,
      scope: row.scope,
      sessionUid: row.session_uid,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      ...(row.act ? { act: row.act } : {}),
      ...(row.claims ? { claims: row.claims } : {}),
    }
  );
}

export async function deleteAccessToken(q: Queries, tokenHash: string): Promise<void> {
  await q.raw('delete from access_tokens where tenant_id = $1 and token_hash = $2', [q.tenantId, tokenHash]);
}
