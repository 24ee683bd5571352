import type { Queries } from '../../../store/index.ts';

export interface ActiveUser {
  tenantId: string;
  userId: string;
  /** `2027-01-31`, UTC. */
  date: string;
}

/** First and last day (UTC), both included. */
export interface Period {
  from: string;
  to: string;
}

/** One statement for users of all tenants. Skips tenants that were deleted concurrently. */
export const insertActiveUsers = (system: Queries, users: readonly ActiveUser[]): Promise<unknown> =>
  system.raw(
    `with relaxed as (select set_config('synchronous_commit', 'off', true))
     insert into daily_active_users (tenant_id, user_id, date)
     select a.tenant_id, a.user_id, a.date from relaxed,
       unnest($1::text[], $2::text[], $3::date[]) as a (tenant_id, user_id, date)
     where exists (select from tenants where id = a.tenant_id)
     on conflict do nothing`,
    [users.map(({ tenantId }) => tenantId), users.map(({ userId }) => userId), users.map(({ date }) => date)],
  );

/** Sums the counts that the triggers on the table of users maintain. */
export async function countUsers(q: Queries): Promise<number> {
  const [row] = await q.raw<{ total: number }>(
    'select coalesce(sum(users), 0)::bigint as total from user_counts where tenant_id = $1',
    [q.tenantId],
  );
  return row?.total ?? 0;
}

/** Users of today that were created in each of the periods. */
export async function countCreatedUsers(q: Queries, periods: readonly Period[]): Promise<number[]> {
  const rows = await q.raw<{ users: number }>(
    `select (select coalesce(sum(users), 0)::bigint from user_counts where tenant_id = $1 and day between p.since and p.until) as users
     from unnest($2::date[], $3::date[]) with ordinality as p (since, until, place) order by place`,
    [q.tenantId, periods.map(({ from }) => from), periods.map(({ to }) => to)],
  );
  return rows.map(({ users }) => users);
}

/** Distinct active users in each of the periods. */
export async function countActiveUsers(q: Queries, periods: readonly Period[]): Promise<number[]> {
  const rows = await q.raw<{ users: number }>(
    // A user has one row per day.
    `select case when p.since = p.until
       then (select count(*) from daily_active_users where tenant_id = $1 and date = p.since)
       else (select count(distinct user_id) from daily_active_users
             where tenant_id = $1 and date between p.since and p.until) end as users
     from unnest($2::date[], $3::date[]) with ordinality as p (since, until, place) order by place`,
    [q.tenantId, periods.map(({ from }) => from), periods.map(({ to }) => to)],
  );
  return rows.map(({ users }) => users);
}
