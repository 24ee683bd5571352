import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAuthenticator } from '../../../../test/support/authenticator.ts';
import { startCompany } from '../../../../test/support/company.ts';
import { type FactorWorld, openFactorWorld, type Person, type Visit } from '../../../../test/support/second-factors.ts';

type Refused = [status: number, code: string];
const lost: Refused = [400, 'session.verification_failed'];
const registration = '/verification/web-authn/registration';
const passkey = '/verification/sign-in-passkey/authentication';

/*
 * A sign-in waits for up to an hour between the proof and its completion. What the user or an operator has taken from
 * the account in between must not complete it.
 */
describe('A sign-in that waits while the account changes', () => {
  let world: FactorWorld;
  before(async () => {
    world = await openFactorWorld();
    await world.configure({
      mfa: { factors: ['Totp', 'BackupCode'], policy: 'NoPrompt' },
      passkeySignIn: { enabled: true, showPasskeyButton: true, allowAutofill: true },
      signIn: {
        methods: ['username', 'email'].map((identifier) => ({
          identifier,
          password: true,
          verificationCode: identifier === 'email',
          isPasswordPrimary: true,
        })),
      },
    });
  });
  after(() => world?.close());

  const change = (method: string, { id }: Person, path: string, body?: object) =>
    world.operator.call(method, `/api/users/${id}${path}`, body);
  const removeFactors = async (person: Person) => {
    const path = `/api/users/${person.id}/mfa-verifications`;
    for (const { id } of await world.operator.call<{ id: string }[]>('GET', path))
      await world.operator.call('DELETE', `${path}/${id}`);
  };
  const skipPasskey = (person: Person) =>
    change('PATCH', person, '/logto-configs', { passkeySignIn: { skipped: true } });
  const addPerson = async (wish?: { email: boolean }) => {
    const person = await world.addPerson(wish);
    await skipPasskey(person);
    return person;
  };
  /** Gives a passkey in a sign-in of its own. */
  const givePasskey = async (person: Person) => {
    const device = createAuthenticator({ origin: world.server.url });
    await change('PATCH', person, '/logto-configs', { passkeySignIn: { skipped: false } });
    const visit = await world.arrive(person);
    const asked = await visit.expect<{
      verificationId: string;
      registrationOptions: Parameters<typeof device.create>[0];
    }>(200, 'POST', registration);
    const { verificationId } = asked;
    const payload = device.create(asked.registrationOptions);
    await visit.expect(200, 'POST', `${registration}/verify`, { verificationId, payload });
    await visit.expect(204, 'POST', '/profile/mfa/passkey', { verificationId });
    await visit.finish();
    return device;
  };
  const enterByPasskey = async (person: Person, device: ReturnType<typeof createAuthenticator>): Promise<Visit> => {
    const visit = await world.begin();
    const identifier = { type: 'username', value: person.username };
    const asked = await visit.expect<{
      verificationId: string;
      authenticationOptions: Parameters<typeof device.get>[0];
    }>(200, 'POST', passkey, { identifier });
    const { verificationId } = asked;
    const payload = device.get(asked.authenticationOptions);
    await visit.expect(200, 'POST', `${passkey}/verify`, { verificationId, payload });
    await visit.expect(204, 'POST', '/identification', { verificationId });
    return visit;
  };
  const enterByCode = async ({ email: value }: Person): Promise<Visit> => {
    const visit = await world.begin();
    const identifier = { type: 'email', value };
    const sent = await visit.expect(200, 'POST', '/verification/verification-code', {
      identifier,
      interactionEvent: 'SignIn',
    });
    const code = await world.post.codeTo(value);
    await visit.expect(200, 'POST', '/verification/verification-code/verify', { ...sent, identifier, code });
    await visit.expect(204, 'POST', '/identification', sent);
    return visit;
  };

  // security: skipped-steps
  it('does not complete after the passkey that began it was removed', async () => {
    const ana = await addPerson();
    const device = await givePasskey(ana);
    await (await enterByPasskey(ana, device)).finish();
    const waiting = await enterByPasskey(ana, device);
    await removeFactors(ana);
    await waiting.refuse(lost, 'POST', '/submit');
    await waiting.refuse(lost, 'POST', '/profile', { type: 'username', value: 'someone_else' });
  });

  // security: skipped-steps
  it('does not complete after the address of its code was removed', async () => {
    const ana = await addPerson({ email: true });
    const waiting = await enterByCode(ana);
    await change('PATCH', ana, '', { primaryEmail: null });
    await waiting.refuse(lost, 'POST', '/submit');
    await change('PATCH', ana, '', { primaryEmail: ana.email });
    await waiting.finish();
  });

  // security: skipped-steps
  it('does not complete after the authenticator app was removed, also for another one', async () => {
    const ana = await addPerson();
    const secret = await world.giveTotp(ana);
    const show = async () => {
      const visit = await world.arrive(ana);
      await visit.expect(200, 'POST', '/verification/totp/verify', { code: world.nextCode(secret) });
      return visit;
    };
    await (await show()).finish();
    const waiting = await show();
    await removeFactors(ana);
    await waiting.refuse(lost, 'POST', '/submit');
    await world.giveTotp(ana);
    await waiting.refuse(lost, 'POST', '/submit');
  });

  // security: skipped-steps
  it('does not complete after its password was replaced, or its user suspended or deleted', async () => {
    const changes: [what: string, refused: Refused, change: (person: Person) => Promise<unknown>][] = [
      [
        'replaced',
        [422, 'session.invalid_credentials'],
        (ana) => change('PATCH', ana, '/password', { password: 'another tulip bed' }),
      ],
      ['suspended', [401, 'user.suspended'], (ana) => change('PATCH', ana, '/is-suspended', { isSuspended: true })],
      ['deleted', [404, 'user.user_not_exist'], (ana) => change('DELETE', ana, '')],
    ];
    for (const [what, refused, change] of changes) {
      const ana = await addPerson();
      const waiting = await world.arrive(ana);
      await change(ana);
      const { status, body } = await waiting.call('POST', '/submit');
      assert.deepEqual([status, body.code], refused, what);
    }
  });

  // security: skipped-steps
  it('does not complete after the identity at the company’s provider was removed', async (t) => {
    const acme = await startCompany();
    t.after(() => acme.close());
    acme.people.set('ada', { sub: 'ada', email: 'ada@acme.example', email_verified: true });
    await world.configure({ singleSignOnEnabled: true });
    const draft = { providerName: 'OIDC', connectorName: 'Acme', config: acme.config, domains: ['acme.example'] };
    const { id } = await world.operator.call<{ id: string }>('POST', '/api/sso-connectors', draft);
    const redirectUri = `${world.server.url}/callback/${id}`;
    const arrive = async (intent: 'SignIn' | 'Register') => {
      const visit = await world.begin(intent);
      const asked = await visit.expect(200, 'POST', `/verification/sso/${id}/authorization-uri`, {
        state: 'a state of the page',
        redirectUri,
      });
      const { verificationId, authorizationUri = '' } = asked;
      const back = await acme.signIn(authorizationUri, 'ada');
      const connectorData = Object.fromEntries(back.searchParams);
      await visit.expect(200, 'POST', `/verification/sso/${id}/verify`, { verificationId, connectorData });
      const identification = await visit.call('POST', '/identification', { verificationId });
      assert.ok(identification.status < 300, JSON.stringify(identification.body));
      return visit;
    };
    const remove = () => world.server.tenant.db.raw('delete from user_sso_identities where identity_id = $1', ['ada']);
    await (await arrive('Register')).finish();
    await (await arrive('SignIn')).finish();
    const waiting = await arrive('SignIn');
    await remove();
    await waiting.refuse(lost, 'POST', '/submit');
  });
});
