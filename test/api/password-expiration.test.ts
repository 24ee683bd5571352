import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const day = 86_400_000;
const password = 'tulips under stone';

describe('Password expiration', () => {
  let server: TestServer;
  let api: Manager;
  const clock = movableClock();
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
  });
  after(() => server.close());

  /** Where a sign-in with the password leads: to the question for another one, or into the application. */
  const outcome = async (username: string) => {
    const person = await visit(server);
    const answer = await person.post('/sign-in', { username, password });
    return answer.headers.get('location')?.startsWith('/continue') ? 'asked' : 'in';
  };

  it('expires a password at once, or makes it valid again, on an operator’s request', async () => {
    const { id } = (await api.post('/api/users', { username: 'ada', password })).body;
    const path = `/api/users/${id}/password/expiration`;
    const expired = await api.patch(path, { isExpired: true });
    assert.deepEqual([expired.status, expired.body.id], [200, id]);
    assert.equal(await outcome('ada'), 'asked');
    assert.equal((await api.patch(path, { isExpired: false })).status, 200);
    assert.equal(await outcome('ada'), 'in');
    await api.patch(path, { isExpired: true });
    await api.patch(`/api/users/${id}/password`, { password });
    assert.equal(await outcome('ada'), 'in', 'an operator has set a new one');
    assertRefused(await api.patch('/api/users/none/password/expiration', { isExpired: true }), 404, 'entity.not_found');
    assertRefused(await api.patch(path, {}), 400, 'guard.invalid_input');
  });

  it('expires passwords after the tenant’s number of days, counted from the switch at the earliest', async () => {
    const old = { username: 'grace', password };
    await api.post('/api/users', old);
    clock.ahead = 40 * day;
    api = await manage(server);
    await api.patch('/api/sign-in-exp', { passwordExpiration: { enabled: true, validPeriodDays: 30 } });
    assert.equal(await outcome('grace'), 'in', 'nobody is surprised on the day of the switch');
    clock.ahead += 29 * day;
    assert.equal(await outcome('grace'), 'in');
    clock.ahead += day;
    assert.equal(await outcome('grace'), 'asked');
    api = await manage(server);
    await api.post('/api/users', { username: 'joan', password });
    assert.equal(await outcome('joan'), 'in', 'a new password has its own days');
    await api.patch('/api/sign-in-exp', { passwordExpiration: { enabled: false } });
    assert.equal(await outcome('grace'), 'in');
  });
});
