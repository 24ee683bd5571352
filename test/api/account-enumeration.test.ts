import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { withoutHandle } from '../support/agent.ts';
import { type ExperiencePage, openExperience } from '../support/experience-page.ts';
import { type Operator, operate } from '../support/operator.ts';
import { type Visit, visit } from '../support/page-agent.ts';
import { type PostServer, startPostServer } from '../support/post-office.ts';

const password = 'tulips under stone';
const method = { password: true, verificationCode: true, isPasswordPrimary: true };
const open = {
  signInMode: 'SignInAndRegister',
  signUp: { identifiers: ['email'], password: true, verify: true },
  signIn: { methods: [{ identifier: 'email', ...method }] },
  mfa: { factors: ['Totp'], policy: 'UserControlled' },
  passkeySignIn: { enabled: true },
  singleSignOnEnabled: true,
};
const closed = { ...open, signInMode: 'SignIn' };
const identifierFirst = {
  signIn: {
    methods: [
      { identifier: 'email', ...method },
      { identifier: 'phone', ...method, password: false },
    ],
  },
};

const unknown = 'nobody@example.com';
const accounts = ['known', 'without-password', 'suspended', 'second-factor'].map((name) => `${name}@example.com`);
const addresses = [unknown, ...accounts];

interface Answer {
  status: number;
  body: unknown;
}

describe('An address with an account and one without', () => {
  let suite: PostServer;
  before(async () => {
    suite = await startPostServer();
    await suite.post.addEmail(suite.operator);
    await suite.post.addPhone(suite.operator);
    const add = (user: object) => suite.operator.call<{ id: string }>('POST', '/api/users', user);
    await add({ primaryEmail: 'known@example.com', password });
    await add({ primaryEmail: 'without-password@example.com' });
    const suspended = await add({ primaryEmail: 'suspended@example.com', password });
    await suite.operator.call('PATCH', `/api/users/${suspended.id}/is-suspended`, { isSuspended: true });
    const { id } = await add({ primaryEmail: 'second-factor@example.com', password });
    await suite.operator.call('POST', `/api/users/${id}/mfa-verifications`, { type: 'Totp' });
  });
  after(() => suite?.close());
  let operator: Operator;
  beforeEach(async () => {
    // Messages to one address are limited in a time, and so is a token of the operator.
    suite.clock.ahead += 660_000;
    operator = await operate(suite.server);
  });

  type Way = (address: string, measure: (request: () => Promise<Answer>) => Promise<Answer>) => Promise<unknown>;
  const byApi =
    (intent: string, request: (page: ExperiencePage, address: string) => Promise<Answer>): Way =>
    async (address, measure) => {
      const page = await openExperience(suite.server, intent);
      return measure(() => request(page, address));
    };
  const byPage =
    (request: (person: Visit, address: string) => Promise<Response>): Way =>
    async (address, measure) => {
      const person = await visit(suite.server);
      return measure(async () => {
        const answer = await request(person, address);
        return { status: answer.status, body: [answer.headers.get('location'), withoutHandle(await answer.text())] };
      });
    };
  const identifierOf = (value: string) => ({ type: 'email', value });
  const sends =
    (intent: string) =>
    (page: ExperiencePage, address: string): Promise<Answer> =>
      page.call('POST', '/verification/verification-code', {
        identifier: identifierOf(address),
        interactionEvent: intent,
      });
  const post = (path: string, name: string, more: Record<string, string> = {}) =>
    byPage((person, address) => person.post(path, { [name]: address, ...more }));

  const ways: Record<string, [settings: object, way: Way, isSent: 'both' | 'known' | 'none']> = {
    'a wrong password': [
      open,
      byApi('SignIn', (page, address) =>
        page.call('POST', '/verification/password', { identifier: identifierOf(address), password: 'wrong' }),
      ),
      'none',
    ],
    'a code to sign in': [open, byApi('SignIn', sends('SignIn')), 'both'],
    'a code to sign in while registration is closed': [closed, byApi('SignIn', sends('SignIn')), 'known'],
    'a code to register': [open, byApi('Register', sends('Register')), 'both'],
    'a code to replace the password': [open, byApi('ForgotPassword', sends('ForgotPassword')), 'known'],
    'a wrong code': [
      closed,
      async (address, measure) => {
        const page = await openExperience(suite.server, 'SignIn');
        const { status, body } = await sends('SignIn')(page, address);
        assert.equal(status, 200, address);
        const { verificationId } = body as { verificationId: string };
        if (address !== unknown) await suite.post.codeTo(address);
        const given = { identifier: identifierOf(address), verificationId, code: 'wrong' };
        return measure(() => page.call('POST', '/verification/verification-code/verify', given));
      },
      'none',
    ],
    'a wrong one-time token': [
      open,
      byApi('SignIn', (page, address) =>
        page.call('POST', '/verification/one-time-token/verify', { identifier: identifierOf(address), token: 'wrong' }),
      ),
      'none',
    ],
    'the question for a passkey': [
      open,
      byApi('SignIn', (page, address) =>
        page.call('POST', '/verification/sign-in-passkey/authentication', { identifier: identifierOf(address) }),
      ),
      'none',
    ],
    'the connectors of a company': [
      open,
      byApi('SignIn', (page, address) => page.call('GET', `/sso-connectors?email=${address}`)),
      'none',
    ],
    'the page with a wrong password': [open, post('/sign-in', 'username', { password: 'wrong' }), 'none'],
    'the page that asks for the identifier first': [
      { ...open, ...identifierFirst },
      post('/sign-in/identifier', 'username'),
      'none',
    ],
    'the page for a code': [closed, post('/sign-in/code', 'username'), 'known'],
    'the page to register': [open, post('/register/code', 'address'), 'both'],
    'the page to replace the password': [open, post('/forgot-password', 'address'), 'known'],
    'the page of a company': [open, post('/single-sign-on/email', 'email'), 'none'],
  };

  /** Without what differs for each request. */
  const shapeOf = (value: unknown, address: string): unknown =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll('@<wbr/>', '@')
        .replaceAll(address, 'ADDRESS')
        .replaceAll(encodeURIComponent(address), 'ADDRESS')
        .replaceAll(/"(verificationId|challenge|id)":"[\w-]+"/g, '"$1":"?"')
        .replaceAll(/(interaction=)[\w-]+/g, '$1?')
        .replaceAll(/data-after=\\"\d+\\"/g, ''),
    );

  // security: account-enumeration
  for (const [name, [settings, way, sent]] of Object.entries(ways))
    it(`get the same answer with the same number of statements: ${name}`, async () => {
      await operator.configure(settings);
      const { statements } = suite.server.app.database;
      const seen = [];
      for (const address of addresses) {
        let fewest = Number.POSITIVE_INFINITY;
        let answer: Answer | undefined;
        const measure = async (request: () => Promise<Answer>) => {
          const before = statements.count;
          answer = await request();
          fewest = Math.min(fewest, statements.count - before);
          return answer;
        };
        // The first one may fill caches.
        for (let round = 0; round < 2; round += 1) {
          await way(address, measure);
          if ((answer?.status ?? 0) >= 400) continue;
          if (sent === 'both' || (sent === 'known' && address !== unknown)) await suite.post.codeTo(address);
        }
        seen.push({ statements: fewest, ...(shapeOf(answer, address) as object) });
      }
      assert.ok((seen[0]?.statements ?? 0) > 0, 'the statements are counted');
      for (const [index, each] of seen.entries()) assert.deepEqual(each, seen[0], addresses[index]);
    });
});
