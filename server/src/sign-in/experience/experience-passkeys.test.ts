import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createAgent } from '../../../../test/support/agent.ts';
import { type Authenticator, createAuthenticator } from '../../../../test/support/authenticator.ts';
import { authorization } from '../../../../test/support/authorization.ts';
import { experienceOf } from '../../../../test/support/experience-page.ts';
import { race } from '../../../../test/support/race.ts';
import { type FactorWorld, openFactorWorld, type Person, type Visit } from '../../../../test/support/second-factors.ts';

type Refused = [status: number, code: string];
type RequestOptions = Parameters<Authenticator['get']>[0];
interface Asked {
  verificationId: string;
  authenticationOptions: RequestOptions;
}
interface Registration {
  verificationId: string;
  registrationOptions: Parameters<Authenticator['create']>[0] & { authenticatorSelection: object };
}

const any = '/preflight/sign-in-passkey/authentication';
const path = '/verification/sign-in-passkey/authentication';
const registration = '/verification/web-authn/registration';
const prefers: Refused = [422, 'user.passkey_preferred'];
const rejected: Refused = [400, 'session.mfa.webauthn_verification_failed'];
const unknown: Refused = [404, 'session.verification_session_not_found'];
const settings = {
  mfa: { factors: [], policy: 'NoPrompt' },
  passkeySignIn: { enabled: true, showPasskeyButton: true, allowAutofill: true },
};

