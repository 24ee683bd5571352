/**
 * The requirements of a sign-in, resolved from the tenant's settings before the machine runs, and what the hosted pages
 * offer with them. Pure.
 */
import type { ForgotPasswordView, RegisterView, SignInExperienceSettings, Terms } from '@aldaba/contract';
import type { SocialConnector } from '../../features/connectors/connectors/index.ts';
import type { OfferedSso } from '../../features/enterprise/sso-connectors/index.ts';
import type { Address, SecondFactorType } from './factor.ts';
import { signInFactors } from './factors.ts';

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
  socialSignIn: { automaticAccountLinking?: boolean | undefined; skipRequiredIdentifiers?: boolean | undefined };
  /** What a sign-up asks for beside identifiers. */
  profileFields?: readonly unknown[];
  mfa?: SignInExperienceSettings['mfa'];
  trustedDevice?: SignInExperienceSettings['trustedDevice'];
  passkeySignIn?: SignInExperienceSettings['passkeySignIn'];
  captchaPolicy?: SignInExperienceSettings['captchaPolicy'];
  /** Factors that cannot be set up at the tenant's address. */
  unavailableFactors?: readonly SecondFactorType[];
  forgotPasswordMethods?: SignInExperienceSettings['forgotPasswordMethods'];
  ssoConnectors?: SignInPolicy['sso'];
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
  /** Days for which a device may be trusted; 0 for not at all. */
  trustedDays: number;
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
  /** Whether a passkey signs in by itself, as both factors. */
  passkeySignIn: boolean;
  /** Whether the first step asks for a captcha. */
  captcha: boolean;
  secondFactors: SecondFactorPolicy;
  /** Providers of companies that sign in the addresses of their domains; empty where the tenant has none. */
  sso: readonly OfferedSso[];
  /** What every account has to have. */
  required: readonly MissingDetail[];
  /** Accounts that come from a social identity need none of it. */
  skipRequiredForSocial: boolean;
  /** Whether a provider's word links an identity to the account of an email address that the provider hosts. */
  automaticLinking: boolean;
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
    passkeySignIn:
      settings.passkeySignIn?.enabled === true &&
      !signInFactors.some((type) => settings.unavailableFactors?.includes(type)),
    captcha: settings.captchaPolicy?.enabled === true,
    secondFactors: secondFactorsOf(settings),
    sso: settings.ssoConnectors ?? [],
    required: [...required],
    skipRequiredForSocial: settings.socialSignIn.skipRequiredIdentifiers === true,
    automaticLinking: settings.socialSignIn.automaticAccountLinking === true,
  };
}

/** By default every kind of address that signs in with a password can reset it. */
function recoveryOf({ forgotPasswordMethods, signIn }: PolicySettings): Address['type'][] {
  const chosen = forgotPasswordMethods ?? ['EmailVerificationCode', 'PhoneVerificationCode'];
  if (!signIn.methods.some((method) => method.password)) return [];
  return chosen.map((method) => (method === 'EmailVerificationCode' ? 'email' : 'phone'));
}

