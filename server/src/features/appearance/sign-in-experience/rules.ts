import {
  type ErrorWithData,
  pageLanguages,
  type SignInExperienceChange,
  type SignInExperienceSettings,
} from '@aldaba/contract';

/** The tenant's configuration that the rules depend on. */
export interface AvailableConnector {
  type: 'Email' | 'Sms' | 'Social';
  target: string;
}

export type RuleBreak = ErrorWithData;

type Method = SignInExperienceSettings['signIn']['methods'][number];
type Member = keyof SignInExperienceSettings;
interface Circumstances {
  connectors: readonly AvailableConnector[];
  hasCaptchaProvider: boolean;
  /** Languages with phrases of the operator. */
  ownLanguages: readonly string[];
  /** Whether the change contains the member. */
  names: (member: Member) => boolean;
}
type Rule = (settings: SignInExperienceSettings, circumstances: Circumstances) => RuleBreak | undefined;

/* The rules for the sign-in settings as a whole, in order. Pure: the first violated rule is the result. */

const addressTypes = ['email', 'phone'] as const;
const messageType = { email: 'Email', phone: 'Sms' } as const;
const codeMethod = { email: 'EmailVerificationCode', phone: 'PhoneVerificationCode' } as const;

const signsInByCode = ({ signIn }: SignInExperienceSettings, address: (typeof addressTypes)[number]): boolean =>
  signIn.methods.some(({ identifier, verificationCode }) => identifier === address && verificationCode);

/**
 * Sending codes requires a matching connector. Deleting the connector later does not disable the setting: dropping a
 * second factor would let users in without it, so sign-ins wait for the next connector. Until then, only changes to
 * settings that need the connector are rejected.
 */
const messagesCanBeSent: Rule = (settings, { connectors, names }) => {
  const { signUp, mfa, forgotPasswordMethods } = settings;
  for (const address of addressTypes) {
    const type = messageType[address];
    if (connectors.some((connector) => connector.type === type)) continue;
    const method = codeMethod[address];
    const isNeeded =
      (names('signUp') && signUp.verify && signUp.identifiers.includes(address)) ||
      (names('signIn') && signsInByCode(settings, address)) ||
      (names('mfa') && mfa.factors.includes(method));
    if (isNeeded) return { code: 'sign_in_experiences.enabled_connector_not_found', data: { type } };
    if (names('forgotPasswordMethods') && forgotPasswordMethods?.includes(method))
      return { code: 'sign_in_experiences.forgot_password_method_requires_connector', data: { method } };
  }
  return undefined;
};

/** Using the same code twice would be one factor, not two. */
const codesAreOneFactor: Rule = (settings) => {
  const twice = addressTypes.find(
    (address) => signsInByCode(settings, address) && settings.mfa.factors.includes(codeMethod[address]),
  );
  return twice && { code: `sign_in_experiences.${twice}_verification_code_cannot_be_used_for_mfa` };
};

const socialConnectorsExist: Rule = ({ socialSignInConnectorTargets }, { connectors }) => {
  const missing = socialSignInConnectorTargets.filter(
    (target) => !connectors.some((connector) => connector.type === 'Social' && connector.target === target),
  );
  return missing.length > 0
    ? { code: 'sign_in_experiences.enabled_connector_not_found', data: { targets: missing } }
    : undefined;
};

const usernameNeedsPassword: Rule = ({ signUp }) =>
  signUp.identifiers.includes('username') && !signUp.password
    ? { code: 'sign_in_experiences.username_requires_password' }
    : undefined;

/** An unverified address must not identify an account. */
const addressesAreVerified: Rule = ({ signUp }) =>
  !signUp.verify && signUp.identifiers.some((identifier) => identifier !== 'username')
    ? { code: 'sign_in_experiences.passwordless_requires_verify' }
    : undefined;

const methodsOfferAFactor: Rule = ({ signIn }) =>
  signIn.methods.some((method) => !offersFactor(method))
    ? { code: 'sign_in_experiences.at_least_one_authentication_factor' }
    : undefined;

const methodsAreUnambiguous: Rule = ({ signIn }) => {
  const identifiers = signIn.methods.map((method) => method.identifier);
  return new Set(identifiers).size < identifiers.length
    ? { code: 'sign_in_experiences.not_one_and_only_one_primary_sign_in_method' }
    : undefined;
};

