import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Queries } from '../../server/src/store/index.ts';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Number of users with a role', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const createRole = async () => (await api.post('/api/roles', { name: 'r', description: 'r', type: 'User' })).body.id;
  const createHolder = async (roleId: string) => {
    const { id } = (await api.post('/api/users', {})).body;
    await api.post(`/api/users/${id}/roles`, { roleIds: [roleId] });
    return id as string;
  };
  const waitFor = async (tx: Queries, waiting: number) => {
    const count = async () => {
      const [row] = await tx.raw<{ count: number }>(
        `select count(distinct l.pid)::integer as count from pg_stat_clear_snapshot(), pg_locks l
           join pg_stat_activity a on a.pid = l.pid where not l.granted and a.datname = current_database()`,
      );
      return row?.count ?? 0;
    };
    while ((await count()) < waiting);
  };
  const storedCounts = (roleId: string) =>
    server.tenant.db.raw('select users from role_counts where tenant_id = $1 and role_id = $2', ['default', roleId]);

  it('does not block deleting a role while it is taken from a user', async () => {
    const roleId = await createRole();
    const userId = await createHolder(roleId);
    const { db } = server.tenant;
    const answers = await db.transaction(async (elsewhere) => {
      // A change at the same time has the part that the role is counted in so far.
      await elsewhere.raw('select free_part()');
      const { requests } = await db.transaction(async (tx) => {
        await tx.raw('select from users_roles where tenant_id = $1 and role_id = $2 for update', ['default', roleId]);
        const taken = api.delete(`/api/users/${userId}/roles/${roleId}`);
        await waitFor(tx, 1);
        const deleted = api.delete(`/api/roles/${roleId}`);
        await waitFor(tx, 2);
        return { requests: Promise.all([taken, deleted]) };
      });
      return requests;
    });
    assert.deepEqual(
      answers.map(({ status }) => status),
      [204, 204],
    );
    assert.deepEqual(await storedCounts(roleId), []);
  });

  it('deletes the number of users with the role', async () => {
    const roleId = await createRole();
    await createHolder(roleId);
    assert.equal((await storedCounts(roleId)).length, 1);
    await api.delete(`/api/roles/${roleId}`);
    assert.deepEqual(await storedCounts(roleId), []);
  });

  it('updates the first free part of the number, without writing every role', async () => {
    const [found] = await server.tenant.db.raw<{ body: string }>(
      "select prosrc as body from pg_proc where proname = 'free_part'",
    );
    const plan = await server.tenant.db.raw<Record<string, string>>(`explain ${found?.body}`);
    // It makes all rows of a function before it gives the first.
    for (const line of plan) assert.doesNotMatch(Object.values(line).join(), /Function Scan/);
  });
});