describe('Signing in with a passkey by the Experience API', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
  });
  beforeEach(() => world.configure(settings));
  after(() => world?.close());

  /** The question, changed to let any passkey of a device answer. */
  const anyOf = ({ authenticationOptions: { allowCredentials: _, ...options } }: Asked): RequestOptions => options;
  const newDevice = () => createAuthenticator({ origin: world.server.url });
  const ask = async (visit: Pick<Visit, 'expect'>, person?: { username: string }) =>
    visit.expect<Asked>(
      200,
      'POST',
      person ? path : any,
      person && { identifier: { type: 'username', value: person.username } },
    );
  const answer = (device: Authenticator, { verificationId, authenticationOptions }: Asked) => ({
    verificationId,
    payload: device.get(authenticationOptions),
  });
  const register = async (visit: Visit, device: Authenticator) => {
    const { verificationId, registrationOptions } = await visit.expect<Registration>(200, 'POST', registration);
    const payload = device.create(registrationOptions);
    await visit.expect(200, 'POST', `${registration}/verify`, { verificationId, payload });
    return { verificationId, registrationOptions };
  };
  /** A user who made a passkey when it was offered. */
  const holder = async (device: Authenticator) => {
    const person = await world.addPerson();
    const visit = await world.arrive(person);
    const { verificationId } = await register(visit, device);
    await visit.expect(204, 'POST', '/profile/mfa/passkey', { verificationId });
    await visit.finish();
    return person;
  };
  const claimsOf = ({ id_token: token = '' }: { id_token?: string }) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; amr: string[] };
  const enter = async (visit: Visit, device: Authenticator, asked: Asked) => {
    const { verificationId } = await visit.expect(200, 'POST', `${path}/verify`, answer(device, asked));
    await visit.expect(204, 'POST', '/identification', { verificationId });
  };

  it('identifies the user without a name, as both factors', async () => {
    await world.configure({ ...settings, mfa: { factors: ['Totp'], policy: 'NoPrompt' } });
    const device = newDevice();
    const ana = await holder(device);
    await world.giveTotp(ana);
    const visit = await world.begin();
    await enter(visit, device, await ask(visit));
    const { amr, sub } = claimsOf(await visit.finish());
    assert.deepEqual([sub, amr], [ana.id, ['pop', 'mfa']]);
  });

  it('asks for any passkey before the sign-in starts, and takes the answer after', async () => {
    const device = newDevice();
    const ana = await holder(device);
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: world.server.url }).url);
    const page = experienceOf(world.server, agent);
    const { authenticationOptions } = await ask(page);
    assert.deepEqual(
      [
        authenticationOptions.allowCredentials,
        'userVerification' in authenticationOptions && authenticationOptions.userVerification,
      ],
      [undefined, 'required'],
    );
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const payload = device.get(authenticationOptions);
    const proof = await page.expect(200, 'POST', `${path}/verify`, { payload });
    await page.expect(204, 'POST', '/identification', proof);
    assert.equal((await page.expect(200, 'GET', '/interaction')).userId, ana.id);
  });

  // security: passkey-sign-in
  it('takes one answer for each question, in the sign-in that asked, and none that the device did not verify', async () => {
    const device = createAuthenticator({ origin: world.server.url, counts: false });
    await holder(device);
    for (const circumstances of [
      { userVerified: false },
      { origin: 'https://phish.example.com' },
      { challenge: Buffer.from('another').toString('base64url') },
      { rpId: 'example.com' },
      { crossOrigin: true },
    ]) {
      const visit = await world.begin();
      const asked = await ask(visit);
      const payload = device.get(asked.authenticationOptions, circumstances);
      await visit.refuse(rejected, 'POST', `${path}/verify`, { verificationId: asked.verificationId, payload });
      // The question is used up.
      await visit.refuse(unknown, 'POST', `${path}/verify`, answer(device, asked));
    }
    const [visit, elsewhere] = [await world.begin(), await world.begin()];
    const asked = await ask(visit);
    const right = answer(device, asked);
    await elsewhere.refuse(unknown, 'POST', `${path}/verify`, right);
    await ask(elsewhere);
    await elsewhere.refuse(rejected, 'POST', `${path}/verify`, { payload: right.payload });
    // The device counts nothing, so that only the question tells one answer from two.
    const verify = () => visit.call('POST', `${path}/verify`, right);
    const results = await race(world.server.app.database, 'interactions', [verify, verify]);
    assert.equal(results.filter(({ status }) => status === 200).length, 1);
  });

  it('accepts a page at an origin that the tenant names, and tells browsers about it', async () => {
    const device = newDevice();
    await holder(device);
    const origin = 'https://shop.example.com';
    const path = '/api/account-center';
    await world.operator.call('PATCH', path, { webauthnRelatedOrigins: [`${origin}/sign-in`] });
    const told = await (await fetch(`${world.server.url}/.well-known/webauthn`)).json();
    assert.deepEqual(told, { origins: [world.server.url, origin] });
    const show = async () => {
      const visit = await world.begin();
      const { authenticationOptions } = await ask(visit);
      const payload = device.get(authenticationOptions, { origin });
      return (await visit.call('POST', '/verification/sign-in-passkey/authentication/verify', { payload })).status;
    };
    assert.equal(await show(), 200);
    await world.operator.call('PATCH', path, { webauthnRelatedOrigins: [] });
    assert.equal(await show(), 400);
  });

  // security: passkey-sign-in
  it('takes only the passkey of the user that it names', async () => {
    const [device, other] = [newDevice(), newDevice()];
    const [ana, bea] = [await holder(device), await holder(other)];
    const handleOf = ({ id }: Person) => Buffer.from(id).toString('base64url');
    for (const userHandle of [handleOf(bea), undefined, null]) {
      const visit = await world.begin();
      const { payload } = answer(device, await ask(visit));
      const forged = { ...payload, response: { ...payload.response, userHandle } };
      await visit.refuse(rejected, 'POST', `${path}/verify`, { payload: forged });
    }
    const visit = await world.begin();
    const asked = await ask(visit, ana);
    // A question for the passkey of one account is not answered by that of another.
    const payload = other.get(anyOf(asked));
    await visit.refuse(rejected, 'POST', `${path}/verify`, { verificationId: asked.verificationId, payload });
  });

  it('refuses a copy of a passkey whose counter has fallen back', async () => {
    const device = newDevice();
    await holder(device);
    const copy = device.clone();
    const first = await world.begin();
    await enter(first, device, await ask(first));
    const second = await world.begin();
    await second.refuse(rejected, 'POST', `${path}/verify`, answer(copy, await ask(second)));
  });

  // security: account-enumeration
  it('asks alike for accounts with a passkey, without one, and for unknown identifiers', async () => {
    const ana = await holder(newDevice());
    const bob = await world.addPerson();
    const nobody = { username: 'nobody_here' };
    const shapes = [];
    for (const person of [ana, bob, nobody]) {
      const visit = await world.begin();
      const [first, again] = [await ask(visit, person), await ask(visit, person)];
      const {
        allowCredentials = [],
        challenge: _,
        ...rest
      } = first.authenticationOptions as RequestOptions & {
        allowCredentials?: { id: string; transports: string[] }[];
      };
      assert.deepEqual(again.authenticationOptions.allowCredentials, allowCredentials, 'the same each time');
      shapes.push({
        rest,
        credentials: allowCredentials.map(({ id, ...more }) => ({
          ...more,
          bytes: Buffer.from(id, 'base64url').length,
        })),
      });
      const { verificationRecords } = await visit.expect(200, 'GET', '/interaction');
      assert.deepEqual(verificationRecords, []);
    }
    assert.deepEqual(shapes[1], shapes[0]);
    assert.deepEqual(shapes[2], shapes[0]);
    const visit = await world.begin();
    const asked = await ask(visit, nobody);
    const stranger = newDevice();
    await holder(stranger);
    const payload = stranger.get(anyOf(asked));
    await visit.refuse(rejected, 'POST', `${path}/verify`, { verificationId: asked.verificationId, payload });
  });

  // security: passkey-sign-in, suspension
  it('refuses a suspended user after the passkey was shown', async () => {
    const device = newDevice();
    const ana = await holder(device);
    await world.operator.call('PATCH', `/api/users/${ana.id}/is-suspended`, { isSuspended: true });
    const visit = await world.begin();
    const { verificationId } = await visit.expect(200, 'POST', `${path}/verify`, answer(device, await ask(visit)));
    await visit.refuse([401, 'user.suspended'], 'POST', '/identification', { verificationId });
  });

  it('offers nothing where passkeys do not sign in', async () => {
    const device = newDevice();
    await holder(device);
    const visit = await world.begin();
    const asked = await ask(visit);
    await world.configure({ passkeySignIn: { enabled: false } });
    const off: Refused = [400, 'user.sign_in_method_not_enabled'];
    await visit.refuse(off, 'POST', any);
    await visit.refuse(off, 'POST', path, { identifier: { type: 'username', value: 'ana' } });
    await visit.refuse(off, 'POST', `${path}/verify`, answer(device, asked));
    const arrived = await world.arrive(await world.addPerson());
    await arrived.refuse([400, 'session.mfa.mfa_factor_not_enabled'], 'POST', '/profile/mfa/passkey-skipped');
    await arrived.finish();
  });

  it('offers a discoverable passkey after sign-up and after sign-in, and once it is skipped never again', async () => {
    const visit = await world.register('newcomer');
    await visit.refuse(prefers, 'POST', '/submit');
    const { verificationId, registrationOptions } = await register(visit, newDevice());
    const { authenticatorSelection } = registrationOptions;
    assert.deepEqual(authenticatorSelection, {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    });
    await visit.expect(204, 'POST', '/profile/mfa/passkey', { verificationId });
    await visit.finish();
    const again = await world.arrive({ username: 'newcomer' });
    await again.finish();

    const bob = await world.addPerson();
    const first = await world.arrive(bob);
    await first.refuse(prefers, 'POST', '/submit');
    await first.expect(204, 'POST', '/profile/mfa/passkey-skipped');
    const { mfa } = await first.expect<{ mfa: object }>(200, 'GET', '/interaction');
    assert.deepEqual(mfa, { newFactors: [], passkeySkipped: true });
    await first.finish();
    const config = await world.operator.call('GET', `/api/users/${bob.id}/logto-configs`);
    assert.deepEqual((config as { passkeySignIn: object }).passkeySignIn, { skipped: true });
    await (await world.arrive(bob)).finish();
  });

  // security: passkey-sign-in
  it('makes no passkey for an account that has one, or whose second factor was not shown', async () => {
    await world.configure({ ...settings, mfa: { factors: ['Totp'], policy: 'NoPrompt' } });
    const ana = await world.addPerson();
    await world.giveTotp(ana);
    const visit = await world.arrive(ana);
    await visit.refuse([403, 'session.mfa.require_mfa_verification'], 'POST', registration);
    await visit.refuse([403, 'session.mfa.require_mfa_verification'], 'POST', '/profile/mfa/passkey', {
      verificationId: 'any',
    });
    const bob = await holder(newDevice());
    const arrived = await world.arrive(bob);
    const { verificationId } = await register(arrived, newDevice());
    await arrived.refuse([400, 'session.mfa.mfa_factor_not_enabled'], 'POST', '/profile/mfa/passkey', {
      verificationId,
    });
  });

  it('lets an old passkey, made as a second factor, sign in as well', async () => {
    await world.configure({ mfa: { factors: ['WebAuthn'], policy: 'Mandatory' }, passkeySignIn: { enabled: false } });
    const device = newDevice();
    const visit = await world.register('old_hand');
    const { verificationId } = await register(visit, device);
    await visit.expect(204, 'POST', '/profile/mfa', { type: 'WebAuthn', verificationId });
    await visit.finish();
    await world.configure(settings);
    const later = await world.begin();
    await enter(later, device, await ask(later, { username: 'old_hand' }));
    await later.finish();
  });

  // security: passkey-sign-in
  it('takes no answer an hour after the question, even if the sign-in has started again since', async () => {
    const device = newDevice();
    await holder(device);
    const visit = await world.begin();
    const asked = await ask(visit);
    world.clock.time += 40 * 60_000;
    await visit.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    world.clock.time += 21 * 60_000;
    const { status, body } = await visit.call('POST', `${path}/verify`, answer(device, asked));
    assert.notEqual(status, 200, body.code);
  });
});