/** A setting without effect is rejected rather than stored, because the operator would rely on it. */
const featuresExist: Rule = (settings, { hasCaptchaProvider }) => {
  const { captchaPolicy, adaptiveMfa, trustedDevice, mfa, customContent } = settings;
  const switchedOn = {
    // No hosted page shows it: pages of the operator's own are uploaded.
    customContent: Object.keys(customContent).length > 0,
    'captchaPolicy.enabled': captchaPolicy.enabled && !hasCaptchaProvider,
    // An unusual sign-in asks for a second factor, so one must be enabled.
    'adaptiveMfa.enabled': adaptiveMfa.enabled && mfa.factors.length === 0,
    'trustedDevice.enabled': trustedDevice.enabled && mfa.factors.length === 0,
  };
  const [setting] = Object.entries(switchedOn).find(([, isOn]) => isOn) ?? [];
  return setting === undefined ? undefined : { code: 'request.feature_not_supported', data: { setting } };
};

/**
 * API clients set the two halves one after the other, so they may disagree temporarily; the combination must be valid.
 */
const halvesAgree: Rule = (settings, { names }) =>
  names('signUp') && names('signIn') ? findDisagreement(settings) : undefined;

/** Identifiers with which users could sign up but not sign in. */
export const findDisagreement = ({
  signUp,
  signIn,
}: Pick<SignInExperienceSettings, 'signUp' | 'signIn'>): RuleBreak | undefined => {
  for (const identifier of signUp.identifiers) {
    const method = signIn.methods.find((candidate) => candidate.identifier === identifier);
    if (!method) return { code: 'sign_in_experiences.miss_sign_up_identifier_in_sign_in', data: { identifier } };
    if (signUp.password && !method.password)
      return { code: 'sign_in_experiences.password_sign_in_must_be_enabled', data: { identifier } };
    if (!signUp.password && signUp.verify && !method.verificationCode) {
      return { code: 'sign_in_experiences.code_sign_in_must_be_enabled', data: { identifier } };
    }
  }
  return undefined;
};

const languageIsSpoken: Rule = ({ languageInfo }, { ownLanguages }) => {
  const languages = [...new Set([...pageLanguages, ...ownLanguages])];
  return languages.includes(languageInfo.fallbackLanguage)
    ? undefined
    : { code: 'sign_in_experiences.unsupported_default_language', data: { languages } };
};

const factorsAreSound: Rule = ({ mfa: { factors } }) => {
  if (new Set(factors).size < factors.length) return { code: 'sign_in_experiences.duplicated_mfa_factors' };
  return factors.length === 1 && factors[0] === 'BackupCode'
    ? { code: 'sign_in_experiences.backup_code_cannot_be_enabled_alone' }
    : undefined;
};

const usernamesHaveALength: Rule = ({ usernamePolicy: { minLength, maxLength } }) =>
  minLength <= maxLength ? undefined : malformed('body.usernamePolicy: minLength must not be above maxLength');

const expirationHasATime: Rule = ({ passwordExpiration: { enabled, validPeriodDays } }) =>
  enabled && validPeriodDays === undefined
    ? malformed('body.passwordExpiration: say in validPeriodDays how long a password lasts')
    : undefined;

const malformed = (reason: string): RuleBreak => ({ code: 'guard.invalid_input', data: { reason } });

/** A username cannot receive a code. */
const offersFactor = ({ identifier, password, verificationCode }: Method): boolean =>
  password || (verificationCode && identifier !== 'username');

const rules: readonly Rule[] = [
  socialConnectorsExist,
  messagesCanBeSent,
  usernameNeedsPassword,
  addressesAreVerified,
  methodsOfferAFactor,
  methodsAreUnambiguous,
  halvesAgree,
  languageIsSpoken,
  factorsAreSound,
  codesAreOneFactor,
  usernamesHaveALength,
  expirationHasATime,
  featuresExist,
];

/** The first rule that the resulting settings violate, or undefined. */
export function findRuleBreak(
  settings: SignInExperienceSettings,
  available: Omit<Circumstances, 'names'>,
  change: SignInExperienceChange,
): RuleBreak | undefined {
  const names = (member: Member) => change[member] !== undefined;
  for (const rule of rules) {
    const broken = rule(settings, { ...available, names });
    if (broken) return broken;
  }
  return undefined;
}
