import type { Queries } from '../../store/index.ts';

/** The applications with grants of a session, or of a user's sessions, that use back-channel logout. */
export async function findLogoutAudience(
  q: Queries,
  ended: { uid: string } | { userId: string },
): Promise<{ clientId: string; userId: string; sid: string }[]> {
  const [column, value] = 'uid' in ended ? (['session_uid', ended.uid] as const) : (['user_id', ended.userId] as const);
  return q.raw(
    `select distinct g.application_id as "clientId", g.user_id as "userId", g.session_uid as sid
       from grants g
       join applications a on a.tenant_id = g.tenant_id and a.id = g.application_id
       join sessions s on s.tenant_id = g.tenant_id and s.uid = g.session_uid
      where g.tenant_id = $1 and g.${column} = $2 and a.oidc_client_metadata ->> 'backchannelLogoutUri' is not null`,
    [q.tenantId, value],
  );
}
