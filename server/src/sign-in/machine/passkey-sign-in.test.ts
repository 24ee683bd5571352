import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addFactor,
  byNewName,
  byPasskey,
  byPassword,
  challenge,
  checksOf,
  choose,
  created,
  enter,
  having,
  identify,
  made,
  now,
  outcome,
  passwords,
  person,
  prove,
  run,
  shown,
  start,
  submit,
} from '../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from './policy.ts';
import type { Challenge } from './state.ts';
import type { SignInEvent } from './vocabulary.ts';

const on: PolicySettings = { ...passwords, passkeySignIn: { enabled: true } };
const mfa = (
  factors: ('Totp' | 'WebAuthn' | 'BackupCode')[],
  policy: 'Mandatory' | 'PromptAtSignInAndSignUp' | 'NoPrompt',
) => ({ ...on, mfa: { factors, policy } }) as PolicySettings;

const ada = person('ada', [], { secondFactors: having(['WebAuthn']) });
const eve = person('eve', [], { secondFactors: having(['WebAuthn']) });
const bob = person('bob', [], { secondFactors: having([]) });
const cai = person('cai', [], { secondFactors: having(['Totp', 'WebAuthn']), password: false });
const byKey = byPasskey(ada);
const byWord = byPassword(bob);
const key = made('WebAuthn');
const totp = made('Totp');
const bobEnters = [start(), ...enter(byWord, bob)];

