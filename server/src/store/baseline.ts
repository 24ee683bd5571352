import type { ClientBase } from 'pg';

/** The migration that creates the schema of its predecessors at once. */
const baseline = '0026-baseline.sql';

/** Migrations before the baseline, as named by older databases and backups. */
const predecessors = [
  '0001-foundation.sql',
  '0002-organizations.sql',
  '0003-events.sql',
  '0004-authorization.sql',
  '0005-settings.sql',
  '0006-indexes.sql',
  '0007-search.sql',
  '0008-mfa.sql',
  '0009-custom-ui-assets.sql',
  '0011-last-submissions.sql',
  '0013-management-apis.sql',
  '0014-lists.sql',
  '0015-users-by-day.sql',
  '0022-username-case.sql',
  '0023-role-counts.sql',
  '0024-deliveries.sql',
  '0025-trusted-devices.sql',
  '0026-sign-in-places.sql',
];

/**
 * Names of applied migrations, with the baseline in place of its predecessors.
 *
 * @throws Error with a sentence for the operator if some predecessors were never applied: later versions cannot apply
 *   them
 */
export function withBaseline(applied: readonly string[]): string[] {
  const later = applied.filter((name) => !predecessors.includes(name));
  if (later.length === applied.length) return later;
  const missing = predecessors.filter((name) => !applied.includes(name));
  if (missing.length > 0)
    throw new Error(
      `The data is from a version of Aldaba too old to upgrade from (it lacks ${missing.join(', ')}). Start a version on it that has these migrations first.`,
    );
  return [baseline, ...later];
}

/** Records the baseline as applied in a database created by its predecessors. */
export async function adoptBaseline(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select name from schema_migrations order by name');
  const applied = rows.map(({ name }) => name);
  if (!withBaseline(applied).includes(baseline) || applied.includes(baseline)) return;
  await client.query(
    `with gone as (delete from schema_migrations where name = any($1) returning applied_at)
     insert into schema_migrations (name, applied_at) select $2, max(applied_at) from gone`,
    [predecessors, baseline],
  );
}
