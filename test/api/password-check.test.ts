import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage, type Reply } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Sign-in rules for operators', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('reports which rules a password breaks, also for a given user', async () => {
    const check = (body: object): Promise<Reply> => api.post('/api/sign-in-exp/default/check-password', body);
    assert.deepEqual((await check({ password: 'a fine long phrase' })).body, { result: true });
    const short = (await check({ password: 'x1' })).body;
    assert.deepEqual([short.result, short.issues[0].code], [false, 'password_rejected.too_short']);
    assert.deepEqual(short.issues[0].interpolation, { min: 8 });
    const { body: user } = await api.post('/api/users', { username: 'wilhelmina' });
    assert.deepEqual((await check({ password: 'wilhelmina1' })).body, { result: true });
    const own = (await check({ password: 'wilhelmina1', userId: user.id })).body;
    assert.equal(own.issues[0].code, 'password_rejected.restricted.user_info');
    assertRefused(await check({ password: 'a fine long phrase', userId: 'nobody' }), 404, 'entity.not_found');
    assertRefused(await check({}), 400, 'guard.invalid_input');
  });

  it('lists usernames that differ in case only', async () => {
    const path = '/api/sign-in-exp/username-policy/case-sensitivity-conflicts';
    assert.deepEqual((await api.get(path)).body, { totalConflicts: 0, samples: [] });
    const ids: Record<string, string> = {};
    for (const username of ['Ada', 'ada', 'Bob', 'BOB', 'carol'])
      ids[username] = (await api.post('/api/users', { username })).body.id;
    const { body } = await api.get(path);
    assert.deepEqual([body.totalConflicts, body.samples.length], [2, 2]);
    assert.equal(body.samples[0].usernameLower, 'ada');
    assert.deepEqual(new Set(body.samples[0].userIds), new Set([ids.Ada, ids.ada]));
    const limited = (await api.get(`${path}?limit=1`)).body;
    assert.deepEqual([limited.totalConflicts, limited.samples.length], [2, 1]);
    assertRefused(await api.get(`${path}?limit=0`), 400, 'guard.invalid_input');
  });
});
