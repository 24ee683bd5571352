import type { Submission } from '@aldaba/contract';
import type { Queries, Transaction } from '../../store/index.ts';

export interface StoredUserSession {
  uid: string;
  authenticatedAt: Date;
  lastSubmission: Submission | null;
  createdAt: Date;
  lastActiveAt: Date;
  expiresAt: Date;
  ip: string | null;
  userAgent: string | null;
  /** Newest first. */
  grants: StoredAuthorization[];
  /** Of revoked grants; oldest first, one per application. */
  past: StoredAuthorization[];
}

interface StoredAuthorization {
  id: string;
  clientId: string;
  isOffline: boolean;
}

/** The live sessions of a user, or the one with that id; newest first. */
export async function findUserSessions(
  q: Queries,
  userId: string,
  now: Date,
  uid?: string,
): Promise<StoredUserSession[]> {
  const rows = await q.raw<{
    uid: string;
    authenticated_at: Date;
    last_submission: Submission | null;
    created_at: Date;
    last_active_at: Date;
    expires_at: Date;
    ip: string | null;
    user_agent: string | null;
    past_authorizations: StoredAuthorization[];
    grants: StoredAuthorization[];
  }>(
    `select s.uid, s.authenticated_at, s.last_submission, s.created_at, s.last_active_at, s.expires_at, s.ip, s.user_agent, s.past_authorizations,
            coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'clientId', g.application_id,
                        'isOffline', g.scope ~ '(^| )offline_access( |$)') order by g.created_at desc, g.id)
                        from grants g where g.tenant_id = $1 and g.session_uid = s.uid and g.expires_at > $3), '[]') as grants
       from sessions s
      where s.tenant_id = $1 and s.user_id = $2 and s.expires_at > $3 and ($4::text is null or s.uid = $4)
      order by s.created_at desc, s.uid`,
    [q.tenantId, userId, now, uid ?? null],
  );
  return rows.map((row) => ({
    uid: row.uid,
    authenticatedAt: row.authenticated_at,
    lastSubmission: row.last_submission,
    createdAt: row.created_at,
    lastActiveAt: row.last_active_at,
    expiresAt: row.expires_at,
    ip: row.ip,
    userAgent: row.user_agent,
    grants: row.grants,
    past: row.past_authorizations,
  }));
}

export interface StoredUserGrant {
  id: string;
  clientId: string;
  createdAt: Date;
  expiresAt: Date;
}

/** Newest first. */
export async function findUserGrants(q: Queries, userId: string, now: Date): Promise<StoredUserGrant[]> {
  const rows = await q.raw<{ id: string; application_id: string; created_at: Date; expires_at: Date }>(
    `select id, application_id, created_at, expires_at from grants
      where tenant_id = $1 and user_id = $2 and expires_at > $3 order by created_at desc, id`,
    [q.tenantId, userId, now],
  );
  return rows.map((row) => ({
    id: row.id,
    clientId: row.application_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
}

/** Revokes every grant of a session, or only those of first-party applications (built-in ones have no row). */
export const deleteSessionGrants = (
  tx: Transaction,
  uid: string,
  target: 'all' | 'firstParty',
): Promise<{ id: string; application_id: string }[]> =>
  tx.raw(
    `delete from grants g where g.tenant_id = $1 and g.session_uid = $2 and ($3 or not exists (
       select from applications a where a.tenant_id = g.tenant_id and a.id = g.application_id and a.is_third_party))
     returning id, application_id`,
    [tx.tenantId, uid, target === 'all'],
  );

/** The live session that a grant belongs to. */
export async function findSessionOfGrant(q: Queries, grantId: string, now: Date): Promise<string | undefined> {
  const [row] = await q.raw<{ uid: string }>(
    `select s.uid from grants g join sessions s on s.tenant_id = g.tenant_id and s.uid = g.session_uid
      where g.tenant_id = $1 and g.id = $2 and s.expires_at > $3`,
    [q.tenantId, grantId, now],
  );
  return row?.uid;
}

/** The sessions of a user, without one. */
export const findOtherSessions = async (tx: Transaction, userId: string, uid: string | undefined): Promise<string[]> =>
  (
    await tx.raw<{ uid: string }>(
      'select uid from sessions where tenant_id = $1 and user_id = $2 and uid is distinct from $3 order by uid',
      [tx.tenantId, userId, uid ?? null],
    )
  ).map((row) => row.uid);

/** Revokes the grants of a user, without one and those of a session. */
export const deleteOtherGrants = (
  tx: Transaction,
  kept: { userId: string; grantId: string | undefined; uid: string | undefined },
): Promise<{ id: string; application_id: string }[]> =>
  tx.raw(
    `delete from grants where tenant_id = $1 and user_id = $2 and id is distinct from $3 and ($4::text is null or session_uid is distinct from $4)
     returning id, application_id`,
    [tx.tenantId, kept.userId, kept.grantId ?? null, kept.uid ?? null],
  );

/** Moves a session to another secret value. Returns when it expires; undefined if no session has the value before. */
export async function replaceSecret(
  tx: Transaction,
  { before, after }: { before: string; after: string },
): Promise<Date | undefined> {
  const [row] = await tx.raw<{ expires_at: Date }>(
    'update sessions set id_hash = $3 where tenant_id = $1 and id_hash = $2 returning expires_at',
    [tx.tenantId, before, after],
  );
  return row?.expires_at;
}
