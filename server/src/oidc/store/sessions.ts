import type { Submission } from '@aldaba/contract';
import type { Queries, Transaction } from '../../store/database.ts';
import { sql } from '../../store/sql.ts';

export interface SessionRecord {
  idHash: string;
  uid: string;
  userId: string;
  authenticatedAt: Date;
  amr: string[];
  lastActiveAt: Date;
}

export interface NewSession extends SessionRecord {
  expiresAt: Date;
  lastSubmission: Submission;
  ip: string | null;
  userAgent: string | null;
}

/** A live session of an active user. Sessions of suspended users do not count, whatever cookie the browser has. */
export async function findSession(q: Queries, idHash: string, now: Date): Promise<SessionRecord | undefined> {
  const [row] = await q.raw<{
    uid: string;
    user_id: string;
    authenticated_at: Date;
    amr: string[];
    last_active_at: Date;
  }>(
    `select s.uid, s.user_id, s.authenticated_at, s.amr, s.last_active_at
       from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
      where s.tenant_id = $1 and s.id_hash = $2 and s.expires_at > $3 and not u.is_suspended`,
    [q.tenantId, idHash, now],
  );
  return (
    row && {
      idHash,
      uid: row.uid,
      userId: row.user_id,
      authenticatedAt: row.authenticated_at,
      amr: row.amr,
      lastActiveAt: row.last_active_at,
    }
  );
}

/** Whether the user signed in to the application in this session: it has a grant there, or had one that was revoked. */
export async function wasUsedFor(q: Queries, sessionUid: string, applicationId: string): Promise<boolean> {
  const [row] = await q.raw<{ used: boolean }>(
    `select s.past_authorizations @> jsonb_build_array(jsonb_build_object('clientId', $3::text)) or exists (
              select from grants g where g.tenant_id = $1 and g.session_uid = s.uid and g.application_id = $3) as used
       from sessions s where s.tenant_id = $1 and s.uid = $2`,
    [q.tenantId, sessionUid, applicationId],
  );
  return row?.used === true;
}

type LiveSession = Pick<NewSession, 'uid' | 'userId' | 'authenticatedAt' | 'amr' | 'expiresAt'>;

/** A live session of an active user that was used for the application. */
export async function findLiveSession(
  q: Queries,
  { uid, applicationId, now }: { uid: string; applicationId: string; now: Date },
): Promise<LiveSession | undefined> {
  const [row] = await q.raw<LiveSession>(
    `select s.uid, s.user_id as "userId", s.authenticated_at as "authenticatedAt", s.amr,
        s.expires_at as "expiresAt"
       from sessions s join users u on u.tenant_id = s.tenant_id and u.id = s.user_id
      where s.tenant_id = $1 and s.uid = $2 and s.expires_at > $3 and not u.is_suspended`,
    [q.tenantId, uid, now],
  );
  return row && (await wasUsedFor(q, uid, applicationId)) ? row : undefined;
}

export async function insertSession(tx: Transaction, session: NewSession): Promise<void> {
  await tx.raw(
    `insert into sessions (tenant_id, id_hash, uid, user_id, authenticated_at, amr, last_submission, expires_at, ip, user_agent,
        last_active_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tx.tenantId,
      session.idHash,
      session.uid,
      session.userId,
      session.authenticatedAt,
      session.amr,
      JSON.stringify(session.lastSubmission),
      session.expiresAt,
      session.ip,
      session.userAgent,
      session.lastActiveAt,
    ],
  );
}

/** Moves the session to a new secret value; returns false if it has ended. */
export async function renewSession(tx: Transaction, oldIdHash: string, session: NewSession): Promise<boolean> {
  const renewed = await tx.run(
    sql
      .updateTable('sessions')
      .set({
        id_hash: session.idHash,
        authenticated_at: session.authenticatedAt,
        amr: session.amr,
        last_submission: JSON.stringify(session.lastSubmission),
        expires_at: session.expiresAt,
        ip: session.ip,
        user_agent: session.userAgent,
        last_active_at: session.lastActiveAt,
      })
      .where('tenant_id', '=', tx.tenantId)
      .where('id_hash', '=', oldIdHash),
  );
  return renewed > 0;
}

/**
 * Ends a session with its codes, its access and refresh tokens without `offline_access`, and the grants that then have
 * no refresh token.
 */
export async function deleteSession(tx: Transaction, uid: string): Promise<void> {
  const mine = [tx.tenantId, uid];
  await tx.raw(
    `with codes as (
       delete from authorization_codes c using grants g
        where g.tenant_id = $1 and g.session_uid = $2 and c.tenant_id = g.tenant_id and c.grant_id = g.id),
     refresh as (
       delete from refresh_tokens r using grants g
        where g.tenant_id = $1 and g.session_uid = $2 and r.tenant_id = g.tenant_id and r.grant_id = g.id
          and r.payload ->> 'sessionUid' is not null),
     access as (delete from access_tokens where tenant_id = $1 and session_uid = $2)
     delete from sessions where tenant_id = $1 and uid = $2`,
    mine,
  );
  await tx.raw(
    `delete from grants g where g.tenant_id = $1 and g.session_uid = $2
        and not exists (select from refresh_tokens r where r.tenant_id = g.tenant_id and r.grant_id = g.id)`,
    mine,
  );
}
