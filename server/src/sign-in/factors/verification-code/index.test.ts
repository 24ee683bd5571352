import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { instanceOf, type Message } from '@aldaba/connectors/kit';
import { startServer, type TestServer } from '../../../../../test/support/server.ts';
import {
  createVerificationCodes,
  type VerificationCodes,
} from '../../../features/connectors/verification-codes/index.ts';
import { createVault } from '../../../kernel/crypto.ts';
import { createMessageLimits, defaultMessageLimits } from '../../../services/message-limits/index.ts';
import { type Attempts, attemptName, createAttempts } from '../../attempts.ts';
import type { Address } from '../../machine/state.ts';
import type { Interaction } from '../../port.ts';
import { type BeginCode, type CodeChallenge, createVerificationCodeFactor } from './index.ts';

const maxAttempts = 3;

describe('A code that was sent in a sign-in', () => {
  let server: TestServer;
  let settings: Awaited<ReturnType<TestServer['app']['signInExperiences']['get']>>;
  let attempts: Attempts;
  let interaction: Interaction;
  let codes: VerificationCodes;
  const sent: Message[] = [];
  const clock = { time: 1_800_000_000_000, now: () => clock.time };

  before(async () => {
    server = await startServer({ world: { clock } });
    const { signInExperiences, tenancy } = server.app;
    const tenant = await tenancy.get('default');
    settings = { ...(await signInExperiences.get(tenant)), sentinelPolicy: { maxAttempts } };
    const events = { publish: async () => undefined };
    const quiet = () => undefined;
    const connector = {
      ...instanceOf({ sendMessage: async (message) => sent.push(message) }),
      id: 'any',
      type: 'Email' as const,
      target: '',
      platform: null,
      syncProfile: false,
      emailDomainsFor: () => [],
    };
    attempts = createAttempts({ clock, events });
    codes = createVerificationCodes({
      clock,
      vault: createVault('a secret for tests that is long enough'),
      limits: createMessageLimits({
        clock,
        events,
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        messageLimits: defaultMessageLimits,
      }),
      connectors: { sender: async () => connector },
      signInExperiences,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    interaction = {
      tenant,
      handle: 'one',
      isSatisfied: false,
      requiresSecondFactor: false,
      uidHash: 'one',
      applicationId: 'shop',
      revision: 0,
      state: null,
      expiresAt: clock.time + 3_600_000,
      request: { scope: 'openid', prompt: [], redirectUri: 'https://shop.test/callback' },
    };
  });
  after(() => server?.close());

  const factor = (verify: VerificationCodes['verify'] = codes.verify) =>
    createVerificationCodeFactor({
      clock,
      attempts,
      verificationCodes: { send: codes.send, verify },
      users: server.app.users,
      applications: { findClient: async () => undefined },
      applicationExperiences: { lookOf: async () => ({}) },
      organizations: server.app.organizations,
    });
  let number = 0;
  const newEmail = (): Address => {
    number += 1;
    return { type: 'email', value: `Person${number}@example.com` };
  };
  const begin = async (identifier: Address, more: Partial<BeginCode> = {}) => {
    const request: BeginCode = { identifier, template: 'SignIn', delivery: 'awaited', ...more };
    const challenge = await factor().begin(interaction, request);
    return { challenge, code: String(sent.at(-1)?.payload.code) };
  };
  const verify = (challenge: CodeChallenge, code: string) => factor().verify(interaction, settings, challenge, code);
  const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
  const refused = (work: Promise<unknown>, code: string) => assert.rejects(work, { code });
  const blocked = 'session.verification_blocked_too_many_attempts';

  it('proves the address once', async () => {
    const identifier = newEmail();
    const { challenge, code } = await begin(identifier);
    assert.deepEqual(challenge, {
      id: challenge.id,
      type: 'EmailVerificationCode',
      createdAt: clock.time,
      identifier,
    });
    assert.deepEqual(await verify(challenge, code), { ...challenge, used: false });
    await refused(verify(challenge, code), 'verification_code.not_found');
  });

  // security: value-purposes
  it('proves only the address of its challenge', async () => {
    const identifier = newEmail();
    const first = await begin(identifier);
    const other = await begin(identifier, { template: 'ForgotPassword' });
    const second = await begin(identifier, { template: 'MfaVerification', userId: 'ana' });
    assert.deepEqual([second.challenge.type, 'userId' in second.challenge], ['MfaEmailVerificationCode', true]);
    const managed = { type: 'Email', value: identifier.value } as const;
    await refused(
      codes.verify(interaction.tenant, managed, { purpose: 'management', code: first.code }),
      'verification_code.not_found',
    );
    for (const { challenge } of [other, second]) {
      if (first.code === other.code || first.code === second.code) continue;
      await refused(verify(challenge, first.code), 'verification_code.code_mismatch');
    }
    assert.equal((await verify(first.challenge, first.code)).type, 'EmailVerificationCode');
    assert.deepEqual(await verify(second.challenge, second.code), { ...second.challenge, used: false });
  });

  it('counts once when it is submitted concurrently', async () => {
    const { challenge, code } = await begin(newEmail());
    const answers = await Promise.allSettled([1, 2, 3].map(() => verify(challenge, code)));
    assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  // security: wrong-passwords
  it('shares its attempts with the password of the identifier, regardless of case', async () => {
    const identifier = newEmail();
    const { challenge, code } = await begin(identifier);
    for (let count = 0; count < maxAttempts; count += 1)
      await refused(verify(challenge, wrong(code)), 'verification_code.code_mismatch');
    await refused(verify(challenge, code), blocked);
    const name = attemptName(settings, { type: 'email', value: identifier.value.toUpperCase() });
    const password = { identifier: name, policy: settings.sentinelPolicy };
    await refused(
      attempts.limited(interaction.tenant.db, password, async () => true),
      blocked,
    );
    // Second factors have their own count: an attacker who knows an identifier cannot lock them.
    const second = await begin(identifier, { userId: 'bob' });
    assert.equal((await verify(second.challenge, second.code)).type, 'MfaEmailVerificationCode');
  });

  it('shares its attempts with the user’s other second factors when it is one', async () => {
    const byEmail = await begin(newEmail(), { userId: 'eve' });
    const byPhone = await begin({ type: 'phone', value: '34600123456' }, { userId: 'eve' });
    assert.equal(byPhone.challenge.type, 'MfaPhoneVerificationCode');
    assert.equal(sent.at(-1)?.to, '34600123456');
    for (const { challenge, code } of [byEmail, byPhone, byPhone])
      await refused(verify(challenge, wrong(code)), 'verification_code.code_mismatch');
    await refused(verify(byEmail.challenge, byEmail.code), blocked);
  });

  // security: wrong-passwords
  it('counts as an attempt when it is unknown, expired or exhausted, but not when it cannot be judged', async () => {
    const identifier = newEmail();
    const { challenge, code } = await begin(identifier);
    const broken = factor(async () => {
      throw new Error('the database is away');
    });
    for (let count = 0; count <= maxAttempts; count += 1)
      await assert.rejects(broken.verify(interaction, settings, challenge, code), /the database is away/);
    await refused(verify({ ...challenge, id: 'unknown' }, code), 'verification_code.not_found');
    clock.time += 601_000;
    await refused(verify(challenge, code), 'verification_code.expired');
    await refused(verify(challenge, code), 'verification_code.expired');
    await refused(verify(challenge, code), blocked);
  });

  it('limits guesses also when it was withheld', async () => {
    const before = sent.length;
    const challenge = await factor().begin(interaction, {
      identifier: newEmail(),
      template: 'ForgotPassword',
      delivery: 'withheld',
    });
    assert.equal(sent.length, before);
    await refused(verify(challenge, 'wrong'), 'verification_code.code_mismatch');
  });

  it('passes the application, the user and the language to its template', async () => {
    const { app } = server;
    const { tenant } = interaction;
    const organization = await tenant.db.transaction((tx) => app.organizations.create(tx, { name: 'Acme' }));
    const user = await tenant.db.transaction((tx) => app.users.create(tx, { username: 'ana', name: 'Ana' }));
    const branding = { logoUrl: 'https://shop.test/logo.png' };
    const identifier = newEmail();
    const client = { id: 'shop', name: 'Shop' } as Awaited<ReturnType<typeof app.applications.findClient>>;
    await createVerificationCodeFactor({
      clock,
      attempts,
      verificationCodes: codes,
      users: server.app.users,
      applications: { findClient: async () => client },
      applicationExperiences: { lookOf: async () => ({ displayName: 'The shop', branding }) },
      organizations: app.organizations,
    }).begin(
      {
        ...interaction,
        request: { ...interaction.request, uiLocales: 'es en', organizationId: organization.id },
      },
      { identifier, template: 'SignIn', delivery: 'awaited', locale: 'es', user },
    );
    const { to, type, payload } = sent.at(-1) ?? assert.fail('nothing was sent');
    assert.deepEqual([to, type], [identifier.value, 'SignIn']);
    const { code, ...context } = payload;
    assert.match(String(code), /^\d{6}$/);
    assert.deepEqual(context, {
      locale: 'es',
      uiLocales: 'es en',
      application: { id: 'shop', name: 'Shop', displayName: 'The shop', branding },
      organization: { id: organization.id, name: 'Acme', branding: {} },
      user: {
        id: user.id,
        name: 'Ana',
        avatar: null,
        username: 'ana',
        primaryEmail: null,
        primaryPhone: null,
        profile: {},
      },
    });
  });
});
