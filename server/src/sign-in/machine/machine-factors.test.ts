import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  addAddress,
  addFactor,
  byCode,
  byNewName,
  byPassword,
  bySocial,
  change,
  checksOf,
  choose,
  chooseName,
  choosePassword,
  created,
  email,
  enter,
  having,
  identify,
  type Mfa,
  made,
  now,
  person,
  phone,
  prove,
  run,
  shown,
  shownCode,
  start,
  submit,
} from '../../../../test/support/sign-in-machine.ts';
import type { PolicySettings } from './policy.ts';
import type { Proof } from './state.ts';
import type { Account, SignInEvent } from './vocabulary.ts';

const settings: PolicySettings = {
  signInMode: 'SignInAndRegister',
  signIn: { methods: [{ identifier: 'username', password: true }] },
  signUp: { identifiers: ['username', 'email'], password: true },
  socialSignIn: { skipRequiredIdentifiers: true },
};
const free: PolicySettings = { ...settings, signUp: { identifiers: ['username'], password: true } };
const withMfa = (mfa: Partial<Mfa>, base = free): PolicySettings => ({
  ...base,
  mfa: { factors: ['Totp', 'WebAuthn', 'BackupCode'], policy: 'UserControlled', ...mfa },
});

const mail = email('ada@example.com');
const ada = person('ada', [mail], { secondFactors: having(['Totp']) });
const bob = person('bob', [email('bob@example.com')], { secondFactors: having(['Totp']) });
const signedIn = (account: Account) => [start(), ...enter(byPassword(account), account)];
const totp = shown('Totp', ada);

