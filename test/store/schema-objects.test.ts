import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { createVault } from '../../server/src/kernel/crypto.ts';
import { findRoot } from '../../server/src/root.ts';
import { migrate } from '../../server/src/store/migrations.ts';
import { cluster } from '../support/cluster.ts';

const folder = join(findRoot(process.env), 'server/src/store/migrations');
const vault = createVault('a secret for tests that is long enough');

/**
 * Schema objects that restores and operators can drop, the statement that restores each, and the object that the
 * refusal names.
 */
const losses: [damage: string, repair: string, object: string][] = [
  ['alter table hooks rename to kept', 'alter table kept rename to hooks', 'table hooks'],
  ['alter table hooks rename name to kept', 'alter table hooks rename kept to name', 'column hooks.name (text)'],
  [
    'alter table users no force row level security',
    'alter table users force row level security',
    'row-level security of users',
  ],
  [
    'alter policy tenant_wall on users rename to kept',
    'alter policy kept on users rename to tenant_wall',
    'policy tenant_wall of users',
  ],
  [
    'alter table users rename constraint users_pkey to kept',
    'alter table users rename constraint kept to users_pkey',
    'constraint users_pkey of users',
  ],
  [
    'alter table users disable trigger count_created',
    'alter table users enable trigger count_created',
    'trigger count_created of users',
  ],
  [
    'alter index hooks_created rename to kept',
    'alter index kept rename to hooks_created',
    'index hooks_created of hooks',
  ],
  ['alter function count_users rename to kept', 'alter function kept rename to count_users', 'function count_users()'],
];

/** A database with the schema of the migrations. */
async function createMigratedDatabase() {
  const { urlOf, admin, drop } = await cluster();
  const name = `f_${randomUUID().replaceAll('-', '')}`;
  const url = urlOf(name);
  await admin(`create database ${name} owner ${/\/\/([^:@/]+)/.exec(url)?.[1] ?? 'postgres'}`);
  const start = (secret = vault) => migrate(url, folder, () => undefined, { vault: secret });
  const change = async (...statements: string[]) => {
    const client = new Client({ connectionString: url, options: '-c search_path=aldaba -c app.tenant=*' });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await start();
  return { start, change, drop: () => drop(name) };
}

type MigratedDatabase = Awaited<ReturnType<typeof createMigratedDatabase>>;

// security: schema-and-secret
describe('Lost schema objects', () => {
  let database: MigratedDatabase;
  before(async () => {
    database = await createMigratedDatabase();
  });
  after(() => database.drop());

  for (const [damage, repair, object] of losses)
    it(`rejects a schema without an object, and names it: ${object}`, async () => {
      const { start, change } = database;
      await change(damage);
      try {
        const message = await start().then(
          () => 'it started',
          (error: Error) => error.message,
        );
        assert.ok(message.includes(`(${object}`), message);
        assert.match(message, /Restore a backup/);
      } finally {
        await change(repair);
      }
      await start();
    });
});

describe('Schema check at the start', () => {
  let start: MigratedDatabase['start'];
  let change: MigratedDatabase['change'];
  let drop: MigratedDatabase['drop'];
  beforeEach(async () => {
    ({ start, change, drop } = await createMigratedDatabase());
  });
  afterEach(() => drop());

  // security: schema-and-secret
  it('rejects a partition of the audit log that is open to other tenants', async () => {
    await change(
      'select rotate_logs(now())',
      "do $$ begin execute (select format('alter table %I disable row level security', c.relname) from pg_class c where c.relname ~ '^logs_[0-9]{8}$' limit 1); end $$",
    );
    await assert.rejects(start(), /row-level security of logs_\d{8}/);
  });

  it('accepts objects that operators add and remove, and partitions that come and go', async () => {
    await change(
      'create index own on users (name)',
      'create view own_view as select 1 as one',
      'select rotate_logs(now())',
    );
    await start();
    await change('drop index own', 'drop view own_view', "select rotate_logs(now() + interval '60 days')");
    await start();
  });

  // security: schema-and-secret
  it('rejects another secret than the database was set up with, and names the variable', async () => {
    await assert.rejects(
      start(createVault('another secret that is as long as the first')),
      /ALDABA_SECRET is not the secret/,
    );
    await start();
  });
});
