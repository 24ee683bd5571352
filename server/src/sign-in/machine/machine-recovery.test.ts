import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addAddress,
  addFactor,
  byCode,
  byPassword,
  bySocial,
  change,
  checksOf,
  choose,
  chooseName,
  choosePassword,
  email,
  enter,
  identify,
  made,
  now,
  outcome,
  passwords,
  person,
  phone,
  prove,
  run,
  shown,
  socialOnly,
  start,
  submit,
} from '../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from './policy.ts';
import type { SignInEvent } from './vocabulary.ts';

const adasMail = email('ada@example.com');
const adasPhone = phone('34600000001');
const evesMail = email('eve@example.com');
const ada = person('ada', [adasMail, adasPhone]);
const bob = person('bob');
const wei = person('wei', [], { username: false, password: false, social: true, identities: { wechat: 'union' } });

describe('a forgotten password', () => {
  const code = byCode(adasMail);
  const recovered = [start('ForgotPassword'), ...enter(code, ada)];
  const noPhone: PolicySettings = { ...passwords, forgotPasswordMethods: ['EmailVerificationCode'] };
  for (const [promise, check] of checksOf([
    ['begins with an address', passwords, [start('ForgotPassword')], 'recover'],
    ['then a code proves the address', passwords, [start('ForgotPassword'), prove(code)], 'recover'],
    ['and that code identifies an account', passwords, recovered, 'reset-password'],
    ['then the user chooses a password', passwords, [...recovered, choosePassword(ada)], 'done'],
    [
      'and written; the user is not signed in',
      passwords,
      [...recovered, choosePassword(ada), submit(ada)],
      'reclaim-account, reset-password',
    ],
    [
      'refuses a password before the user is identified',
      passwords,
      [start('ForgotPassword'), prove(code), choosePassword(ada)],
      'refused session.identifier_not_found',
    ],
    [
      'refuses a password for another user',
      passwords,
      [...recovered, choosePassword(bob)],
      'refused session.identity_conflict',
    ],
    [
      'writes nothing without a new password',
      passwords,
      [...recovered, submit(ada)],
      'refused user.new_password_required_in_profile',
    ],
    [
      'refuses a password for an unknown user',
      passwords,
      [start('ForgotPassword'), submit(ada)],
      'refused session.identifier_not_found',
    ],
    [
      'refuses a code for another account',
      passwords,
      [...recovered, choosePassword(ada), submit(bob)],
      'refused user.user_not_exist',
    ],
    [
      'refuses an address that the account lost in between',
      passwords,
      [...recovered, choosePassword(ada), submit(person('ada', [evesMail]))],
      'refused session.verification_failed',
    ],
    [
      'a second submission has to start again',
      passwords,
      [...recovered, choosePassword(ada), submit(ada), submit(ada)],
      'refused session.identifier_not_found',
    ],
    [
      'the first submission has consumed the code',
      passwords,
      [...recovered, choosePassword(ada), submit(ada), identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'refuses the address of another account',
      passwords,
      [start('ForgotPassword'), ...enter(byCode(evesMail), ada)],
      'refused session.verification_failed',
    ],
    [
      'refuses an address without an account',
      passwords,
      [start('ForgotPassword'), ...enter(byCode(evesMail))],
      'refused user.user_not_exist',
    ],
    [
      'refuses a phone when only emails can reset a password',
      noPhone,
      [start('ForgotPassword'), ...enter(byCode(adasPhone), ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'refuses a suspended user',
      passwords,
      [start('ForgotPassword'), ...enter(code, { ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    [
      'refuses a user who is suspended in between',
      passwords,
      [...recovered, choosePassword(ada), submit({ ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    [
      'refuses the old password as a proof',
      passwords,
      [start('ForgotPassword'), ...enter(byPassword(ada), ada)],
      'refused session.verification_failed',
    ],
    [
      'refuses a provider as a proof',
      passwords,
      [start('ForgotPassword'), ...enter(bySocial('union'), wei)],
      'refused session.verification_failed',
    ],
    [
      'refuses a submission without a proof',
      passwords,
      [start('ForgotPassword'), identify(undefined, ada)],
      'refused session.verification_failed',
    ],
    [
      'the identified user is not replaced',
      passwords,
      [...recovered, ...enter(byCode(evesMail), person('eve', [evesMail]))],
      'refused session.identity_conflict',
    ],
    [
      'a code counts once',
      passwords,
      [...recovered, identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'asks for no other details, which the next sign-in asks for',
      {
        ...passwords,
        signUp: { ...passwords.signUp, secondaryIdentifiers: [{ identifier: 'username' }] },
        mfa: { factors: ['Totp'], policy: 'Mandatory' },
      },
      [
        start('ForgotPassword'),
        ...enter(code, { ...ada, username: false }),
        choosePassword({ ...ada, username: false }),
      ],
      'done',
    ],
    // Independent of the other intents
    [
      'does not turn into a sign-in',
      passwords,
      [...recovered, change('SignIn')],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'nor registration',
      passwords,
      [...recovered, change('Register')],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'a sign-in does not turn into it',
      passwords,
      [start(), prove(code), change('ForgotPassword')],
      'refused session.not_supported_for_forgot_password',
    ],
    ['it stays what it is', passwords, [...recovered, change('ForgotPassword')], 'reset-password'],
    [
      'proofs of a sign-in do not count in it',
      passwords,
      [start(), prove(code), start('ForgotPassword'), identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'no name is chosen on the way',
      passwords,
      [...recovered, chooseName('eve', ada)],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'no address is added',
      passwords,
      [...recovered, prove(byCode(evesMail)), addAddress(byCode(evesMail), ada)],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'no second factor is shown',
      { ...passwords, mfa: { factors: ['Totp'], policy: 'Mandatory' } },
      [...recovered, prove(shown('Totp', ada), ada)],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'none is set up',
      { ...passwords, mfa: { factors: ['Totp'], policy: 'Mandatory' } },
      [...recovered, prove(made('Totp')), addFactor(made('Totp'), ada)],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'and none is decided about',
      { ...passwords, mfa: { factors: ['Totp'], policy: 'UserControlled' } },
      [...recovered, choose('skipped', ada)],
      'refused session.not_supported_for_forgot_password',
    ],
    [
      'a user without a password sets one by their address',
      passwords,
      [
        start('ForgotPassword'),
        ...enter(code, { ...ada, password: false }),
        choosePassword({ ...ada, password: false }),
        submit({ ...ada, password: false }),
      ],
      'reclaim-account, reset-password',
    ],
  ]))
    it(promise, check);

  it('is refused when the operator switches the method off in between', () => {
    const events = [...recovered, choosePassword(ada), submit(ada)];
    assert.equal(outcome(run(passwords, events, { forgotPasswordMethods: [] })), 'refused auth.forbidden');
    assert.equal(outcome(run(passwords, events.slice(0, -1), { signInMode: 'Register' })), 'refused auth.forbidden');
  });

  it('writes the one password that was chosen last, to the one account', () => {
    const asked: SignInEvent = {
      type: 'challenged',
      challenge: { type: 'EmailVerificationCode', id: 'c', createdAt: now, identifier: adasMail },
    };
    const { effects, state } = run(passwords, [...recovered, choosePassword(ada), asked, submit(ada)]);
    assert.deepEqual(effects.slice(1), [{ type: 'reset-password', userId: 'ada', password: 'new' }]);
    assert.deepEqual(state?.proofs, []);
    assert.deepEqual(state?.challenges, []);
    assert.equal(state?.userId, undefined);
  });
});

describe('a password whose time is over', () => {
  const expired = () => byPassword(bob, { expired: true });
  const signedIn = [start(), ...enter(expired(), bob)];
  const linked = { ...bob, identities: { wechat: 'union' } };
  for (const [promise, check] of checksOf([
    ['is replaced first', passwords, [...signedIn, submit(bob)], 'refused password.expired'],
    [
      'is still required after the password is shown again',
      passwords,
      [...signedIn, prove(expired()), submit(bob)],
      'refused password.expired',
    ],
    [
      'is still required after the password of another account is shown',
      passwords,
      [...signedIn, prove(byPassword(ada)), submit(bob)],
      'refused password.expired',
    ],
    [
      'is still required after a second identification with it',
      passwords,
      [...signedIn, ...enter(expired(), bob), submit(bob)],
      'refused password.expired',
    ],
    [
      'unless the password was replaced elsewhere in between',
      passwords,
      [...signedIn, ...enter(byPassword(bob), bob), submit(bob)],
      'finish pwd',
    ],
    [
      'does not affect a user who signed in with another method',
      { ...passwords, signUp: socialOnly.signUp },
      [start(), prove(expired()), ...enter(bySocial('union'), wei), submit(wei)],
      'finish social',
    ],
    [
      'does not affect a user who showed it but was identified with another method',
      { ...passwords, signUp: socialOnly.signUp },
      [start(), prove(expired()), ...enter(bySocial('union'), linked), submit(linked)],
      'finish social',
    ],
  ]))
    it(promise, check);
});
