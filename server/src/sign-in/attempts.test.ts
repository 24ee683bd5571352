import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { createAgent } from '../../../test/support/agent.ts';
import { type Operator, operate } from '../../../test/support/operator.ts';
import { shownError, visit, visitOf } from '../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';
import { AldabaError } from '../kernel/errors.ts';
import { createAttempts } from './attempts.ts';
import { sweepAttempts } from './store.ts';

const minute = 60_000;
const start = 1_800_000_000_000;

describe('the limit on attempts', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  const outcomes = { right: true, wrong: undefined };
  type Outcome = keyof typeof outcomes | 'broken';

  /** Makes one attempt; tells whether it was judged. */
  const createTarget = (identifier: string, policy: { maxAttempts: number; lockoutDuration: number }) => {
    const clock = { time: start, now: () => clock.time };
    const attempts = createAttempts({ clock, events: { publish: async () => undefined } });
    const attempt = async (outcome: Outcome): Promise<'judged' | 'blocked'> => {
      try {
        await attempts.limited(server.tenant.db, { identifier, policy }, async () => {
          if (outcome === 'broken') throw new AldabaError('request.overloaded');
          return outcomes[outcome];
        });
        return 'judged';
      } catch (error) {
        if (error instanceof AldabaError && error.code === 'request.overloaded') return 'judged';
        assert.ok(error instanceof AldabaError && error.code === 'session.verification_blocked_too_many_attempts');
        return 'blocked';
      }
    };
    return { clock, attempt };
  };

  // security: wrong-passwords
  it('judges exactly the allowed number, blocks for the whole lock, and forgets after it and after success', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom<Outcome[]>('wrong', 'wrong', 'right', 'broken') },
        { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 }) },
      ),
      { minLength: 1, maxLength: 30 },
    );
    let number = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 80 }),
        steps,
        async (maxAttempts, lockoutDuration, events) => {
          number += 1;
          const { clock, attempt } = createTarget(`property ${number}`, { maxAttempts, lockoutDuration });
          // The model: failures since the window began, and the end of the lock.
          let failures = 0;
          let windowStart = start;
          let lockedUntil: number | undefined;
          for (const event of events) {
            if (typeof event === 'number') {
              clock.time += event * minute;
              continue;
            }
            if (lockedUntil !== undefined ? clock.time >= lockedUntil : clock.time >= windowStart + 60 * minute) {
              failures = 0;
              lockedUntil = undefined;
            }
            const blocked = lockedUntil !== undefined;
            assert.equal(await attempt(event), blocked ? 'blocked' : 'judged');
            if (blocked || event === 'broken') continue;
            if (failures === 0) windowStart = clock.time;
            failures = event === 'right' ? 0 : failures + 1;
            lockedUntil = failures >= maxAttempts ? clock.time + lockoutDuration * minute : undefined;
          }
        },
      ),
      {
        numRuns: 60,
        seed: 23,
        // The lock begins with the failure that reaches the limit, and the attempts that it refuses do not extend it.
        examples: [[2, 10, ['wrong', 'wrong', 6, 'wrong', 5, 'right']]],
      },
    );
  });

  // security: wrong-passwords
  it('holds for concurrent attempts', async () => {
    const { attempt } = createTarget('at once', { maxAttempts: 5, lockoutDuration: 10 });
    const results = await Promise.all(Array.from({ length: 40 }, () => attempt('wrong')));
    assert.equal(results.filter((result) => result === 'judged').length, 5);
  });

  it('counts each identifier separately', async () => {
    const policy = { maxAttempts: 1, lockoutDuration: 10 };
    await createTarget('username ada', policy).attempt('wrong');
    assert.equal(await createTarget('username ada', policy).attempt('right'), 'blocked');
    assert.equal(await createTarget('username adam', policy).attempt('right'), 'judged');
  });

  it('is deleted after it ends, and not before', async () => {
    const policy = { maxAttempts: 1, lockoutDuration: 120 };
    await createTarget('swept', policy).attempt('wrong');
    const sweep = (now: number) => sweepAttempts(server.app.database.system, now, () => false);
    await sweep(start + 119 * minute);
    assert.equal(await createTarget('swept', policy).attempt('right'), 'blocked');
    assert.ok((await sweep(start + 121 * minute)) >= 1);
    assert.equal(await createTarget('swept', policy).attempt('right'), 'judged');
  });
});

