/** Random policies, and people who have set up and chosen anything, for the tests of the sign-in machine. */
import fc from 'fast-check';
import type { PolicySettings } from '../../server/src/sign-in/machine/policy.ts';
import type { Address } from '../../server/src/sign-in/machine/state.ts';
import type { Account } from '../../server/src/sign-in/machine/vocabulary.ts';
import { type FactorStatus, type Mfa, person } from './sign-in-machine.ts';

export interface World {
  settings: PolicySettings & {
    mfa: Mfa;
    passkeySignIn: { enabled?: boolean };
    captchaPolicy: { enabled: boolean };
    socialSignIn: { skipRequiredIdentifiers: boolean; automaticAccountLinking: boolean };
    trustedDevice: NonNullable<PolicySettings['trustedDevice']>;
    ssoConnectors: NonNullable<PolicySettings['ssoConnectors']>;
  };
  people: readonly Account[];
  /** Whether the email addresses of the people are verified. */
  isVerified: boolean;
  /** Ids of the people whose accounts have an identity of the company's provider. */
  members: readonly string[];
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
export const rarely = fc.nat(3).map((drawn) => drawn === 0);
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
/** None, the one of the company, or two of which its users choose one. */
const connectors: fc.Arbitrary<World['settings']['ssoConnectors']> = fc
  .record({
    ids: fc.constantFrom<string[]>([], ['acme'], ['acme', 'globex']),
    requiresMfa: fc.constantFrom(true, true, false),
  })
  .map(({ ids, requiresMfa }) =>
    ids.map((id) => ({ id, connectorName: id, logo: '/logo.svg', domains: [companyDomain], requiresMfa })),
  );
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
  socialSignIn: fc.record({ skipRequiredIdentifiers: fc.boolean(), automaticAccountLinking: fc.boolean() }),
  profileFields: fc.constantFrom([], [], ['a field']),
  forgotPasswordMethods: fc.subarray<'EmailVerificationCode' | 'PhoneVerificationCode'>([
    'EmailVerificationCode',
    'PhoneVerificationCode',
  ]),
  mfa: mfas,
  passkeySignIn: fc.record({ enabled: fc.boolean() }),
  trustedDevice: fc.record({ enabled: fc.constantFrom(true, true, false), validPeriodDays: fc.constant(30) }),
  captchaPolicy: fc.record({ enabled: rarely }),
  ssoConnectors: connectors,
});

const statuses: fc.Arbitrary<FactorStatus> = fc.record(
  {
    factors: fc
      .oneof(
        fc.subarray<'Totp' | 'WebAuthn' | 'BackupCode'>(['Totp', 'WebAuthn', 'BackupCode'], { maxLength: 2 }),
        fc.constantFrom<('Totp' | 'WebAuthn' | 'BackupCode')[]>([], [], ['WebAuthn']),
      )
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
    refusesTrustedDevices: rarely,
  },
  {
    requiredKeys: [
      'factors',
      'skipped',
      'suggestionSkipped',
      'skipMfaOnSignIn',
      'passkeySkipped',
      'isRequiredByOrganization',
      'refusesTrustedDevices',
    ],
  },
);
const risks = rarely.map((isUnusual): Account['risks'] => (isUnusual ? [{ rule: 'new_country', details: {} }] : []));
const companyDomain = 'acme.example';
/** Eve has an account with an address of the company; the other is to be a new employee. */
const employees: readonly string[] = ['eve', 'hire'];
export const mailOf = (id: string): Address => ({
  type: 'email',
  value: `${id}@${employees.includes(id) ? companyDomain : 'example.com'}`,
});
export const isOfCompany = ({ type, value }: Address): boolean =>
  type === 'email' && value.toLowerCase().endsWith(`@${companyDomain}`);
export const phoneOf = (id: string): Address => ({ type: 'phone', value: `34${id}` });
const peopleArbitrary = fc
  .record({ ada: statuses, bob: statuses, cyd: statuses, risks, trustedDevice: fc.option(fc.constant('device')) })
  .map(({ ada, bob, cyd, trustedDevice, ...more }): Account[] => [
    person('ada', [mailOf('ada')], { ...more, secondFactors: ada, trustedDevice: trustedDevice ?? undefined }),
    person('bob', [mailOf('bob'), phoneOf('bob')], {
      ...more,
      secondFactors: bob,
      username: false,
      password: false,
      social: true,
      identities: { wechat: 'bob' },
    }),
    person('cyd', [], { ...more, secondFactors: cyd, isSuspended: true, social: true, identities: { wechat: 'cyd' } }),
    person('dan', [], { ...more, secondFactors: ada, trustedDevice: trustedDevice ?? undefined }),
    person('eve', [mailOf('eve')], { ...more, secondFactors: bob, trustedDevice: trustedDevice ?? undefined }),
  ]);
export const worlds: fc.Arbitrary<World> = fc.record({
  settings: settingsArbitrary,
  people: peopleArbitrary,
  isVerified: rarely.map((is) => !is),
  members: fc.subarray(['ada', 'bob', 'cyd', 'dan', 'eve']),
});
