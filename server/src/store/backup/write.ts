import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Vault } from '../../kernel/crypto.ts';
import { requireObjects } from '../schema-objects.ts';
import { sessionSettings } from '../session-settings.ts';
import { type ArchiveWriter, createArchive } from './archive.ts';
import { fileFolders, type Manifest, manifestName, type Summary, secretName, summaryName, toJson } from './manifest.ts';

export interface BackupOptions {
  url: string;
  /** Path of the archive; an existing file is replaced once the new one is complete. */
  path: string;
  vault: Vault;
  /** Folder of the uploads to include; none if they are in a bucket. */
  dataFolder?: string;
  /** The secret itself, if it is included. */
  secret?: string;
  progress: (message: string) => void;
}

export interface BackupResult {
  tables: number;
  rows: number;
  files: number;
  bytes: number;
}

/** Bytes of rows in one entry of the archive. */
const partSize = 4 * 1_048_576;
/** Rows after which the progress of a long table is reported. */
const reportEvery = 250_000;

/** Identifies a secret without revealing it: an HMAC with a key derived from the secret. */
export const secretFingerprint = (vault: Vault): string => vault.sign('fingerprint', 'backup').slice(0, 22);

/**
 * Writes all rows, from one snapshot, and the uploads into one archive. The server may keep running; the backup does
 * not block its changes. Rows are read over the connection by COPY, without a PostgreSQL client program.
 *
 * @throws Error if the schema is incomplete, because the backup would be too
 */
export async function writeBackup(options: BackupOptions): Promise<BackupResult> {
  const settings = [...sessionSettings, '-c app.tenant=*', '-c statement_timeout=0'].join(' ');
  const client = new Client({ connectionString: options.url, options: settings, application_name: 'aldaba backup' });
  client.on('error', () => undefined);
  await client.connect();
  const archive = createArchive(options.path);
  try {
    // One snapshot for all tables.
    await client.query('begin isolation level repeatable read read only');
    await requireObjects(client);
    const manifest = await describe(client, options);
    await archive.add(manifestName, toJson(manifest));
    const summary: Summary = { tables: {}, files: {} };
    for (const table of manifest.tables) summary.tables[table.name] = await writeTable(client, archive, table, options);
    if (options.dataFolder) summary.files = await writeFiles(archive, options.dataFolder);
    if (options.secret !== undefined) await archive.add(secretName, Buffer.from(options.secret));
    await archive.add(summaryName, toJson(summary));
    await archive.finish();
    const counts = Object.values(summary.tables);
    return {
      tables: counts.length,
      rows: counts.reduce((sum, { rows }) => sum + rows, 0),
      files: Object.keys(summary.files).length,
      bytes: (await stat(options.path)).size,
    };
  } catch (error) {
    await archive.abandon();
    throw error;
  } finally {
    await client.end();
  }
}

async function describe(client: Client, { vault, dataFolder, secret }: BackupOptions): Promise<Manifest> {
  const one = async <Row extends object>(query: string) => (await client.query<Row>(query)).rows;
  const [server] = await one<{ server_version: string }>('show server_version');
  const tables = await one<{ name: string; columns: string[] }>(`
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'aldaba'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname not in ('schema_migrations', 'installation')
      and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    group by c.relname order by c.relname`);
  const partitions = await one<{ name: string }>(`select relname as name from pg_class
    where relnamespace = 'aldaba'::regnamespace and relispartition and relname ~ '^logs_[0-9]{8}$' order by 1`);
  return {
    product: 'aldaba',
    format: 1,
    createdAt: new Date().toISOString(),
    postgres: server?.server_version ?? '',
    migrations: (await one<{ name: string }>('select name from schema_migrations order by name')).map(
      ({ name }) => name,
    ),
    secretFingerprint: secretFingerprint(vault),
    hasSecret: secret !== undefined,
    hasFiles: dataFolder !== undefined,
    tables,
    partitions: partitions.map(({ name }) => name),
  };
}

async function writeTable(
  client: Client,
  archive: ArchiveWriter,
  { name, columns }: Manifest['tables'][number],
  { progress }: BackupOptions,
): Promise<Summary['tables'][string]> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  // A query instead of the table name, because COPY does not read partitioned tables before PostgreSQL 18.
  const stream = client.query(copyTo(`copy (select ${list} from "${name}") to stdout`));
  const hash = createHash('sha256');
  let [rows, bytes, parts, reported] = [0, 0, 0, 0];
  let waiting: Buffer[] = [];
  let size = 0;
  const flush = async () => {
    if (size === 0) return;
    parts += 1;
    await archive.add(`tables/${name}/${String(parts).padStart(6, '0')}.copy`, Buffer.concat(waiting));
    waiting = [];
    size = 0;
  };
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    rows += lines(chunk);
    bytes += chunk.length;
    waiting.push(chunk);
    size += chunk.length;
    if (size >= partSize) await flush();
    if (rows - reported >= reportEvery) {
      reported = rows;
      progress(`${name}: ${rows} rows`);
    }
  }
  await flush();
  return { rows, bytes, sha256: hash.digest('hex') };
}

/** Rows in COPY's text format: each ends with a line feed and contains no other. */
export function lines(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) count += 1;
  return count;
}

async function writeFiles(archive: ArchiveWriter, dataFolder: string): Promise<Summary['files']> {
  const digests: Summary['files'] = {};
  for (const folder of fileFolders) {
    const entries = await readdir(join(dataFolder, folder), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      // A file may be deleted while the folder is listed. Its row is deleted as well, so the next backup has neither.
      const content = await readFile(path).catch(() => undefined);
      if (!content) continue;
      const name = relative(dataFolder, path);
      digests[name] = createHash('sha256').update(content).digest('hex');
      await archive.add(`files/${name}`, content);
    }
  }
  return digests;
}
