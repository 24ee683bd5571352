import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { finished } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createVault } from '../../kernel/crypto.ts';
import { withBaseline } from '../baseline.ts';
import { migrate } from '../migrations.ts';
import { requireObjects } from '../schema-objects.ts';
import { sessionSettings } from '../session-settings.ts';
import { beginRestore, endRestore } from '../unfinished-restore.ts';
import { readArchive } from './archive.ts';
import { fileFolders, type Manifest, type Summary } from './manifest.ts';
import { tableOf, verifyArchive } from './read.ts';
import { loosenSchema } from './schema.ts';
import { secretFingerprint } from './write.ts';

export interface RestoreOptions {
  url: string;
  path: string;
  /** Folder of the migrations. */
  folder: string;
  /** The secret that the server will use. */
  secret: string;
  /** Whether the secret in the archive, if any, replaces `secret`. */
  takesSecret: boolean;
  /** Folder for uploads; undefined if they are in a bucket. */
  dataFolder?: string;
  /** Whether existing data in the database may be deleted. */
  replaces: boolean;
  progress: (message: string) => void;
}

export interface RestoreResult {
  createdAt: string;
  tables: number;
  rows: number;
  files: number;
  /** The archive's secret, which the caller must store; only with `takesSecret`. */
  secret?: string;
}

/**
 * Restores a database from an archive: the schema by our own migrations, then the rows in one transaction, then newer
 * migrations. Nothing is changed before the whole archive has been verified.
 *
 * @throws Error with a sentence for the operator
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoreResult> {
  const { url, path, folder, progress } = options;
  progress(`Checking ${path}`);
  const { manifest, summary, secret } = await verifyArchive(path);
  const used = options.takesSecret && secret !== undefined ? secret : options.secret;
  requireSecret(manifest, used);
  const migrations = withBaseline(manifest.migrations);
  await requireKnownMigrations(migrations, folder);
  await withClient(url, (client) => prepareDatabase(client, options.replaces));
  await migrate(url, folder, progress, { only: migrations, restores: true });
  await withClient(url, (client) => fillTables(client, { manifest, summary, path, progress }));
  await migrate(url, folder, progress, { vault: createVault(used), restores: true });
  const files = options.dataFolder === undefined ? 0 : await restoreFiles(path, options.dataFolder);
  await withClient(url, endRestore);
  return {
    createdAt: manifest.createdAt,
    tables: manifest.tables.length,
    rows: Object.values(summary.tables).reduce((sum, { rows }) => sum + rows, 0),
    files,
    ...(used === options.secret ? {} : { secret: used }),
  };
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const settings = [...sessionSettings, '-c app.tenant=*', '-c statement_timeout=0'].join(' ');
  const client = new Client({ connectionString: url, options: settings, application_name: 'aldaba restore' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function requireSecret({ secretFingerprint: made, hasSecret }: Manifest, secret: string): void {
  if (secretFingerprint(createVault(secret)) === made) return;
  throw new Error(
    'The backup was made with another ALDABA_SECRET, without which its keys and connector secrets cannot be read. Set that ALDABA_SECRET, ' +
      'or put the file `secret` of the data folder that the backup was made with in its place, and run the command again.' +
      (hasSecret ? ' The backup has its secret: --with-secret uses it.' : ''),
  );
}

async function requireKnownMigrations(migrations: readonly string[], folder: string): Promise<void> {
  const known = new Set(await readdir(folder));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length > 0)
    throw new Error(`The backup was made by a newer Aldaba (${unknown.join(', ')}). Restore it with that version.`);
}

async function prepareDatabase(client: Client, replaces: boolean): Promise<void> {
  const { rows: others } = await client.query(
    `select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'aldaba%'`,
  );
  if (others.length > 0) throw new Error('An Aldaba server uses the database. Stop it, then restore.');
  const { rows: tables } = await client.query(
    "select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'aldaba'",
  );
  if (tables.length > 0 && !replaces)
    throw new Error(
      'The database is not empty. Restore into an empty one, or add --replace to delete everything that it holds first.',
    );
  await client.query('begin');
  if (tables.length > 0) await client.query('drop schema aldaba cascade');
  await client.query('create schema if not exists aldaba');
  await beginRestore(client);
  await client.query('commit');
}

interface Filling {
  manifest: Manifest;
  summary: Summary;
  path: string;
  progress: (message: string) => void;
}

/** All rows in one transaction: a restore that fails leaves a schema without rows. */
async function fillTables(client: Client, { manifest, summary, path, progress }: Filling): Promise<void> {
  await client.query('begin');
  const tighten = await loosenSchema(client, manifest);
  let open: { table: string; copy: ReturnType<typeof openCopy> } | undefined;
  const close = async () => {
    if (!open) return;
    const { table, copy } = open;
    open = undefined;
    const rows = await copy.end();
    const expected = summary.tables[table]?.rows;
    if (rows !== expected) throw new Error(`The table ${table} got ${rows} rows, and the backup has ${expected}.`);
    progress(`${table}: ${rows} rows`);
  };
  for await (const { name, content } of readArchive(path)) {
    const table = tableOf(name);
    const columns = manifest.tables.find((each) => each.name === table)?.columns;
    if (table === undefined || !columns) continue;
    if (open?.table !== table) {
      await close();
      open = { table, copy: openCopy(client, table, columns) };
    }
    await open.copy.write(content);
  }
  await close();
  await tighten();
  await client.query('commit');
  await requireObjects(client);
  await client.query('analyze');
}

/**
 * Copies rows into one table. A row that PostgreSQL rejects fails the next `write`, or `end`, which returns the number
 * of rows.
 */
function openCopy(client: Client, table: string, columns: readonly string[]) {
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const stream = client.query(copyFrom(`copy ${client.escapeIdentifier(table)} (${list}) from stdin`));
  const done = finished(stream);
  // Awaited in both functions; between them, a failure must not count as unhandled.
  done.catch(() => undefined);
  return {
    async write(content: Buffer): Promise<void> {
      if (stream.write(content)) return;
      const drained = new Promise<void>((resolve) => stream.once('drain', resolve));
      await Promise.race([drained, done]);
    },
    async end(): Promise<number | null> {
      stream.end();
      await done;
      return stream.rowCount;
    },
  };
}

async function restoreFiles(path: string, dataFolder: string): Promise<number> {
  let count = 0;
  for await (const { name, content } of readArchive(path)) {
    if (!name.startsWith('files/')) continue;
    const file = normalize(name.slice('files/'.length));
    // Names in an archive are untrusted: they must not become paths outside the folder.
    if (!fileFolders.some((folder) => file.startsWith(`${folder}/`)))
      throw new Error(`The backup has a file outside of the uploads: ${name}.`);
    const target = join(dataFolder, file);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFile(target, content, { mode: 0o600, flush: true });
    count += 1;
  }
  return count;
}
