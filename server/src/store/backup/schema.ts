import type { Client } from 'pg';
import type { Manifest } from './manifest.ts';

/**
 * Prepares the tables for raw rows: empties them, creates the partitions of the audit log, and disables everything that
 * would reject or change rows (foreign keys, triggers, row-level security for the owner). The returned function
 * restores all of that, which checks the foreign keys, and sets identity columns beyond the highest value. Call both in
 * one transaction.
 */
export async function loosenSchema(client: Client, manifest: Manifest): Promise<() => Promise<void>> {
  const name = (identifier: string) => client.escapeIdentifier(identifier);
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(`
    select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where c.relnamespace = 'aldaba'::regnamespace and k.contype = 'f' and k.conparentid = 0 order by 1, 2`);
  for (const key of keys) await client.query(`alter table ${name(key.table)} drop constraint ${name(key.name)}`);
  await client.query(`truncate ${manifest.tables.map((table) => name(table.name)).join(', ')}`);
  for (const partition of manifest.partitions) await makePartition(client, partition);
  const { rows: tables } = await client.query<{ name: string }>(`
    select relname as name from pg_class where relnamespace = 'aldaba'::regnamespace and relkind in ('r', 'p')
      and relrowsecurity and relforcerowsecurity`);
  for (const table of tables) {
    await client.query(`alter table ${name(table.name)} no force row level security`);
    await client.query(`alter table ${name(table.name)} disable trigger user`);
  }
  return async () => {
    for (const key of keys)
      await client.query(`alter table ${name(key.table)} add constraint ${name(key.name)} ${key.definition}`);
    await resetIdentities(client);
    for (const table of tables) {
      await client.query(`alter table ${name(table.name)} enable trigger user`);
      await client.query(`alter table ${name(table.name)} force row level security`);
    }
  };
}

/** A week of the audit log, as `rotate_logs` creates it, with the policies of the other partitions. */
async function makePartition(client: Client, partition: string): Promise<void> {
  const date = /^logs_(\d{4})(\d{2})(\d{2})$/.exec(partition);
  if (!date) throw new Error(`The backup names a partition of the audit log that cannot be: ${partition}.`);
  const { rows: found } = await client.query('select 1 where to_regclass($1) is not null', [`aldaba.${partition}`]);
  if (found.length > 0) return;
  const from = Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3]));
  const bound = (time: number) => client.escapeLiteral(new Date(time).toISOString());
  await client.query(
    `create table ${partition} partition of logs for values from (${bound(from)}) to (${bound(from + 7 * 86_400_000)})`,
  );
  await client.query(`alter table ${partition} enable row level security`);
  await client.query(`alter table ${partition} force row level security`);
  const { rows: walls } = await client.query<{ name: string; condition: string }>(
    "select polname as name, pg_get_expr(polqual, polrelid) as condition from pg_policy where polrelid = 'logs_other'::regclass",
  );
  for (const wall of walls)
    await client.query(`create policy ${client.escapeIdentifier(wall.name)} on ${partition} using (${wall.condition})`);
}

async function resetIdentities(client: Client): Promise<void> {
  const { rows } = await client.query<{ table: string; column: string }>(`
    select c.relname as table, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'aldaba'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and a.attidentity <> ''`);
  for (const { table, column } of rows) {
    const id = client.escapeIdentifier(column);
    await client.query(
      `select setval(pg_get_serial_sequence($1, $2), (select coalesce(max(${id}), 0) + 1 from ${client.escapeIdentifier(table)}), false)`,
      [`aldaba.${table}`, column],
    );
  }
}
