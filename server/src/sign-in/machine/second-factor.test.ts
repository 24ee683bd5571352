import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  byPassword,
  created,
  email,
  enter,
  type FactorStatus,
  having,
  type Mfa,
  outcome,
  person,
  phone,
  run,
  start,
  submit,
} from '../../../../test/support/sign-in-machine.ts';
import type { Risk } from '../../features/people/adaptive-mfa/index.ts';
import type { PolicySettings, SecondFactorType } from './policy.ts';
import type { Account } from './vocabulary.ts';

const all: Mfa['factors'] = ['Totp', 'WebAuthn', 'BackupCode', 'EmailVerificationCode', 'PhoneVerificationCode'];
const settingsWith = (mfa: Partial<Mfa>): PolicySettings => ({
  signInMode: 'SignInAndRegister',
  signIn: { methods: [{ identifier: 'username', password: true }] },
  signUp: { identifiers: [], password: false },
  socialSignIn: {},
  mfa: { factors: all, policy: 'UserControlled', ...mfa },
});

const mail = email('ada@example.com');
const newCountry: Risk = { rule: 'new_country', details: {} };
const mobile = phone('34600000001');

/** What comes next after the password of an account, or after its creation. */
const afterSignIn = (mfa: Partial<Mfa>, account: Account) =>
  outcome(run(settingsWith(mfa), [start(), ...enter(byPassword(account), account)]));
const afterSignUp = (mfa: Partial<Mfa>, account: Account) =>
  outcome(run(settingsWith(mfa), [start('Register'), created(account)]));

const holdings = {
  app: person('ada', [], { secondFactors: having(['Totp']) }),
  passkey: person('ada', [], { secondFactors: having(['WebAuthn']) }),
  mail: person('ada', [mail], { secondFactors: having([]) }),
  nothing: person('ada', [], { secondFactors: having([]) }),
  spent: person('ada', [], {
    secondFactors: having([], { factors: [{ id: 'b', type: 'BackupCode', createdAt: 0, remainCodes: 0 }] }),
  }),
};
const show = { app: 'show-factor Totp', passkey: 'show-factor WebAuthn', mail: 'show-factor EmailVerificationCode' };
const any = 'add-factor WebAuthn Totp PhoneVerificationCode EmailVerificationCode';
const anyOrMail = 'add-factor WebAuthn Totp PhoneVerificationCode EmailVerificationCode (skippable)';
const better = 'add-factor WebAuthn Totp (suggested)';

/** The prompts of users without a preference, in the order of `holdings`. */
const asked = (byMail: string, byNone: string) => ({ mail: byMail, nothing: byNone, spent: byNone });
const nobody = asked('done', 'done');
const mayAdd = asked(anyOrMail, `${any} (skippable)`);
const policies: Record<Mfa['policy'], { signIn: typeof nobody; signUp: typeof nobody }> = {
  UserControlled: { signIn: mayAdd, signUp: mayAdd },
  PromptAtSignInAndSignUp: { signIn: mayAdd, signUp: mayAdd },
  PromptOnlyAtSignIn: { signIn: mayAdd, signUp: nobody },
  NoPrompt: { signIn: nobody, signUp: nobody },
  Mandatory: { signIn: asked(show.mail, any), signUp: asked(better, any) },
  PromptAtSignInAndSignUpMandatory: { signIn: asked(show.mail, any), signUp: asked(better, any) },
  PromptOnlyAtSignInMandatory: { signIn: asked(show.mail, any), signUp: nobody },
};

describe('what a person is asked, by policy and by what they have', () => {
  for (const [policy, { signIn, signUp }] of Object.entries(policies)) {
    for (const [holding, account] of Object.entries(holdings) as [keyof typeof holdings, Account][]) {
      const atSignIn = { ...signIn, app: show.app, passkey: show.passkey }[holding];
      const atSignUp = { ...signUp, app: 'done', passkey: 'done' }[holding];
      it(`${policy}, ${holding}: ${atSignIn} at sign-in`, () =>
        assert.equal(afterSignIn({ policy: policy as Mfa['policy'] }, account), atSignIn));
      it(`${policy}, ${holding}: ${atSignUp} at sign-up`, () =>
        assert.equal(afterSignUp({ policy: policy as Mfa['policy'] }, account), atSignUp));
    }
  }
});

type Line = [name: string, mfa: Partial<Mfa>, account: Account, outcome: string];
const lines = (table: readonly Line[]) => {
  for (const [name, mfa, account, expected] of table) it(name, () => assert.equal(afterSignIn(mfa, account), expected));
};
const withFactors = (factors: FactorStatus['factors'][number]['type'][], more: Partial<FactorStatus> = {}) =>
  person('ada', [], { secondFactors: having(factors, more) });
const withMail = (factors: FactorStatus['factors'][number]['type'][], more: Partial<FactorStatus> = {}) =>
  person('ada', [mail], { secondFactors: having(factors, more) });
const mandatory = { policy: 'Mandatory' as const };
const wantedByOrganization = { policy: 'NoPrompt' as const, organizationRequiredMfaPolicy: 'Mandatory' as const };

