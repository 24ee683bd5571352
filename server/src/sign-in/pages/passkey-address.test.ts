import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { now, passwords, person } from '../../../../test/support/sign-in-machine.ts';
import { relyingPartyOf, supportsPasskeys } from '../factors/second-factor/index.ts';
import { type PolicySettings, resolvePolicy } from '../machine/policy.ts';
import { factorsToAdd } from '../machine/second-factor.ts';
import { stateVersion } from '../machine/state.ts';

type Mfa = NonNullable<PolicySettings['mfa']>;
const toAdd = (factors: Mfa['factors'], policy: Mfa['policy']) => {
  const settings: PolicySettings = { ...passwords, mfa: { factors, policy }, supportsPasskeys: false };
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
