import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openExperience } from '../../../../test/support/experience-page.ts';
import { operate } from '../../../../test/support/operator.ts';
import { startServer, type TestServer } from '../../../../test/support/server.ts';
import { now, passwords, person } from '../../../../test/support/sign-in-machine.ts';
import { relyingPartyOf, supportsPasskeys } from '../../features/people/mfa-verifications/relying-party.ts';
import { type PolicySettings, resolvePolicy } from '../machine/policy.ts';
import { factorsToAdd } from '../machine/second-factor.ts';
import { stateVersion } from '../machine/state.ts';

type Mfa = NonNullable<PolicySettings['mfa']>;
const toAdd = (factors: Mfa['factors'], policy: Mfa['policy']) => {
  const settings: PolicySettings = { ...passwords, mfa: { factors, policy }, unavailableFactors: ['WebAuthn'] };
  const state = {
    version: stateVersion,
    intent: 'SignIn',
    startedAt: now,
    proofs: [],
    challenges: [],
    profile: {},
  } as const;
  const begun = { ...state, userId: 'ana', proofs: [], challenges: [] };
  return factorsToAdd(begun, resolvePolicy(settings).secondFactors, person('ana'))?.factors;
};

describe('passkeys', () => {
  it('are known to need a host name and a secure context', () => {
    for (const [baseUrl, expected] of [
      ['https://id.example.com', true],
      ['https://id.example.com/t/acme', true],
      ['http://localhost:3001', true],
      ['http://acme.localhost:3001', true],
      ['http://id.example.com', false],
      ['https://192.0.2.7', false],
      ['http://127.0.0.1:3001', false],
      ['https://[2001:db8::7]', false],
      ['http://[::1]:3001', false],
    ] as const) {
      assert.equal(supportsPasskeys({ baseUrl }), expected, baseUrl);
      const ask = () => relyingPartyOf({ baseUrl });
      if (expected) assert.equal(ask().rpId, new URL(baseUrl).hostname);
      else assert.throws(ask, { code: 'session.mfa.webauthn_address_not_supported' }, baseUrl);
    }
  });

  it('are not offered to be set up at an address that cannot have them', () => {
    assert.deepEqual(toAdd(['WebAuthn', 'Totp', 'BackupCode'], 'Mandatory'), ['Totp']);
    assert.deepEqual(toAdd(['WebAuthn', 'Totp'], 'PromptAtSignInAndSignUp'), ['Totp']);
    assert.equal(toAdd(['WebAuthn', 'BackupCode'], 'PromptAtSignInAndSignUp'), undefined);
  });

  it('let no user pass without where they are required and no other factor is', () => {
    assert.deepEqual(toAdd(['WebAuthn', 'BackupCode'], 'Mandatory'), ['WebAuthn']);
  });
});

describe('a server at an IP address', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ host: '127.0.0.1' });
    const operator = await operate(server);
    const mfa = { factors: ['WebAuthn', 'Totp'], policy: 'Mandatory' };
    const signUp = { identifiers: ['username'], password: true, verify: false };
    await operator.call('PATCH', '/api/sign-in-exp', { mfa, signUp });
  });
  after(() => server?.close());

  it('offers an authenticator app to new users, and no passkey', async () => {
    const page = await openExperience(server, 'Register');
    const identifier = { type: 'username', value: 'ana' };
    const given = { identifier, password: 'tulips under stone' };
    const proof = await page.expect(200, 'POST', '/verification/new-password-identity', given);
    await page.expect(201, 'POST', '/identification', proof);
    const { data } = await page.refuse([422, 'user.missing_mfa'], 'POST', '/submit');
    assert.deepEqual(data, { availableFactors: ['Totp'], skippable: false });
    const refusal = await page.call('POST', '/verification/web-authn/registration');
    assert.equal(refusal.body.code, 'session.mfa.webauthn_address_not_supported');
  });
});
