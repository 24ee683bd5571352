import type { ClientBase } from 'pg';

/**
 * Every object of the schema as a line of text: tables, columns, row-level security, policies, constraints, triggers,
 * indexes, functions, views. The lines contain names and kinds, because the text of definitions differs between
 * PostgreSQL's releases. Disabled and invalid objects count as absent. Omitted are the weekly partitions of the audit
 * log, which come and go; the search indexes, which may be built later; not-null constraints, which only PostgreSQL 18
 * and newer list; and the objects of extensions.
 */
const inventory = `
  with tables as (
    select c.oid, c.relname, c.relkind, c.relrowsecurity and c.relforcerowsecurity as walled from pg_class c
    where c.relnamespace = 'aldaba'::regnamespace and c.relkind in ('r', 'p') and c.relname !~ '^logs_[0-9]{8}$'
  )
  select 'table ' || relname as object from tables
  union all select 'row-level security of ' || relname from tables where walled
  union all select format('column %s.%s (%s)', t.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    from tables t join pg_attribute a on a.attrelid = t.oid where a.attnum > 0 and not a.attisdropped
  union all select format('policy %s of %s', p.polname, t.relname) from tables t join pg_policy p on p.polrelid = t.oid
  union all select format('constraint %s of %s', k.conname, t.relname)
    from tables t join pg_constraint k on k.conrelid = t.oid where k.contype <> 'n' and k.convalidated
  union all select format('trigger %s of %s', g.tgname, t.relname)
    from tables t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal and g.tgenabled in ('O', 'A')
  union all select format('index %s of %s', c.relname, t.relname)
    from tables t join pg_index i on i.indrelid = t.oid join pg_class c on c.oid = i.indexrelid
    where i.indisvalid and c.relname not in ('users_search', 'organizations_search')
  union all select format('function %s(%s)', f.proname, pg_get_function_identity_arguments(f.oid)) from pg_proc f
    where f.pronamespace = 'aldaba'::regnamespace
      and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')
  union all select 'view ' || c.relname from pg_class c
    where c.relnamespace = 'aldaba'::regnamespace and c.relkind in ('v', 'm')
  order by 1`;

/** Tables with rows of tenants but without row-level security; no migration leaves such a table. */
const openTables = `
  select c.relname as name from pg_class c
  where c.relnamespace = 'aldaba'::regnamespace and c.relkind in ('r', 'p')
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
    and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid))`;

async function listObjects(client: ClientBase): Promise<string[]> {
  return (await client.query<{ object: string }>(inventory)).rows.map(({ object }) => object);
}

/**
 * Compares the schema with the list of objects that the last migration stored. Operators may add further objects.
 *
 * @throws Error that names the missing objects and says what to do
 */
export async function requireObjects(client: ClientBase): Promise<void> {
  const { rows: open } = await client.query<{ name: string }>(openTables);
  const expected = await recordedObjects(client);
  const present = new Set(expected ? await listObjects(client) : []);
  const missing = [
    ...(expected ?? []).filter((object) => !present.has(object)),
    ...(expected ? [] : open.map(({ name }) => `row-level security of ${name}`)),
  ];
  // Partitions of the audit log are not listed, but their rows need the same protection.
  const partitions = open
    .filter(({ name }) => /^logs_\d{8}$/.test(name))
    .map(({ name }) => `row-level security of ${name}`);
  const all = [...new Set([...missing, ...partitions])].toSorted((one, other) => rankOf(one) - rankOf(other));
  if (all.length === 0) return;
  const named = all.slice(0, 5).join(', ');
  throw new Error(
    `The schema of the database is incomplete: ${all.length === 1 ? 'one object is' : `${all.length} objects are`} missing or switched off (${named}${all.length > 5 ? ', …' : ''}). ` +
      'An incomplete restore can cause this, and tenants are not isolated without these objects. ' +
      'Restore a backup into an empty database as described in docs/operate/backup.md.',
  );
}

/** The order of missing objects in a message. A missing table comes first, because it lacks its columns as well. */
const ranks = ['table', 'row-level', 'policy', 'constraint', 'trigger', 'function', 'index', 'view', 'column'];
const rankOf = (object: string) => ranks.indexOf(object.split(' ', 1)[0] ?? '');

async function recordedObjects(client: ClientBase): Promise<string[] | undefined> {
  const { rows: known } = await client.query("select 1 where to_regclass('aldaba.installation') is not null");
  if (known.length === 0) return undefined;
  const { rows } = await client.query<{ value: string[] }>("select value from installation where key = 'schema'");
  return rows[0]?.value;
}

/**
 * Runs migrations and updates the list with the objects that they created and dropped. Existing objects that were not
 * listed stay unlisted, so operators may drop their own indexes again. The list is deleted while the migrations run, so
 * that a crash does not leave a wrong one.
 */
export async function recordingObjects<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  const recorded = await recordedObjects(client);
  const before = new Set(recorded ? await listObjects(client) : []);
  if (recorded) await client.query("delete from installation where key = 'schema'");
  const result = await work();
  await recordObjects(client, { recorded: recorded ?? [], before });
  return result;
}

/** Creates the list if it is missing, because an older version without such a list migrated the database. */
export async function recordObjectsOnce(client: ClientBase): Promise<void> {
  if (!(await recordedObjects(client))) await recordObjects(client, { recorded: [], before: new Set() });
}

async function recordObjects(
  client: ClientBase,
  { recorded, before }: { recorded: readonly string[]; before: ReadonlySet<string> },
): Promise<void> {
  // For data about the whole database: this list and the check of the secret. No migration creates the table, because
  // it must exist before the first one.
  await client.query('create table if not exists installation (key text primary key, value jsonb not null)');
  const after = await listObjects(client);
  const present = new Set(after);
  const kept = recorded.filter((object) => present.has(object));
  const created = after.filter((object) => !before.has(object));
  await client.query(
    "insert into installation (key, value) values ('schema', $1) on conflict (key) do update set value = excluded.value",
    [JSON.stringify([...new Set([...kept, ...created])])],
  );
}
