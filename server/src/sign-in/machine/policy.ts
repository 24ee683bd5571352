/** The requirements of a sign-in, resolved from the tenant's settings before the machine runs. Pure. */
import type { SignInExperienceSettings } from '@aldaba/contract';
import type { Address, SecondFactorType } from './factor.ts';
import { secondFactorTraits, secondFactorTypes } from './factors.ts';

export type { SecondFactorType } from './factor.ts';

export type IdentifierType = 'username' | 'email' | 'phone';
/** `extraProfile`: answers to the custom profile fields that a sign-up asks for. */
export type MissingDetail = IdentifierType | 'password' | 'emailOrPhone' | 'extraProfile';

/** The settings of the sign-in experience that decide (see the contract's sign-in experience for their meaning). */
export interface PolicySettings {
  signInMode: 'SignIn' | 'Register' | 'SignInAndRegister';
  signIn: {
    methods: readonly {
      identifier: IdentifierType;
      password: boolean;
      verificationCode?: boolean;
      isPasswordPrimary?: boolean;
    }[];
  };
  signUp: {
    identifiers: readonly IdentifierType[];
    password: boolean;
    secondaryIdentifiers?: readonly { identifier: IdentifierType | 'emailOrPhone' }[] | undefined;
  };
  socialSignIn: { skipRequiredIdentifiers?: boolean | undefined };
  /** What a sign-up asks for beside identifiers. */
  profileFields?: readonly unknown[];
  mfa?: SignInExperienceSettings['mfa'];
  /** False where no browser could make a passkey. */
  supportsPasskeys?: boolean;
  forgotPasswordMethods?: SignInExperienceSettings['forgotPasswordMethods'];
}

/** When second factors are asked for. */
export interface SecondFactorPolicy {
  /** The factors that count. Empty: none are asked for. */
  factors: readonly SecondFactorType[];
  /** Factors that cannot be set up at the tenant's address. Existing ones still count. */
  unavailable: readonly SecondFactorType[];
  /** Whether every user needs one, and whether members of an organization that requires one do. */
  mandatory: boolean;
  mandatoryByOrganization: boolean;
  /** Whether people without one are asked to set one up. */
  promptAtSignIn: boolean;
  promptAtSignUp: boolean;
}

export interface SignInPolicy {
  /** Whether an existing account may sign in, and whether a new one may be created, on any path. */
  signIn: boolean;
  register: boolean;
  /** Identifiers that sign in together with a password. */
  passwordIdentifiers: readonly IdentifierType[];
  /** Addresses that sign in together with a code that is sent there. */
  codeIdentifiers: readonly IdentifierType[];
  /** Addresses that are asked for a code first, although a password is possible. */
  codeFirst: readonly IdentifierType[];
  /** Kinds of addresses that can reset a password with a code. */
  recovery: readonly Address['type'][];
  /** Whether an account may be created from a username and a password. */
  registerWithUsername: boolean;
  /** Addresses that an account may be created from, once a code proved them. */
  registerWithCode: readonly Address['type'][];
  secondFactors: SecondFactorPolicy;
  /** What every account has to have. */
  required: readonly MissingDetail[];
  /** Accounts that come from a social identity need none of it. */
  skipRequiredForSocial: boolean;
}

export function resolvePolicy(settings: PolicySettings): SignInPolicy {
  const { identifiers, password, secondaryIdentifiers = [] } = settings.signUp;
  const required = new Set<MissingDetail>();
  // Email and phone side by side mean "one of the two"; alone each is needed.
  const either = identifiers.includes('email') && identifiers.includes('phone');
  for (const identifier of identifiers) required.add(either && identifier !== 'username' ? 'emailOrPhone' : identifier);
  for (const { identifier } of secondaryIdentifiers) required.add(identifier);
  if (password) required.add('password');
  if (settings.profileFields && settings.profileFields.length > 0) required.add('extraProfile');
  return {
    signIn: settings.signInMode !== 'Register',
    register: settings.signInMode !== 'SignIn',
    passwordIdentifiers: settings.signIn.methods.filter((method) => method.password).map((method) => method.identifier),
    codeIdentifiers: settings.signIn.methods
      .filter((method) => method.verificationCode === true && method.identifier !== 'username')
      .map((method) => method.identifier),
    codeFirst: settings.signIn.methods
      .filter((method) => !method.password || method.isPasswordPrimary === false)
      .map((method) => method.identifier),
    recovery: recoveryOf(settings),
    registerWithUsername: identifiers.includes('username') && password,
    registerWithCode: identifiers.filter((identifier) => identifier !== 'username'),
    secondFactors: secondFactorsOf(settings),
    required: [...required],
    skipRequiredForSocial: settings.socialSignIn.skipRequiredIdentifiers === true,
  };
}

/** By default every kind of address that signs in with a password can reset it. */
function recoveryOf({ forgotPasswordMethods, signIn }: PolicySettings): Address['type'][] {
  const chosen = forgotPasswordMethods ?? ['EmailVerificationCode', 'PhoneVerificationCode'];
  if (!signIn.methods.some((method) => method.password)) return [];
  return chosen.map((method) => (method === 'EmailVerificationCode' ? 'email' : 'phone'));
}

function secondFactorsOf({ mfa, supportsPasskeys = true }: PolicySettings): SecondFactorPolicy {
  const { factors = [], policy = 'NoPrompt', organizationRequiredMfaPolicy } = mfa ?? {};
  const mandatory =
    policy === 'Mandatory' || policy === 'PromptAtSignInAndSignUpMandatory' || policy === 'PromptOnlyAtSignInMandatory';
  const onlyAtSignIn = policy === 'PromptOnlyAtSignIn' || policy === 'PromptOnlyAtSignInMandatory';
  return {
    factors,
    unavailable: supportsPasskeys
      ? []
      : secondFactorTypes.filter((type) => secondFactorTraits(type)?.needsPasskeySupport),
    mandatory,
    mandatoryByOrganization: organizationRequiredMfaPolicy === 'Mandatory',
    promptAtSignIn: policy !== 'NoPrompt',
    promptAtSignUp: policy !== 'NoPrompt' && !onlyAtSignIn,
  };
}

/** The details that an account, or one that is about to be created, has. */
export interface Details {
  username: boolean;
  email: boolean;
  phone: boolean;
  password: boolean;
  social: boolean;
}

/** The missing details, in the policy's order. */
export function missingDetails(
  policy: SignInPolicy,
  details: Details & { extraProfile: boolean },
  cameBySocial: boolean,
): MissingDetail[] {
  if (cameBySocial && policy.skipRequiredForSocial) return [];
  return policy.required.filter((detail) => {
    switch (detail) {
      case 'emailOrPhone':
        return !details.email && !details.phone;
      case 'password':
        // A social identity signs in on its own, so it needs no password.
        return !details.password && !details.social;
      default:
        return !details[detail];
    }
  });
}
