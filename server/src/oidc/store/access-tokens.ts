import type { Queries } from '../../store/index.ts';

/** An opaque access token; JWTs are not stored. */
export interface NewAccessToken {
  tokenHash: string;
  /** Null for client_credentials. */
  userId: string | null;
  clientId: string;
  scope: string;
  /** Set when it must end with the session. */
  sessionUid: string | null;
  expiresAt: Date;
}

export interface AccessTokenRecord extends NewAccessToken {
  grantId: string | null;
  createdAt: Date;
}

/** The columns that `accessValues` gives values for, in that order. */
export const accessColumns = 'token_hash, user_id, application_id, scope, session_uid, expires_at';
export const accessValues = (token: NewAccessToken | undefined): unknown[] =>
  token
    ? [token.tokenHash, token.userId, token.clientId, token.scope, token.sessionUid, token.expiresAt]
    : [null, null, null, null, null, null];

export async function insertAccessToken(q: Queries, token: NewAccessToken, now: Date): Promise<void> {
  await q.raw(
    `insert into access_tokens (tenant_id, created_at, ${accessColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [q.tenantId, now, ...accessValues(token)],
  );
}

export async function findAccessToken(
  q: Queries,
  tokenHash: string,
  now: Date,
): Promise<AccessTokenRecord | undefined> {
  const [row] = await q.raw<{
    grant_id: string | null;
    user_id: string | null;
    application_id: string;
    scope: string;
    session_uid: string | null;
    created_at: Date;
    expires_at: Date;
  }>(
    `select grant_id, user_id, application_id, scope, session_uid, created_at, expires_at
       from access_tokens where tenant_id = $1 and token_hash = $2 and expires_at > $3`,
    [q.tenantId, tokenHash, now],
  );
  return (
    row && {
      tokenHash,
      grantId: row.grant_id,
      userId: row.user_id,
      clientId: row.application_id,
      scope: row.scope,
      sessionUid: row.session_uid,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  );
}

export async function deleteAccessToken(q: Queries, tokenHash: string): Promise<void> {
  await q.raw('delete from access_tokens where tenant_id = $1 and token_hash = $2', [q.tenantId, tokenHash]);
}
