import type { Queries, Transaction } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';

/** The stored settings; undefined before the first change. */
export async function findSettings(q: Queries): Promise<unknown> {
  const row = await q.first(
    sql.selectFrom('sign_in_experiences').select('settings').where('tenant_id', '=', q.tenantId),
  );
  return row?.settings;
}

/**
 * The same, locked until the transaction ends, for changes that depend on the current settings. Changes before the
 * first one was stored must also wait for each other, so this inserts the row if the tenant has none.
 */
export const lockSettings = (tx: Transaction): Promise<unknown> => mergeSettings(tx, {});

/** Replaces the given members in one statement. Returns all stored settings. */
export async function mergeSettings(q: Queries, change: object): Promise<unknown> {
  const [row] = await q.raw<{ settings: unknown }>(
    `insert into sign_in_experiences (tenant_id, settings) values ($1, $2::jsonb)
     on conflict (tenant_id) do update set settings = sign_in_experiences.settings || excluded.settings, updated_at = now()
     returning settings`,
    [q.tenantId, JSON.stringify(change)],
  );
  return row?.settings;
}

/** Usernames that differ only in case: their number, and some of them with their users. */
export async function findUsernameConflicts(
  q: Queries,
  limit: number,
): Promise<{ totalConflicts: number; samples: { usernameLower: string; userIds: string[] }[] }> {
  const rows = await q.raw<{ username_lower: string; user_ids: string[]; total: number }>(
    `select lower(username) as username_lower, (array_agg(id order by id))[1:100] as user_ids, count(*) over () as total
       from users where tenant_id = $1 and username is not null
      group by 1 having count(*) > 1 order by 1 limit $2`,
    [q.tenantId, limit],
  );
  const samples = rows.map((row) => ({ usernameLower: row.username_lower, userIds: row.user_ids }));
  return { totalConflicts: rows[0]?.total ?? 0, samples };
}

/** Waits for transactions that write usernames, and makes later ones wait until this one ends (see migration 0042). */
export async function lockUsernames(tx: Transaction): Promise<void> {
  await tx.raw('select pg_advisory_xact_lock(username_policy_key($1))', [tx.tenantId]);
}

/** Adds or removes a case-insensitive claim for each username. */
export async function claimUsernames(tx: Transaction, isClaimed: boolean): Promise<void> {
  await tx.raw(
    `update users set username_claim = case when $2 then lower(username) end where tenant_id = $1
       and username_claim is distinct from case when $2 then lower(username) end`,
    [tx.tenantId, isClaimed],
  );
}
