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
const wei = person('wei', [], { username: false, password: false, social: true, targets: ['wechat'] });

describe('a forgotten password', () => {
  const code = byCode(adasMail);
  const recovered = [start('ForgotPassword'), ...enter(code, ada)];
  const noPhone: PolicySettings = { ...passwords, forgotPasswordMethods: ['EmailVerificationCode'] };
  for (const [promise, check] of checksOf([
    ['begins with an address', passwords, [start('ForgotPassword')], 'recover'],
    ['which a code proves', passwords, [start('ForgotPassword'), prove(code)], 'recover'],
    ['and which leads to an account', passwords, recovered, 'reset-password'],
    ['then a password is chosen', passwords, [...recovered, choosePassword(ada)], 'done'],
    [
      'and written; the user is not signed in',
      passwords,
      [...recovered, choosePassword(ada), submit(ada)],
      'reset-password',
    ],
    [
      'no password can be chosen before',
      passwords,
      [start('ForgotPassword'), prove(code), choosePassword(ada)],
      'refused session.identifier_not_found',
    ],
    ['nor for another user', passwords, [...recovered, choosePassword(bob)], 'refused session.identity_conflict'],
    [
      'nothing is written without one',
      passwords,
      [...recovered, submit(ada)],
      'refused user.new_password_required_in_profile',
    ],
    [
      'nor for an unknown person',
      passwords,
      [start('ForgotPassword'), submit(ada)],
      'refused session.identifier_not_found',
    ],
    ['nor for another one', passwords, [...recovered, choosePassword(ada), submit(bob)], 'refused user.user_not_exist'],
    [
      'nor by an address that the account has lost meanwhile',
      passwords,
      [...recovered, choosePassword(ada), submit(person('ada', [evesMail]))],
      'refused session.verification_failed',
    ],
    [
      'whoever submits twice has to begin anew',
      passwords,
      [...recovered, choosePassword(ada), submit(ada), submit(ada)],
      'refused session.identifier_not_found',
    ],
    [
      'the code is spent by then',
      passwords,
      [...recovered, choosePassword(ada), submit(ada), identify(code, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'an address of another account is none of this one',
      passwords,
      [start('ForgotPassword'), ...enter(byCode(evesMail), ada)],
      'refused session.verification_failed',
    ],
    [
      'an address without an account leads nowhere',
      passwords,
      [start('ForgotPassword'), ...enter(byCode(evesMail))],
      'refused user.user_not_exist',
    ],
    [
      'phones stand for no password where only emails do',
      noPhone,
      [start('ForgotPassword'), ...enter(byCode(adasPhone), ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'a suspended person gets no new password',
      passwords,
      [start('ForgotPassword'), ...enter(code, { ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    [
      'nor who is suspended meanwhile',
      passwords,
      [...recovered, choosePassword(ada), submit({ ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    [
      'the old password proves nothing here',
      passwords,
      [start('ForgotPassword'), ...enter(byPassword(ada), ada)],
      'refused session.verification_failed',
    ],
    [
      'nor does a provider',
      passwords,
      [start('ForgotPassword'), ...enter(bySocial('union'), wei)],
      'refused session.verification_failed',
    ],
    [
      'nor nothing at all',
      passwords,
      [start('ForgotPassword'), identify(undefined, ada)],
      'refused session.verification_failed',
    ],
    [
      'the person is not exchanged',
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
      'nothing else is asked for: the sign-in that follows does',
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
      'it turns into no sign-in',
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
      'no sign-in turns into it',
      passwords,
      [start(), prove(code), change('ForgotPassword')],
      'refused session.not_supported_for_forgot_password',
    ],
    ['it stays what it is', passwords, [...recovered, change('ForgotPassword')], 'reset-password'],
    [
      'nothing that was proved for a sign-in counts in it',
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
      'whoever has none gets a password by their address',
      passwords,
      [
        start('ForgotPassword'),
        ...enter(code, { ...ada, password: false }),
        choosePassword({ ...ada, password: false }),
        submit({ ...ada, password: false }),
      ],
      'reset-password',
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
    assert.deepEqual(effects, [{ type: 'reset-password', userId: 'ada', password: 'new' }]);
    assert.deepEqual(state?.proofs, []);
    assert.deepEqual(state?.challenges, []);
    assert.equal(state?.userId, undefined);
  });
});

describe('a password whose time is over', () => {
  const expired = () => byPassword(bob, { expired: true });
  const signedIn = [start(), ...enter(expired(), bob)];
  for (const [promise, check] of checksOf([
    ['is replaced first', passwords, [...signedIn, submit(bob)], 'refused password.expired'],
    [
      'not forgotten by showing it again',
      passwords,
      [...signedIn, prove(expired()), submit(bob)],
      'refused password.expired',
    ],
    [
      'nor by showing that of another account',
      passwords,
      [...signedIn, prove(byPassword(ada)), submit(bob)],
      'refused password.expired',
    ],
    [
      'nor by identifying with it again',
      passwords,
      [...signedIn, ...enter(expired(), bob), submit(bob)],
      'refused password.expired',
    ],
    [
      'unless it is a new one, chosen elsewhere meanwhile',
      passwords,
      [...signedIn, ...enter(byPassword(bob), bob), submit(bob)],
      'finish pwd',
    ],
    [
      'is no matter to who came otherwise',
      { ...passwords, signUp: socialOnly.signUp },
      [start(), prove(expired()), ...enter(bySocial('union'), wei), submit(wei)],
      'finish social',
    ],
    [
      'nor to who showed it and came otherwise',
      { ...passwords, signUp: socialOnly.signUp },
      [start(), prove(expired()), ...enter(bySocial('union'), { ...bob, targets: ['wechat'] }), submit(bob)],
      'finish social',
    ],
  ]))
    it(promise, check);
});
