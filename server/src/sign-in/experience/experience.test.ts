import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createAgent } from '../../../../test/support/agent.ts';
import { authorization } from '../../../../test/support/authorization.ts';
import { type ExperiencePage, experienceOf, openExperience } from '../../../../test/support/experience-page.ts';
import { type Operator, operate } from '../../../../test/support/operator.ts';
import { race } from '../../../../test/support/race.ts';
import { startServer, type TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
const username = (value: string) => ({ type: 'username', value });
const part = (name: string) => ({ name, type: 'Text', enabled: true, required: true });

describe('the Experience API', () => {
  let server: TestServer;
  let operator: Operator;
  let wechat: string;
  const socialOnly = { signUp: { identifiers: [], password: false, verify: false } };
  const usernames = { signUp: { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] } };

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    wechat = await operator.connectWechat();
  });
  after(() => server?.close());
  afterEach(async () => {
    await operator.deleteUsers();
    await operator.configure({ ...usernames, signInMode: 'SignInAndRegister' });
  });

  const begin = (interactionEvent?: string) => openExperience(server, interactionEvent);
  const register = async (name: string): Promise<void> => {
    const caller = await begin('Register');
    const proof = await caller.expect(200, 'POST', '/verification/new-password-identity', {
      identifier: username(name),
      password,
    });
    await caller.expect(201, 'POST', '/identification', proof);
    await caller.expect(200, 'POST', '/submit');
  };
  const verified = (caller: ExperiencePage, name: string) =>
    caller.expect(200, 'POST', '/verification/password', { identifier: username(name), password });
  const verifiedSocial = async (caller: ExperiencePage, persona = 'mei') => {
    const redirectUri = `${server.url}/callback/${wechat}`;
    const path = `/verification/social/${wechat}`;
    const begun = await caller.expect(200, 'POST', `${path}/authorization-uri`, { state: 'mine', redirectUri });
    assert.equal(new URL(begun.authorizationUri ?? '').searchParams.get('state'), 'mine');
    const code = await operator.approveAtWechat({ appId: operator.wechatApp.appId, persona, outcome: 'success' });
    return caller.expect(200, 'POST', `${path}/verify`, {
      verificationId: begun.verificationId,
      connectorData: { redirectUri, code },
    });
  };

  it('registers and signs in with a password, step by step', async () => {
    await register('ada');
    const caller = await begin('SignIn');
    await caller.expect(204, 'POST', '/identification', await verified(caller, 'ada'));
    const { redirectTo } = await caller.expect(200, 'POST', '/submit');
    assert.match(redirectTo ?? '', new RegExp(`^${server.url}/oidc/auth/`));
    assert.ok((await caller.follow(redirectTo ?? '')).searchParams.get('code'));
    const [user] = await operator.users();
    assert.equal(user?.username, 'ada');
  });

  // security: old-passwords
  it('refuses to complete a sign-in whose password was replaced in between', async () => {
    await register('ada');
    const waiting = await begin('SignIn');
    await waiting.expect(204, 'POST', '/identification', await verified(waiting, 'ada'));
    const [user] = await operator.users();
    await operator.call('PATCH', `/api/users/${user?.id}/password`, { password: 'hyacinths over sand' });
    await waiting.refuse([422, 'session.invalid_credentials'], 'POST', '/submit');
    await operator.call('PATCH', `/api/users/${user?.id}/password`, { password });
    const anew = await begin('SignIn');
    await anew.expect(204, 'POST', '/identification', await verified(anew, 'ada'));
    await anew.expect(200, 'POST', '/submit');
  });

  it('needs a sign-in in progress, and a start call first', async () => {
    for (const [method, path, body] of [
      ['PUT', '', { interactionEvent: 'SignIn' }],
      ['GET', '/interaction'],
      ['POST', '/verification/password', { identifier: username('ada'), password }],
      ['POST', '/submit'],
    ] as const) {
      await experienceOf(server).refuse([400, 'session.not_found'], method, path, body);
    }
    const caller = await begin();
    await caller.refuse([404, 'session.interaction_not_found'], 'GET', '/interaction');
    await caller.refuse([404, 'session.interaction_not_found'], 'POST', '/submit');
  });

  it('refuses calls that another site made the browser send', async () => {
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url }).url);
    const answer = await agent.fetch(`${server.url}/api/experience/submit`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    assert.equal(answer.status, 403);
    assert.equal((await answer.json()).code, 'request.cross_site');
  });

  // security: account-enumeration
  it('does not reveal whether an account exists', async () => {
    await register('ada');
    const caller = await begin('SignIn');
    const answers = [];
    for (const name of ['ada', 'eve']) {
      answers.push(
        await caller.call('POST', '/verification/password', { identifier: username(name), password: 'wrong' }),
      );
    }
    assert.equal(answers[0]?.status, 422);
    assert.equal(answers[0]?.body.code, 'session.invalid_credentials');
    assert.deepEqual(answers[0], answers[1]);
  });

  it('accepts only its own proofs, each once, and never changes to another user', async () => {
    await register('ada');
    await register('bob');
    const caller = await begin('SignIn');
    await caller.refuse([404, 'session.identifier_not_found'], 'POST', '/submit');
    await caller.refuse([400, 'session.verification_failed'], 'POST', '/identification', {});
    await caller.refuse([404, 'session.verification_session_not_found'], 'POST', '/identification', {
      verificationId: 'invented',
    });
    const foreign = await verified(await begin('SignIn'), 'ada');
    await caller.refuse([404, 'session.verification_session_not_found'], 'POST', '/identification', foreign);
    const ada = await verified(caller, 'ada');
    await caller.expect(204, 'POST', '/identification', ada);
    await caller.refuse([404, 'session.verification_session_not_found'], 'POST', '/identification', ada);
    await caller.refuse([409, 'session.identity_conflict'], 'POST', '/identification', await verified(caller, 'bob'));
    await caller.refuse([403, 'auth.forbidden'], 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await caller.expect(200, 'POST', '/submit');
    await caller.refuse([400, 'session.not_found'], 'POST', '/submit');
  });

  // security: skipped-steps, single-use
  it('accepts only one of two concurrent steps', async () => {
    await register('ada');
    const caller = await begin('SignIn');
    const proof = await verified(caller, 'ada');
    const identifications = Array.from({ length: 4 }, () => () => caller.call('POST', '/identification', proof));
    const taken = await race(server.app.database, 'interactions', identifications);
    assert.deepEqual(taken.map(({ status }) => status).sort(), [204, 400, 400, 400]);
    const submits = Array.from({ length: 4 }, () => () => caller.call('POST', '/submit'));
    const answers = await race(server.app.database, 'interactions', submits);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400]);
  });

  it('returns the state of a sign-in without its secrets', async () => {
    const caller = await begin('Register');
    await caller.expect(200, 'POST', '/verification/new-password-identity', {
      identifier: username('grace'),
      password,
    });
    const state = await caller.expect(200, 'GET', '/interaction');
    assert.equal(state.interactionEvent, 'Register');
    assert.match(JSON.stringify(state), /"NewPasswordIdentity"/);
    assert.doesNotMatch(JSON.stringify(state), /tulips|argon2|v1\.|password":/);
  });

  it('refuses names and passwords that the rules do not allow', async () => {
    await register('ada');
    const caller = await begin('Register');
    const path = '/verification/new-password-identity';
    await caller.refuse([422, 'user.username_already_in_use'], 'POST', path, {
      identifier: username('ada'),
      password,
    });
    await caller.refuse([422, 'user.username_rejected'], 'POST', path, { identifier: username('1ada'), password });
    const { data } = await caller.refuse([422, 'password.rejected'], 'POST', path, {
      identifier: username('zoe'),
      password: 'short',
    });
    assert.deepEqual(data.issues, [{ code: 'password_rejected.too_short', interpolation: { min: 8 } }]);
  });

  // security: closed-registration
  it('obeys the sign-in mode and the sign-in methods', async () => {
    await register('ada');
    const signingIn = await begin('SignIn');
    const registering = await begin('Register');
    const proof = await registering.expect(200, 'POST', '/verification/new-password-identity', {
      identifier: username('zoe'),
      password,
    });
    await operator.configure({ signInMode: 'SignIn' });
    await (await begin()).refuse([403, 'auth.forbidden'], 'PUT', '', { interactionEvent: 'Register' });
    await signingIn.refuse([403, 'auth.forbidden'], 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await registering.refuse([403, 'auth.forbidden'], 'POST', '/identification', proof);
    await operator.configure({ signInMode: 'Register' });
    await (await begin()).refuse([403, 'auth.forbidden'], 'PUT', '', { interactionEvent: 'SignIn' });
    await operator.configure({ ...socialOnly, signInMode: 'SignInAndRegister', forgotPasswordMethods: [] });
    await (await begin('Register')).refuse(
      [422, 'user.sign_up_method_not_enabled'],
      'POST',
      '/verification/new-password-identity',
      {
        identifier: username('zoe'),
        password,
      },
    );
    await (await begin('SignIn')).refuse([403, 'auth.forbidden'], 'PUT', '', { interactionEvent: 'ForgotPassword' });
    await (await begin('SignIn')).refuse(
      [400, 'session.not_supported_for_forgot_password'],
      'PUT',
      '/interaction-event',
      {
        interactionEvent: 'ForgotPassword',
      },
    );
  });

  it('registers and signs in through a connector', async () => {
    await operator.configure(socialOnly);
    const first = await begin('SignIn');
    const proof = await verifiedSocial(first);
    await first.refuse([404, 'user.identity_not_exist'], 'POST', '/identification', proof);
    await first.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await first.expect(201, 'POST', '/identification', proof);
    await first.expect(200, 'POST', '/submit');
    const second = await begin('SignIn');
    await second.expect(204, 'POST', '/identification', await verifiedSocial(second));
    await second.expect(200, 'POST', '/submit');
    const third = await begin('Register');
    await third.refuse([422, 'user.identity_already_in_use'], 'POST', '/identification', await verifiedSocial(third));
    assert.equal((await operator.users()).length, 1);
  });

  it('returns the missing details, accepts them, and continues', async () => {
    const caller = await begin('Register');
    const body = await caller.refuse(
      [422, 'user.missing_profile'],
      'POST',
      '/identification',
      await verifiedSocial(caller, 'rafael'),
    );
    assert.deepEqual(body.data, { missingProfile: ['username'] });
    assert.deepEqual(await operator.users(), []);
    await caller.expect(204, 'POST', '/profile', { type: 'username', value: 'rafa' });
    const say = (values: object) => ({ type: 'extraProfile', values });
    const picture = 'https://img.test/rafa.png';
    await caller.expect(204, 'POST', '/profile', say({ givenName: 'Rafael', name: 'Rafa', avatar: picture }));
    // Keys that no field asks for, and a picture that is not a URL.
    for (const values of [{ isSuspended: true }, { plan: 'pro' }, { avatar: 'javascript:alert(1)' }, { name: 7 }])
      await caller.refuse([400, 'guard.invalid_input'], 'POST', '/profile', say(values));
    await caller.expect(201, 'POST', '/identification', {});
    await caller.expect(200, 'POST', '/submit');
    const [user] = await operator.users();
    assert.equal(user?.username, 'rafa');
    assert.equal(user?.identities.wechat?.userId, 'uSandbox-rafael-71f5d80c36a2');
    const { profile, name, avatar } = user as unknown as { profile: object; name: string; avatar: string };
    assert.deepEqual([profile, name, avatar], [{ givenName: 'Rafael' }, 'Rafa', picture]);
  });

  // security: sign-up-answers
  it('asks for the chosen profile fields, and stores only their answers', async () => {
    await operator.call('POST', '/api/custom-profile-fields/batch', [
      {
        name: 'fullname',
        type: 'Fullname',
        required: false,
        config: { parts: [part('givenName'), part('familyName')] },
      },
      { name: 'seats', type: 'Number', required: true, config: { minValue: 1 } },
      { name: 'unasked', type: 'Text', required: true },
    ]);
    await operator.configure({ signUpProfileFields: [{ name: 'fullname' }, { name: 'seats' }] });
    const caller = await begin('Register');
    const proof = await caller.expect(200, 'POST', '/verification/new-password-identity', {
      identifier: { type: 'username', value: 'noor' },
      password,
    });
    const { data } = await caller.refuse([422, 'user.missing_profile'], 'POST', '/identification', proof as object);
    assert.deepEqual(data, { missingProfile: ['extraProfile'] });
    const answer = (values: object) => ({ type: 'extraProfile', values });
    for (const values of [{ givenName: 'Noor' }, { seats: 0 }, { seats: 1, unasked: 'x' }])
      await caller.refuse([400, 'guard.invalid_input'], 'POST', '/profile', answer(values));
    const values = { fullname: { givenName: 'Noor' }, familyName: 'Ali', seats: '2' };
    await caller.expect(204, 'POST', '/profile', answer(values));
    await caller.expect(201, 'POST', '/identification', {});
    await caller.expect(200, 'POST', '/submit');
    const noor = (await operator.users()).find(({ username }) => username === 'noor') as unknown as {
      profile: object;
      customData: object;
    };
    assert.deepEqual(noor.profile, { givenName: 'Noor', familyName: 'Ali' });
    assert.deepEqual(noor.customData, { seats: 2 });
    await operator.configure({ signUpProfileFields: [] });
  });

  it('asks for another password in place of an expired one', async () => {
    await register('olga');
    const [{ id } = { id: '' }] = await operator.users();
    await operator.call('PATCH', `/api/users/${id}/password/expiration`, { isExpired: true });
    const caller = await begin('SignIn');
    const old = { identifier: username('olga'), password };
    const { data: kept } = await caller.refuse([422, 'password.expired'], 'POST', '/verification/password', old);
    await caller.expect(204, 'POST', '/identification', kept as object);
    await caller.refuse([422, 'password.expired'], 'POST', '/submit');
    const choose = (value: string) => ['POST', '/profile', { type: 'password', value }] as const;
    await caller.refuse([422, 'user.same_password'], ...choose(password));
    await caller.refuse([422, 'password.rejected'], ...choose('short'));
    await caller.expect(204, ...choose('hyacinths over sand'));
    await caller.expect(200, 'POST', '/submit');
    const again = await begin('SignIn');
    const given = { identifier: username('olga'), password: 'hyacinths over sand' };
    const proof = await again.expect(200, 'POST', '/verification/password', given);
    await again.expect(204, 'POST', '/identification', proof as object);
    await again.expect(200, 'POST', '/submit');
  });

  // security: social-linking
  it('links a connector only to the account that was proved', async () => {
    await register('ada');
    const caller = await begin('SignIn');
    const unproved = await begin('SignIn');
    await unproved.refuse([404, 'user.identity_not_exist'], 'POST', '/identification', {
      ...(await verifiedSocial(unproved)),
      linkSocialIdentity: true,
    });
    await unproved.refuse([404, 'session.identifier_not_found'], 'POST', '/profile', {
      type: 'social',
      ...(await verifiedSocial(unproved)),
    });
    await caller.expect(204, 'POST', '/identification', await verified(caller, 'ada'));
    await caller.refuse([422, 'user.username_exists_in_profile'], 'POST', '/profile', {
      type: 'username',
      value: 'other',
    });
    await caller.refuse([422, 'user.password_exists_in_profile'], 'POST', '/profile', {
      type: 'password',
      value: 'another tulip',
    });
    const social = await verifiedSocial(caller);
    await caller.expect(204, 'POST', '/profile', { type: 'social', ...social });
    await caller.expect(200, 'POST', '/submit');
    const [user] = await operator.users();
    assert.equal(user?.identities.wechat?.userId, 'uSandbox-mei-a3d94e60b17c');
    await register('bob');
    const bob = await begin('SignIn');
    await bob.expect(204, 'POST', '/identification', await verified(bob, 'bob'));
    await bob.refuse([422, 'user.identity_already_in_use'], 'POST', '/profile', {
      type: 'social',
      ...(await verifiedSocial(bob)),
    });
    const again = await begin('SignIn');
    await again.expect(204, 'POST', '/identification', await verified(again, 'ada'));
    await again.refuse([422, 'user.identity_exists_in_profile'], 'POST', '/profile', {
      type: 'social',
      ...(await verifiedSocial(again, 'rafael')),
    });
  });

  // security: social-linking
  it('never replaces the identity that an account has', async () => {
    await register('ada');
    const link = async (persona: string) => {
      const caller = await begin('SignIn');
      await caller.expect(204, 'POST', '/identification', await verified(caller, 'ada'));
      const social = await verifiedSocial(caller, persona);
      await caller.expect(204, 'POST', '/identification', { ...social, linkSocialIdentity: true });
      return caller;
    };
    await (await link('mei')).expect(200, 'POST', '/submit');
    const [before] = await operator.users();
    await (await link('rafael')).refuse([422, 'user.identity_exists_in_profile'], 'POST', '/submit');
    const [after] = await operator.users();
    assert.deepEqual(after?.identities, before?.identities);
    assert.equal(before?.identities.wechat?.userId, 'uSandbox-mei-a3d94e60b17c');
  });

  it('takes a provider’s answer once, for the connector and the redirect URI it was asked with', async () => {
    await operator.configure(socialOnly);
    const caller = await begin('SignIn');
    const redirectUri = `${server.url}/callback/${wechat}`;
    const path = `/verification/social/${wechat}`;
    await caller.refuse([404, 'entity.not_found'], 'POST', '/verification/social/unknown/authorization-uri', {
      state: 's',
      redirectUri,
    });
    const { verificationId } = await caller.expect(200, 'POST', `${path}/authorization-uri`, {
      state: 's',
      redirectUri,
    });
    await caller.refuse([404, 'session.verification_session_not_found'], 'POST', `${path}/verify`, {
      verificationId: 'x',
      connectorData: {},
    });
    await caller.refuse([404, 'session.verification_session_not_found'], 'POST', `${path}/verify`, {
      connectorData: {},
    });
    await caller.refuse([400, 'session.connector_id_mismatch'], 'POST', '/verification/social/other/verify', {
      verificationId,
      connectorData: {},
    });
    await caller.refuse([400, 'session.verification_failed'], 'POST', `${path}/verify`, {
      verificationId,
      connectorData: { redirectUri: 'https://evil.example/' },
    });
    await caller.refuse([401, 'connector.social_auth_code_invalid'], 'POST', `${path}/verify`, {
      verificationId,
      connectorData: { redirectUri, code: 'invented' },
    });
    await caller.refuse([404, 'session.verification_session_not_found'], 'POST', `${path}/verify`, {
      verificationId,
      connectorData: { redirectUri },
    });
    const other = await begin('SignIn');
    const begun = await other.expect(200, 'POST', `${path}/authorization-uri`, { state: 's', redirectUri });
    await other.refuse([400, 'connector.general'], 'POST', `${path}/verify`, {
      verificationId: begun.verificationId,
      connectorData: { redirectUri },
    });
  });

  // security: suspension
  it('refuses a suspended user, also when the suspension happens during the sign-in', async () => {
    await register('ada');
    const [user] = await operator.users();
    const caller = await begin('SignIn');
    await caller.expect(204, 'POST', '/identification', await verified(caller, 'ada'));
    await operator.call('PATCH', `/api/users/${user?.id}/is-suspended`, { isSuspended: true });
    await caller.refuse([401, 'user.suspended'], 'POST', '/submit');
    const late = await begin('SignIn');
    await late.refuse([401, 'user.suspended'], 'POST', '/verification/password', {
      identifier: username('ada'),
      password,
    });
    await late.refuse([422, 'session.invalid_credentials'], 'POST', '/verification/password', {
      identifier: username('ada'),
      password: 'wrong',
    });
  });

  it('replaces a password digest of another product at the first sign-in', async () => {
    const digest = '5ebe2294ecd0e0f08eab7690d2a6ee69'; // MD5 of “secret”
    const created = await operator.call<{ id: string }>('POST', '/api/users', {
      username: 'old',
      passwordDigest: digest,
      passwordAlgorithm: 'MD5',
    });
    const stored = () => server.app.users.findPassword(server.tenant.db, created.id);
    assert.equal((await stored())?.algorithm, 'MD5');
    for (const attempt of [1, 2]) {
      const caller = await begin('SignIn');
      const proof = await caller.expect(200, 'POST', '/verification/password', {
        identifier: username('old'),
        password: 'secret',
      });
      assert.equal((await stored())?.algorithm, 'Argon2id', `attempt ${attempt}`);
      await caller.expect(204, 'POST', '/identification', proof);
      await caller.expect(200, 'POST', '/submit');
    }
  });

  it('uses few SQL statements for a whole sign-in', async () => {
    await register('ada');
    const before = server.app.database.statements.count;
    const caller = await begin('SignIn');
    await caller.expect(204, 'POST', '/identification', await verified(caller, 'ada'));
    const { redirectTo } = await caller.expect(200, 'POST', '/submit');
    await caller.follow(redirectTo ?? '');
    const spent = server.app.database.statements.count - before;
    assert.ok(spent <= 29, `${spent} statements`);
  });
});
