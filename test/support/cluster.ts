import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Client } from 'pg';
import { startEmbedded } from '../../server/src/store/embedded.ts';

/**
 * One PostgreSQL for the whole test run: the embedded one, or the server that `ALDABA_TEST_DATABASE_URL` names (login
 * with the right to create databases). Every test file gets a database of its own, cloned from a template that was
 * migrated once.
 */
export interface Cluster {
  /** URL of a database by its name, with the role that the server itself uses. */
  urlOf: (database: string) => string;
  /** Runs a statement that needs more rights (create database) on the maintenance database. */
  admin: (statement: string) => Promise<void>;
  /** Deletes a database, if there is one of that name, and ends the tests' sessions in it. */
  drop: (database: string) => Promise<void>;
}

/** The database that the others are copies of; of this run alone, since others may test on the same server. */
export const template = `aldaba_template_${randomUUID().slice(0, 8)}`;

let running: Promise<Cluster> | undefined;

export const cluster = (): Promise<Cluster> => {
  running ??= start();
  return running;
};

const stops: (() => Promise<void>)[] = [];
// A hook at the top level of a module runs once after all files, since they share one process.
after(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function start(): Promise<Cluster> {
  const external = process.env.ALDABA_TEST_DATABASE_URL;
  if (external) {
    const cluster = describe((name) => withDatabase(external, name), external);
    stops.push(() => cluster.drop(template));
    return cluster;
  }
  const folder = await mkdtemp(join(tmpdir(), 'aldaba-test-'));
  const database = await startEmbedded({ dataFolder: folder, progress: () => undefined, purpose: 'server' });
  stops.push(async () => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return describe((name) => withDatabase(database.url, name), database.adminUrl);
}

function describe(urlOf: Cluster['urlOf'], adminUrl: string): Cluster {
  const admin = async (statement: string) => {
    const client = new Client({ connectionString: adminUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  return {
    urlOf,
    admin,
    async drop(database) {
      await admin(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = '${database}' and backend_type = 'client backend'`);
      // Not `with (force)`: a login without superuser rights may not end an autovacuum, which a plain drop cancels.
      await admin(`drop database if exists ${database}`);
    },
  };
}

const withDatabase = (url: string, name: string): string => url.replace(/(\/\/[^/]*\/)[^?]*/, `$1${name}`);
