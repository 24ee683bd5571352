import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Passwords that may wait for their check. */
const places = 200;

describe('Overload by password checks', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  /** Fills the queue: one slow check for each core, and behind them as many as may wait, which take no time. */
  const fill = () => {
    const { passwords } = server.app;
    const slow = { algorithm: 'Legacy', digest: '["pbkdf2",["salt","1500000","64","sha512","@"],"00"]' } as const;
    const quick = { algorithm: 'MD5', digest: createHash('md5').update('quick').digest('hex') } as const;
    return Promise.all([
      ...Array.from({ length: availableParallelism() }, () => passwords.verify('slow', slow)),
      ...Array.from({ length: places }, () => passwords.verify('quick', quick)),
    ]);
  };

  const begin = async () => {
    const person = await visit(server);
    await person.agent.json('PUT', `${server.url}/api/experience`, { interactionEvent: 'SignIn' });
    return person;
  };
  const prove = async ({ agent }: Visit, username: string) => {
    const given = { identifier: { type: 'username', value: username }, password: 'wrong' };
    const answer = await agent.json('POST', `${server.url}/api/experience/verification/password`, given);
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };

  // security: overload
  it('rejects excess sign-ins at every API with a time to retry, serves other requests, and recovers', async () => {
    const person = await begin();
    const ada = { username: 'ada', password: 'tulips under stone' };
    const filled = fill();
    const [page, experience, management, list] = await Promise.all([
      person.post('/sign-in', ada),
      prove(person, 'ada'),
      api.post('/api/users', ada),
      api.get('/api/users'),
    ]);
    for (const [door, { status, headers }] of Object.entries({ page, experience, management }))
      assert.deepEqual([door, status, headers.get('retry-after')], [door, 503, '2']);
    assert.equal(management.body.code, 'request.overloaded');
    assert.equal(experience.body.code, 'request.overloaded');
    assert.deepEqual([list.status, list.body], [200, []]);
    const checked = await filled;
    assert.equal(checked.filter(({ matches }) => matches).length, places);
    assert.equal((await api.post('/api/users', ada)).status, 200);
  });

  // security: account-enumeration
  it('does the same work for users with a password, users without one and unknown names', async () => {
    await api.post('/api/users', { username: 'has_a_password', password: 'tulips under stone' });
    await api.post('/api/users', { username: 'has_none' });
    const names = ['has_a_password', 'has_none', 'nobody'];
    const people = await Promise.all(names.map(async (name) => ({ name, person: await begin() })));
    const filled = fill();
    const answers = await Promise.all(people.map(({ name, person }) => prove(person, name)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      names.map(() => 503),
    );
    await filled;
  });
});
