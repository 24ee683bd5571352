import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Vault } from '../kernel/crypto.ts';
import { adoptBaseline } from './baseline.ts';
import { markLeakproof } from './leakproof.ts';
import { normalizeStoredPhones } from './phone-spellings.ts';
import { recordingObjects, recordObjectsOnce, requireObjects } from './schema-objects.ts';
import { requireSameSecret } from './secret-check.ts';
import { sessionSettings } from './session-settings.ts';
import { requireNoUnfinishedRestore } from './unfinished-restore.ts';

/** Key of the advisory lock that lets only one node migrate at a time. */
const migrationLock = 4_170_451;

/** Parts of migrations that SQL cannot express; they run in the migration's transaction after its statements. */
const steps: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  '0046-phone-spellings.sql': normalizeStoredPhones,
};

/** Role for connections whose login role bypasses row-level security (superuser or BYPASSRLS). */
const restrictedRole = 'aldaba_wall';

export interface MigrationResult {
  applied: string[];
  /** The role that every connection must set, if the login role bypasses row-level security. */
  role?: string;
}

/**
 * Brings the schema up to date: applies the files of `folder` in the order of their names, forward only, each in its
 * own transaction. An advisory lock makes nodes that start together wait for each other.
 *
 * @param options.vault if given, it must have the secret that the database was set up with
 * @param options.restores whether the caller is the restore in progress in this database
 * @param options.only names of the migrations to apply; the others are skipped
 * @throws Error with a sentence for the operator if the server is older than PostgreSQL 15, a newer version has
 *   migrated the database, objects of the schema are missing, a restore was interrupted, or the secret differs
 */
export async function migrate(
  url: string,
  folder: string,
  progress: (message: string) => void,
  { vault, only, restores = false }: { vault?: Vault; only?: readonly string[]; restores?: boolean } = {},
): Promise<MigrationResult> {
  const client = new Client({ connectionString: url, options: sessionSettings.join(' '), application_name: 'aldaba' });
  // If the connection breaks between two statements, the next one fails; an unhandled event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    const version = Number((await client.query('show server_version_num')).rows[0].server_version_num);
    if (version < 150_000)
      throw new Error(`Aldaba needs PostgreSQL 15 or newer; this server is ${Math.floor(version / 10_000)}.`);
    if (!restores) await requireNoUnfinishedRestore(client);
    await client.query('create schema if not exists aldaba');
    await client.query(
      'create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    await adoptBaseline(client);
    const applied = await applyMissing(client, folder, { only, progress });
    await indexSearches(client, progress);
    await client.query("select set_config('app.tenant', '*', false)");
    if (vault) await requireSameSecret(client, vault);
    const role = await ensureRestrictedRole(client);
    return role ? { applied, role } : { applied };
  } finally {
    await client.end();
  }
}

interface Applying {
  only: readonly string[] | undefined;
  progress: (message: string) => void;
}

async function applyMissing(client: Client, folder: string, { only, progress }: Applying): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const done = new Set(
    (await client.query<{ name: string }>('select name from schema_migrations')).rows.map((row) => row.name),
  );
  const unknown = [...done].filter((name) => !files.includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `The database was migrated by a newer Aldaba (${unknown.join(', ')}). Start that version, or restore a backup.`,
    );
  }
  if (done.size > 0) await requireObjects(client);
  const missing = files.filter((name) => !done.has(name) && (only?.includes(name) ?? true));
  // On a new database, the names of the migrations say nothing.
  const isNew = done.size === 0;
  if (isNew) progress('Creating the tables');
  const announce = isNew ? () => undefined : (name: string) => progress(`Migrating the database: ${name}`);
  if (missing.length > 0) await recordingObjects(client, () => apply(client, folder, missing, announce));
  else await recordObjectsOnce(client);
  return missing;
}

async function apply(
  client: Client,
  folder: string,
  missing: readonly string[],
  announce: (name: string) => void,
): Promise<void> {
  for (const name of missing) {
    announce(name);
    await client.query('begin');
    try {
      await client.query("select set_config('app.tenant', '*', true)");
      await client.query(await readFile(join(folder, name), 'utf8'));
      await steps[name]?.(client);
      await client.query('insert into schema_migrations (name) values ($1)', [name]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw new Error(`Migration ${name} failed and was undone: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
}

/** Creates the search indexes if their extension was installed after the migration that needs it. */
async function indexSearches(client: Client, progress: (message: string) => void): Promise<void> {
  const { rows } = await client.query(`select 1 where to_regclass('users_search') is null
    and exists (select from pg_available_extensions where name = 'pg_trgm')`);
  if (rows.length === 0) return;
  progress('Building the search indexes');
  await client.query('select create_search_indexes()');
}

/** Row-level security does not apply to superusers, so their connections set a role to which it applies. */
async function ensureRestrictedRole(client: Client): Promise<string | undefined> {
  const login = (
    await client.query(
      'select rolsuper, rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
    )
  ).rows[0];
  if (!login.bypasses) return undefined;
  if (login.rolsuper) await markLeakproof(client);
  await client.query(`do $$ begin
    if not exists (select from pg_roles where rolname = '${restrictedRole}') then create role ${restrictedRole} nologin; end if;
    exception when duplicate_object then null; end $$`);
  await client.query(`grant usage on schema aldaba to ${restrictedRole}`);
  await client.query(`grant select, insert, update, delete on all tables in schema aldaba to ${restrictedRole}`);
  await client.query(`revoke insert, update, delete on schema_migrations, installation from ${restrictedRole}`);
  return restrictedRole;
}