describe('a passkey signs in', () => {
  for (const [name, check] of checksOf([
    ['names the user and counts as two factors', on, [start(), ...enter(byKey, ada), submit(ada)], 'finish pop mfa'],
    [
      'is refused where passkeys do not sign in',
      passwords,
      [start(), ...enter(byKey, ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'is refused where no browser can use one',
      { ...on, unavailableFactors: ['WebAuthn'] },
      [start(), ...enter(byKey, ada)],
      'refused user.sign_in_method_not_enabled',
    ],
    [
      'is refused for a suspended user',
      on,
      [start(), ...enter(byKey, { ...ada, isSuspended: true })],
      'refused user.suspended',
    ],
    ['does not sign in as another user', on, [start(), ...enter(byKey, eve)], 'refused session.verification_failed'],
    ['creates no account', on, [start('Register'), ...enter(byKey)], 'refused session.verification_failed'],
    [
      'replaces no password',
      on,
      [start('ForgotPassword'), ...enter(byKey, ada)],
      'refused session.verification_failed',
    ],
    [
      'does not follow a password of another user',
      on,
      [start(), ...enter(byWord, { ...bob, secondFactors: having(['WebAuthn']) }), ...enter(byKey, ada)],
      'refused session.identity_conflict',
    ],
    [
      'needs no second factor, also a mandatory one of another kind',
      mfa(['Totp'], 'Mandatory'),
      [start(), ...enter(byPasskey(cai), cai), submit(cai)],
      'finish pop mfa',
    ],
    [
      'needs no second factor at an unusual sign-in',
      mfa(['Totp'], 'NoPrompt'),
      [start(), ...enter(byPasskey(cai), { ...cai, risks: [{ rule: 'new_country', details: {} }] })],
      'done',
    ],
    [
      'still has a mandatory factor set up, for the day the password is used',
      mfa(['Totp'], 'Mandatory'),
      [start(), ...enter(byKey, ada)],
      'add-factor Totp',
    ],
    ['stands in for a password that is required', on, [start(), ...enter(byPasskey(cai), cai)], 'done'],
    [
      'that is a second factor only is no way in',
      mfa(['WebAuthn'], 'NoPrompt'),
      [start(), prove(shown('WebAuthn', ada), ada)],
      'refused session.identifier_not_found',
    ],
  ]))
    it(name, check);
});

describe('a passkey is offered', () => {
  const offered = 'add-factor WebAuthn (to sign in)';
  const newcomer = person('new');
  const registered = [start('Register'), ...enter(byNewName('new')), created(newcomer)];
  for (const [name, check] of checksOf([
    ['after a sign-in to a user who has none', on, bobEnters, offered],
    ['to nobody where passkeys do not sign in', passwords, bobEnters, 'done'],
    ['to nobody where no browser can use one', { ...on, unavailableFactors: ['WebAuthn'] }, bobEnters, 'done'],
    ['not to a user who has one', on, [start(), ...enter(byPassword(ada), ada)], 'done'],
    [
      'not to a user who skipped it before',
      on,
      [start(), ...enter(byWord, { ...bob, secondFactors: having([], { passkeySkipped: true }) })],
      'done',
    ],
    [
      'after a second factor was shown',
      mfa(['Totp'], 'NoPrompt'),
      [start(), ...enter(byWord, { ...bob, secondFactors: having(['Totp']) })],
      'show-factor Totp',
    ],
    [
      'and made, it is stored with the sign-in',
      on,
      [...bobEnters, prove(key), addFactor(key, bob), submit(bob)],
      'add-factors, finish pwd',
    ],
    [
      'and skipped, that is kept',
      on,
      [...bobEnters, choose('passkeySkipped', bob), submit(bob)],
      'keep-choices, finish pwd',
    ],
    ['and has to be answered', on, [...bobEnters, submit(bob)], 'refused user.passkey_preferred'],
    [
      'and is not skipped as a second factor is',
      on,
      [...bobEnters, choose('skipped', bob)],
      'refused session.mfa.mfa_policy_not_user_controlled',
    ],
    [
      'cannot be skipped where it is not offered',
      passwords,
      [...bobEnters, choose('passkeySkipped', bob)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'takes no other factor',
      on,
      [...bobEnters, prove(totp), addFactor(totp, bob)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'is not made by a user who has one',
      on,
      [start(), ...enter(byPassword(ada), ada), prove(key), addFactor(key, ada)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'brings no backup codes where it is no second factor',
      mfa(['Totp', 'BackupCode'], 'NoPrompt'),
      [...bobEnters, prove(key), addFactor(key, bob), submit(bob)],
      'add-factors, finish pwd',
    ],
    [
      'among the second factors where it is one',
      mfa(['Totp', 'WebAuthn'], 'PromptAtSignInAndSignUp'),
      bobEnters,
      'add-factor WebAuthn Totp (skippable)',
    ],
    [
      'no second time after those were skipped',
      mfa(['Totp', 'WebAuthn'], 'PromptAtSignInAndSignUp'),
      [...bobEnters, choose('skipped', bob)],
      'done',
    ],
    [
      'no second time after another factor was set up',
      mfa(['Totp', 'WebAuthn'], 'PromptAtSignInAndSignUp'),
      [...bobEnters, prove(totp), addFactor(totp, bob)],
      'done',
    ],
    ['after a registration', on, registered, offered],
  ]))
    it(name, check);
});

describe('the question for any passkey', () => {
  const any: Challenge = { id: 'any', createdAt: now, type: 'SignInPasskey', challenge: 'any' };
  const ofAda: Challenge = { ...any, identifier: { type: 'username', value: 'ada' }, userId: 'ada' };
  const answered = (asked: Challenge): SignInEvent => ({
    type: 'answered',
    challengeId: asked.id,
    proof: { ...byKey, id: asked.id },
  });
  const says = (events: readonly SignInEvent[]) => outcome(run(on, events));

  it('may be asked before the sign-in starts, and outlives its start', () => {
    assert.equal(
      says([challenge(any), start(), answered(any), identify({ ...byKey, id: any.id }, ada), submit(ada)]),
      'finish pop mfa',
    );
    assert.equal(says([challenge(any), answered(any), identify({ ...byKey, id: any.id }, ada)]), 'done');
  });

  it('is answered once', () => {
    assert.equal(
      says([challenge(any), answered(any), start(), answered(any)]),
      'refused session.verification_session_not_found',
    );
  });

  it('with an identifier belongs to a sign-in that has started, and to no other', () => {
    assert.equal(says([challenge(ofAda)]), 'refused session.interaction_not_found');
    assert.equal(
      says([start(), challenge(ofAda), start(), answered(ofAda)]),
      'refused session.verification_session_not_found',
    );
  });

  it('is not asked where sign-in is closed', () => {
    assert.equal(outcome(run({ ...on, signInMode: 'Register' }, [challenge(any)])), 'refused auth.forbidden');
  });
});
