import { readdir } from 'node:fs/promises';
import { Client } from 'pg';

/** Facts that `aldaba doctor` reads from a database without changing it. */
export interface Inspection {
  /** Version of PostgreSQL, e.g. `18.4`. */
  version: string;
  /** Milliseconds by which the database's clock is ahead of this machine's; negative if it is behind. */
  clockAhead: number;
  /** Milliseconds from sending a statement to its result. */
  roundTrip: number;
  /** `max_connections` of the server. */
  connectionLimit: number;
  /** Migrations that this build has and the database lacks; all of them for an empty database. */
  missing: string[];
  /** Migrations of a newer build. */
  unknown: string[];
}

/**
 * Inspects a database.
 * @param folder of the migrations
 * @throws the driver's error if the database cannot be used
 */
export async function inspectDatabase(url: string, folder: string): Promise<Inspection> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, application_name: 'aldaba' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select 1');
    const before = Date.now();
    const { rows } = await client.query<{ now: Date; version: string; limit: number; migrated: boolean }>(
      `select clock_timestamp() as now, split_part(current_setting('server_version'), ' ', 1) as version,
         current_setting('max_connections')::int as limit, to_regclass('aldaba.schema_migrations') is not null as migrated`,
    );
    const after = Date.now();
    const { now, version, limit, migrated } = rows[0] as (typeof rows)[number];
    const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
    const done = migrated
      ? (await client.query<{ name: string }>('select name from aldaba.schema_migrations')).rows.map(({ name }) => name)
      : [];
    return {
      version,
      // The best estimate: the database read its clock halfway between the request and the response.
      clockAhead: Math.round(now.getTime() - (before + after) / 2),
      roundTrip: after - before,
      connectionLimit: limit,
      missing: files.filter((name) => !done.includes(name)),
      unknown: done.filter((name) => !files.includes(name)),
    };
  } finally {
    await client.end();
  }
}
