import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { authorization } from '../../../../test/support/authorization.ts';
import { startReceiver } from '../../../../test/support/receiver.ts';
import {
  type FactorWorld,
  openFactorWorld,
  type Person,
  password,
  type Visit,
} from '../../../../test/support/second-factors.ts';

type Refused = [status: number, code: string];
const needsFactor: Refused = [403, 'session.mfa.require_mfa_verification'];
const lacksFactor: Refused = [422, 'user.missing_mfa'];
const suggestsFactor: Refused = [422, 'user.suggest_mfa'];
const required: Refused = [422, 'session.mfa.mfa_policy_not_user_controlled'];
const day = 86_400_000;

const passwordOnly = (identifier: string) => ({
  identifier,
  password: true,
  verificationCode: false,
  isPasswordPrimary: true,
});
/** The settings that the tests start from. */
const settings = {
  mfa: { factors: ['Totp'], policy: 'NoPrompt' },
  adaptiveMfa: { enabled: false },
  signIn: { methods: [passwordOnly('username'), passwordOnly('email')] },
};

describe('When the Experience API asks for second factors', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
    await world.configure(settings);
  });
  afterEach(() => world.configure(settings));
  after(() => world?.close());

  const choose = (policy: string, factors = ['Totp'], more = {}) =>
    world.configure({ mfa: { factors, policy, ...more } });
  const show = async (visit: Visit, secret: string) => {
    await visit.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
    await visit.expect(200, 'POST', '/submit');
  };
  const decide = (person: Person, mfa: object) =>
    world.operator.call('PATCH', `/api/users/${person.id}/logto-configs`, { mfa });

  describe('by policy', () => {
    type Wish = 'nothing' | 'skippable' | 'required';
    const policies: Record<string, { signUp: Wish; signIn: Wish }> = {
      NoPrompt: { signUp: 'nothing', signIn: 'nothing' },
      UserControlled: { signUp: 'skippable', signIn: 'skippable' },
      PromptAtSignInAndSignUp: { signUp: 'skippable', signIn: 'skippable' },
      PromptOnlyAtSignIn: { signUp: 'nothing', signIn: 'skippable' },
      Mandatory: { signUp: 'required', signIn: 'required' },
      PromptAtSignInAndSignUpMandatory: { signUp: 'required', signIn: 'required' },
      PromptOnlyAtSignInMandatory: { signUp: 'nothing', signIn: 'required' },
    };
    const assertAsked = async (visit: Visit, wish: Wish) => {
      if (wish !== 'nothing') {
        const refusal = wish === 'skippable' ? suggestsFactor : lacksFactor;
        const { data } = await visit.refuse(refusal, 'POST', '/submit');
        assert.deepEqual(data, { availableFactors: ['Totp'], skippable: wish === 'skippable' });
      }
      const skip = '/profile/mfa/mfa-skipped';
      if (wish === 'skippable') await visit.expect(204, 'POST', skip);
      else await visit.refuse(required, 'POST', skip);
      if (wish === 'required') await visit.addTotp();
      await visit.expect(200, 'POST', '/submit');
    };

    for (const [policy, { signUp, signIn }] of Object.entries(policies))
      it(`${policy}: ${signUp} at sign-up, ${signIn} at sign-in, and of users who have a factor that factor`, async () => {
        const [newcomer, owner] = [await world.addPerson(), await world.addPerson()];
        const secret = await world.giveTotp(owner);
        await choose(policy);
        await assertAsked(await world.register(policy.toLowerCase()), signUp);
        await assertAsked(await world.arrive(newcomer), signIn);
        const visit = await world.arrive(owner);
        await visit.refuse(needsFactor, 'POST', '/submit');
        await show(visit, secret);
      });

    it('does not ask a user who skipped it again until it is required', async () => {
      const ana = await world.addPerson();
      await choose('UserControlled');
      const visit = await world.arrive(ana);
      await visit.expect(204, 'POST', '/profile/mfa/mfa-skipped');
      const state = await visit.expect(200, 'GET', '/interaction');
      assert.deepEqual(state.mfa as unknown, { newFactors: [], mfaSkipped: true });
      await visit.expect(200, 'POST', '/submit');
      await (await world.arrive(ana)).expect(200, 'POST', '/submit');
      await choose('Mandatory');
      await (await world.arrive(ana)).refuse(lacksFactor, 'POST', '/submit');
    });

    it('keeps the decision of a sign-in that was given up to itself', async () => {
      const ana = await world.addPerson();
      await choose('UserControlled');
      await (await world.arrive(ana)).expect(204, 'POST', '/profile/mfa/mfa-skipped');
      await (await world.arrive(ana)).refuse(suggestsFactor, 'POST', '/submit');
    });

    it('takes an address for a factor where one is required, and suggests a better one once', async () => {
      const ana = await world.addPerson({ email: true });
      await choose('Mandatory', ['Totp', 'EmailVerificationCode']);
      const visit = await world.arrive(ana);
      await showEmailCode(visit, ana);
      const { data } = await visit.refuse([422, 'session.mfa.suggest_additional_mfa'], 'POST', '/submit');
      assert.deepEqual(data, { availableFactors: ['Totp', 'EmailVerificationCode'], skippable: true });
      await visit.expect(204, 'POST', '/profile/mfa/mfa-suggestion-skipped');
      await visit.expect(200, 'POST', '/submit');
      const next = await world.arrive(ana);
      await showEmailCode(next, ana);
      // Suggested once: the prompt does not return.
      const nothing: [number, string] = [400, 'session.mfa.mfa_policy_not_user_controlled'];
      await next.refuse(nothing, 'POST', '/profile/mfa/mfa-suggestion-skipped');
      await next.expect(200, 'POST', '/submit');
    });

    // security: second-factor-bypass
    it('counts no factor that was made and is switched off before the sign-in is complete', async () => {
      await choose('Mandatory');
      const visit = await world.arrive(await world.addPerson());
      await visit.addTotp();
      await choose('Mandatory', ['WebAuthn']);
      const { data } = await visit.refuse(lacksFactor, 'POST', '/submit');
      assert.deepEqual(data, { availableFactors: ['WebAuthn'], skippable: false });
    });

    it('takes a code that a phone got', async () => {
      const ana = await world.addPerson();
      const phone = '34600222333';
      await world.operator.call('PATCH', `/api/users/${ana.id}`, { primaryPhone: phone });
      await choose('Mandatory', ['PhoneVerificationCode']);
      const visit = await world.arrive(ana);
      const { data } = await visit.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data, {
        availableFactors: ['PhoneVerificationCode'],
        maskedIdentifiers: { PhoneVerificationCode: '****2333' },
      });
      const path = '/verification/mfa-verification-code';
      const { verificationId } = await visit.expect(200, 'POST', path, { identifierType: 'phone' });
      const code = await world.post.codeTo(phone);
      await visit.expect(200, 'POST', `${path}/verify`, { identifierType: 'phone', verificationId, code });
      await visit.expect(200, 'POST', '/submit');
    });

    it('asks for codes to an address as soon as the person wants them', async () => {
      const ana = await world.addPerson({ email: true });
      await choose('UserControlled', ['EmailVerificationCode']);
      const visit = await world.arrive(ana);
      const { data } = await visit.refuse(suggestsFactor, 'POST', '/submit');
      assert.deepEqual(data, { availableFactors: ['EmailVerificationCode'], skippable: true });
      await visit.expect(204, 'POST', '/profile/mfa/mfa-enabled');
      await visit.expect(200, 'POST', '/submit');
      const next = await world.arrive(ana);
      await next.refuse(needsFactor, 'POST', '/submit');
      await showEmailCode(next, ana);
      await next.expect(200, 'POST', '/submit');
    });
  });

  it('by a code to an address that is bound like the other factors', async () => {
    const path = '/verification/verification-code';
    const bound = '/profile/mfa';
    for (const [policy, value] of [
      ['PromptOnlyAtSignIn', '34600333001'],
      ['Mandatory', '34600333002'],
    ] as const) {
      const ana = await world.addPerson();
      const identifier = { type: 'phone', value };
      await choose(policy, ['EmailVerificationCode', 'PhoneVerificationCode']);
      const visit = await world.arrive(ana);
      await visit.refuse(policy === 'Mandatory' ? lacksFactor : suggestsFactor, 'POST', '/submit');
      const sent = await visit.expect(200, 'POST', path, { identifier, interactionEvent: 'SignIn' });
      const code = await world.post.codeTo(value);
      assert.ok(world.post.received().includes(JSON.stringify({ to: value, type: 'BindMfa', code })));
      const proof = await visit.expect(200, 'POST', `${path}/verify`, { identifier, code, ...sent });
      const unknown: Refused = [404, 'session.verification_session_not_found'];
      await visit.refuse(unknown, 'POST', bound, { type: 'EmailVerificationCode', ...proof });
      await visit.expect(204, 'POST', bound, { type: 'PhoneVerificationCode', ...proof });
      await visit.refuse(unknown, 'POST', bound, { type: 'PhoneVerificationCode', ...proof });
      await visit.expect(200, 'POST', '/submit');
      const next = await world.arrive(ana);
      const { data } = await next.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data.availableFactors, ['PhoneVerificationCode']);
    }
  });

  it('of users who want one and have none yet, until one is set up', async () => {
    await choose('UserControlled');
    const visit = await world.arrive(await world.addPerson());
    await visit.refuse(suggestsFactor, 'POST', '/submit');
    await visit.expect(204, 'POST', '/profile/mfa/mfa-enabled');
    const { data } = await visit.refuse(lacksFactor, 'POST', '/submit');
    assert.deepEqual(data, { availableFactors: ['Totp'], skippable: true });
    await visit.addTotp();
    await visit.expect(200, 'POST', '/submit');
  });

  it('and backup codes beside a factor that has none, once it was shown', async () => {
    const ana = await world.addPerson();
    const secret = await world.giveTotp(ana);
    await choose('Mandatory', ['Totp', 'BackupCode']);
    const visit = await world.arrive(ana);
    await visit.refuse(needsFactor, 'POST', '/submit');
    await visit.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
    await visit.refuse([422, 'session.mfa.backup_code_required'], 'POST', '/submit');
    const { verificationId } = await visit.expect(200, 'POST', '/verification/backup-code/generate');
    await visit.expect(204, 'POST', '/profile/mfa', { type: 'BackupCode', verificationId });
    await visit.expect(200, 'POST', '/submit');
    await decide(ana, { skipMfaOnSignIn: true });
    await choose('UserControlled', ['Totp', 'BackupCode']);
    await (await world.arrive(ana)).expect(200, 'POST', '/submit');
  });

  const showEmailCode = async (visit: Visit, { email }: Person) => {
    const path = '/verification/mfa-verification-code';
    const { verificationId } = await visit.expect(200, 'POST', path, { identifierType: 'email' });
    const code = await world.post.codeTo(email);
    await visit.expect(200, 'POST', `${path}/verify`, { identifierType: 'email', verificationId, code });
  };

  it('of members of an organization that wants one, whatever the others need', async () => {
    const [member, other] = [await world.addPerson(), await world.addPerson()];
    const { id } = await world.operator.call<{ id: string }>('POST', '/api/organizations', {
      name: 'Vault',
      isMfaRequired: true,
    });
    await world.operator.call('POST', `/api/organizations/${id}/users`, { userIds: [member.id] });
    await choose('NoPrompt', ['Totp'], { organizationRequiredMfaPolicy: 'Mandatory' });
    await (await world.arrive(other)).expect(200, 'POST', '/submit');
    const visit = await world.arrive(member);
    const { data } = await visit.refuse(lacksFactor, 'POST', '/submit');
    assert.equal(data.skippable, false);
    await visit.refuse(required, 'POST', '/profile/mfa/mfa-skipped');
    const secret = await visit.addTotp();
    await visit.expect(200, 'POST', '/submit');
    await decide(member, { skipMfaOnSignIn: true });
    const next = await world.arrive(member);
    await next.refuse(needsFactor, 'POST', '/submit');
    await show(next, secret);
    // Regardless of the tenant's policy: the organization issues tokens only after a second factor.
    await choose('NoPrompt');
    const last = await world.arrive(member);
    await last.refuse(needsFactor, 'POST', '/submit');
  });

  // security: second-factor-required
  it('of members by a code to their address, which does for tokens of the organization as well', async () => {
    const ana = await world.addPerson({ email: true });
    const { id: organizationId } = await world.operator.call<{ id: string }>('POST', '/api/organizations', {
      name: 'Strongroom',
      isMfaRequired: true,
    });
    await world.operator.call('POST', `/api/organizations/${organizationId}/users`, { userIds: [ana.id] });
    const factors = ['EmailVerificationCode'];
    await choose('NoPrompt', factors, { organizationRequiredMfaPolicy: 'Mandatory' });
    const request = authorization({
      endpoint: world.server.url,
      extra: { scope: 'openid offline_access urn:logto:scope:organizations' },
    });
    const visit = await world.begin('SignIn', request);
    await visit.identify(ana);
    await visit.refuse(needsFactor, 'POST', '/submit');
    await showEmailCode(visit, ana);
    let { refresh_token } = await visit.finish();
    const token = async () => {
      const body = {
        grant_type: 'refresh_token',
        client_id: 'demo-app',
        refresh_token,
        organization_id: organizationId,
      };
      const answer = await fetch(`${world.server.url}/oidc/token`, { method: 'POST', body: new URLSearchParams(body) });
      const tokens = await answer.json();
      refresh_token = tokens.refresh_token ?? refresh_token;
      return answer.status;
    };
    assert.equal(await token(), 200);
    await choose('NoPrompt', factors, { organizationRequiredMfaPolicy: 'NoPrompt' });
    assert.equal(await token(), 403, 'the tenant no longer asks for codes');
    await decide(ana, { enabled: true });
    assert.equal(await token(), 200, 'the person wants them');
    await choose('NoPrompt', []);
    assert.equal(await token(), 403, 'codes are no factor any more');
    await choose('Mandatory', factors);
    assert.equal(await token(), 200);
    await world.operator.call('PATCH', `/api/users/${ana.id}`, { primaryEmail: null });
    assert.equal(await token(), 403, 'there is no address any more');
  });

  // security: second-factor-bypass
  it('after a password, a code and a social sign-in alike', async () => {
    const connectorId = await world.operator.connectWechat();
    const redirectUri = `${world.server.url}/callback/${connectorId}`;
    const social = async (visit: Visit) => {
      const path = `/verification/social/${connectorId}`;
      const begun = await visit.expect(200, 'POST', `${path}/authorization-uri`, { state: 'mine', redirectUri });
      const { appId } = world.operator.wechatApp;
      const code = await world.operator.approveAtWechat({ appId, persona: 'mei', outcome: 'success' });
      return visit.expect(200, 'POST', `${path}/verify`, {
        verificationId: begun.verificationId,
        connectorData: { redirectUri, code },
      });
    };
    const ana = await world.addPerson({ email: true });
    await world.configure({
      signIn: { methods: [passwordOnly('username'), { ...passwordOnly('email'), verificationCode: true }] },
    });
    const linking = await world.begin();
    await linking.identify(ana);
    const proof = await social(linking);
    await linking.expect(204, 'POST', '/profile', { type: 'social', verificationId: proof.verificationId });
    await linking.expect(200, 'POST', '/submit');
    const secret = await world.giveTotp(ana);
    const identifier = { type: 'email', value: ana.email };
    const ways: Record<string, (visit: Visit) => Promise<Record<string, string>>> = {
      password: (visit) => visit.expect(200, 'POST', '/verification/password', { identifier, password }),
      code: async (visit) => {
        const path = '/verification/verification-code';
        const sent = await visit.expect(200, 'POST', path, { identifier, interactionEvent: 'SignIn' });
        const code = await world.post.codeTo(ana.email);
        return visit.expect(200, 'POST', `${path}/verify`, { identifier, code, ...sent });
      },
      social,
    };
    for (const [way, prove] of Object.entries(ways)) {
      const visit = await world.begin();
      await visit.expect(204, 'POST', '/identification', await prove(visit));
      const { data } = await visit.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data.availableFactors, ['Totp'], way);
      await visit.refuse(needsFactor, 'POST', '/profile', { type: 'extraProfile', values: { nickname: 'Ana' } });
      await show(visit, secret);
    }
  });

  it('not of users who chose not to be asked, when the policy leaves them the choice', async () => {
    const ana = await world.addPerson();
    const secret = await world.giveTotp(ana);
    await decide(ana, { skipMfaOnSignIn: true });
    await (await world.arrive(ana)).expect(200, 'POST', '/submit');
    await choose('Mandatory');
    const visit = await world.arrive(ana);
    await visit.refuse(needsFactor, 'POST', '/submit');
    await show(visit, secret);
  });

  // security: second-factor-bypass
  it('of every user who returns after a long time, and notifies webhooks when the sign-in is complete', async () => {
    const receiver = await startReceiver();
    const [skipping, addressed, bare] = [
      await world.addPerson(),
      await world.addPerson({ email: true }),
      await world.addPerson(),
    ];
    const secret = await world.giveTotp(skipping);
    await decide(skipping, { skipMfaOnSignIn: true });
    await world.configure({
      mfa: { factors: ['Totp', 'EmailVerificationCode'], policy: 'NoPrompt' },
      adaptiveMfa: { enabled: true },
    });
    const event = 'PostSignInAdaptiveMfaTriggered';
    await world.operator.call('POST', '/api/hooks', { name: 'Risks', events: [event], config: { url: receiver.url } });
    const { time } = world.clock;
    for (const person of [skipping, addressed, bare]) await (await world.arrive(person)).expect(200, 'POST', '/submit');
    try {
      world.clock.time += 31 * day;
      const visit = await world.arrive(skipping);
      const { data } = await visit.refuse(needsFactor, 'POST', '/submit');
      assert.deepEqual(data.availableFactors, ['Totp']);
      assert.equal(receiver.requests.length, 0, 'no webhook is called before the sign-in is complete');
      await show(visit, secret);
      const told = JSON.parse((await receiver.next()).body);
      assert.equal(told.event, event);
      assert.deepEqual(
        [told.interactionEvent, told.userId, told.user.id, told.application.id],
        ['SignIn', skipping.id, skipping.id, 'demo-app'],
      );
      assert.deepEqual(told.adaptiveMfaResult, {
        requiresMfa: true,
        triggeredRules: [{ rule: 'long_inactivity', details: { days: 31 } }],
      });
      assert.ok(!JSON.stringify(told).includes(secret));
      const next = await world.arrive(addressed);
      await next.refuse(needsFactor, 'POST', '/submit');
      await showEmailCode(next, addressed);
      await next.expect(200, 'POST', '/submit');
      assert.equal(JSON.parse((await receiver.next()).body).userId, addressed.id);
      // A user without a factor signs in: a risk does not lock an account.
      await (await world.arrive(bare)).expect(200, 'POST', '/submit');
      await (await world.arrive(skipping)).expect(200, 'POST', '/submit');
    } finally {
      world.clock.time = time;
      await receiver.close();
    }
  });
});
