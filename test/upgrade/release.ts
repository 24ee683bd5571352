import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { findRoot } from '../../server/src/root.ts';

/** An application, and the tokens that it had when the release stopped. */
export interface OldApp {
  id: string;
  secret: string;
  redirectUri: string;
  refreshToken: string;
  accessToken: string;
}

/**
 * What a server of an earlier release left behind: every row it wrote, and the tokens of its users and applications.
 */
export interface OldRelease {
  /** When it stopped, ISO 8601. */
  takenAt: string;
  /** Its `ALDABA_SECRET`. */
  secret: string;
  /** The migrations that it knew. */
  migrations: string[];
  user: { id: string; username: string; password: string };
  apps: { own: OldApp; thirdParty: OldApp; machine: { id: string; secret: string } };
  /** Indicator of an API whose permission `read` both applications with users were granted. */
  resource: string;
  /** Cookies of the browser that is signed in. */
  cookie: string;
  /** `kid` of the key that signed everything. */
  keyId: string;
  /** Rows by table. */
  tables: Record<string, Record<string, unknown>[]>;
}

/**
 * Reads a release, with all times moved as if it had stopped a moment ago: tokens and sessions keep the age they had
 * then.
 */
export function readRelease(file: string): OldRelease {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  const age = Date.now() - Date.parse((JSON.parse(text) as OldRelease).takenAt);
  return JSON.parse(text, (_, value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+\+00:00$/.test(value)
      ? new Date(Date.parse(value) + age).toISOString()
      : value,
  );
}

/** Creates the schema of the release's migrations, and writes its rows. */
export async function restoreRelease(databaseUrl: string, { migrations, tables }: OldRelease): Promise<void> {
  const folder = join(findRoot(process.env), 'server/src/store/migrations');
  const client = new Client({ connectionString: databaseUrl, options: '-c search_path=aldaba -c app.tenant=*' });
  await client.connect();
  try {
    await client.query('create schema aldaba');
    await client.query(
      'create table schema_migrations (name text primary key, applied_at timestamptz not null default now())',
    );
    await client.query(await readFile(join(folder, '0026-baseline.sql'), 'utf8'));
    await client.query('insert into schema_migrations (name) select * from unnest($1::text[])', [migrations]);
    const names = Object.keys(tables);
    await client.query('begin');
    // The rows have counted already, and are written as they were.
    for (const name of names) await client.query(`alter table ${name} disable trigger user`);
    // One statement: foreign keys are checked at its end, so the order of the tables does not matter.
    const writes = names.map((name, index) => {
      const columns = Object.keys(tables[name]?.[0] ?? {}).map((column) => `"${column}"`);
      return `${name}_rows as (insert into ${name} (${columns}) select ${columns} from jsonb_populate_recordset(null::${name}, $${index + 1}))`;
    });
    const rows = names.map((name) => JSON.stringify(tables[name]));
    await client.query(`with ${writes.join(', ')} select 1`, rows);
    for (const name of names) await client.query(`alter table ${name} enable trigger user`);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