describe('a second factor that is due', () => {
  const mfa = withMfa({ policy: 'NoPrompt' });
  const codes = withMfa({ factors: ['EmailVerificationCode', 'Totp'], policy: 'Mandatory' });
  const mailer = { ...ada, secondFactors: having([], { suggestionSkipped: true }) };
  const unset = { ...ada, secondFactors: having([]) };
  const byMail = { ...ada, secondFactors: having([], { enabled: true }) };
  const all = { ...ada, secondFactors: having(['Totp', 'WebAuthn', 'BackupCode']) };
  const social = bySocial('union');
  const linked = { ...ada, social: true, identities: { wechat: 'union' } };
  const first = byCode(mail);
  for (const [promise, check] of checksOf([
    ['is asked for', mfa, signedIn(ada), 'show-factor Totp'],
    [
      'the sign-in does not complete without it',
      mfa,
      [...signedIn(ada), submit(ada)],
      'refused session.mfa.require_mfa_verification',
    ],
    ['the sign-in completes with it', mfa, [...signedIn(ada), prove(totp, ada), submit(ada)], 'finish pwd otp mfa'],
    ['by a passkey', mfa, [...signedIn(all), prove(shown('WebAuthn', all), all), submit(all)], 'finish pwd pop mfa'],
    [
      'by a backup code',
      mfa,
      [...signedIn(all), prove(shown('BackupCode', all), all), submit(all)],
      'finish pwd otp mfa',
    ],
    [
      'by a code to the email',
      codes,
      [...signedIn(mailer), prove(shownCode(mail, ada), mailer), submit(mailer)],
      'verify-email, finish pwd email mfa',
    ],
    [
      'after a provider too',
      mfa,
      [start(), ...enter(social, linked), submit(linked)],
      'refused session.mfa.require_mfa_verification',
    ],
    [
      'after a provider, with it',
      mfa,
      [start(), ...enter(social, linked), prove(totp, linked), submit(linked)],
      'finish social otp mfa',
    ],
    [
      'the factor of another user does not count',
      mfa,
      [...signedIn(ada), prove(shown('Totp', bob), bob)],
      'refused session.identity_conflict',
    ],
    [
      'refuses a factor before the user is identified',
      mfa,
      [start(), prove(totp, ada)],
      'refused session.identifier_not_found',
    ],
    [
      'refuses a factor that the tenant does not offer',
      withMfa({ factors: ['WebAuthn'] }),
      [...signedIn(ada), prove(totp, ada)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'refuses codes when they are not a factor',
      mfa,
      [...signedIn(ada), prove(shownCode(mail, ada), ada)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'a code to an address that is not the account’s shows nothing',
      codes,
      [...signedIn(mailer), prove(shownCode(email('eve@example.com'), ada), mailer)],
      'refused session.verification_failed',
    ],
    [
      'does not count while the user is not identified',
      codes,
      [...signedIn(mailer), prove(shownCode(mail, ada))],
      'refused session.verification_failed',
    ],
    [
      'does not count for another user',
      codes,
      [...signedIn(mailer), prove(shownCode(mail, ada), { ...bob, addresses: [mail] })],
      'refused session.verification_failed',
    ],
    [
      'a second factor does not identify the user',
      mfa,
      [...signedIn(ada), prove(totp, ada), identify(totp, ada)],
      'refused session.verification_session_not_found',
    ],
    [
      'a new one of another sign-in does not count',
      mfa,
      [...signedIn(ada), prove(totp, ada), ...signedIn(ada), submit(ada)],
      'refused session.mfa.require_mfa_verification',
    ],
    // The account does not change before the factor is shown
    [
      'no name is chosen before',
      mfa,
      [...signedIn({ ...ada, username: false }), chooseName('eve', ada)],
      'refused session.mfa.require_mfa_verification',
    ],
    ['no password', mfa, [...signedIn(ada), choosePassword(ada)], 'refused session.mfa.require_mfa_verification'],
    [
      'no answers',
      mfa,
      [...signedIn(ada), { type: 'profile-added', profile: { name: 'Eve' }, account: ada }],
      'refused session.mfa.require_mfa_verification',
    ],
    [
      'no address',
      mfa,
      [...signedIn(ada), ...[byCode(phone('34'))].flatMap((proof) => [prove(proof), addAddress(proof, ada)])],
      'refused session.mfa.require_mfa_verification',
    ],
    [
      'no account of a provider',
      mfa,
      [...signedIn(ada), prove(social), { type: 'social-added', proofId: social.id, account: ada, inUse: false }],
      'refused session.mfa.require_mfa_verification',
    ],
    [
      'no factor',
      mfa,
      [...signedIn(ada), ...[made('WebAuthn')].flatMap((proof) => [prove(proof), addFactor(proof, ada)])],
      'refused session.mfa.require_mfa_verification',
    ],
    ['no choice', mfa, [...signedIn(ada), choose('skipped', ada)], 'refused session.mfa.require_mfa_verification'],
    [
      'and after it that may',
      mfa,
      [
        ...signedIn(ada),
        prove(totp, ada),
        { type: 'profile-added', profile: { name: 'Ada' }, account: ada },
        submit(ada),
      ],
      'finish pwd otp mfa',
    ],
    [
      'an identity that is linked is written after it only',
      mfa,
      [...signedIn(ada), prove(social), { type: 'identified', proofId: social.id, link: true }, submit(ada)],
      'refused session.mfa.require_mfa_verification',
    ],
    // The first factor does not count as a second
    [
      'the code that identified the user is not a second factor',
      { ...codes, signIn: { methods: [{ identifier: 'email', password: false, verificationCode: true }] } },
      [start(), ...enter(first, ada)],
      'show-factor Totp',
    ],
    [
      'not when it is sent once more',
      { ...codes, signIn: { methods: [{ identifier: 'email', password: false, verificationCode: true }] } },
      [start(), ...enter(first, ada), prove(byCode(mail), ada), prove(shownCode(email('ADA@example.com'), ada), ada)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'not when another is asked for',
      { ...codes, signIn: { methods: [{ identifier: 'email', password: false, verificationCode: true }] } },
      [
        start(),
        ...enter(first, ada),
        { type: 'challenged', challenge: { type: 'EmailVerificationCode', id: 'c', createdAt: now, identifier: mail } },
        { type: 'answered', challengeId: 'c', proof: byCode(mail), account: ada },
        submit(ada),
      ],
      'refused session.mfa.require_mfa_verification',
    ],
    [
      'an address of one’s own that was to register takes no factor away',
      { ...withMfa({ factors: ['EmailVerificationCode'] }, settings) },
      [
        start('Register'),
        ...enter(byCode(email('eve@example.com'))),
        change('SignIn'),
        ...enter(byPassword(ada), { ...unset, secondFactors: having([], { enabled: true }) }),
      ],
      'show-factor EmailVerificationCode',
    ],
    [
      'one that said nothing yet takes none away',
      withMfa({ factors: ['EmailVerificationCode'] }),
      [...signedIn(byMail), prove(byCode(mail), byMail)],
      'show-factor EmailVerificationCode',
    ],
    // After the factor is shown
    [
      'then comes what else is missing',
      withMfa({}, settings),
      [...signedIn({ ...ada, email: false, addresses: [] }), prove(totp, { ...ada, email: false, addresses: [] })],
      'continue email',
    ],
  ]))
    it(promise, check);

  it('is returned to API callers, with masked addresses that a code may go to', () => {
    const refusal = (mfaSettings: PolicySettings, account: Account) => {
      const { last } = run(mfaSettings, [...signedIn(account), submit(account)]);
      return 'refused' in last ? last.data : undefined;
    };
    const reachable = { ...ada, addresses: [mail, phone('34600000001')] };
    assert.deepEqual(refusal(codes, reachable), {
      availableFactors: ['Totp', 'EmailVerificationCode'],
      maskedIdentifiers: { EmailVerificationCode: 'a****@example.com' },
    });
    assert.deepEqual(refusal(mfa, reachable), { availableFactors: ['Totp'], maskedIdentifiers: {} });
  });

  it('is accepted only for its challenge', () => {
    const asked: SignInEvent = {
      type: 'challenged',
      challenge: { type: 'WebAuthn', id: 'c', createdAt: now, challenge: 'random', userId: 'ada' },
    };
    const events = (proof: Proof) => [
      ...signedIn(ada),
      asked,
      { type: 'answered' as const, challengeId: 'c', proof, account: ada },
    ];
    const last = (proof: Proof) => run(mfa, events(proof)).last;
    assert.equal((last(shown('WebAuthn', ada)) as { prompt?: { kind: string } }).prompt?.kind, 'done');
    assert.deepEqual(last(shown('WebAuthn', bob)), { refused: 'session.identity_conflict' });
    assert.deepEqual(last(shown('Totp', ada)), { refused: 'session.verification_session_not_found' });
  });

  it('says why a sign-in was unusual when it is complete', () => {
    const risks: Account['risks'] = [{ rule: 'new_country', details: {} }];
    const account = { ...ada, risks };
    const { effects } = run(mfa, [...signedIn(account), prove(totp, account), submit(account)]);
    assert.deepEqual(effects, [{ type: 'finish', userId: 'ada', amr: ['pwd', 'otp', 'mfa'], patch: {}, risks }]);
  });
});

describe('a second factor that is made', () => {
  const none = { ...ada, secondFactors: having([]) };
  const optional = withMfa({ factors: ['Totp', 'WebAuthn'] });
  const mandatory = withMfa({ factors: ['Totp', 'WebAuthn'], policy: 'Mandatory' });
  const withBackup = withMfa({ policy: 'Mandatory' });
  const app = made('Totp');
  const passkey = made('WebAuthn');
  const backup = made('BackupCode');
  const makesApp = [prove(app), addFactor(app, none)];
  for (const [promise, check] of checksOf([
    ['is asked for when the policy requires one', mandatory, signedIn(none), 'add-factor WebAuthn Totp'],
    ['no sign-in completes without one', mandatory, [...signedIn(none), submit(none)], 'refused user.missing_mfa'],
    [
      'it is the account’s with the end of the sign-in',
      mandatory,
      [...signedIn(none), ...makesApp, submit(none)],
      'add-factors, finish pwd',
    ],
    [
      'setting it up does not store it before the sign-in completes',
      mandatory,
      [...signedIn(none), prove(app), submit(none)],
      'refused user.missing_mfa',
    ],
    [
      'a factor that was not set up is not stored',
      mandatory,
      [...signedIn(none), addFactor(app, none)],
      'refused session.verification_session_not_found',
    ],
    [
      'or twice',
      mandatory,
      [...signedIn(none), ...makesApp, addFactor(app, none)],
      'refused session.verification_session_not_found',
    ],
    [
      'a proof of something else is no factor',
      mandatory,
      [...signedIn(none), ...[byCode(mail)].flatMap((proof) => [prove(proof), addFactor(proof, none)])],
      'refused session.verification_session_not_found',
    ],
    [
      'a second one is not asked for',
      mandatory,
      [...signedIn(none), ...makesApp, prove(passkey), addFactor(passkey, none)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'no factor is asked for when the policy prompts no user',
      withMfa({ policy: 'NoPrompt' }),
      [...signedIn(none), ...makesApp],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'one that the tenant does not offer is refused',
      withMfa({ factors: ['Totp'] }),
      [...signedIn(none), prove(passkey), addFactor(passkey, none)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'refuses to set one up before there is an account',
      optional,
      [start('Register'), ...makesApp.slice(0, 1), addFactor(app)],
      'refused session.identifier_not_found',
    ],
    [
      'or for another',
      optional,
      [...signedIn(none), prove(app), addFactor(app, bob)],
      'refused session.identity_conflict',
    ],
    [
      'a new account is asked',
      mandatory,
      [start('Register'), ...enter(byNewName('ada')), created(none)],
      'add-factor WebAuthn Totp',
    ],
    [
      'and is not through before',
      mandatory,
      [start('Register'), ...enter(byNewName('ada')), created(none), submit(none)],
      'refused user.missing_mfa',
    ],
    [
      'a new one has shown nothing by it',
      mandatory,
      [start('Register'), ...enter(byNewName('ada')), created(none), ...makesApp, submit(none)],
      'add-factors, finish pwd',
    ],
    // Backup codes
    ['backup codes stand in for it', withBackup, [...signedIn(none), ...makesApp], 'make-backup-codes'],
    [
      'and are required',
      withBackup,
      [...signedIn(none), ...makesApp, submit(none)],
      'refused session.mfa.backup_code_required',
    ],
    [
      'with them it is done',
      withBackup,
      [...signedIn(none), ...makesApp, prove(backup), addFactor(backup, none), submit(none)],
      'add-factors, finish pwd',
    ],
    [
      'they cannot be the only factor',
      withBackup,
      [...signedIn(none), prove(backup), addFactor(backup, none)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'they are not made twice',
      withBackup,
      [
        ...signedIn(none),
        ...makesApp,
        prove(backup),
        addFactor(backup, none),
        ...[made('BackupCode')].flatMap((proof) => [prove(proof), addFactor(proof, none)]),
      ],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'those that are left will do',
      withBackup,
      [
        ...signedIn({ ...ada, secondFactors: having(['BackupCode']) }),
        prove(shown('BackupCode', ada), ada),
        ...[made('Totp')].flatMap((proof) => [
          prove(proof),
          addFactor(proof, { ...ada, secondFactors: having(['BackupCode']) }),
        ]),
      ],
      'done',
    ],
    [
      'a user with a factor and without backup codes gets them after the factor was shown',
      withMfa({}),
      [...signedIn(ada), prove(totp, ada)],
      'make-backup-codes',
    ],
    [
      'they are not asked for when the policy prompts no user',
      withMfa({ policy: 'NoPrompt' }),
      [...signedIn(ada), prove(totp, ada)],
      'done',
    ],
    [
      'they are not asked for after the first factor alone',
      withMfa({}),
      signedIn({ ...ada, secondFactors: having(['Totp'], { skipMfaOnSignIn: true }) }),
      'done',
    ],
  ]))
    it(promise, check);

  it('is stored together with its backup codes', () => {
    const { effects } = run(withBackup, [
      ...signedIn(none),
      ...makesApp,
      prove(backup),
      addFactor(backup, none),
      submit(none),
    ]);
    const factors = [
      { type: 'Totp', secretSealed: 'sealed', step: 1 },
      { type: 'BackupCode', codesSealed: 'sealed' },
    ];
    assert.deepEqual(effects[0], { type: 'add-factors', userId: 'ada', factors });
  });

  it('is returned to API callers with the factors to set up and whether it may be skipped', () => {
    const dataOf = (given: PolicySettings, events: SignInEvent[]) => {
      const { last } = run(given, events);
      return 'refused' in last ? last.data : undefined;
    };
    const availableFactors = ['WebAuthn', 'Totp'];
    assert.deepEqual(dataOf(mandatory, [...signedIn(none), submit(none)]), { availableFactors, skippable: false });
    assert.deepEqual(dataOf(optional, [...signedIn(none), submit(none)]), { availableFactors, skippable: true });
  });
});

describe('a decision about second factors', () => {
  const none = { ...ada, secondFactors: having([]) };
  const bare = { ...none, email: false, addresses: [] };
  const optional = withMfa({ factors: ['Totp', 'EmailVerificationCode'] });
  const mandatory = withMfa({ factors: ['Totp', 'EmailVerificationCode'], policy: 'Mandatory' });
  const suggested = [start('Register'), created(none)];
  const added = byCode(mail);
  for (const [promise, check] of checksOf([
    ['one that may be skipped is suggested', optional, [...signedIn(none), submit(none)], 'refused user.suggest_mfa'],
    [
      'a user who skips it goes on and is not asked again',
      optional,
      [...signedIn(none), choose('skipped', none), submit(none)],
      'keep-choices, finish pwd',
    ],
    [
      'a user who chooses codes to the email goes on too',
      optional,
      [...signedIn(none), choose('enabled', none), submit(none)],
      'keep-choices, finish pwd',
    ],
    [
      'a user who wants one and has no email sets one up',
      optional,
      [...signedIn(bare), choose('enabled', bare), submit(bare)],
      'refused user.missing_mfa',
    ],
    [
      'or skips it after all',
      optional,
      [...signedIn(bare), choose('enabled', bare), choose('skipped', bare), submit(bare)],
      'keep-choices, finish pwd',
    ],
    [
      'with one that was added a moment ago',
      optional,
      [...signedIn(bare), prove(added), addAddress(added, bare), choose('enabled', bare), submit(bare)],
      'keep-choices, finish pwd email',
    ],
    [
      'an email is none where codes do not count',
      withMfa({ factors: ['Totp'] }),
      [...signedIn(none), choose('enabled', none), submit(none)],
      'refused user.missing_mfa',
    ],
    [
      'a required factor cannot be skipped',
      mandatory,
      [...signedIn(bare), choose('skipped', bare)],
      'refused session.mfa.mfa_policy_not_user_controlled',
    ],
    [
      'nor by way of a suggestion',
      mandatory,
      [...signedIn(bare), choose('suggestionSkipped', bare)],
      'refused session.mfa.mfa_policy_not_user_controlled',
    ],
    [
      'nor is it decided about',
      mandatory,
      [...signedIn(bare), choose('enabled', bare)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'an address that was added a moment ago will do',
      mandatory,
      [...signedIn(bare), prove(added), addAddress(added, bare)],
      'add-factor Totp (suggested)',
    ],
    [
      'a better one is suggested',
      mandatory,
      [...suggested, submit(none)],
      'refused session.mfa.suggest_additional_mfa',
    ],
    [
      'a user who declines goes on',
      mandatory,
      [...suggested, choose('suggestionSkipped', none), submit(none)],
      'keep-choices, finish ',
    ],
    [
      'skipping all of them is something else',
      mandatory,
      [...suggested, choose('skipped', none)],
      'refused session.mfa.mfa_policy_not_user_controlled',
    ],
    [
      'a suggestion cannot be skipped when the first factor is asked for',
      optional,
      [...signedIn(none), choose('suggestionSkipped', none)],
      'refused session.mfa.mfa_policy_not_user_controlled',
    ],
    [
      'no decision is accepted when none is asked for',
      withMfa({ policy: 'NoPrompt' }),
      [...signedIn(none), choose('skipped', none)],
      'refused session.mfa.mfa_policy_not_user_controlled',
    ],
    [
      'nor an answer',
      withMfa({ policy: 'NoPrompt', factors: ['EmailVerificationCode'] }),
      [...signedIn(none), choose('enabled', none)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'a decision is not taken twice',
      optional,
      [...signedIn(none), choose('skipped', none), choose('enabled', none)],
      'refused session.mfa.mfa_factor_not_enabled',
    ],
    [
      'refuses a decision before there is an account',
      optional,
      [start('Register'), choose('skipped')],
      'refused session.identifier_not_found',
    ],
    ['or for another', optional, [...signedIn(none), choose('skipped', bob)], 'refused session.identity_conflict'],
  ]))
    it(promise, check);

  it('is stored with the account', () => {
    const { effects } = run(optional, [...signedIn(none), choose('skipped', none), submit(none)]);
    assert.deepEqual(effects[0], { type: 'keep-choices', userId: 'ada', choices: { skipped: true } });
  });
});