function secondFactorsOf({
  mfa,
  trustedDevice,
  unavailableFactors: unavailable = [],
}: PolicySettings): SecondFactorPolicy {
  const { factors = [], policy = 'NoPrompt', organizationRequiredMfaPolicy } = mfa ?? {};
  const mandatory =
    policy === 'Mandatory' || policy === 'PromptAtSignInAndSignUpMandatory' || policy === 'PromptOnlyAtSignInMandatory';
  const onlyAtSignIn = policy === 'PromptOnlyAtSignIn' || policy === 'PromptOnlyAtSignInMandatory';
  return {
    factors,
    unavailable,
    mandatory,
    mandatoryByOrganization: organizationRequiredMfaPolicy === 'Mandatory',
    promptAtSignIn: policy !== 'NoPrompt',
    promptAtSignUp: policy !== 'NoPrompt' && !onlyAtSignIn,
    trustedDays: trustedDevice?.enabled ? trustedDevice.validPeriodDays : 0,
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

/** What the hosted pages can offer in a browser. */
export interface PageOffer {
  settings: SignInExperienceSettings;
  connectors: readonly SocialConnector[];
  /** Whether the page is shown in the browser of the WeChat app on a phone. */
  inWeChat: boolean;
  /** Kinds of addresses that something is configured to send codes to. */
  reachable: readonly Address['type'][];
}
export type AddressForm = ForgotPasswordView['form'];
type Addresses = Pick<PageOffer, 'settings' | 'reachable'>;

/** Whether the user has to accept the terms on a page, or only sees them. */
export function termsOf(settings: SignInExperienceSettings, page: 'sign-in' | 'register'): Terms {
  if (!settings.termsOfUseUrl && !settings.privacyPolicyUrl) return 'none';
  if (settings.agreeToTermsPolicy === 'Manual') return 'checkbox';
  return settings.agreeToTermsPolicy === 'ManualRegistrationOnly' && page === 'register' ? 'checkbox' : 'notice';
}
/**
 * The page whose terms a one-time link asks for: whether there is an account is not known before the link is used up,
 * so it is the stricter one.
 */
export const termsPageOfLink = (settings: SignInExperienceSettings): 'sign-in' | 'register' =>
  resolvePolicy(settings).register ? 'register' : 'sign-in';
/**
 * Whether an unknown address has to agree to the terms before it becomes an account, and was not asked on the sign-in
 * page.
 */
export const needsAgreement = (settings: SignInExperienceSettings): boolean =>
  termsOf(settings, 'register') === 'checkbox' && termsOf(settings, 'sign-in') !== 'checkbox';

/**
 * Whether the sign-in page has a password form. It has none when accounts are created through connectors alone (sign-up
 * identifier "not applicable"): no user has a password.
 */
export function hasPasswordForm({ settings, connectors }: Pick<PageOffer, 'settings' | 'connectors'>): boolean {
  const policy = resolvePolicy(settings);
  if (!policy.signIn || policy.passwordIdentifiers.length === 0) return false;
  const socialOnly = policy.register && settings.signUp.identifiers.length === 0 && connectors.length > 0;
  return !socialOnly;
}

/** Addresses of `types` that codes reach, as the one field of a form takes them; undefined when there are none. */
function addressForm(types: readonly string[], { reachable }: Pick<PageOffer, 'reachable'>): AddressForm | undefined {
  const usable = reachable.filter((type) => types.includes(type));
  return usable.length > 1 ? 'emailOrPhone' : usable[0];
}
/** The kinds of addresses that such a field takes. */
export const typesOf = (form: AddressForm | undefined): readonly Address['type'][] => {
  if (form === undefined) return [];
  return form === 'emailOrPhone' ? ['email', 'phone'] : [form];
};

/** What a code signs in with. */
export function codeForm(offer: Addresses): AddressForm | undefined {
  const { signIn, codeIdentifiers } = resolvePolicy(offer.settings);
  return signIn ? addressForm(codeIdentifiers, offer) : undefined;
}
/** Kinds of addresses that can reset a password with a code. */
export function recoveryForm(offer: Addresses): AddressForm | undefined {
  const { signIn, recovery } = resolvePolicy(offer.settings);
  return signIn ? addressForm(recovery, offer) : undefined;
}
/** What a new account begins with. */
export function registerForm(offer: Addresses): RegisterView['form'] {
  const { register, registerWithUsername, registerWithCode } = resolvePolicy(offer.settings);
  if (!register) return 'none';
  return registerWithUsername ? 'username' : (addressForm(registerWithCode, offer) ?? 'none');
}
/** The address that is missing and can be asked for: alone, before the rest. */
export const missingAddress = (
  offer: Pick<PageOffer, 'reachable'>,
  missing: readonly MissingDetail[],
): AddressForm | undefined =>
  missing.includes('emailOrPhone')
    ? addressForm(['email', 'phone'], offer)
    : offer.reachable.find((type) => missing.includes(type));

/** What the one field of the sign-in page takes. */
export function signInIdentifiers(offer: PageOffer): IdentifierType[] {
  const byPassword = hasPasswordForm(offer) ? resolvePolicy(offer.settings).passwordIdentifiers : [];
  return [...new Set([...byPassword, ...typesOf(codeForm(offer))])];
}
