/** Random policies, and people who have set up and chosen anything, for the tests of the sign-in machine. */
import fc from 'fast-check';
import type { PolicySettings } from '../../server/src/sign-in/machine/policy.ts';
import type { Address } from '../../server/src/sign-in/machine/state.ts';
import type { Account } from '../../server/src/sign-in/machine/vocabulary.ts';
import { type FactorStatus, type Mfa, person } from './sign-in-machine.ts';

export interface World {
  settings: PolicySettings & { mfa: Mfa };
  people: readonly Account[];
}

const method = (identifier: 'username' | 'email' | 'phone') =>
  fc.record({ identifier: fc.constant(identifier), password: fc.boolean(), verificationCode: fc.boolean() });
const policies = fc.constantFrom<Mfa['policy']>(
  'UserControlled',
  'Mandatory',
  'PromptOnlyAtSignIn',
  'PromptAtSignInAndSignUp',
  'NoPrompt',
  'PromptAtSignInAndSignUpMandatory',
  'PromptOnlyAtSignInMandatory',
);
const mfas: fc.Arbitrary<Mfa> = fc.record({
  factors: fc.subarray<Mfa['factors'][number]>([
    'Totp',
    'WebAuthn',
    'BackupCode',
    'EmailVerificationCode',
    'PhoneVerificationCode',
  ]),
  policy: policies,
  organizationRequiredMfaPolicy: fc.constantFrom('NoPrompt', 'Mandatory'),
});
const settingsArbitrary: fc.Arbitrary<World['settings']> = fc.record({
  signInMode: fc.constantFrom('SignIn', 'Register', 'SignInAndRegister', 'SignInAndRegister'),
  signIn: fc.record({ methods: fc.tuple(method('username'), method('email'), method('phone')) }),
  signUp: fc.record({
    identifiers: fc.oneof(
      { weight: 3, arbitrary: fc.subarray<'username' | 'email'>(['username', 'email'], { maxLength: 1 }) },
      { weight: 1, arbitrary: fc.subarray<'username' | 'email' | 'phone'>(['username', 'email', 'phone']) },
    ),
    password: fc.boolean(),
  }),
  socialSignIn: fc.record({ skipRequiredIdentifiers: fc.boolean() }),
  profileFields: fc.constantFrom([], [], ['a field']),
  forgotPasswordMethods: fc.subarray<'EmailVerificationCode' | 'PhoneVerificationCode'>([
    'EmailVerificationCode',
    'PhoneVerificationCode',
  ]),
  mfa: mfas,
});

export const rarely = fc.nat(3).map((drawn) => drawn === 0);
const statuses: fc.Arbitrary<FactorStatus> = fc.record(
  {
    factors: fc
      .subarray<'Totp' | 'WebAuthn' | 'BackupCode'>(['Totp', 'WebAuthn', 'BackupCode'], { maxLength: 2 })
      .chain((types) =>
        fc.nat(1).map((left) =>
          types.map((type) => ({
            id: type,
            type,
            createdAt: 0,
            ...(type === 'BackupCode' ? { remainCodes: left } : {}),
          })),
        ),
      ),
    enabled: fc.boolean(),
    skipped: rarely,
    suggestionSkipped: rarely,
    skipMfaOnSignIn: rarely,
    passkeySkipped: rarely,
    isRequiredByOrganization: rarely,
  },
  {
    requiredKeys: [
      'factors',
      'skipped',
      'suggestionSkipped',
      'skipMfaOnSignIn',
      'passkeySkipped',
      'isRequiredByOrganization',
    ],
  },
);
const risks = rarely.map((isUnusual): Account['risks'] => (isUnusual ? [{ rule: 'new_country', details: {} }] : []));
export const mailOf = (id: string): Address => ({ type: 'email', value: `${id}@example.com` });
export const phoneOf = (id: string): Address => ({ type: 'phone', value: `34${id}` });
const peopleArbitrary = fc
  .record({ ada: statuses, bob: statuses, cyd: statuses, risks })
  .map(({ ada, bob, cyd, ...more }): Account[] => [
    person('ada', [mailOf('ada')], { ...more, secondFactors: ada }),
    person('bob', [mailOf('bob'), phoneOf('bob')], {
      ...more,
      secondFactors: bob,
      username: false,
      password: false,
      social: true,
      targets: ['wechat'],
    }),
    person('cyd', [], { ...more, secondFactors: cyd, isSuspended: true, social: true, targets: ['wechat'] }),
    person('dan', [], { ...more, secondFactors: ada }),
  ]);
export const worlds: fc.Arbitrary<World> = fc.record({ settings: settingsArbitrary, people: peopleArbitrary });
