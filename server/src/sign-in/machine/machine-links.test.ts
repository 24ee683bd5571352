import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addAddress,
  byCode,
  byPassword,
  checksOf,
  chooseName,
  choosePassword,
  email,
  enter,
  having,
  identify,
  person,
  prove,
  run,
  shown,
  shownCode,
  start,
  submit,
} from '../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from './policy.ts';
import type { Address, Proof } from './state.ts';
import type { SignInEvent } from './vocabulary.ts';

/** Email addresses and codes are switched off for sign-in and sign-up. */
const settings: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [{ identifier: 'username', password: true }] },
  signUp: { identifiers: [], password: false },
  socialSignIn: {},
};
const mail = email('ada@example.com');
let count = 0;
const byLink = (identifier: Address = mail, organizationIds: readonly string[] = []): Proof => {
  count += 1;
  return { id: `link-${count}`, createdAt: 0, used: false, type: 'OneTimeToken', identifier, organizationIds };
};
const ada = person('ada', [mail]);
const bob = person('bob');

describe('a link at the sign-in machine', () => {
  const closed: PolicySettings = { ...settings, signInMode: 'SignIn' };
  const named: PolicySettings = { ...settings, signUp: { identifiers: ['username'], password: true } };
  const unnamed: PolicySettings = {
    ...settings,
    signUp: { identifiers: [], password: false, secondaryIdentifiers: [{ identifier: 'username' }] },
  };
  const add = (proof: Proof) => [prove(proof), addAddress(proof)];
  const suspended = { ...ada, isSuspended: true };
  for (const [promise, check] of checksOf([
    [
      'signs in the user with the address',
      settings,
      [start(), ...enter(byLink(), ada), submit(ada)],
      'reclaim-account, finish email',
    ],
    [
      'does not sign in a user with another address',
      settings,
      [start(), ...enter(byLink(email('eve@example.com')), ada)],
      'refused session.verification_failed',
    ],
    ['does not sign in an unknown user', settings, [start(), ...enter(byLink())], 'refused user.user_not_exist'],
    ['does not sign in a suspended user', settings, [start(), ...enter(byLink(), suspended)], 'refused user.suspended'],
    [
      'does not replace the identified user',
      settings,
      [start(), ...enter(byPassword(bob), bob), ...enter(byLink(), ada)],
      'refused session.identity_conflict',
    ],
    [
      'leads the user with the address to a new password, and does not sign the user in by that',
      settings,
      [start('ForgotPassword'), ...enter(byLink(), ada), choosePassword(ada), submit(ada)],
      'reclaim-account, reset-password',
    ],
    [
      'leads no user with another address to a new password',
      settings,
      [start('ForgotPassword'), ...enter(byLink(email('eve@example.com')), ada)],
      'refused session.verification_failed',
    ],
    [
      'of a sign-in is worth nothing once a password was forgotten',
      settings,
      [start(), ...enter(byLink(), ada), { type: 'intent-changed', intent: 'ForgotPassword' }],
      'refused session.not_supported_for_forgot_password',
    ],
    ['makes an account with the address', settings, [start('Register'), ...enter(byLink())], 'create-user'],
    ['makes none where none are made', closed, [start('Register'), ...enter(byLink())], 'refused auth.forbidden'],
    [
      'makes none beside that of the address',
      settings,
      [start('Register'), ...enter(byLink(), ada)],
      'refused user.email_already_in_use',
    ],
    ['asks for what a new account lacks', named, [start('Register'), ...enter(byLink())], 'continue username password'],
    [
      'does not invite a user with another address',
      unnamed,
      [start('Register'), ...enter(byLink()), ...enter(byCode(email('eve@example.com')))],
      'refused user.sign_up_method_not_enabled',
    ],
    [
      'does not invite a user who adds another address instead',
      unnamed,
      [start('Register'), ...enter(byLink()), ...add(byCode(email('eve@example.com'))), chooseName('ada'), identify()],
      'refused user.sign_up_method_not_enabled',
    ],
  ]))
    it(promise, check);

  it('adds the user to its organizations when the sign-in completes, if it was used', () => {
    const joinedBy = (events: readonly SignInEvent[]) =>
      run(settings, events).effects.filter(({ type }) => type === 'join-organizations');
    const ids = ['guild'];
    const used = [start(), ...enter(byLink(mail, ids), ada)];
    assert.deepEqual(joinedBy(used), []);
    const joining = { type: 'join-organizations', userId: 'ada', organizationIds: ids };
    assert.deepEqual(joinedBy([...used, submit(ada)]), [joining]);
    const moved = person('ada', [email('ada@example.org')]);
    assert.deepEqual(joinedBy([...used, submit(moved)]), []);
    const lying = [start(), prove(byLink(mail, ids)), ...enter(byPassword(ada), ada), submit(ada)];
    assert.deepEqual(joinedBy(lying), []);
  });
});

describe('a second factor after a link', () => {
  const mfa: PolicySettings = { ...settings, mfa: { factors: ['Totp', 'EmailVerificationCode'], policy: 'Mandatory' } };
  const both = { ...ada, secondFactors: having(['Totp']) };
  const mailOnly = { ...ada, secondFactors: having([], { suggestionSkipped: true }) };
  const byAda = [start(), ...enter(byLink(), both)];
  for (const [promise, check] of checksOf([
    // security: sign-in-links
    ['is no code to the address of the link', mfa, byAda, 'show-factor Totp'],
    [
      'is none if one is shown all the same',
      mfa,
      [...byAda, prove(shownCode(mail, both), both)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'is another one',
      mfa,
      [...byAda, prove(shown('Totp', both), both), submit(both)],
      'verify-email, finish email otp mfa',
    ],
    [
      'is that code for users who have no other factor',
      mfa,
      [start(), ...enter(byLink(), mailOnly)],
      'show-factor EmailVerificationCode',
    ],
    // security: similar-addresses
    [
      'which shows nothing but the address again: the account is taken back',
      mfa,
      [start(), ...enter(byLink(), mailOnly), prove(shownCode(mail, mailOnly), mailOnly), submit(mailOnly)],
      'reclaim-account, finish email mfa',
    ],
  ]))
    it(promise, check);
});
