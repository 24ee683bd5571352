import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { cluster } from '../support/cluster.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Readiness of a node', () => {
  let server: TestServer;
  let skew = 0;
  before(async () => {
    server = await startServer({ world: { clock: { now: () => Date.now() + skew } } });
  });
  after(() => server.close());

  /** The answer once it has the status: results are kept for a second. */
  const ask = async (status: number) => {
    for (const end = Date.now() + 10_000; ; ) {
      const answer = await fetch(`${server.url}/api/status/ready`);
      const body = await answer.json();
      if (answer.status === status) return { retryAfter: answer.headers.get('retry-after'), body };
      assert.ok(Date.now() < end, `it answers ${answer.status}: ${JSON.stringify(body)}`);
    }
  };
  const ok = { database: 'ok', migrations: 'ok', keys: 'ok', clock: 'ok' };

  it('names what was checked, under every tenant’s URL', async () => {
    assert.deepEqual((await ask(200)).body, { status: 'ready', checks: ok });
    assert.equal((await fetch(`${server.url}/t/admin/api/status/ready`)).status, 200);
  });

  it('fails if the node’s clock differs from the database’s by more than 30 s', async () => {
    skew = 31_000;
    const { retryAfter, body } = await ask(503);
    assert.deepEqual([retryAfter, body.code], ['2', 'request.not_ready']);
    assert.deepEqual(body.data.checks, { ...ok, clock: 'failed' });
    skew = 0;
    await ask(200);
  });

  it('fails if a required migration is missing', async () => {
    const { database } = server.app;
    const [row] = await database.system.raw<{ name: string }>(
      'delete from schema_migrations where name = (select max(name) from schema_migrations) returning name',
    );
    assert.deepEqual((await ask(503)).body.data.checks, { ...ok, migrations: 'failed' });
    await database.system.raw('insert into schema_migrations (name) values ($1)', [row?.name]);
    await ask(200);
  });

  it('fails if the keys cannot be read', async () => {
    const { database } = server.app;
    // Done twice it is undone. The notification is what a node sends that changed the keys.
    const damage = async () => {
      await database.system.raw('update signing_keys set private_jwk_sealed = reverse(private_jwk_sealed)');
      await database.system.raw("select pg_notify('aldaba_cache', 'signing-keys another-node default *')");
    };
    await damage();
    assert.deepEqual((await ask(503)).body.data.checks, { ...ok, keys: 'failed' });
    await damage();
    await ask(200);
  });

  it('fails without a database, while the status stays unchanged', async () => {
    const name = /\/\/[^/]*\/([^?]*)/.exec(server.databaseUrl)?.[1];
    const { admin } = await cluster();
    await admin(`alter database ${name} allow_connections false`);
    try {
      await admin(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
      assert.equal((await ask(503)).body.data.checks.database, 'failed');
      assert.equal((await fetch(`${server.url}/api/status`)).status, 204);
    } finally {
      await admin(`alter database ${name} allow_connections true`);
    }
    await ask(200);
  });
});