describe('what a person chose', () => {
  lines([
    ['a user who skipped it is not asked to set one up', {}, withFactors([], { skipped: true }), 'done'],
    ['unless the policy requires one', mandatory, withFactors([], { skipped: true }), any],
    ['a user who skipped it and has one shows it', {}, withFactors(['Totp'], { skipped: true }), show.app],
    ['a user who chose not to be asked is not asked', {}, withFactors(['Totp'], { skipMfaOnSignIn: true }), 'done'],
    ['unless everybody is', mandatory, withFactors(['Totp'], { skipMfaOnSignIn: true }), show.app],
    ['a user who chose codes to the email gets them', {}, withMail([], { enabled: true }), show.mail],
    ['and would rather not be asked', {}, withMail([], { enabled: true, skipMfaOnSignIn: true }), 'done'],
    [
      'a user who chose codes and has no address may set one up',
      {},
      withFactors([], { enabled: true }),
      `${any} (skippable)`,
    ],
    ['a user who decided against it and has one shows it', {}, withFactors(['Totp'], { enabled: false }), show.app],
    ['skipping a suggestion skips nothing else', {}, withMail([], { suggestionSkipped: true }), anyOrMail],
  ]);
  const suggested = (more: Partial<FactorStatus>) => afterSignUp(mandatory, withMail([], more));
  it('a better factor is suggested once', () => {
    assert.equal(suggested({}), better);
    assert.equal(suggested({ suggestionSkipped: true }), 'done');
    assert.equal(suggested({ skipped: true }), better);
  });
  it('a phone does not rank above an email', () => {
    const factors: SecondFactorType[] = ['EmailVerificationCode', 'PhoneVerificationCode'];
    assert.equal(afterSignUp({ ...mandatory, factors }, withMail([])), 'done');
  });
});

describe('what organizations want', () => {
  const member = { isRequiredByOrganization: true };
  lines([
    ['a member sets one up', wantedByOrganization, withFactors([], member), any],
    ['whatever they skipped', wantedByOrganization, withFactors([], { ...member, skipped: true }), any],
    ['shows it', wantedByOrganization, withFactors(['Totp'], { ...member, skipMfaOnSignIn: true }), show.app],
    ['by email if that is all', wantedByOrganization, withMail([], member), show.mail],
    ['a user who is not a member is not asked', wantedByOrganization, withFactors([]), 'done'],
    [
      'nor may others not skip',
      { ...wantedByOrganization, policy: 'UserControlled' },
      withFactors([]),
      `${any} (skippable)`,
    ],
    [
      // security: second-factor-required
      'a member with a factor shows it when the organization requires it, regardless of the tenant and of the user’s wish',
      { policy: 'NoPrompt' },
      withFactors(['Totp'], { ...member, skipMfaOnSignIn: true }),
      show.app,
    ],
    [
      'it does not matter when the tenant does not enable the rule',
      { policy: 'NoPrompt' },
      withFactors([], member),
      'done',
    ],
    [
      'it does not matter when the policy prompts no user',
      { policy: 'NoPrompt', organizationRequiredMfaPolicy: 'NoPrompt' },
      withFactors([], member),
      'done',
    ],
  ]);
  it('a sign-up goes on without', () => {
    assert.equal(afterSignUp(wantedByOrganization, withFactors([], member)), 'done');
  });
});

describe('an unusual sign-in', () => {
  const unusual = (account: Account): Account => ({ ...account, risks: [newCountry] });
  lines([
    ['asks users who chose not to be asked', {}, unusual(withFactors(['Totp'], { skipMfaOnSignIn: true })), show.app],
    ['asks users without a chosen factor for a code', { policy: 'NoPrompt' }, unusual(withMail([])), show.mail],
    ['asks nothing that the person does not have', { policy: 'NoPrompt' }, unusual(withFactors([])), 'done'],
    ['takes no choice away', {}, unusual(withFactors([])), `${any} (skippable)`],
  ]);
  it('does not apply to a registration', () => {
    const account = unusual(holdings.nothing);
    const { effects } = run(settingsWith({ policy: 'NoPrompt' }), [
      start('Register'),
      created(account),
      submit(account),
    ]);
    assert.deepEqual(effects, [{ type: 'finish', userId: 'ada', amr: [], patch: {}, risks: [] }]);
  });
});

describe('which factors count', () => {
  const only = (...factors: SecondFactorType[]) => ({ ...mandatory, factors });
  const address = (factors: FactorStatus['factors'], more: Partial<FactorStatus> = {}) =>
    person('ada', [mail, mobile], { secondFactors: having([], { factors, ...more }) });
  const last = (type: 'Totp' | 'WebAuthn' | 'BackupCode', lastUsedAt?: number) => ({
    id: `${type} ${lastUsedAt}`,
    type,
    createdAt: 0,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
    ...(type === 'BackupCode' ? { remainCodes: 1 } : {}),
  });
  lines([
    ['none where the tenant has none', only(), withFactors(['Totp']), 'done'],
    ['not one that the tenant does not offer', only('WebAuthn'), withFactors(['Totp']), 'add-factor WebAuthn'],
    ['not an address where codes are none', only('Totp'), withMail([]), 'add-factor Totp'],
    [
      'not an address of the other kind',
      only('PhoneVerificationCode'),
      withMail([]),
      'add-factor PhoneVerificationCode',
    ],
    ['not a spent set of backup codes', {}, { ...holdings.spent, risks: [newCountry] }, `${any} (skippable)`],
    ['backup codes that are left', {}, withFactors(['BackupCode']), 'show-factor BackupCode'],
    [
      'the last one used first, addresses after it, backup codes last',
      {},
      address([last('WebAuthn', 1), last('Totp', 2), last('BackupCode', 3)]),
      'show-factor Totp WebAuthn PhoneVerificationCode EmailVerificationCode BackupCode',
    ],
    [
      'of two passkeys the last use of either',
      {},
      withFactors([], { factors: [last('WebAuthn', 3), last('WebAuthn', 1), last('Totp', 2)] }),
      'show-factor WebAuthn Totp',
    ],
    [
      'the passkey first if none was used',
      {},
      withFactors([], { factors: [last('Totp'), last('WebAuthn')] }),
      'show-factor WebAuthn Totp',
    ],
    ['a user without known factors has none', mandatory, person('ada'), any],
  ]);
});
