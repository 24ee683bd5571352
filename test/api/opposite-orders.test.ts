import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Enough for two requests to meet half-way; each id is a row that the other one waits for. */
const rows = 40;
const rounds = 6;

describe('Concurrent requests that name the same items in opposite orders', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const make = async (path: string, draft: (count: number) => object): Promise<string[]> => {
    const ids: string[] = [];
    for (let count = 0; count < rows; count += 1) ids.push((await api.post(path, draft(count))).body.id);
    return ids;
  };
  const meet = async (ids: string[], send: (ids: string[]) => Promise<{ status: number }>) => {
    const answers = await Promise.all([ids, ids.toReversed(), ids, ids.toReversed()].map(send));
    return answers.map(({ status }) => status).filter((status) => status >= 300);
  };

  it('assigns and replaces roles of a user without a failed request', async () => {
    const roles = await make('/api/roles', (count) => ({ name: `role-${count}`, description: 'r' }));
    for (let round = 0; round < rounds; round += 1) {
      const [given, replaced] = [
        (await api.post('/api/users', {})).body.id,
        (await api.post('/api/users', {})).body.id,
      ];
      assert.deepEqual(await meet(roles, (roleIds) => api.post(`/api/users/${given}/roles`, { roleIds })), []);
      assert.deepEqual(await meet(roles, (roleIds) => api.put(`/api/users/${replaced}/roles`, { roleIds })), []);
      assert.equal((await api.get(`/api/users/${given}/roles`)).body.length, rows);
    }
  });

  it('adds members to an organization without a failed request', async () => {
    const users = await make('/api/users', () => ({}));
    for (let round = 0; round < rounds; round += 1) {
      const { id } = (await api.post('/api/organizations', { name: 'Club' })).body;
      assert.deepEqual(await meet(users, (userIds) => api.post(`/api/organizations/${id}/users`, { userIds })), []);
      const { headers } = await api.get(`/api/organizations/${id}/users?page=1`);
      assert.equal(headers.get('total-number'), String(rows));
    }
  });
});
