import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { authorization } from '../support/authorization.ts';
import { movableClock } from '../support/clock.ts';
import { experienceOf } from '../support/experience-page.ts';
import { type CredentialWish, googleCredential } from '../support/google.ts';
import { type Operator, operate } from '../support/operator.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { startServer, type TestServer } from '../support/server.ts';

const client = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
const oneTap = { isEnabled: true, autoSelect: true, closeOnTapOutside: false };
const script = 'https://accounts.google.com/gsi/client';

describe('Google One Tap', () => {
  let server: TestServer;
  let operator: Operator;
  let google: string;
  const clock = movableClock();
  const configure = (config: object) => operator.call('PATCH', `/api/connectors/${google}`, { config });

  before(async () => {
    server = await startServer({ world: { clock } });
    operator = await operate(server);
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    const body = { connectorId: 'google-universal', config: { ...client, oneTap } };
    google = (await operator.call<{ id: string }>('POST', '/api/connectors', body)).id;
    await operator.configure({
      socialSignInConnectorTargets: ['google'],
      signUp: { identifiers: [], password: false, verify: false },
    });
  });
  after(() => server?.close());
  beforeEach(() => operator.deleteUsers());

  const credentialFor = (nonce: string | undefined, wish?: CredentialWish) =>
    googleCredential(server, { client, nonce, ...wish });
  const open = async () => {
    const person = await visit(server);
    const page = await person.get('/sign-in?app_id=demo-app');
    const html = await page.text();
    return { person, page, html, nonce: /data-nonce="([^"]+)"/.exec(html)?.[1] };
  };
  /** The script's form. `cookie`: the value that the script stored in the browser. */
  const tap = (
    person: Visit,
    credential: string,
    { token = 'same', cookie }: { token?: string; cookie?: string } = {},
  ) => {
    person.agent.keep('g_csrf_token', cookie ?? token);
    return person.agent.fetch(`${server.url}/callback/${google}`, {
      method: 'POST',
      headers: { accept: 'text/html', origin: new URL(server.url).origin },
      body: new URLSearchParams({ credential, g_csrf_token: token }),
    });
  };

  it('loads the script of Google only where the tenant enabled it', async () => {
    const { page, html, nonce } = await open();
    assert.ok(nonce && html.includes(script) && html.includes(`data-login_uri="${server.url}/callback/${google}"`));
    assert.match(html, /data-auto_select="true"/);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.ok(
      policy.includes(`script-src 'self' ${script};`) && policy.includes('frame-src https://accounts.google.com/gsi/'),
    );
    const shown = () => fetch(`${server.url}/api/.well-known/sign-in-exp`).then((answer) => answer.json());
    assert.deepEqual((await shown()).googleOneTap, { ...oneTap, clientId: client.clientId, connectorId: google });
    await configure({ ...client, oneTap: { isEnabled: false } });
    const off = await open();
    assert.ok(!off.html.includes('accounts.google.com'));
    assert.ok(!off.page.headers.get('content-security-policy')?.includes('google'));
    assert.equal((await shown()).googleOneTap, undefined);
    const refused = await tap(off.person, await credentialFor(nonce));
    assert.ok(refused.status >= 400, 'an answer to a page of before');
    await configure({ ...client, oneTap });
    const register = await (await off.person.get('/register?app_id=demo-app')).text();
    assert.ok(!register.includes('accounts.google.com'), 'no other page has it');
  });

  it('registers a new user and signs the user in the next time', async () => {
    for (let time = 0; time < 2; time += 1) {
      const { person, nonce } = await open();
      const answer = await tap(person, await credentialFor(nonce));
      assert.ok((await person.arrive(answer)).searchParams.get('code'));
    }
    const users = await operator.users();
    assert.deepEqual(
      users.map(({ identities, name }) => [identities.google?.userId, name]),
      [['sandbox-mei', '林小梅']],
    );
  });

  // security: one-tap
  it('refuses an answer that the page of this sign-in did not ask for', async () => {
    const { person, nonce } = await open();
    const other = await open();
    const invalid = 'session.google_one_tap.invalid_id_token';
    const good = await credentialFor(nonce);
    const refusals: [what: string, answer: Response, code: string | undefined][] = [
      ['without the cookie', await tap(person, good, { cookie: '' }), 'session.csrf_token_mismatch'],
      ['another cookie', await tap(person, good, { cookie: 'other' }), 'session.csrf_token_mismatch'],
      ['an empty token', await tap(person, good, { token: '' }), 'session.csrf_token_mismatch'],
      ['no nonce', await tap(person, await credentialFor(undefined)), undefined],
      ['the nonce of another browser', await tap(person, await credentialFor(other.nonce)), undefined],
      [
        'a nonce that only names the sign-in',
        await tap(person, await credentialFor(`${nonce?.split('.')[0]}.x`)),
        invalid,
      ],
    ];
    const outcomes = ['id_token_issuer', 'id_token_audience', 'id_token_expired', 'id_token_signature'] as const;
    for (const outcome of outcomes)
      refusals.push([outcome, await tap(person, await credentialFor(nonce, { outcome })), invalid]);
    for (const [what, answer, code] of refusals) {
      assert.ok(answer.status >= 400, `${what}: ${answer.status}`);
      if (code) assert.ok((await answer.text()).includes(code), what);
    }
    assert.deepEqual(await operator.users(), []);
    assert.ok((await person.arrive(await tap(person, good))).searchParams.get('code'), 'the right one still counts');
  });

  // security: second-factor-bypass
  it('asks for the second factor of the account, as after any first factor', async () => {
    const first = await open();
    await first.person.arrive(await tap(first.person, await credentialFor(first.nonce)));
    const [user] = await operator.users();
    await operator.call('POST', `/api/users/${user?.id}/mfa-verifications`, { type: 'Totp' });
    await operator.configure({ mfa: { policy: 'NoPrompt', factors: ['Totp'] } });
    const { person, nonce } = await open();
    const arrived = await person.arrive(await tap(person, await credentialFor(nonce)));
    assert.deepEqual([arrived.pathname, arrived.searchParams.get('code')], ['/mfa-verification/Totp', null]);
    await operator.configure({ mfa: { policy: 'NoPrompt', factors: [] } });
  });

  // security: closed-registration
  it('creates no account where registration is closed, and signs known users in', async () => {
    const first = await open();
    await first.person.arrive(await tap(first.person, await credentialFor(first.nonce)));
    await operator.configure({ signInMode: 'SignIn' });
    const known = await open();
    const answer = await tap(known.person, await credentialFor(known.nonce));
    assert.ok((await known.person.arrive(answer)).searchParams.get('code'));
    const unknown = await open();
    const refused = await tap(unknown.person, await credentialFor(unknown.nonce, { persona: 'rafael' }));
    assert.ok(refused.status >= 400, `${refused.status}`);
    assert.equal((await operator.users()).length, 1);
    await operator.configure({ signInMode: 'SignInAndRegister' });
  });

  it('refuses an address that Google has not verified', async () => {
    const { person, nonce } = await open();
    const answer = await tap(person, await credentialFor(nonce, { persona: 'aino' }));
    assert.equal((await shownError(answer)).code, 'session.google_one_tap.unverified_email');
    assert.deepEqual(await operator.users(), []);
  });

  // security: one-tap
  it('signs in through the Experience API with the token in the cookie of the script', async () => {
    const { person, nonce } = await open();
    const { agent } = person;
    await agent.fetch(authorization({ endpoint: server.url }).url);
    const page = experienceOf(server, agent);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const path = `/verification/social/${google}/verify`;
    const say = async (credential: string) => ({ connectorData: { credential, g_csrf_token: 'same' } });
    const bare = await credentialFor(undefined);
    await page.refuse([400, 'session.csrf_token_mismatch'], 'POST', path, await say(bare));
    agent.keep('g_csrf_token', 'same');
    const ofPage = await credentialFor(nonce);
    await page.refuse([400, 'session.google_one_tap.invalid_id_token'], 'POST', path, await say(ofPage));
    const proof = await page.expect(200, 'POST', path, await say(bare));
    await page.refuse([404, 'user.identity_not_exist'], 'POST', '/identification', proof);
    await page.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await page.expect(201, 'POST', '/identification', proof);
    await page.expect(200, 'POST', '/submit');
    assert.equal((await operator.users()).length, 1);
  });
});
