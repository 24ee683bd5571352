import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { type Operator, operate } from '../support/operator.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Database with its own date format', () => {
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    const client = new Client({ connectionString: server.databaseUrl });
    await client.connect();
    const name = client.escapeIdentifier(client.database ?? '');
    await client.query(`alter database ${name} set DateStyle to 'SQL, DMY'`);
    await client.query(`alter database ${name} set IntervalStyle to 'sql_standard'`);
    await client.end();
    await server.restart();
    operator = await operate(server);
  });
  after(() => server.close());

  it('returns the times that were stored', async () => {
    const begun = Date.now();
    const { id } = await operator.call<{ id: string }>('POST', '/api/users', { username: 'ada' });
    const user = await operator.call<{ createdAt: number }>('GET', `/api/users/${id}`);
    assert.ok(user.createdAt >= begun - 1000 && user.createdAt <= Date.now() + 1000, String(user.createdAt));
  });
});
