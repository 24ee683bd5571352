import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { experienceClient } from '../../../../test/support/agent.ts';
import { createAuthenticator } from '../../../../test/support/authenticator.ts';
import { race } from '../../../../test/support/race.ts';
import { type FactorWorld, openFactorWorld, password, type Visit } from '../../../../test/support/second-factors.ts';
import { totpCode } from '../../../../test/support/totp-app.ts';

const every = ['Totp', 'WebAuthn', 'BackupCode', 'EmailVerificationCode'];
const needsFactor = [403, 'session.mfa.require_mfa_verification'] as [number, string];

interface Generated {
  verificationId: string;
  codes: string[];
}

describe('Second factors in the Experience API', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
    await world.configure({ mfa: { factors: every, policy: 'NoPrompt' } });
  });
  afterEach(() => world.configure({ mfa: { factors: every, policy: 'NoPrompt' }, sentinelPolicy: {} }));
  after(() => world?.close());

  const totp = '/verification/totp/verify';
  const wrongCode = [400, 'session.mfa.invalid_totp_code'] as [number, string];
  const blocked = [400, 'session.verification_blocked_too_many_attempts'] as [number, string];
  const spent = [404, 'session.verification_session_not_found'] as [number, string];
  /** Requires every user without a factor to set one up. */
  const demand = (...factors: string[]) => world.configure({ mfa: { factors, policy: 'Mandatory' } });

  describe('an authenticator app', () => {
    it('an authenticator app signs the user in only with a right code', async () => {
      const ana = await world.addPerson({ email: true });
      const secret = await world.giveTotp(ana);
      const visit = await world.arrive(ana);
      const { data } = await visit.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data, {
        availableFactors: ['Totp', 'EmailVerificationCode'],
        maskedIdentifiers: { EmailVerificationCode: 'a****@example.com' },
      });
      const stranger = await world.giveTotp(await world.addPerson());
      await visit.refuse(wrongCode, 'POST', totp, { code: world.nextCode(stranger) });
      await visit.refuse(needsFactor, 'POST', '/submit');
      await visit.expect(200, 'POST', totp, { code: world.nextCode(secret) });
      const tokens = await visit.finish();
      const refreshed = await experienceClient(world.server.url).refresh(tokens.refresh_token);
      for (const { id_token: token } of [tokens, refreshed]) {
        const { amr } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
        assert.deepEqual(amr, ['pwd', 'otp', 'mfa']);
      }
    });

    it('an authenticator app’s code is accepted once across all sign-ins', async () => {
      const ana = await world.addPerson();
      const code = world.nextCode(await world.giveTotp(ana));
      const [first, second] = [await world.arrive(ana), await world.arrive(ana)];
      await first.expect(200, 'POST', totp, { code });
      await first.refuse(wrongCode, 'POST', totp, { code });
      await second.refuse(wrongCode, 'POST', totp, { code });
      await second.refuse(needsFactor, 'POST', '/submit');
      await first.expect(200, 'POST', '/submit');
    });

    // security: second-factor-bypass
    it('an authenticator app’s code is accepted once by two concurrent sign-ins', async () => {
      const ana = await world.addPerson();
      const code = world.nextCode(await world.giveTotp(ana));
      const visits = [await world.arrive(ana), await world.arrive(ana)];
      const show = visits.map((visit) => () => visit.call('POST', totp, { code }));
      const answers = await race(world.server.app.database, 'mfa_verifications', show);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
      const submits = await Promise.all(visits.map((visit) => visit.call('POST', '/submit')));
      assert.deepEqual(submits.map(({ status }) => status).sort(), [200, 403]);
    });

    it('an authenticator app is set up with a code of its new secret, and is asked for from then on', async () => {
      await demand('Totp', 'WebAuthn');
      const visit = await world.register('totp_maker');
      await visit.refuse([422, 'user.missing_mfa'], 'POST', '/submit');
      const made = await visit.expect(200, 'POST', '/verification/totp/secret');
      const { secret = '', secretQrCode = '', verificationId } = made;
      assert.match(secretQrCode, /^data:image\/png;base64,/);
      await visit.refuse(spent, 'POST', '/profile/mfa', { type: 'Totp', verificationId });
      const old = totpCode(secret, world.clock.time - 600_000);
      await visit.refuse(wrongCode, 'POST', totp, { code: old, verificationId });
      const code = totpCode(secret, world.clock.time);
      const proof = await visit.expect(200, 'POST', totp, { code, verificationId });
      await visit.refuse([422, 'user.missing_mfa'], 'POST', '/submit');
      await visit.refuse(spent, 'POST', '/profile/mfa', { type: 'WebAuthn', ...proof });
      await visit.expect(204, 'POST', '/profile/mfa', { type: 'Totp', ...proof });
      await visit.expect(200, 'POST', '/submit');
      const next = await world.arrive({ username: 'totp_maker' });
      const { data } = await next.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data.availableFactors, ['Totp']);
      await next.refuse(wrongCode, 'POST', totp, { code });
      await next.expect(200, 'POST', totp, { code: world.nextCode(secret) });
      await next.expect(200, 'POST', '/submit');
    });
  });

  describe('a factor that is not offered', () => {
    it('a factor that the tenant does not offer can be prepared, is wrong when shown, and is refused at the binding', async () => {
      await demand('WebAuthn');
      const visit = await world.arrive(await world.addPerson());
      const made = await visit.expect(200, 'POST', '/verification/totp/secret');
      await visit.refuse(wrongCode, 'POST', totp, { code: '000000' });
      const wrongBackup: [number, string] = [400, 'session.mfa.invalid_backup_code'];
      await visit.refuse(wrongBackup, 'POST', '/verification/backup-code/verify', { code: '0000000000' });
      const code = totpCode(made.secret ?? '', world.clock.time);
      const proof = await visit.expect(200, 'POST', totp, { code, verificationId: made.verificationId });
      const refusal: [number, string] = [400, 'session.mfa.mfa_factor_not_enabled'];
      await visit.refuse(refusal, 'POST', '/profile/mfa', { type: 'Totp', ...proof });
    });
  });

  describe('a passkey', () => {
    const ask = (visit: Visit) => visit.expect(200, 'POST', '/verification/web-authn/authentication');
    const verify = '/verification/web-authn/authentication/verify';
    const refused = [400, 'session.mfa.webauthn_verification_failed'] as [number, string];
    // The device reads what a browser receives; the tests read the rest.
    const optionsOf = (asked: Record<string, unknown>) => asked.authenticationOptions as never;
    const enroll = async (name: string) => {
      await demand('WebAuthn');
      const device = createAuthenticator({ origin: world.server.url });
      const visit = await world.register(name);
      const path = '/verification/web-authn/registration';
      const first = await visit.expect(200, 'POST', path);
      const forged = device.create(first.registrationOptions as never, { origin: 'https://evil.example' });
      const given = { verificationId: first.verificationId, payload: forged };
      await visit.refuse(refused, 'POST', `${path}/verify`, given);
      await visit.refuse(spent, 'POST', `${path}/verify`, given);
      const { verificationId, registrationOptions } = await visit.expect(200, 'POST', path);
      const payload = device.create(registrationOptions as never);
      const proof = await visit.expect(200, 'POST', `${path}/verify`, { verificationId, payload });
      await visit.expect(204, 'POST', '/profile/mfa', { type: 'WebAuthn', ...proof });
      await visit.expect(200, 'POST', '/submit');
      return device;
    };

    it('a registered passkey signs the user in, and no other does', async () => {
      const device = await enroll('passkey_maker');
      const visit = await world.arrive({ username: 'passkey_maker' });
      const { data } = await visit.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data.availableFactors, ['WebAuthn']);
      const asked = await ask(visit);
      const { rpId, allowCredentials } = asked.authenticationOptions as never as Record<string, unknown[]>;
      assert.deepEqual([rpId, allowCredentials?.length], ['localhost', 1]);
      const payload = device.get(optionsOf(asked));
      await visit.expect(200, 'POST', verify, { verificationId: asked.verificationId, payload });
      await visit.expect(200, 'POST', '/submit');
      const other = await enroll('passkey_owner');
      const next = await world.arrive({ username: 'passkey_maker' });
      const again = await ask(next);
      const foreign = other.get({ challenge: (optionsOf(again) as { challenge: string }).challenge });
      await next.refuse(refused, 'POST', verify, { verificationId: again.verificationId, payload: foreign });
    });

    // security: second-factor-bypass
    it('a passkey’s challenge takes one answer, right or wrong, only in its sign-in', async () => {
      const device = await enroll('passkey_asked');
      const [visit, other] = [
        await world.arrive({ username: 'passkey_asked' }),
        await world.arrive({ username: 'passkey_asked' }),
      ];
      const asked = await ask(visit);
      const { verificationId } = asked;
      await visit.refuse(refused, 'POST', verify, {
        verificationId,
        payload: device.get(optionsOf(asked), { origin: 'https://evil.example' }),
      });
      const honest = device.get(optionsOf(asked));
      await visit.refuse(spent, 'POST', verify, { verificationId, payload: honest });
      await other.refuse(spent, 'POST', verify, { verificationId, payload: honest });
      const own = await ask(other);
      await other.refuse(refused, 'POST', verify, { verificationId: own.verificationId, payload: honest });
      for (const sign of [visit, other]) await sign.refuse(needsFactor, 'POST', '/submit');
    });

    it('a passkey is not asked of a user who has none', async () => {
      const visit = await world.arrive(await world.addPerson());
      const path = '/verification/web-authn/authentication';
      await visit.refuse([400, 'session.mfa.mfa_factor_not_enabled'], 'POST', path);
    });
  });

  describe('backup codes', () => {
    const verify = '/verification/backup-code/verify';
    const refused = [400, 'session.mfa.invalid_backup_code'] as [number, string];

    it('backup codes are generated with the first second factor, and each replaces it once', async () => {
      await demand('Totp', 'BackupCode');
      const visit = await world.register('code_keeper');
      await visit.addTotp();
      await visit.refuse([422, 'session.mfa.backup_code_required'], 'POST', '/submit');
      const made = await visit.expect<Generated>(200, 'POST', '/verification/backup-code/generate');
      const { codes } = made;
      assert.equal(codes.length, 10);
      await visit.expect(204, 'POST', '/profile/mfa', { type: 'BackupCode', verificationId: made.verificationId });
      await visit.expect(200, 'POST', '/submit');
      const next = await world.arrive({ username: 'code_keeper' });
      const { data } = await next.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data.availableFactors, ['Totp', 'BackupCode']);
      await next.refuse(refused, 'POST', verify, { code: '0000000000' });
      const [code] = codes;
      await next.expect(200, 'POST', verify, { code });
      await next.expect(200, 'POST', '/submit');
      const later = await world.arrive({ username: 'code_keeper' });
      await later.refuse(refused, 'POST', verify, { code });
      await later.refuse(needsFactor, 'POST', '/submit');
    });

    it('backup codes are not generated on their own', async () => {
      await demand('Totp', 'BackupCode');
      const visit = await world.register('code_only');
      const { verificationId } = await visit.expect(200, 'POST', '/verification/backup-code/generate');
      const refusal = [400, 'session.mfa.mfa_factor_not_enabled'] as [number, string];
      await visit.refuse(refusal, 'POST', '/profile/mfa', { type: 'BackupCode', verificationId });
    });
  });

  describe('a code that is sent', () => {
    const path = '/verification/mfa-verification-code';
    const email = { identifierType: 'email' };

    it('a code is sent to the account’s own address', async () => {
      await demand('EmailVerificationCode');
      const ana = await world.addPerson({ email: true });
      const visit = await world.arrive(ana);
      await visit.refuse(needsFactor, 'POST', '/submit');
      const { verificationId } = await visit.expect(200, 'POST', path, email);
      const code = await world.post.codeTo(ana.email);
      const given = { ...email, verificationId };
      const wrong = code === '000000' ? '111111' : '000000';
      await visit.refuse([400, 'verification_code.code_mismatch'], 'POST', `${path}/verify`, { ...given, code: wrong });
      const other = await world.arrive(ana);
      await other.refuse(spent, 'POST', `${path}/verify`, { ...given, code });
      await visit.expect(200, 'POST', `${path}/verify`, { ...given, code });
      await visit.refuse(spent, 'POST', `${path}/verify`, { ...given, code });
      await visit.expect(200, 'POST', '/submit');
      await other.refuse(needsFactor, 'POST', '/submit');
    });

    it('a code is not sent when the user has no address or the tenant does not offer the factor', async () => {
      const visit = await world.arrive(await world.addPerson());
      for (const identifierType of ['email', 'phone'])
        await visit.refuse([400, 'session.mfa.mfa_factor_not_enabled'], 'POST', path, { identifierType });
    });

    it('a code is sent at most 10 times in 10 minutes to one address', async () => {
      const visit = await world.arrive(await world.addPerson({ email: true }));
      for (let sent = 0; sent < 10; sent += 1) await visit.expect(200, 'POST', path, email);
      await visit.refuse([429, 'request.message_rate_limited'], 'POST', path, email);
    });
  });

  // security: second-factor-bypass
  it('all second factors share one limit on attempts, separate from that of passwords', async () => {
    const ana = await world.addPerson();
    const secret = await world.giveTotp(ana);
    await world.operator.call('POST', `/api/users/${ana.id}/mfa-verifications`, { type: 'BackupCode' });
    const visit = await world.arrive(ana);
    await world.configure({ sentinelPolicy: { maxAttempts: 3, lockoutDuration: 10 } });
    await visit.refuse(wrongCode, 'POST', totp, { code: '000000' });
    const backup = '/verification/backup-code/verify';
    for (let tries = 0; tries < 2; tries += 1)
      await visit.refuse([400, 'session.mfa.invalid_backup_code'], 'POST', backup, { code: '0000000000' });
    await visit.refuse(blocked, 'POST', totp, { code: world.nextCode(secret) });
    const second = await world.arrive(ana);
    await second.refuse(blocked, 'POST', totp, { code: world.nextCode(secret) });
    world.clock.time += 11 * 60_000;
    const identifier = { type: 'username', value: ana.username };
    for (let tries = 0; tries < 3; tries += 1)
      await second.call('POST', '/verification/password', { identifier, password: 'wrong' });
    await second.refuse(blocked, 'POST', '/verification/password', { identifier, password });
    await second.expect(200, 'POST', totp, { code: world.nextCode(secret) });
    await second.expect(200, 'POST', '/submit');
  });

  it('a second factor can be tried again when an operator ends its lock, and no other lock ends', async () => {
    const people = [await world.addPerson(), await world.addPerson()] as const;
    const secrets = [await world.giveTotp(people[0]), await world.giveTotp(people[1])] as const;
    const visits = [await world.arrive(people[0]), await world.arrive(people[1])] as const;
    await world.configure({ sentinelPolicy: { maxAttempts: 1, lockoutDuration: 10 } });
    for (const visit of visits) {
      await visit.refuse(wrongCode, 'POST', totp, { code: '000000' });
      await visit.refuse(blocked, 'POST', totp, { code: '000000' });
    }
    const release = { targetType: 'User', targets: [people[0].id] };
    await world.operator.call('POST', '/api/sentinel-activities/delete', release);
    await visits[0].expect(200, 'POST', totp, { code: world.nextCode(secrets[0]) });
    await visits[1].refuse(blocked, 'POST', totp, { code: world.nextCode(secrets[1]) });
  });

  /** Every request about a factor, with a body that is valid except for the part under test. */
  const requests: [factor: string, path: string, body?: object][] = [
    ['Totp', '/verification/totp/secret'],
    ['Totp', totp, { code: '123456' }],
    ['WebAuthn', '/verification/web-authn/registration'],
    ['WebAuthn', '/verification/web-authn/authentication'],
    ['BackupCode', '/verification/backup-code/generate'],
    ['BackupCode', '/verification/backup-code/verify', { code: '0123456789' }],
    ['EmailVerificationCode', '/verification/mfa-verification-code', { identifierType: 'email' }],
    ['Totp', '/profile/mfa', { type: 'Totp', verificationId: 'invented' }],
  ];

  it('a second factor needs an identified user', async () => {
    const visit = await world.begin();
    for (const [, path, body] of requests)
      await visit.refuse([404, 'session.identifier_not_found'], 'POST', path, body);
    for (const path of ['mfa-enabled', 'mfa-skipped', 'mfa-suggestion-skipped'])
      await visit.refuse([404, 'session.identifier_not_found'], 'POST', `/profile/mfa/${path}`);
  });

  it('a second factor counts only when the tenant offers it', async () => {
    const visit = await world.arrive(await world.addPerson({ email: true }));
    const judgedLater = ['/verification/totp/secret', totp, '/verification/backup-code/verify'];
    for (const [factor, path, body] of requests.filter(([, path]) => !judgedLater.includes(path))) {
      await world.configure({
        mfa: { factors: every.filter((name) => name !== factor && name !== 'BackupCode'), policy: 'NoPrompt' },
      });
      await visit.refuse([400, 'session.mfa.mfa_factor_not_enabled'], 'POST', path, body);
    }
  });

  // security: second-factor-bypass
  it('a second factor cannot be set up by a user who still has to show one', async () => {
    const ana = await world.addPerson();
    await world.giveTotp(ana);
    const visit = await world.arrive(ana);
    for (const path of ['totp/secret', 'web-authn/registration', 'backup-code/generate'])
      await visit.refuse(needsFactor, 'POST', `/verification/${path}`);
    for (const path of ['mfa-enabled', 'mfa-skipped', 'mfa-suggestion-skipped'])
      await visit.refuse(needsFactor, 'POST', `/profile/mfa/${path}`);
  });

  it('a second factor is refused while a forgotten password is recovered', async () => {
    const ana = await world.addPerson({ email: true });
    const visit = await world.begin('ForgotPassword');
    for (const [, path, body] of requests)
      await visit.refuse([400, 'session.not_supported_for_forgot_password'], 'POST', path, body);
    assert.ok(ana.id);
  });

  // security: second-factor-bypass
  it('a second factor leaves no secret in the state, the log or a response', async () => {
    await demand('Totp', 'BackupCode');
    const visit = await world.register('secretive');
    const secret = await visit.addTotp();
    const made = await visit.expect<Generated>(200, 'POST', '/verification/backup-code/generate');
    const { codes } = made;
    await visit.expect(204, 'POST', '/profile/mfa', { type: 'BackupCode', verificationId: made.verificationId });
    const state = await visit.expect(200, 'GET', '/interaction');
    assert.deepEqual(state.mfa as unknown, { newFactors: [{ type: 'Totp' }, { type: 'BackupCode' }] });
    const stored = await world.server.app.database.system.raw('select state::text from interactions');
    await visit.expect(200, 'POST', '/submit');
    const next = await world.arrive({ username: 'secretive' });
    await next.refuse(wrongCode, 'POST', totp, { code: '000000' });
    const shown = world.nextCode(secret);
    await next.expect(200, 'POST', totp, { code: shown });
    const before = await next.expect(200, 'GET', '/interaction');
    await next.expect(200, 'POST', '/submit');
    const entries = await world.operator.call<unknown[]>('GET', '/api/logs?page_size=100');
    for (const place of [state, before, stored, entries])
      for (const known of [secret, shown, ...codes]) assert.ok(!JSON.stringify(place).includes(known));
    assert.doesNotMatch(JSON.stringify([state, before]), /[sS]ealed|v1\./);
  });

  it('every step of a second factor is logged', async () => {
    await demand('Totp', 'BackupCode');
    const visit = await world.register('logged');
    await visit.refuse(wrongCode, 'POST', totp, { code: '000000' });
    await visit.addTotp();
    const { verificationId } = await visit.expect(200, 'POST', '/verification/backup-code/generate');
    await visit.expect(204, 'POST', '/profile/mfa', { type: 'BackupCode', verificationId });
    await visit.expect(200, 'POST', '/submit');
    const [user] = (await world.operator.users()).filter(({ username }) => username === 'logged');
    const entries = await world.operator.call<{ key: string; payload: { result: string } }[]>(
      'GET',
      `/api/logs?page_size=100&userId=${user?.id}`,
    );
    const told = entries.map(({ key, payload }) => `${key} ${payload.result}`);
    for (const entry of [
      'Verification.Totp.Submit Error',
      'Verification.Totp.Create Success',
      'Verification.Totp.Submit Success',
      'BindMfa.Totp.Submit Success',
      'Verification.BackupCode.Create Success',
      'BindMfa.BackupCode.Submit Success',
      'Submit Success',
    ])
      assert.ok(told.includes(`Interaction.Register.${entry}`), `${entry} of ${told.join(', ')}`);
  });
});
