/** What a user granted to an application, and its code. */
import type { Queries } from '../../store/database.ts';
import type { Agreement } from '../agreement.ts';

export interface GrantRecord {
  id: string;
  /** All requested scopes. */
  scope: string;
  /** Null for a first-party application. */
  consent: Agreement | null;
}

/** What the user granted to the application in this session. */
export async function findGrant(
  q: Queries,
  sessionUid: string,
  applicationId: string,
  now: Date,
): Promise<GrantRecord | undefined> {
  const [row] = await q.raw<GrantRecord>(
    `select id, scope, consent from grants
      where tenant_id = $1 and session_uid = $2 and application_id = $3 and expires_at > $4
      order by created_at desc limit 1`,
    [q.tenantId, sessionUid, applicationId, now],
  );
  return row;
}

/** Revokes the user's oldest grants for an application beyond `keep`, counting the present one. Returns their ids. */
export async function deleteOldestGrants(
  q: Queries,
  present: { id: string; userId: string; applicationId: string },
  keep: number,
): Promise<string[]> {
  const rows = await q.raw<{ id: string }>(
    `delete from grants where tenant_id = $1 and id in (
       select id from grants where tenant_id = $1 and user_id = $2 and application_id = $3
        order by id = $4 desc, created_at desc, id offset $5) returning id`,
    [q.tenantId, present.userId, present.applicationId, present.id, keep],
  );
  return rows.map((row) => row.id);
}

export interface NewCode {
  codeHash: string;
  payload: object;
  expiresAt: Date;
  grant: GrantRecord & { userId: string; applicationId: string; sessionUid: string; amr: string[]; expiresAt: Date };
  /** Id of the interaction that ends with the code, if any. */
  interaction: string | undefined;
}

/** Stores the grant and its code, and ends the interaction, in one statement. */
export async function insertCode(q: Queries, code: NewCode): Promise<void> {
  const { grant } = code;
  await q.raw(
    `with allowed as (
       insert into grants (tenant_id, id, user_id, application_id, session_uid, scope, consent, amr, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $13, $8)
       on conflict (tenant_id, id) do update
         set scope = excluded.scope, consent = excluded.consent, amr = excluded.amr, expires_at = excluded.expires_at
       returning id),
     answered as (delete from interactions where tenant_id = $1 and uid_hash = $12)
     insert into authorization_codes (tenant_id, code_hash, grant_id, payload, expires_at)
     select $1, $9, id, $10, $11 from allowed`,
    [
      q.tenantId,
      grant.id,
      grant.userId,
      grant.applicationId,
      grant.sessionUid,
      grant.scope,
      grant.consent ? JSON.stringify(grant.consent) : null,
      grant.expiresAt,
      code.codeHash,
      JSON.stringify(code.payload),
      code.expiresAt,
      code.interaction ?? null,
      grant.amr,
    ],
  );
}
