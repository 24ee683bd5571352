import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { experienceClient } from '../../../../test/support/agent.ts';
import { type ExperiencePage, openExperience } from '../../../../test/support/experience-page.ts';
import type { Operator } from '../../../../test/support/operator.ts';
import { type PostOffice, type PostServer, startPostServer } from '../../../../test/support/post-office.ts';
import { race } from '../../../../test/support/race.ts';
import type { TestServer } from '../../../../test/support/server.ts';

const password = 'tulips under stone';
const newPassword = 'hyacinths over sand';
const method = (identifier: string, more: object = {}) => ({
  identifier,
  password: true,
  verificationCode: identifier !== 'username',
  isPasswordPrimary: true,
  ...more,
});
const byCodeAndPassword = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [method('username'), method('email'), method('phone')] },
  signUp: { identifiers: ['email', 'phone'], password: true, verify: true, secondaryIdentifiers: [] },
  forgotPasswordMethods: null,
  sentinelPolicy: {},
  emailBlocklistPolicy: {},
  mfa: { factors: [], policy: 'UserControlled' },
};

interface Address {
  type: 'email' | 'phone';
  value: string;
}
const email = (value: string): Address => ({ type: 'email', value });
const phone = (value: string): Address => ({ type: 'phone', value });
const sendPath = '/verification/verification-code';
const verifyPath = '/verification/verification-code/verify';
const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('codes in the Experience API', () => {
  let world: PostServer;
  let post: PostOffice;
  let server: TestServer;
  let operator: Operator;
  let mailConnector: string;
  before(async () => {
    world = await startPostServer();
    ({ post, server, operator } = world);
    mailConnector = await post.addEmail(operator);
    await post.addPhone(operator);
    await operator.configure(byCodeAndPassword);
  });
  after(() => world?.close());
  afterEach(async () => {
    await operator.deleteUsers();
    await operator.configure(byCodeAndPassword);
  });

  let number = 0;
  /** An address that no other user and no earlier test has. */
  const newEmail = (name: string) => {
    number += 1;
    return email(`${name}${number}@example.com`);
  };
  const begin = (interactionEvent: string) => openExperience(server, interactionEvent);
  const send = async (page: ExperiencePage, identifier: Address, interactionEvent: string) => {
    const { verificationId } = await page.expect(200, 'POST', sendPath, { identifier, interactionEvent });
    return { identifier, verificationId: verificationId ?? assert.fail() };
  };
  /** Sends a code and verifies it. */
  const prove = async (page: ExperiencePage, identifier: Address, interactionEvent: string) => {
    const sent = await send(page, identifier, interactionEvent);
    return page.expect(200, 'POST', verifyPath, { ...sent, code: await post.codeTo(identifier.value) });
  };
  const add = (user: object) => operator.call<{ id: string }>('POST', '/api/users', user);
  const arrives = async (page: ExperiencePage) => {
    const { redirectTo } = await page.expect(200, 'POST', '/submit');
    assert.ok((await page.follow(redirectTo ?? '')).searchParams.get('code'));
  };
  const signInWithPassword = async (page: ExperiencePage, identifier: Address, secret: string) => {
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    return page.call('POST', '/verification/password', { identifier, password: secret });
  };
  /** A client that has proved the address of an account to reset its password. */
  const recovering = async (identifier: Address) => {
    const page = await begin('ForgotPassword');
    await page.expect(204, 'POST', '/identification', await prove(page, identifier, 'ForgotPassword'));
    return page;
  };

  it('register with an email address and a password, and sign in with a code sent there', async () => {
    const ada = newEmail('ada');
    const page = await begin('Register');
    const proof = await prove(page, ada, 'Register');
    const { data } = await page.refuse([422, 'user.missing_profile'], 'POST', '/identification', proof);
    assert.deepEqual(data, { missingProfile: ['password'] });
    await page.refuse([422, 'password.rejected'], 'PUT', '/profile/password', { password: 'short' });
    await page.expect(204, 'PUT', '/profile/password', { password });
    await page.expect(201, 'POST', '/identification', proof);
    await page.refuse([404, 'session.verification_session_not_found'], 'POST', '/identification', proof);
    await arrives(page);
    const [user] = await operator.call<{ primaryEmail: string; hasPassword: boolean }[]>('GET', '/api/users');
    assert.deepEqual([user?.primaryEmail, user?.hasPassword], [ada.value, true]);

    const again = await begin('SignIn');
    await again.expect(204, 'POST', '/identification', await prove(again, ada, 'SignIn'));
    await arrives(again);
  });

  it('can be sent to a phone', async () => {
    const page = await begin('Register');
    const proof = await prove(page, phone('34600123456'), 'Register');
    await page.expect(422, 'POST', '/identification', proof);
    await page.expect(204, 'POST', '/profile', { type: 'password', value: password });
    await page.expect(201, 'POST', '/identification', {});
    await arrives(page);
    const again = await begin('SignIn');
    await again.expect(204, 'POST', '/identification', await prove(again, phone('34600123456'), 'SignIn'));
    await arrives(again);
  });

  it('prove an address regardless of its case', async () => {
    await add({ primaryEmail: 'Grace@Example.com', password });
    const page = await begin('SignIn');
    const { verificationId } = await send(page, email('GRACE@example.COM'), 'SignIn');
    const code = await post.codeTo('grace@example.com');
    const shown = { identifier: email('graCE@example.com'), verificationId, code };
    await page.expect(204, 'POST', '/identification', await page.expect(200, 'POST', verifyPath, shown));
    await arrives(page);
  });

  it('accept addresses only', async () => {
    const page = await begin('SignIn');
    for (const identifier of [email('nobody'), phone('+34600123456'), phone('one'), { type: 'username', value: 'ada' }])
      await page.refuse([400, 'guard.invalid_input'], 'POST', sendPath, { identifier, interactionEvent: 'SignIn' });
  });

  it('let users change between sign-in and registration when both are open', async () => {
    const eve = newEmail('eve');
    const page = await begin('SignIn');
    const proof = await prove(page, eve, 'Register');
    await page.refuse([404, 'user.user_not_exist'], 'POST', '/identification', proof);
    await page.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await page.refuse([422, 'user.missing_profile'], 'POST', '/identification', proof);
    await page.expect(204, 'PUT', '/profile/password', { password });
    await page.expect(201, 'POST', '/identification', {});
    const other = await begin('Register');
    const known = await prove(other, eve, 'Register');
    await other.refuse([422, 'user.email_already_in_use'], 'POST', '/identification', known);
    await other.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'SignIn' });
    await other.expect(204, 'POST', '/identification', known);
    await arrives(other);
  });

  // security: skipped-steps
  it('count only in their own sign-in, for their own address and purpose', async () => {
    const bob = newEmail('bob');
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value });
    await add({ primaryEmail: bob.value });
    const page = await begin('SignIn');
    const sent = await send(page, ada, 'SignIn');
    const code = await post.codeTo(ada.value);
    const other = await begin('SignIn');
    await other.refuse([404, 'session.verification_session_not_found'], 'POST', verifyPath, { ...sent, code });
    const own = await send(other, ada, 'SignIn');
    assert.notEqual(await post.codeTo(ada.value), code);
    await other.refuse([400, 'verification_code.code_mismatch'], 'POST', verifyPath, { ...own, code });

    const invented = { ...sent, code, verificationId: own.verificationId };
    await page.refuse([404, 'session.verification_session_not_found'], 'POST', verifyPath, invented);
    const forged = { ...sent, code, identifier: bob };
    await page.refuse([400, 'verification_code.email_mismatch'], 'POST', verifyPath, forged);
    await page.refuse([400, 'verification_code.phone_mismatch'], 'POST', verifyPath, {
      ...forged,
      identifier: phone('34600123456'),
    });
    await page.refuse([400, 'session.not_supported_for_forgot_password'], 'POST', sendPath, {
      identifier: sent.identifier,
      interactionEvent: 'ForgotPassword',
    });
    const recovery = await begin('ForgotPassword');
    await recovery.refuse([404, 'session.verification_session_not_found'], 'POST', verifyPath, { ...sent, code });
    for (const interactionEvent of ['SignIn', 'Register'])
      await recovery.refuse([400, 'session.not_supported_for_forgot_password'], 'POST', sendPath, {
        identifier: sent.identifier,
        interactionEvent,
      });
    const recovered = await prove(recovery, ada, 'ForgotPassword');
    await recovery.refuse([400, 'session.not_supported_for_forgot_password'], 'PUT', '/interaction-event', {
      interactionEvent: 'SignIn',
    });
    await recovery.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    await recovery.refuse([404, 'session.verification_session_not_found'], 'POST', '/identification', recovered);

    // None of these attempts has consumed the code.
    await page.expect(204, 'POST', '/identification', await page.expect(200, 'POST', verifyPath, { ...sent, code }));
    await page.refuse([409, 'session.identity_conflict'], 'POST', '/identification', await prove(page, bob, 'SignIn'));
  });

  // security: skipped-steps
  it('count once, also for concurrent requests', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value });
    const page = await begin('SignIn');
    const sent = await send(page, ada, 'SignIn');
    const shown = { ...sent, code: await post.codeTo(ada.value) };
    const uses = Array.from({ length: 3 }, () => () => page.call('POST', verifyPath, shown));
    const answers = await race(server.app.database, 'verification_codes', uses);
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    await page.refuse([404, 'session.verification_session_not_found'], 'POST', verifyPath, shown);
    const proof = { verificationId: sent.verificationId };
    await page.expect(204, 'POST', '/identification', proof);
    await page.refuse([404, 'session.verification_session_not_found'], 'POST', '/identification', proof);
  });

  it('expire, and can be requested again', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value });
    const page = await begin('SignIn');
    const sent = await send(page, ada, 'SignIn');
    const code = await post.codeTo(ada.value);
    world.clock.ahead += 601_000;
    await page.refuse([400, 'verification_code.expired'], 'POST', verifyPath, { ...sent, code });
    await page.expect(204, 'POST', '/identification', await prove(page, ada, 'SignIn'));
  });

  // security: wrong-passwords
  it('share their attempts with the password of the address', async () => {
    const ada = newEmail('ada');
    await operator.configure({ sentinelPolicy: { maxAttempts: 3, lockoutDuration: 5 } });
    for (const value of [ada.value, 'nobody@example.com']) {
      if (value.startsWith('ada')) await add({ primaryEmail: value, password });
      const page = await begin('SignIn');
      const sent = await send(page, email(value), 'SignIn');
      const code = await post.codeTo(value);
      const guess = { ...sent, code: wrong(code) };
      await page.refuse([400, 'verification_code.code_mismatch'], 'POST', verifyPath, guess);
      assert.equal((await signInWithPassword(page, email(value.toUpperCase()), 'wrong')).status, 422);
      const other = await begin('SignIn');
      const more = { ...(await send(other, email(value), 'SignIn')), code: wrong(await post.codeTo(value)) };
      await other.refuse([400, 'verification_code.code_mismatch'], 'POST', verifyPath, more);
      const blocked: [number, string] = [400, 'session.verification_blocked_too_many_attempts'];
      await other.refuse(blocked, 'POST', verifyPath, more);
      await other.refuse(blocked, 'POST', '/verification/password', { identifier: email(value), password });
      const recovery = await begin('ForgotPassword');
      const third = await send(recovery, email(value), 'ForgotPassword');
      await recovery.refuse(blocked, 'POST', verifyPath, { ...third, code: '000000' });
    }
  });

  // security: account-enumeration
  it('do not reveal whether an account exists, and are not sent to unknown addresses when registration is closed', async () => {
    await add({ primaryEmail: 'known@example.com', primaryPhone: '34600000001' });
    await operator.configure({ signInMode: 'SignIn' });
    const unknown = [email('unknown@example.com'), phone('34600000002')];
    for (const intent of ['SignIn', 'ForgotPassword']) {
      const said = [];
      for (const identifier of [...unknown, email('known@example.com'), phone('34600000001')]) {
        const page = await begin(intent);
        const sent = await page.call('POST', sendPath, { identifier, interactionEvent: intent });
        const { verificationId } = sent.body;
        const shown = await page.call('POST', verifyPath, { identifier, verificationId, code: 'guess' });
        const { verificationRecords } = await page.expect<{ verificationRecords: object[] }>(
          200,
          'GET',
          '/interaction',
        );
        said.push([sent.status, Object.keys(sent.body), shown.status, shown.body, verificationRecords.length]);
      }
      for (const answer of said) assert.deepEqual(answer, said[0]);
      assert.equal(said[0]?.[0], 200);
      await post.codeTo('known@example.com');
      await post.codeTo('34600000001');
    }
    // Stopping the server waits for messages that are being sent.
    await server.restart();
    assert.equal(post.received().includes('known@example.com'), true);
    for (const { value } of unknown) assert.equal(post.received().includes(value), false, value);
  });

  // security: closed-registration
  it('cannot be used to register when registration or its method is closed', async () => {
    const eve = newEmail('eve');
    const open = await begin('Register');
    const begun = await prove(open, email('late@example.com'), 'Register');
    await operator.configure({ signInMode: 'SignIn' });
    await open.refuse([403, 'auth.forbidden'], 'POST', '/identification', begun);
    const page = await begin('SignIn');
    const register = (identifier: Address) => ['POST', sendPath, { identifier, interactionEvent: 'Register' }] as const;
    await page.refuse([403, 'auth.forbidden'], ...register(eve));
    await operator.configure({
      signInMode: 'SignInAndRegister',
      signUp: { identifiers: ['phone'], password: true, verify: true },
    });
    await page.refuse([422, 'user.sign_up_method_not_enabled'], ...register(eve));
    await open.refuse([422, 'user.sign_up_method_not_enabled'], 'POST', '/identification', begun);
    await operator.configure({ signIn: { methods: [method('phone', { verificationCode: false })] } });
    await page.refuse([422, 'user.sign_in_method_not_enabled'], 'POST', sendPath, {
      identifier: phone('34600123456'),
      interactionEvent: 'SignIn',
    });
    assert.deepEqual(await operator.users(), []);
  });

  it('use the message template of their purpose for an additional address', async () => {
    for (const event of ['Register', 'SignIn']) {
      const page = await begin('Register');
      const proof = await prove(page, newEmail('zoe'), 'Register');
      await page.refuse([422, 'user.missing_profile'], 'POST', '/identification', proof);
      const to = event === 'Register' ? '34600444001' : '34600444002';
      await send(page, phone(to), event);
      const code = await post.codeTo(to);
      assert.ok(post.received().includes(JSON.stringify({ to, type: event, code })), event);
    }
  });

  it('are sent only to addresses on the operator’s allowlist, if one is set', async () => {
    await operator.configure({
      emailBlocklistPolicy: { customAllowlist: ['@mine.com'], customBlocklist: ['eve*@mine.com'] },
    });
    const refusal: [number, string] = [422, 'session.email_blocklist.email_not_allowed'];
    const page = await begin('Register');
    for (const value of ['a@other.com', 'eve1@mine.com'])
      await page.refuse(refusal, 'POST', sendPath, { identifier: email(value), interactionEvent: 'Register' });
    await prove(page, email('a@mine.com'), 'Register');
  });

  // security: closed-registration
  it('create no account with a blocked address, regardless of their purpose', async () => {
    await operator.configure({
      signUp: { identifiers: ['email'], password: false, verify: true },
      emailBlocklistPolicy: { customBlocklist: ['blocked.test'] },
    });
    const refusal: [number, string] = [422, 'session.email_blocklist.email_not_allowed'];
    const identifier = email('eve@blocked.test');
    await (await begin('Register')).refuse(refusal, 'POST', sendPath, { identifier, interactionEvent: 'Register' });
    const page = await begin('SignIn');
    const proof = await prove(page, identifier, 'SignIn');
    await page.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await page.refuse(refusal, 'POST', '/identification', proof);
    // Refused at once, not only when the other details are present.
    await operator.configure({ signUp: { identifiers: ['email'], password: true, verify: true } });
    await page.refuse(refusal, 'POST', '/identification', proof);
    assert.deepEqual(await operator.users(), []);
    await operator.configure({ signUp: { identifiers: ['email'], password: false, verify: true } });

    await add({ username: 'ada', password });
    const member = await begin('SignIn');
    const late = await prove(member, identifier, 'SignIn');
    const given = { identifier: { type: 'username', value: 'ada' }, password };
    await member.expect(
      204,
      'POST',
      '/identification',
      await member.expect(200, 'POST', '/verification/password', given),
    );
    await member.refuse(refusal, 'POST', sendPath, { identifier, interactionEvent: 'SignIn' });
    await member.refuse(refusal, 'POST', '/profile', { type: 'email', verificationId: late.verificationId });
    await member.refuse([422, 'user.missing_profile'], 'POST', '/submit');
  });

  it('add an address that the account lacks and no other user has', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: 'taken@example.com' });
    await add({ username: 'ada', password });
    const page = await begin('SignIn');
    const given = { identifier: { type: 'username', value: 'ada' }, password };
    await page.expect(204, 'POST', '/identification', await page.expect(200, 'POST', '/verification/password', given));
    const { data } = await page.refuse([422, 'user.missing_profile'], 'POST', '/submit');
    assert.deepEqual(data, { missingProfile: ['emailOrPhone'] });
    const profile = (type: string, { verificationId }: Record<string, string>) =>
      ['POST', '/profile', { type, verificationId }] as const;
    const taken = await prove(page, email('taken@example.com'), 'SignIn');
    await page.refuse([422, 'user.email_already_in_use'], ...profile('email', taken));
    const own = await prove(page, ada, 'SignIn');
    const gone: [number, string] = [404, 'session.verification_session_not_found'];
    await page.refuse(gone, ...profile('phone', own));
    await page.refuse(gone, ...profile('email', { verificationId: 'invented' }));
    await page.expect(204, ...profile('email', own));
    await page.refuse(gone, ...profile('email', own));
    await arrives(page);
    const again = await begin('SignIn');
    await again.expect(204, 'POST', '/identification', await prove(again, ada, 'SignIn'));
    const other = await prove(again, email('other@example.com'), 'SignIn');
    await again.refuse([422, 'user.email_exists_in_profile'], ...profile('email', other));
  });

  // security: wrong-passwords
  it('limit the guesses at the forgotten password', async () => {
    await operator.configure({ sentinelPolicy: { maxAttempts: 2, lockoutDuration: 5 } });
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value, password });
    const choose = (value: string) => ['PUT', '/profile/password', { password: value }] as const;
    const first = await recovering(ada);
    await first.expect(204, ...choose('bulbs below gravel'));
    const second = await recovering(ada);
    await second.expect(204, ...choose('roots beyond pebbles'));
    const third = await recovering(ada);
    await third.refuse([400, 'session.verification_blocked_too_many_attempts'], ...choose(password));
    // The password that was chosen before the limit is still stored.
    await second.expect(200, 'POST', '/submit');
  });

  // security: old-passwords
  it('replace the forgotten password without signing the user in', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value, password });
    const page = await recovering(ada);
    await page.refuse([422, 'user.new_password_required_in_profile'], 'POST', '/submit');
    const choose = (value: string) => ['PUT', '/profile/password', { password: value }] as const;
    await page.refuse([422, 'user.same_password'], ...choose(password));
    await page.refuse([422, 'password.rejected'], ...choose(ada.value));
    const elsewhere = { type: 'password', value: newPassword };
    await page.refuse([400, 'session.not_supported_for_forgot_password'], 'POST', '/profile', elsewhere);
    await page.expect(204, ...choose(newPassword));
    assert.deepEqual(await page.expect(200, 'POST', '/submit'), {});
    await page.refuse([404, 'session.identifier_not_found'], 'POST', '/submit');
    await page.refuse([404, 'session.identifier_not_found'], ...choose(password));
    const state = await page.expect(200, 'GET', '/interaction');
    assert.deepEqual([state.userId, state.verificationRecords], [undefined, []]);

    assert.equal((await signInWithPassword(page, ada, password)).status, 422);
    const { body } = await signInWithPassword(page, ada, newPassword);
    await page.expect(204, 'POST', '/identification', body);
    await arrives(page);
  });

  // security: old-passwords
  it('end the sessions that were started with the old password', async () => {
    const ada = newEmail('ada');
    const { id } = await add({ username: 'ada', primaryEmail: ada.value, password });
    const client = experienceClient(server.url);
    const tokens = await client.redeem(await client.signIn('ada', password));
    const page = await recovering(ada);
    await page.expect(204, 'PUT', '/profile/password', { password: newPassword });
    const sessions = () => operator.call<{ sessions: object[] }>('GET', `/api/users/${id}/sessions`);
    assert.equal((await sessions()).sessions.length, 1);
    await page.expect(200, 'POST', '/submit');
    assert.deepEqual((await sessions()).sessions, []);
    await assert.rejects(client.refresh(tokens.refresh_token), /invalid_grant/);
  });

  it('replace a forgotten password once for concurrent submissions', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value, password });
    const page = await recovering(ada);
    await page.expect(204, 'PUT', '/profile/password', { password: newPassword });
    const submits = Array.from({ length: 3 }, () => () => page.call('POST', '/submit'));
    const answers = await race(server.app.database, 'interactions', submits);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
  });

  it('are one factor: a user with a second factor still has to show it, also after a password reset', async () => {
    const ada = newEmail('ada');
    const { id } = await add({ primaryEmail: ada.value, password });
    await operator.call('POST', `/api/users/${id}/mfa-verifications`, { type: 'Totp' });
    await operator.configure({ mfa: { factors: ['Totp'], policy: 'Mandatory' } });
    const due: [number, string] = [403, 'session.mfa.require_mfa_verification'];
    const page = await begin('SignIn');
    await page.expect(204, 'POST', '/identification', await prove(page, ada, 'SignIn'));
    await page.refuse(due, 'POST', '/submit');
    const own = await prove(page, phone('34600000003'), 'SignIn');
    await page.refuse(due, 'POST', '/profile', { type: 'phone', verificationId: own.verificationId });
    await page.refuse(due, 'PUT', '/profile/password', { password: newPassword });

    const recovery = await recovering(ada);
    await recovery.expect(204, 'PUT', '/profile/password', { password: newPassword });
    assert.deepEqual(await recovery.expect(200, 'POST', '/submit'), {});
    const { body } = await signInWithPassword(recovery, ada, newPassword);
    await recovery.expect(204, 'POST', '/identification', body);
    await recovery.refuse(due, 'POST', '/submit');
  });

  // security: skipped-steps
  it('replace a password only after they are verified, only of their own user, and only when the operator allows it', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value, password });
    const page = await begin('ForgotPassword');
    await page.refuse([404, 'session.identifier_not_found'], 'PUT', '/profile/password', { password: newPassword });
    await page.refuse([404, 'session.identifier_not_found'], 'POST', '/submit');
    const given = { identifier: ada, password };
    const known = await page.expect(200, 'POST', '/verification/password', given);
    await page.refuse([400, 'session.verification_failed'], 'POST', '/identification', known);
    await operator.configure({ forgotPasswordMethods: ['PhoneVerificationCode'] });
    await page.refuse([422, 'user.sign_in_method_not_enabled'], 'POST', sendPath, {
      identifier: ada,
      interactionEvent: 'ForgotPassword',
    });
    await operator.configure({ forgotPasswordMethods: [] });
    await (await begin('SignIn')).refuse([403, 'auth.forbidden'], 'PUT', '', { interactionEvent: 'ForgotPassword' });
  });

  it('do not let a suspended user sign in or choose a password', async () => {
    const ada = newEmail('ada');
    const { id } = await add({ primaryEmail: ada.value, password });
    const middle = await recovering(ada);
    await middle.expect(204, 'PUT', '/profile/password', { password: newPassword });
    await operator.call('PATCH', `/api/users/${id}/is-suspended`, { isSuspended: true });
    await middle.refuse([401, 'user.suspended'], 'POST', '/submit');
    for (const intent of ['SignIn', 'ForgotPassword']) {
      const page = await begin(intent);
      const proof = await prove(page, ada, intent);
      await page.refuse([401, 'user.suspended'], 'POST', '/identification', proof);
    }
  });

  // security: wrong-passwords
  it('cannot be used to guess the password of the account', async () => {
    const ada = newEmail('ada');
    await add({ primaryEmail: ada.value, password });
    const page = await begin('SignIn');
    await page.expect(204, 'POST', '/identification', await prove(page, ada, 'SignIn'));
    for (const value of [password, newPassword]) {
      const refusal: [number, string] = [422, 'user.password_exists_in_profile'];
      await page.refuse(refusal, 'PUT', '/profile/password', { password: value });
      await page.refuse(refusal, 'POST', '/profile', { type: 'password', value });
    }
  });

  // security: message-codes
  it('are stored as verification records, and never appear in a response or in the log', async () => {
    await add({ primaryEmail: 'log@example.com', password });
    const page = await begin('ForgotPassword');
    const sent = await send(page, email('log@example.com'), 'ForgotPassword');
    const code = await post.codeTo('log@example.com');
    const records = async () => (await page.expect(200, 'GET', '/interaction')).verificationRecords;
    const record = { id: sent.verificationId, type: 'EmailVerificationCode', identifier: sent.identifier };
    assert.deepEqual(await records(), [{ ...record, verified: false }]);
    const refused = await page.call('POST', verifyPath, { ...sent, code: wrong(code) });
    assert.equal(refused.status, 400);
    await page.expect(200, 'POST', verifyPath, { ...sent, code });
    assert.deepEqual(await records(), [{ ...record, verified: true }]);
    await page.expect(204, 'POST', '/identification', { verificationId: sent.verificationId });
    await page.expect(204, 'PUT', '/profile/password', { password: newPassword });
    await page.expect(200, 'POST', '/submit');
    const said = JSON.stringify([refused.body, await page.expect(200, 'GET', '/interaction')]);
    assert.equal(said.includes(code), false);

    type Entry = { payload: { result: string; params?: object; error?: { code: string } } };
    const entries = (key: string) =>
      operator.call<Entry[]>('GET', `/api/logs?page_size=100&logKey=Interaction.ForgotPassword.${key}`);
    const results = async (key: string) => (await entries(key)).map(({ payload }) => payload.result);
    const [created] = await entries('Verification.EmailVerificationCode.Create');
    assert.deepEqual([created?.payload.result, created?.payload.params], ['Success', { identifier: sent.identifier }]);
    const [right, guessed] = await entries('Verification.EmailVerificationCode.Submit');
    assert.deepEqual([right?.payload.result, guessed?.payload.result], ['Success', 'Error']);
    for (const key of ['Create', 'Identifier.Submit', 'Profile.Update', 'Submit'])
      assert.ok((await results(key)).includes('Success'), key);
    const log = JSON.stringify(await operator.call('GET', '/api/logs?page_size=100'));
    assert.ok(log.includes('log@example.com'));
    for (const secret of [code, wrong(code), password, newPassword]) assert.equal(log.includes(secret), false);
  });

  it('are refused after too many messages, and when no connector can send them', async () => {
    const page = await begin('SignIn');
    const ask = ['POST', sendPath, { identifier: email('flood@example.com'), interactionEvent: 'SignIn' }] as const;
    for (let count = 0; count < 10; count += 1) await page.expect(200, ...ask);
    await page.refuse([429, 'request.message_rate_limited'], ...ask);
    await operator.call('DELETE', `/api/connectors/${mailConnector}`);
    await page.refuse([501, 'connector.not_found'], ...ask);
    const recovery = await begin('ForgotPassword');
    for (const value of ['flood@example.com', 'unknown@example.com'])
      await recovery.refuse([501, 'connector.not_found'], 'POST', sendPath, {
        identifier: email(value),
        interactionEvent: 'ForgotPassword',
      });
    mailConnector = await post.addEmail(operator);
  });
});
