import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { Client } from 'pg';
import { createVault } from '../../server/src/kernel/crypto.ts';
import { findRoot } from '../../server/src/root.ts';
import { migrate } from '../../server/src/store/migrations.ts';
import { cluster } from '../support/cluster.ts';

const folder = join(findRoot(process.env), 'server/src/store/migrations');
const vault = createVault('a secret for tests that is long enough');

describe('a start of the server', () => {
  let url: string;
  const databases: string[] = [];
  beforeEach(async () => {
    const { urlOf, admin } = await cluster();
    const name = `f_${randomUUID().replaceAll('-', '')}`;
    url = urlOf(name);
    await admin(`create database ${name} owner ${/\/\/([^:@/]+)/.exec(url)?.[1] ?? 'postgres'}`);
    databases.push(name);
    await start();
  });
  after(async () => {
    const { drop } = await cluster();
    for (const name of databases) await drop(name);
  });

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

  // security: schema-and-secret
  it('refuses a schema that lost an object, and names the object', async () => {
    const cases: [damage: string, repair: string, name: RegExp][] = [
      [
        'alter table users no force row level security',
        'alter table users force row level security',
        /row-level security of users/,
      ],
      [
        'alter table users disable trigger count_created',
        'alter table users enable trigger count_created',
        /trigger count_created of users/,
      ],
      [
        'alter index hooks_created rename to kept',
        'alter index kept rename to hooks_created',
        /index hooks_created of hooks/,
      ],
      [
        'alter policy tenant_wall on users rename to kept',
        'alter policy kept on users rename to tenant_wall',
        /policy tenant_wall of users/,
      ],
      [
        'alter table users rename constraint users_pkey to kept',
        'alter table users rename constraint kept to users_pkey',
        /constraint users_pkey of users/,
      ],
      [
        'alter function count_users rename to kept',
        'alter function kept rename to count_users',
        /function count_users\(\)/,
      ],
      ['alter table hooks rename to kept', 'alter table kept rename to hooks', /table hooks/],
    ];
    for (const [damage, repair, name] of cases) {
      await change(damage);
      await assert.rejects(start(), (error: Error) => {
        assert.match(error.message, name);
        assert.match(error.message, /Restore a backup/);
        return true;
      });
      await change(repair);
      await start();
    }
  });

  // security: schema-and-secret
  it('refuses a partition of the audit log that is open to other tenants', async () => {
    await change(
      'select rotate_logs(now())',
      "do $$ begin execute (select format('alter table %I disable row level security', c.relname) from pg_class c where c.relname ~ '^logs_[0-9]{8}$' limit 1); end $$",
    );
    await assert.rejects(start(), /row-level security of logs_\d{8}/);
  });

  it('accepts what operators add and remove again, and partitions that come and go', async () => {
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
  it('refuses another secret than the database was set up with, and names the variable', async () => {
    await assert.rejects(
      start(createVault('another secret that is as long as the first')),
      /ALDABA_SECRET is not the secret/,
    );
    await start();
  });
});