describe('too many attempts', () => {
  let server: TestServer;
  let operator: Operator;
  const password = 'tulips under stone';
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser({ username: 'ada', password });
    await operator.call('PATCH', '/api/sign-in-exp', { sentinelPolicy: { maxAttempts: 3, lockoutDuration: 5 } });
  });
  after(() => server?.close());

  // security: wrong-passwords
  it('lock every sign-in path for known and unknown identifiers, also for the right password', async () => {
    const said: string[] = [];
    for (const username of ['ada', 'nobody']) {
      const person = await visit(server);
      await person.post('/sign-in', { username, password: 'wrong 1' });
      const api = (body: object) =>
        person.agent.json('POST', `${server.url}/api/experience/verification/password`, body);
      await person.agent.json('PUT', `${server.url}/api/experience`, { interactionEvent: 'SignIn' });
      const identifier = { type: 'username', value: username };
      assert.equal((await api({ identifier, password: 'wrong 2' })).status, 422);
      assert.equal((await person.post('/sign-in', { username, password: 'wrong 3' })).status, 422);
      const page = await visitOf(server, person.agent).post('/sign-in', { username, password });
      assert.equal(page.status, 400);
      const { code, message } = await shownError(page);
      assert.equal(code, 'session.verification_blocked_too_many_attempts');
      assert.match(message, /in 5 minutes/);
      const json = await api({ identifier, password });
      assert.equal(json.status, 400);
      const body = await json.json();
      assert.equal(body.code, 'session.verification_blocked_too_many_attempts');
      said.push(message, body.message);
    }
    assert.deepEqual(said.slice(0, 2), said.slice(2));
    assert.equal((await createAgent().fetch(`${server.url}/api/status`)).status, 204);
  });

  // security: wrong-passwords
  it('are counted per username when case matters, and together for all spellings when it does not', async () => {
    const signIn = async (username: string, secret: string) =>
      (await (await visit(server)).post('/sign-in', { username, password: secret })).status;
    await operator.addUser({ username: 'bea', password });
    const { id } = await operator.addUser({ username: 'Bea', password: 'my very own words' });
    for (const _ of [1, 2]) assert.equal(await signIn('bea', 'wrong'), 422);
    assert.equal(await signIn('Bea', 'my very own words'), 303, 'another user, who signs in');
    assert.equal(await signIn('bea', 'wrong'), 422);
    assert.equal(await signIn('bea', password), 400, 'no count was ended by it');
    assert.equal(await signIn('Bea', 'my very own words'), 303, 'no other user is locked out');
    const release = { targetType: 'User', targets: ['bea'] };
    await operator.call('POST', '/api/sentinel-activities/delete', release);
    assert.equal(await signIn('bea', password), 303);

    await operator.addUser({ username: 'carl', password });
    await operator.call('DELETE', `/api/users/${id}`);
    await operator.call('PATCH', '/api/sign-in-exp', { usernamePolicy: { caseSensitive: false } });
    for (const username of ['carl', 'Carl', 'CARL']) assert.equal(await signIn(username, 'wrong'), 422);
    assert.equal(await signIn('carl', password), 400);
  });

  // security: wrong-passwords
  it('are counted per account, regardless of the identifier', async () => {
    const method = (identifier: string) => ({
      identifier,
      password: true,
      verificationCode: false,
      isPasswordPrimary: true,
    });
    await operator.call('PATCH', '/api/sign-in-exp', {
      signIn: { methods: [method('username'), method('email'), method('phone')] },
    });
    const person = { username: 'dora', primaryEmail: 'dora@example.com', primaryPhone: '15550100123' };
    await operator.call('POST', '/api/users', { ...person, password });
    await operator.addUser({ username: 'emil', password });
    const attempt = async (type: string, value: string, secret: string) => {
      const { agent } = await visit(server);
      await agent.json('PUT', `${server.url}/api/experience`, { interactionEvent: 'SignIn' });
      const identifier = { type, value };
      const answer = await agent.json('POST', `${server.url}/api/experience/verification/password`, {
        identifier,
        password: secret,
      });
      return answer.status;
    };
    const [username, email, phone] = [
      ['username', 'dora'],
      ['email', 'Dora@example.com'],
      ['phone', '15550100123'],
    ] as const;
    for (const [type, value] of [username, email, phone]) assert.equal(await attempt(type, value, 'wrong'), 422);
    for (const [type, value] of [username, email, phone]) assert.equal(await attempt(type, value, password), 400, type);
    assert.equal(await attempt('username', 'emil', password), 200, 'another account');
    // Names without an account lock one by one, after as many attempts.
    for (const _ of [1, 2, 3]) assert.equal(await attempt('email', 'nobody@example.com', 'wrong'), 422);
    assert.equal(await attempt('email', 'nobody@example.com', 'wrong'), 400);
    assert.equal(await attempt('username', 'nobody_at_all', 'wrong'), 422);
    await operator.call('POST', '/api/sentinel-activities/delete', {
      targetType: 'User',
      targets: ['dora@example.com'],
    });
    assert.equal(await attempt('username', 'dora', password), 200);
  });
});
