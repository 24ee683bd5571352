import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAgent } from '../../../test/support/agent.ts';
import { authorization } from '../../../test/support/authorization.ts';
import { movableClock } from '../../../test/support/clock.ts';
import { openExperience } from '../../../test/support/experience-page.ts';
import { assertRefused, type Manager, manage } from '../../../test/support/management.ts';
import { shownError, visit, visitOf } from '../../../test/support/page-agent.ts';
import { race } from '../../../test/support/race.ts';
import { startServer, type TestServer } from '../../../test/support/server.ts';
import { totpCode } from '../../../test/support/totp-app.ts';

const byPassword = (identifier: string) => ({
  identifier,
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
});
const password = 'tulips under stone';
const path = '/verification/one-time-token/verify';
const ana = 'ana@example.com';

describe('A link for an email address', () => {
  let server: TestServer;
  let api: Manager;
  const clock = movableClock();
  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
  });
  after(() => server.close());
  const configure = async (settings: object) =>
    assert.equal((await api.patch('/api/sign-in-exp', settings)).status, 200, JSON.stringify(settings));
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    await configure({
      signInMode: 'SignInAndRegister',
      signUp: { identifiers: [], password: false, verify: false },
      signIn: { methods: [byPassword('username')] },
      mfa: { factors: [], policy: 'UserControlled' },
      sentinelPolicy: {},
      emailBlocklistPolicy: {},
      agreeToTermsPolicy: 'Automatic',
      termsOfUseUrl: null,
    });
  });

  const make = async (email: string, more: object = {}) => {
    const { status, body } = await api.post('/api/one-time-tokens', { email, ...more });
    assert.equal(status, 201);
    return body as { id: string; email: string; token: string };
  };
  const statusOf = async (id: string) => (await api.get(`/api/one-time-tokens/${id}`)).body.status;
  const addUser = async (primaryEmail = ana) => {
    const { status, body } = await api.post('/api/users', { primaryEmail, password });
    assert.equal(status, 200);
    return body as { id: string };
  };
  const userOf = async (email: string) => {
    const { body } = await api.get('/api/users?page_size=100');
    return body.find(({ primaryEmail }) => primaryEmail === email);
  };
  const shown = (email: string, token: string) => ({ identifier: { type: 'email', value: email }, token });
  const opened = (email: string, token: string) => visit(server, { one_time_token: token, login_hint: email });
  const form = (email: string, token: string) => ({ login_hint: email, one_time_token: token });

  describe('through the Experience API', () => {
    const prove = async (email: string, token: string, event = 'SignIn') => {
      const page = await openExperience(server, event);
      return { page, proof: await page.expect(200, 'POST', path, shown(email, token)) };
    };

    it('signs in the user with the address, although email sign-in is switched off', async () => {
      const { id } = await addUser();
      const link = await make(ana);
      const { page, proof } = await prove('ANA@example.com', link.token);
      await page.expect(204, 'POST', '/identification', proof);
      const { userId, verificationRecords: records } = (await page.call('GET', '/interaction')).body as never as {
        userId: string;
        verificationRecords: object[];
      };
      const record = { id: proof.verificationId, type: 'OneTimeToken', verified: true };
      assert.deepEqual([userId, records], [id, [{ ...record, identifier: { type: 'email', value: ana } }]]);
      const { redirectTo = '' } = await page.expect(200, 'POST', '/submit');
      assert.ok((await page.follow(redirectTo)).searchParams.get('code'));
      assert.equal(await statusOf(link.id), 'consumed');
    });

    // security: single-use
    it('works once, also for concurrent requests', async () => {
      await addUser();
      const { token } = await make(ana);
      const pages = await Promise.all([1, 2, 3].map(() => openExperience(server, 'SignIn')));
      const uses = pages.map((page) => () => page.call('POST', path, shown(ana, token)));
      const answers = await race(server.app.database, 'one_time_tokens', uses);
      const codes = answers.map(({ status, body }) => `${status} ${body.code ?? ''}`).sort();
      const used = '400 one_time_token.token_consumed';
      assert.deepEqual(codes, ['200 ', used, used]);
    });

    // security: sign-in-links
    it('is refused when it is unknown, of another address, withdrawn or expired', async () => {
      await addUser();
      const page = await openExperience(server, 'SignIn');
      const refused = (token: string, status: number, code: string, email = ana) =>
        page.refuse([status, `one_time_token.${code}`], 'POST', path, shown(email, token));
      await refused('x'.repeat(32), 404, 'token_not_found');
      const link = await make(ana);
      await refused(link.token, 400, 'email_mismatch', 'eve@example.com');
      await api.put(`/api/one-time-tokens/${link.id}/status`, { status: 'revoked' });
      await refused(link.token, 400, 'token_revoked');
      const late = await make(ana, { expiresIn: 60 });
      clock.ahead += 61_000;
      await refused(late.token, 400, 'token_expired');
      await page.refuse([404, 'session.identifier_not_found'], 'POST', '/submit');
    });

    // security: wrong-passwords
    it('is an attempt like those with the password of the address', async () => {
      const dan = 'dan@example.com';
      await addUser(dan);
      await configure({
        sentinelPolicy: { maxAttempts: 2, lockoutDuration: 10 },
        signIn: { methods: [byPassword('email')] },
      });
      const page = await openExperience(server, 'SignIn');
      const wrong = { identifier: { type: 'email', value: dan }, password: 'another one' };
      await page.refuse([422, 'session.invalid_credentials'], 'POST', '/verification/password', wrong);
      await page.refuse([404, 'one_time_token.token_not_found'], 'POST', path, shown('Dan@example.com', 'x'));
      const link = await make(dan);
      const blocked: [number, string] = [400, 'session.verification_blocked_too_many_attempts'];
      await page.refuse(blocked, 'POST', path, shown(dan, link.token));
      assert.equal(await statusOf(link.id), 'active');
    });

    // security: sign-in-links
    it('is a first factor: suspension and second factors count', async () => {
      const { id } = await addUser();
      await configure({ mfa: { factors: ['Totp'], policy: 'NoPrompt' } });
      const totp = (await api.post(`/api/users/${id}/mfa-verifications`, { type: 'Totp' })).body;
      assert.ok('secret' in totp);
      const { page, proof } = await prove(ana, (await make(ana)).token);
      await page.expect(204, 'POST', '/identification', proof);
      await page.refuse([403, 'session.mfa.require_mfa_verification'], 'POST', '/submit');
      const code = totpCode(totp.secret, Date.now() + clock.ahead);
      await page.expect(200, 'POST', '/verification/totp/verify', { code });
      await page.expect(200, 'POST', '/submit');
      await api.patch(`/api/users/${id}/is-suspended`, { isSuspended: true });
      const again = await prove(ana, (await make(ana)).token);
      await again.page.refuse([401, 'user.suspended'], 'POST', '/identification', again.proof);
    });

    it('replaces a forgotten password where it was made for that, and does not sign the user in', async () => {
      await configure({ signIn: { methods: [byPassword('email')] } });
      const { id } = await addUser();
      const link = await make(ana, { context: { interactionEvent: 'ForgotPassword' } });
      for (const event of ['SignIn', 'Register']) {
        const page = await openExperience(server, event);
        await page.refuse([400, 'one_time_token.interaction_event_mismatch'], 'POST', path, shown(ana, link.token));
      }
      assert.equal(await statusOf(link.id), 'active');
      const { page, proof } = await prove(ana, link.token, 'ForgotPassword');
      await page.expect(204, 'POST', '/identification', proof);
      await page.expect(204, 'PUT', '/profile/password', { password: 'hyacinths over sand' });
      const { redirectTo } = await page.expect(200, 'POST', '/submit');
      assert.equal(redirectTo, undefined);
      assert.equal((await api.get(`/api/users/${id}/sessions`)).body.sessions.length, 0);
      const verify = (secret: string) => api.post(`/api/users/${id}/password/verify`, { password: secret });
      assert.deepEqual([(await verify('hyacinths over sand')).status, (await verify(password)).status], [204, 422]);
    });

    // security: sign-in-links
    it('made for anything else never replaces a password, and is not spent on that', async () => {
      await configure({ signIn: { methods: [byPassword('email')] } });
      await addUser();
      for (const context of [{}, { interactionEvent: 'SignIn' }, { interactionEvent: 'Register' }]) {
        const link = await make(ana, { context });
        const page = await openExperience(server, 'ForgotPassword');
        await page.refuse([400, 'one_time_token.interaction_event_mismatch'], 'POST', path, shown(ana, link.token));
        assert.equal(await statusOf(link.id), 'active');
      }
    });

    it('creates an account with the address when registration is open', async () => {
      const first = await prove('new@example.com', (await make('new@example.com')).token, 'Register');
      await first.page.expect(201, 'POST', '/identification', first.proof);
      await first.page.expect(200, 'POST', '/submit');
      assert.ok(await userOf('new@example.com'));
      const twice = await prove('new@example.com', (await make('new@example.com')).token, 'Register');
      await twice.page.refuse([422, 'user.email_already_in_use'], 'POST', '/identification', twice.proof);
      const stranger = await prove('late@example.com', (await make('late@example.com')).token);
      await stranger.page.refuse([404, 'user.user_not_exist'], 'POST', '/identification', stranger.proof);
      await configure({ signInMode: 'SignIn' });
      await stranger.page.refuse([403, 'auth.forbidden'], 'PUT', '/interaction-event', {
        interactionEvent: 'Register',
      });
      await stranger.page.refuse([404, 'user.user_not_exist'], 'POST', '/identification', stranger.proof);
    });

    it('creates no account with an address that the tenant blocks', async () => {
      await configure({ emailBlocklistPolicy: { customBlocklist: ['@evil.test'] } });
      const { page, proof } = await prove('new@evil.test', (await make('new@evil.test')).token, 'Register');
      const blocked: [number, string] = [422, 'session.email_blocklist.email_not_allowed'];
      await page.refuse(blocked, 'POST', '/identification', proof);
    });

    it('adds the user to its organizations when the sign-in is complete', async () => {
      const { id } = await addUser();
      const organization = (await api.post('/api/organizations', { name: 'Guild' })).body;
      const role = (await api.post('/api/organization-roles', { name: 'guest' })).body;
      const roles = { organizationRoleIds: [role.id] };
      await api.post(`/api/organizations/${organization.id}/jit/roles`, roles);
      const context = { jitOrganizationIds: [organization.id, 'gone'] };
      const { page, proof } = await prove(ana, (await make(ana, { context })).token);
      await page.expect(204, 'POST', '/identification', proof);
      const mine = async () => (await api.get(`/api/users/${id}/organizations`)).body;
      assert.deepEqual(await mine(), []);
      await page.expect(200, 'POST', '/submit');
      const [joined] = await mine();
      assert.deepEqual([joined.id, joined.organizationRoles], [organization.id, [{ id: role.id, name: 'guest' }]]);
    });
  });

  describe('on the hosted pages', () => {
    // security: sign-in-links
    it('is not consumed when it is opened, and signs in with one press', async () => {
      const { id } = await addUser();
      const link = await make(ana);
      const person = await opened(ana, link.token);
      const address = `/one-time-token?app_id=demo-app&one_time_token=${link.token}&login_hint=${ana}`;
      for (let times = 0; times < 2; times += 1) {
        const page = await person.get(address);
        assert.equal(page.status, 200);
        assert.match((await page.text()).replaceAll(/<[^>]+>/g, ''), /Sign in as ana@example\.com/);
      }
      assert.equal(await statusOf(link.id), 'active');
      const home = await person.arrive(await person.post('/one-time-token', form(ana, link.token)));
      assert.ok(home.searchParams.get('code'), home.href);
      assert.equal(await statusOf(link.id), 'consumed');
      assert.ok((await api.get(`/api/users/${id}`)).body.lastSignInAt);
    });

    it('shows instead of the button why it is invalid', async () => {
      await addUser();
      const { token } = await make(ana);
      const first = await opened(ana, token);
      await first.arrive(await first.post('/one-time-token', form(ana, token)));
      const second = await opened(ana, token);
      const answer = await second.post('/one-time-token', form(ana, token));
      assert.equal(answer.status, 400);
      const html = await answer.clone().text();
      assert.equal((await shownError(answer)).code, 'one_time_token.token_consumed');
      assert.ok(!html.includes(token) && html.includes('/sign-in?app_id=demo-app'));
      const unknown = await second.post('/one-time-token', form(ana, 'x'.repeat(32)));
      assert.deepEqual([unknown.status, (await shownError(unknown)).code], [404, 'one_time_token.token_not_found']);
    });

    // security: sign-in-links
    it('signs its user in on a browser where another user is signed in, after the press', async () => {
      await addUser();
      const bob = await addUser('bob@example.com');
      const agent = createAgent();
      const sign = async (email: string) => {
        const { token } = await make(email);
        const extra = { one_time_token: token, login_hint: email };
        const begun = await agent.fetch(authorization({ endpoint: server.url, extra }).url);
        assert.match(begun.headers.get('location') ?? '', /\/one-time-token\?/);
        const person = visitOf(server, agent);
        assert.ok(
          (await person.arrive(await person.post('/one-time-token', form(email, token)))).searchParams.get('code'),
        );
      };
      await sign(ana);
      await sign('bob@example.com');
      const session = await agent.fetch(authorization({ endpoint: server.url }).url);
      assert.equal(session.status, 303);
      assert.equal((await api.get(`/api/users/${bob.id}/sessions`)).body.sessions.length, 1);
    });

    it('leads to a new password where it was made for that, and makes no account', async () => {
      await configure({ signIn: { methods: [byPassword('email')] } });
      const { id } = await addUser();
      const { token } = await make(ana, { context: { interactionEvent: 'ForgotPassword' } });
      const person = await opened(ana, token);
      const next = await person.post('/one-time-token', form(ana, token));
      assert.match(next.headers.get('location') ?? '', /^\/forgot-password\/reset\?/);
      assert.equal((await person.post('/forgot-password/reset', { password: 'hyacinths over sand' })).status, 303);
      const verified = await api.post(`/api/users/${id}/password/verify`, { password: 'hyacinths over sand' });
      assert.equal(verified.status, 204);
      const stranger = await make('new@example.com', { context: { interactionEvent: 'ForgotPassword' } });
      const other = await opened(stranger.email, stranger.token);
      assert.equal((await other.post('/one-time-token', form(stranger.email, stranger.token))).status, 404);
      assert.equal(await userOf('new@example.com'), undefined);
    });

    it('creates an account, asks for missing details, and adds it to the organizations', async () => {
      await configure({ signUp: { identifiers: ['username'], password: true, verify: false } });
      const organization = (await api.post('/api/organizations', { name: 'Invited' })).body;
      const { token } = await make('new@example.com', { context: { jitOrganizationIds: [organization.id] } });
      const person = await opened('new@example.com', token);
      const next = await person.post('/one-time-token', form('new@example.com', token));
      assert.match(next.headers.get('location') ?? '', /^\/continue\?/);
      const home = await person.arrive(await person.post('/continue', { username: 'newcomer', password }));
      assert.ok(home.searchParams.get('code'), home.href);
      const user = await userOf('new@example.com');
      assert.equal(user?.username, 'newcomer');
      const joined = (await api.get(`/api/users/${user?.id}/organizations`)).body;
      assert.deepEqual(
        joined.map(({ id }: { id: string }) => id),
        [organization.id],
      );
    });

    it('asks to accept the terms before it is consumed, and creates no account when registration is closed', async () => {
      await configure({ agreeToTermsPolicy: 'ManualRegistrationOnly', termsOfUseUrl: 'https://terms.test' });
      const link = await make('new@example.com');
      const person = await opened(link.email, link.token);
      const answer = await person.post('/one-time-token', form(link.email, link.token));
      assert.deepEqual([answer.status, (await shownError(answer)).field], [422, 'terms']);
      assert.equal(await statusOf(link.id), 'active');
      await configure({ signInMode: 'SignIn' });
      const closed = await person.post('/one-time-token', { ...form(link.email, link.token), terms: 'yes' });
      assert.equal(closed.status, 404);
      assert.equal(await userOf('new@example.com'), undefined);
    });

    // security: database-theft
    it('keeps its token out of the database while it is open, and out of the log', async () => {
      await addUser();
      const { token } = await make(ana);
      const person = await opened(ana, token);
      const waiting = await server.tenant.db.raw('select * from interactions where tenant_id = $1', ['default']);
      assert.ok(!JSON.stringify(waiting).includes(token));
      await person.post('/one-time-token', form('eve@example.com', token));
      await person.arrive(await person.post('/one-time-token', form(ana, token)));
      const key = 'Interaction.SignIn.Verification.OneTimeToken.Submit';
      const { body } = await api.get(`/api/logs?page_size=100&logKey=${key}`);
      const results = body.slice(0, 2).map(({ payload }: { payload: { result: string } }) => payload.result);
      assert.deepEqual(results, ['Success', 'Error']);
      assert.ok(!JSON.stringify(body).includes(token));
    });

    // security: sign-in-links
    it('refuses forms of other sites', async () => {
      const { token } = await make(ana);
      const person = await opened(ana, token);
      const answer = await person.post('/one-time-token', form(ana, token), { origin: 'https://evil.test' });
      assert.equal(answer.status, 403);
      assertRefused(await api.get('/api/one-time-tokens/none'), 404, 'entity.not_exists_with_id');
    });
  });
});
