import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Database, openDatabase } from '../../server/src/store/database.ts';
import { cluster } from '../support/cluster.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Database outage', () => {
  let server: TestServer;
  let database: Database;
  const open = () =>
    openDatabase({ url: server.databaseUrl, poolSize: 2, statementLimit: 200, log: { warn: () => undefined } });
  before(async () => {
    server = await startServer();
    database = open();
  });
  after(async () => {
    await database.close();
    await server.close();
  });
  const unavailable = { code: 'request.unavailable', status: 503 };
  const raise = (state: string) =>
    database.tenant('default').raw(`do $$ begin raise exception 'no' using errcode = '${state}'; end $$`);

  it('returns 503 for a full disk, no memory, no connections, failed input, shutdowns, standbys and locks', async () => {
    const states = ['53100', '53200', '53300', '58030', '57P01', '57P02', '57P03', '08006', '25006', '55P03', '57014'];
    for (const state of states) await assert.rejects(raise(state), unavailable, state);
  });

  it('does not hide defects behind a 503', async () => {
    for (const state of ['42P01', '22012', 'XX000']) await assert.rejects(raise(state), { code: state });
  });

  it('returns 503 if a statement takes too long, and reuses the connection', async () => {
    const db = database.tenant('default');
    await assert.rejects(db.raw('select pg_sleep(30)'), unavailable);
    assert.deepEqual(await db.raw('select 1 as one'), [{ one: 1 }]);
  });

  it('lets background work take longer than requests', async () => {
    assert.equal((await database.system.raw('select pg_sleep(0.4)')).length, 1);
  });

  it('returns 503 if the database accepts no more connections', async () => {
    const name = /\/\/[^/]*\/([^?]*)/.exec(server.databaseUrl)?.[1];
    const { admin } = await cluster();
    await admin(`alter database ${name} connection limit 0`);
    const other = open();
    try {
      await assert.rejects(other.tenant('default').raw('select 1'), unavailable);
    } finally {
      await admin(`alter database ${name} connection limit -1`);
    }
    assert.equal((await other.tenant('default').raw('select 1')).length, 1);
    await other.close();
  });
});
