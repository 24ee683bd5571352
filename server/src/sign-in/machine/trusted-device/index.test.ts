import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  byPassword,
  enter,
  having,
  outcome,
  person,
  prove,
  run,
  shown,
  start,
  submit,
} from '../../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from '../policy.ts';
import type { Account, SignInEvent } from '../vocabulary.ts';

const settings: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [{ identifier: 'username', password: true }] },
  signUp: { identifiers: [], password: false },
  socialSignIn: {},
  mfa: { factors: ['Totp'], policy: 'NoPrompt' },
  trustedDevice: { enabled: true, validPeriodDays: 7 },
};
const off: PolicySettings = { ...settings, trustedDevice: { enabled: false, validPeriodDays: 7 } };
const secondFactors = having(['Totp']);
const stranger = person('ada', [], { secondFactors });
const trusted: Account = { ...stranger, trustedDevice: 'device' };
const asks = 'show-factor Totp';
const afterPassword = (account: Account, by = settings, more: { expired?: true } = {}) =>
  outcome(run(by, [start(), ...enter(byPassword(account, more), account)]));

describe('a trusted device', () => {
  const lines: [name: string, account: Account, expected: string, settings?: PolicySettings][] = [
    ['replaces the second factor', trusted, 'done'],
    ['also where one is mandatory', trusted, 'done', { ...settings, mfa: { factors: ['Totp'], policy: 'Mandatory' } }],
    ['no other browser does', stranger, asks],
    ['not where the tenant trusts none', trusted, asks, off],
    ['not for an unusual sign-in', { ...trusted, risks: [{ rule: 'new_country', details: {} }] }, asks],
    ['not for an application that requires two factors', { ...trusted, requiresSecondFactor: true }, asks],
    [
      'not for members of an organization that requires a second factor',
      { ...trusted, secondFactors: having(['Totp'], { isRequiredByOrganization: true }) },
      asks,
    ],
    [
      'not for members of an organization that refuses trusted devices',
      { ...trusted, secondFactors: having(['Totp'], { refusesTrustedDevices: true }) },
      asks,
    ],
    [
      'not if the account lacks a detail, which only the factor lets the user add',
      { ...trusted, email: false },
      asks,
      { ...settings, signUp: { identifiers: ['email'], password: false } },
    ],
  ];
  for (const [name, account, expected, by] of lines) it(name, () => assert.equal(afterPassword(account, by), expected));
  it('does not replace it for an expired password, which only the factor lets the user replace', () =>
    assert.equal(afterPassword(trusted, settings, { expired: true }), asks));
  // security: trusted-devices
  it('adds nothing to the account', () => {
    const events: SignInEvent[] = [
      start(),
      ...enter(byPassword(trusted), trusted),
      { type: 'profile-added', profile: { name: 'Eve' }, account: trusted },
    ];
    assert.equal(outcome(run(settings, events)), 'refused session.mfa.require_mfa_verification');
  });
});

describe('trusting a device', () => {
  const trust = (account: Account): SignInEvent => ({ type: 'device-trusted', account });
  const signsIn = (account: Account) => [start(), ...enter(byPassword(account), account)];
  const finished = (account: Account, changed = {}) =>
    run(
      settings,
      [...signsIn(account), prove(shown('Totp', account), account), trust(account), submit(account)],
      changed,
    ).effects[0];
  it('needs a second factor that was shown in this sign-in', () => {
    const early = run(settings, [...signsIn(stranger), trust(stranger)]);
    assert.equal(outcome(early), 'refused session.mfa.require_mfa_verification');
    const byDevice = run(settings, [...signsIn(trusted), trust(trusted)]);
    assert.equal(outcome(byDevice), 'refused session.mfa.require_mfa_verification');
    const without = person('ada', [], { secondFactors: having([]) });
    assert.equal(outcome(run(settings, [...signsIn(without), trust(without)])), 'refused auth.forbidden');
  });
  it('is done when the sign-in completes, for the days of the tenant, in place of the device that the browser was', () => {
    const done = { type: 'finish', userId: 'ada', amr: ['pwd', 'otp', 'mfa'], patch: {}, risks: [] };
    assert.deepEqual(finished(stranger), { ...done, device: { days: 7, replaces: undefined } });
    assert.deepEqual(finished(trusted), { ...done, device: { days: 7, replaces: 'device' } });
    assert.deepEqual(finished(stranger, { trustedDevice: off.trustedDevice }), done);
  });
  it('is refused where the tenant trusts none', () => {
    const events = [...signsIn(stranger), prove(shown('Totp', stranger), stranger), trust(stranger)];
    assert.equal(outcome(run(off, events)), 'refused auth.forbidden');
  });
});
