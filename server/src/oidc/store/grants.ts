import type { Queries } from '../../store/index.ts';

type GrantOwner = { userId?: string; applicationId?: string };

/**
 * Revokes a grant, of this user or application if given, with its codes and tokens. The session keeps a record of the
 * authorization while it lives.
 *
 * @returns whether the grant existed
 */
export async function deleteGrant(q: Queries, grantId: string, of?: GrantOwner): Promise<boolean> {
  const rows = await q.raw(
    `with gone as (
       delete from grants where tenant_id = $1 and id = $2 and ($3::text is null or user_id = $3)
          and ($4::text is null or application_id = $4)
       returning id, application_id, session_uid, scope),
     noted as (
       update sessions s set past_authorizations = (
           select coalesce(jsonb_agg(entry order by place), '[]')
             from jsonb_array_elements(s.past_authorizations) with ordinality past (entry, place)
            where entry ->> 'clientId' <> gone.application_id)
           || jsonb_build_object('id', gone.id, 'clientId', gone.application_id,
                                 'isOffline', gone.scope ~ '(^| )offline_access( |$)')
         from gone where s.tenant_id = $1 and s.uid = gone.session_uid)
     select id from gone`,
    [q.tenantId, grantId, of?.userId ?? null, of?.applicationId ?? null],
  );
  return rows.length > 0;
}

/** Milliseconds during which further uses of a session are not recorded. */
const activityStep = 60_000;

/** Records that a session is used: at most once a minute, so that a use costs no statement otherwise. */
export async function recordActivity(
  q: Queries,
  session: { uid: string; lastActiveAt: Date },
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - activityStep);
  if (session.lastActiveAt > before) return;
  await q.raw('update sessions set last_active_at = $3 where tenant_id = $1 and uid = $2 and last_active_at <= $4', [
    q.tenantId,
    session.uid,
    now,
    before,
  ]);
}
