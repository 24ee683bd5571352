import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addAddress,
  byCode,
  byPasskey,
  byPassword,
  bySocial,
  choosePassword,
  codes,
  email,
  enter,
  having,
  type Mfa,
  outcome,
  passwords,
  person,
  phone,
  prove,
  run,
  shown,
  shownCode,
  start,
  submit,
} from '../../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from '../policy.ts';
import type { SignInEvent } from '../vocabulary.ts';

const factors: Mfa['factors'] = ['Totp', 'WebAuthn', 'BackupCode', 'EmailVerificationCode', 'PhoneVerificationCode'];
const settings: PolicySettings = {
  ...passwords,
  signIn: { methods: [...passwords.signIn.methods, ...codes.signIn.methods] },
  signUp: { identifiers: [], password: false },
  mfa: { factors, policy: 'NoPrompt' },
  passkeySignIn: { enabled: true },
};
const address = email('ada@example.com');
const number = phone('34600111222');
const ada = person('ada', [address, number], {
  social: true,
  identities: { wechat: 'union' },
  secondFactors: having(['Totp', 'WebAuthn', 'BackupCode'], { skipMfaOnSignIn: true, passkeySkipped: true }),
});
const without = (id: string) => ({
  ...ada,
  secondFactors: having([], { factors: ada.secondFactors?.factors.filter((factor) => factor.id !== id) ?? [] }),
});
const by = (...events: SignInEvent[]): SignInEvent[] => [start(), ...events];
const byWord = enter(byPassword(ada), ada);
const second = (proof: Parameters<typeof prove>[0]): SignInEvent[] => by(...byWord, prove(proof, ada));

describe('a sign-in that waits', () => {
  const replaced = { ...ada, identities: { wechat: 'another person' } };
  for (const [what, events, later] of [
    ['the passkey', by(...enter(byPasskey(ada), ada)), without('WebAuthn')],
    ['the email address of a code', by(...enter(byCode(address), ada)), { ...ada, addresses: [number] }],
    ['the phone number of a code', by(...enter(byCode(number), ada)), { ...ada, addresses: [address] }],
    ['the social identity', by(...enter(bySocial('union'), ada)), { ...ada, identities: {} }],
    ['the social identity, for another one', by(...enter(bySocial('union'), ada)), replaced],
    ['the authenticator app', second(shown('Totp', ada)), without('Totp')],
    ['the passkey as a second factor', second(shown('WebAuthn', ada)), without('WebAuthn')],
    ['the backup codes', second(shown('BackupCode', ada)), without('BackupCode')],
    ['the address of a second code', second(shownCode(address, ada)), { ...ada, addresses: [number] }],
    ['the number of a second code', second(shownCode(number, ada)), { ...ada, addresses: [address] }],
    ['every second factor, which the tenant no longer asks for', second(shown('Totp', ada)), person('ada', [address])],
  ] as const) {
    // security: skipped-steps
    it(`does not complete, and adds nothing, after the account has lost ${what}`, () => {
      assert.match(outcome(run(settings, [...events, submit(ada)])), /finish /);
      assert.equal(outcome(run(settings, [...events, submit(later)])), 'refused session.verification_failed');
      const adds = [...events, choosePassword({ ...later, password: false })];
      assert.equal(outcome(run(settings, adds)), 'refused session.verification_failed');
    });
  }

  // security: skipped-steps
  it('does not replace the address that was proved by another one, so that the loss would not be noticed', () => {
    const required = { ...settings, signUp: { identifiers: ['email'] as const, password: false } };
    const other = byCode(email('eve@example.com'));
    const bereft = { ...ada, email: false, addresses: [number] };
    const events = by(...enter(byCode(address), ada), prove(other), addAddress(other, bereft));
    assert.equal(outcome(run(required, events)), 'refused session.verification_failed');
  });
});
