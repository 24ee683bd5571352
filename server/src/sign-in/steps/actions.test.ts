import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { experienceClient, UnexpectedAnswer } from '../../../../test/support/agent.ts';
import { type Operator, operate } from '../../../../test/support/operator.ts';
import { shownError, visit } from '../../../../test/support/page-agent.ts';
import { startServer, type TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
const firstFactor = 'action.postFirstFactorVerification';
const postSignIn = 'action.postSignIn';
type Moment = typeof firstFactor | typeof postSignIn;

interface Known {
  name: string | null;
  customData: Record<string, never> & { event?: Event };
  profile: Record<string, unknown>;
  lastSignInAt: number | null;
}
/** What a script received, as `telling` stores it. */
interface Event {
  type: string;
  interactionEvent: string;
  user: { username: string; mfaVerificationFactors: string[] } | null;
  application: { id: string };
  verifications: { type: string; identifier: object }[];
  ip: string;
}

const telling = `const runAction = ({ event }) => ({ action: 'updateUser', user: { customData: { event } } });`;
const denying = `const runAction = ({ api }) => api.denyAccess('Come back on <b>Monday</b>.');`;
const updating = (user: object) =>
  `const runAction = ({ event }) => event.type && (${JSON.stringify({ action: 'updateUser', user })});`;
const failing = 'const runAction = () => missing.member;';
// Not when it is saved, without an event.
const endless = 'const runAction = ({ event }) => { while (event.type) {} };';

/** The result of a sign-in: `in`, or the error code. */
interface Door {
  name: string;
  signIn: (username: string) => Promise<{ outcome: string; message?: string }>;
  register: (username: string) => Promise<{ outcome: string; message?: string }>;
}

describe('scripts that are asked during a sign-in', () => {
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    operator = await operate(server);
  });
  after(() => server?.close());
  afterEach(async () => {
    await operator.deleteUsers();
    for (const { key } of await operator.call<{ key: Moment }[]>('GET', '/api/configs/actions'))
      await operator.call('DELETE', `/api/configs/actions/${key}`);
  });

  const ask = (moment: Moment, script: string, more = {}) =>
    operator.call('PUT', `/api/configs/actions/${moment}`, { script, ...more });
  const know = async (username: string): Promise<Known | undefined> => {
    const [found] = await operator.call<Known[]>('GET', `/api/users?search.username=${username}&mode=exact`);
    return found;
  };
  const entries = async (moment: Moment) => {
    const logKey = moment === postSignIn ? 'Action.PostSignIn' : 'Action.PostFirstFactorVerification';
    const logs = await operator.call<{ payload: { result: string; error?: unknown } }[]>(
      'GET',
      `/api/logs?page=1&page_size=100&logKey=${logKey}`,
    );
    return logs.map(({ payload }) => payload);
  };

  const throughPage = async (path: '/sign-in' | '/register', username: string) => {
    const person = await visit(server);
    const answer = await person.post(path, { username, password });
    if (answer.status !== 303) {
      const { code = 'none', message } = await shownError(answer);
      return { outcome: code, message };
    }
    assert.ok((await person.arrive(answer)).searchParams.get('code'));
    return { outcome: 'in' };
  };
  const throughApi = async (work: 'signIn' | 'register', username: string) => {
    try {
      assert.ok((await experienceClient(server.url)[work](username, password)).code);
      return { outcome: 'in' };
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      const { code, message } = JSON.parse(error.body) as { code: string; message: string };
      return { outcome: code, message };
    }
  };
  const doors: Door[] = [
    {
      name: 'the pages',
      signIn: (username) => throughPage('/sign-in', username),
      register: (username) => throughPage('/register', username),
    },
    {
      name: 'the Experience API',
      signIn: (username) => throughApi('signIn', username),
      register: (username) => throughApi('register', username),
    },
  ];

  for (const { name, signIn, register } of doors) {
    describe(`at ${name}`, () => {
      it('change the user’s data together with the sign-in', async () => {
        const ada = await operator.addUser({ username: 'ada', password, name: 'Ada' });
        await operator.call('PATCH', `/api/users/${ada.id}/custom-data`, { customData: { plan: 'gold' } });
        await ask(firstFactor, updating({ name: 'Ada L.', customData: { first: 1, both: 'first' } }));
        await ask(postSignIn, updating({ profile: { familyName: 'Lovelace' }, customData: { last: 2, both: 'last' } }));
        assert.deepEqual(await signIn('ada'), { outcome: 'in' });
        const known = await know('ada');
        assert.deepEqual(
          [known?.name, known?.profile, known?.customData],
          ['Ada L.', { familyName: 'Lovelace' }, { plan: 'gold', first: 1, both: 'last', last: 2 }],
        );
        assert.deepEqual(
          [(await entries(firstFactor))[0]?.result, (await entries(postSignIn))[0]?.result],
          ['Success', 'Success'],
        );
      });

      it('do not fail the sign-in with a text that is cut inside an emoji or contains a null character', async () => {
        await operator.addUser({ username: 'ada', password });
        const { name } = { name: '\u{1f600} Ada\0' };
        await ask(firstFactor, updating({ name: name.slice(1), customData: { [name]: name.slice(0, 1) } }));
        assert.deepEqual(await signIn('ada'), { outcome: 'in' });
        const known = await know('ada');
        assert.deepEqual([known?.name, known?.customData], ['\ufffd Ada', { '\u{1f600} Ada': '\ufffd' }]);
      });

      for (const moment of [firstFactor, postSignIn] as const) {
        it(`refuse a user at ${moment} with a reason`, async () => {
          await operator.addUser({ username: 'ada', password });
          await ask(moment, denying);
          const { outcome, message } = await signIn('ada');
          assert.equal(outcome, 'action.access_denied');
          assert.match(message ?? '', /Come back on (<|&lt;)b(>|&gt;)Monday/);
          assert.equal((await know('ada'))?.lastSignInAt, null);
          const [entry] = await entries(moment);
          assert.equal(entry?.result, 'Error');
          await operator.call('PATCH', `/api/configs/actions/${moment}`, { enabled: false });
          assert.deepEqual(await signIn('ada'), { outcome: 'in' });
        });
      }

      it('see the account at the first factor and at the end, and never a password', async () => {
        await operator.addUser({ username: 'ada', password });
        for (const moment of [firstFactor, postSignIn] as const) {
          await ask(moment, telling);
          assert.deepEqual(await signIn('ada'), { outcome: 'in' });
          const event = (await know('ada'))?.customData.event;
          assert.deepEqual(
            [event?.type, event?.interactionEvent, event?.user?.username, event?.application.id],
            [moment, 'SignIn', 'ada', 'demo-app'],
          );
          assert.deepEqual(
            event?.verifications.map(({ type, identifier }) => ({ type, identifier })),
            [{ type: 'Password', identifier: { type: 'username', value: 'ada' } }],
          );
          assert.match(event?.ip ?? '', /127\.0\.0\.1|::1/);
          assert.doesNotMatch(JSON.stringify(event), /tulips|argon2/i);
        }
      });

      it('run for a new account before it exists and after it was created', async () => {
        await ask(firstFactor, denying);
        assert.equal((await register('grace')).outcome, 'action.access_denied');
        assert.equal(await know('grace'), undefined);
        await ask(firstFactor, telling);
        assert.deepEqual(await register('grace'), { outcome: 'in' });
        const event = (await know('grace'))?.customData.event;
        assert.deepEqual([event?.interactionEvent, event?.user], ['Register', null]);
        assert.doesNotMatch(JSON.stringify(event), /tulips|argon2/i);

        await operator.call('DELETE', `/api/configs/actions/${firstFactor}`);
        await ask(postSignIn, denying);
        assert.equal((await register('linus')).outcome, 'action.access_denied');
        assert.equal((await know('linus'))?.lastSignInAt, null);
        await ask(postSignIn, telling);
        assert.deepEqual(await register('mary'), { outcome: 'in' });
        const told = (await know('mary'))?.customData.event?.user;
        assert.deepEqual([told?.username, told?.mfaVerificationFactors], ['mary', []]);
      });

      it('stop the sign-in when they fail, unless the tenant allows it', async () => {
        await operator.addUser({ username: 'ada', password });
        for (const [moment, script] of [
          [firstFactor, endless],
          [firstFactor, failing],
          [postSignIn, updating({ primaryEmail: 'eve@example.com' })],
          [postSignIn, failing],
        ] as const) {
          await ask(moment, script);
          assert.equal((await signIn('ada')).outcome, 'action.execution_failed');
          await ask(moment, script, { onExecutionError: 'allow' });
          assert.deepEqual(await signIn('ada'), { outcome: 'in' });
        }
        const [noted] = await entries(postSignIn);
        assert.equal(noted?.result, 'Error');
        // A script's error message may contain secrets, so it is not logged.
        assert.doesNotMatch(JSON.stringify(noted), /missing/);
      });
    });
  }

  // security: script-sign-ins
  it('are not run for a wrong password, a suspended account or a registration that is refused', async () => {
    const { id } = await operator.addUser({ username: 'ada', password });
    await operator.addUser({ username: 'bob', password });
    await ask(firstFactor, denying);
    await ask(postSignIn, denying);
    const before = (await entries(firstFactor)).length + (await entries(postSignIn)).length;
    await operator.call('PATCH', `/api/users/${id}/is-suspended`, { isSuspended: true });
    const person = await visit(server);
    for (const [path, username, word] of [
      ['/sign-in', 'bob', 'not the password'],
      ['/sign-in', 'ada', password],
      ['/register', 'bob', password],
    ] as const) {
      const answer = await person.post(path, { username, password: word });
      assert.notEqual((await shownError(answer)).code, 'action.access_denied');
    }
    assert.equal((await entries(firstFactor)).length + (await entries(postSignIn)).length, before);
  });

  it('cost no SQL statement when they are switched off', async () => {
    await operator.addUser({ username: 'ada', password });
    const count = async () => {
      const { statements } = server.app.database;
      await throughPage('/sign-in', 'ada');
      const before = statements.count;
      assert.deepEqual(await throughPage('/sign-in', 'ada'), { outcome: 'in' });
      return statements.count - before;
    };
    const without = await count();
    for (const moment of [firstFactor, postSignIn] as const) await ask(moment, denying, { enabled: false });
    assert.equal(await count(), without);
  });

  // security: script-sign-ins
  it('cannot be bypassed: a submission that was refused once is asked again', async () => {
    await operator.addUser({ username: 'ada', password });
    await ask(postSignIn, denying);
    const person = await visit(server);
    assert.equal((await person.post('/sign-in', { username: 'ada', password })).status, 403);
    const headers = { origin: new URL(server.url).origin };
    for (let turn = 0; turn < 2; turn += 1) {
      const answer = await person.agent.fetch(`${server.url}/api/experience/submit`, { method: 'POST', headers });
      assert.equal(((await answer.json()) as { code: string }).code, 'action.access_denied');
    }
    const answer = await person.post('/continue', {});
    assert.equal(new URL(answer.headers.get('location') ?? '', server.url).pathname, '/sign-in');
    assert.equal((await know('ada'))?.lastSignInAt, null);
    await ask(postSignIn, 'const runAction = () => undefined;');
    assert.ok((await person.arrive(await person.post('/continue', {}))).searchParams.get('code'));
  });
});
