import { type Queries, sql } from '../../store/index.ts';

/** The settings that were changed; undefined before the first change. */
export async function findSettings(q: Queries): Promise<unknown> {
  const row = await q.first(
    sql.selectFrom('sign_in_experiences').select('settings').where('tenant_id', '=', q.tenantId),
  );
  return row?.settings;
}

/** Replaces the given members and keeps the others, in one statement. Returns all that are stored. */
export async function mergeSettings(q: Queries, change: object): Promise<unknown> {
  const [row] = await q.raw<{ settings: unknown }>(
    `insert into sign_in_experiences (tenant_id, settings) values ($1, $2::jsonb)
     on conflict (tenant_id) do update set settings = sign_in_experiences.settings || excluded.settings, updated_at = now()
     returning settings`,
    [q.tenantId, JSON.stringify(change)],
  );
  return row?.settings;
}
