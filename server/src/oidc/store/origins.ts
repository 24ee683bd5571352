import type { DetailedUser } from '../../features/people/users/index.ts';
import type { Queries } from '../../store/index.ts';
import type { OidcNeeds } from '../needs.ts';

/** The credential that a user's access token came from, through any number of exchanges. The token ends with it. */
export interface Origin {
  /** `session`: a grant whose token also ends with the session (no `offline_access`). */
  kind: 'grant' | 'session' | 'personal' | 'impersonation';
  /** Id of the grant, the personal access token or the subject token. */
  id: string;
}

/** The user of a JWT access token. */
export interface OriginHolder {
  userId: string;
  /** The session of the grant, and the methods of the sign-in; null without a grant. */
  sessionUid: string | null;
  amr: string[] | null;
  /** False if one of the applications in `limitedTo` has limited access and no rule admits the user. */
  mayUse: boolean;
  /** Set if details were requested. */
  person: DetailedUser | undefined;
}

const findSubjectStatement = `
  select u.id as "userId", g.session_uid as "sessionUid", g.amr,
         not exists (select from unnest($6::text[]) limited where not may_use_application($1, limited, u.id)) as "mayUse"
    from users u
    left join grants g on $4 in ('grant', 'session') and g.tenant_id = u.tenant_id and g.id = $5 and g.user_id = u.id
                      and g.expires_at > $3
   where u.tenant_id = $1 and u.id = $2 and not u.is_suspended
     and case $4
         when 'grant' then g.id is not null
         when 'session' then exists (
           select from sessions s where s.tenant_id = $1 and s.uid = g.session_uid and s.expires_at > $3)
         when 'personal' then exists (
           select from personal_access_tokens t where t.tenant_id = $1 and t.id = $5 and t.user_id = u.id)
         when 'impersonation' then exists (
           select from subject_tokens t where t.tenant_id = $1 and t.id = $5 and t.user_id = u.id)
         else false end`;

/** The user of a token with this origin, if the user is active and the origin has not ended. One statement. */
export async function findOriginHolder(
  users: Pick<OidcNeeds['users'], 'findHolder'>,
  q: Queries,
  { userId, origin, now }: { userId: string; origin: Origin; now: Date },
  { limitedTo, isDetailed }: { limitedTo: readonly string[]; isDetailed: boolean },
): Promise<OriginHolder | undefined> {
  return users.findHolder<Omit<OriginHolder, 'person'>>(q, {
    statement: findSubjectStatement,
    values: [q.tenantId, userId, now, origin.kind, origin.id, limitedTo],
    isDetailed,
  });
}
