/**
 * What the sign-in pages show: from the tenant's settings and the machine's prompt to the views of the contract. Pure.
 */
import type {
  ContinueView,
  ForgotPasswordView,
  PageError,
  PageLanguage,
  RegisterView,
  ResetPasswordView,
  SignInExperienceSettings,
  SignInPasswordView,
  SignInView,
  SocialOption,
  Terms,
  VerificationCodeView,
} from '@aldaba/contract';
import { passwordRules } from '../../features/appearance/hosted-pages/words.ts';
import type { SocialConnector } from '../../features/connectors/connectors/index.ts';
import { defaultCodeLifetime } from '../../features/connectors/verification-codes/lifetime.ts';
import { formQuestions } from '../extra-profile/index.ts';
import { type IdentifierType, type MissingDetail, resolvePolicy } from '../machine/policy.ts';
import type { Address, GivenIdentifier } from '../machine/state.ts';
import type { SignInSettings } from '../needs.ts';

type AddressForm = ForgotPasswordView['form'];

export interface PageContext {
  appId: string;
  settings: SignInSettings;
  language: PageLanguage;
  connectors: readonly SocialConnector[];
  /** Whether the page is shown in the browser of the WeChat app on a phone. */
  inWeChat: boolean;
  /** Kinds of addresses that something is configured to send codes to. */
  reachable: readonly Address['type'][];
}

/** Whether the user has to accept the terms on a page, or only sees them. */
export function termsOf(settings: SignInExperienceSettings, page: 'sign-in' | 'register'): Terms {
  if (!settings.termsOfUseUrl && !settings.privacyPolicyUrl) return 'none';
  if (settings.agreeToTermsPolicy === 'Manual') return 'checkbox';
  return settings.agreeToTermsPolicy === 'ManualRegistrationOnly' && page === 'register' ? 'checkbox' : 'notice';
}

/**
 * Whether the sign-in page has a password form. It has none when accounts are created through connectors alone (sign-up
 * identifier "not applicable"): no user has a password.
 */
function hasPasswordForm({ settings, connectors }: Pick<PageContext, 'settings' | 'connectors'>): boolean {
  const policy = resolvePolicy(settings);
  if (!policy.signIn || policy.passwordIdentifiers.length === 0) return false;
  const socialOnly = policy.register && settings.signUp.identifiers.length === 0 && connectors.length > 0;
  return !socialOnly;
}

/** Addresses of `types` that codes reach, as the one field of a form takes them; undefined when there are none. */
function addressForm(types: readonly string[], { reachable }: Pick<PageContext, 'reachable'>): AddressForm | undefined {
  const usable = reachable.filter((type) => types.includes(type));
  return usable.length > 1 ? 'emailOrPhone' : usable[0];
}
/** The kinds of addresses that such a field takes. */
export const typesOf = (form: AddressForm | undefined): readonly Address['type'][] => {
  if (form === undefined) return [];
  return form === 'emailOrPhone' ? ['email', 'phone'] : [form];
};

/** What a code signs in with. */
export function codeForm(context: Pick<PageContext, 'settings' | 'reachable'>): AddressForm | undefined {
  const { signIn, codeIdentifiers } = resolvePolicy(context.settings);
  return signIn ? addressForm(codeIdentifiers, context) : undefined;
}
/** Whether the first page asks for the identifier alone: where codes are a way in beside passwords. */
export const isIdentifierFirst = (context: Pick<PageContext, 'settings' | 'reachable' | 'connectors'>): boolean =>
  hasPasswordForm(context) && codeForm(context) !== undefined;

/** What the one field of the sign-in page takes. */
export function signInIdentifiers(context: PageContext): IdentifierType[] {
  const byPassword = hasPasswordForm(context) ? resolvePolicy(context.settings).passwordIdentifiers : [];
  return [...new Set([...byPassword, ...typesOf(codeForm(context))])];
}

/** Kinds of addresses that the usable ones of the tenant's connectors send codes to. */
export function reachableBy(configured: readonly { type: string; isUsable: boolean }[]): Address['type'][] {
  const sends = (kind: 'Email' | 'Sms') => configured.some(({ type, isUsable }) => type === kind && isUsable);
  return [...(sends('Email') ? (['email'] as const) : []), ...(sends('Sms') ? (['phone'] as const) : [])];
}

/** Undefined where no code can stand for a forgotten password. */
export function forgotPasswordView(
  context: PageContext,
  { typedAddress, error }: { typedAddress: string; error?: PageError },
): ForgotPasswordView | undefined {
  const form = recoveryForm(context);
  return (
    form && {
      kind: 'forgot-password',
      appId: context.appId,
      form,
      ...(typedAddress ? { typedAddress } : {}),
      ...(error ? { error } : {}),
    }
  );
}

/** Whether the password of an identifier signs in. */
export const takesPassword = ({ settings }: Pick<PageContext, 'settings'>, { type }: GivenIdentifier): boolean =>
  resolvePolicy(settings).passwordIdentifiers.includes(type);

/** Kinds of addresses that can reset a password with a code. */
export function recoveryForm(context: Pick<PageContext, 'settings' | 'reachable'>): AddressForm | undefined {
  const { signIn, recovery } = resolvePolicy(context.settings);
  return signIn ? addressForm(recovery, context) : undefined;
}
/** What a new account begins with. */
export function registerForm(context: Pick<PageContext, 'settings' | 'reachable'>): RegisterView['form'] {
  const { register, registerWithUsername, registerWithCode } = resolvePolicy(context.settings);
  if (!register) return 'none';
  return registerWithUsername ? 'username' : (addressForm(registerWithCode, context) ?? 'none');
}

/** Whether the other page has more to offer than the same buttons again. */
const pagesDiffer = (context: PageContext): boolean =>
  hasPasswordForm(context) || codeForm(context) !== undefined || registerForm(context) !== 'none';

const hasRegistration = (context: PageContext): boolean =>
  resolvePolicy(context.settings).register &&
  pagesDiffer(context) &&
  (registerForm(context) !== 'none' || context.connectors.length > 0);

export function signInView(
  context: PageContext,
  form: Pick<SignInView, 'username' | 'notice'> & { error?: PageError } = {},
): SignInView {
  const shown = signInForm(context);
  const { error, ...rest } = form;
  return {
    kind: 'sign-in',
    appId: context.appId,
    identifiers: signInIdentifiers(context),
    form: shown,
    ...(shown === 'password' ? forgotPassword(context) : {}),
    ...socialOptions(context),
    ...(hasRegistration(context) ? { registerPath: '/register' } : {}),
    terms: termsOf(context.settings, 'sign-in'),
    ...rest,
    // One field takes whatever signs in.
    ...(error ? { error: error.field === 'address' ? { ...error, field: 'username' } : error } : {}),
  };
}

function signInForm(context: PageContext): SignInView['form'] {
  if (isIdentifierFirst(context)) return 'identifier';
  if (codeForm(context) !== undefined) return 'code';
  return hasPasswordForm(context) && signInIdentifiers(context).length > 0 ? 'password' : 'none';
}

const forgotPassword = (context: PageContext): Pick<SignInView, 'forgotPasswordPath'> =>
  recoveryForm(context) ? { forgotPasswordPath: '/forgot-password' } : {};

export const signInPasswordView = (
  context: PageContext,
  { identifier, error }: { identifier: GivenIdentifier; error?: PageError },
): SignInPasswordView => ({
  kind: 'sign-in-password',
  appId: context.appId,
  identifier: shownIdentifier(identifier),
  code: typesOf(codeForm(context)).some((type) => type === identifier.type),
  ...forgotPassword(context),
  agreed: termsOf(context.settings, 'sign-in') === 'checkbox',
  ...(error ? { error } : {}),
});

export const resetPasswordView = (
  { appId, settings, language }: Pick<PageContext, 'appId' | 'settings' | 'language'>,
  form: Pick<ResetPasswordView, 'username'> & { error?: PageError },
): ResetPasswordView => ({
  kind: 'reset-password',
  appId,
  passwordRules: passwordRules(settings, language),
  ...form,
});

export function registerView(
  context: PageContext,
  form: Pick<RegisterView, 'username' | 'typedAddress'> & { error?: PageError } = {},
): RegisterView {
  const policy = resolvePolicy(context.settings);
  return {
    kind: 'register',
    appId: context.appId,
    form: registerForm(context),
    ...socialOptions(context),
    ...(policy.signIn && pagesDiffer(context) ? { signInPath: '/sign-in' } : {}),
    terms: termsOf(context.settings, 'register'),
    passwordRules: passwordRules(context.settings, context.language),
    ...form,
  };
}

/** An identifier as the user writes it. */
export const shownIdentifier = ({ type, value }: GivenIdentifier): string => (type === 'phone' ? `+${value}` : value);

/** The submitted values, to fill the same page again. */
export interface ContinueForm {
  username?: string;
  typedAddress?: string;
  error?: PageError;
  /** Reads a field by its name. */
  read?: (name: string) => string;
}

/** The address that is missing and can be asked for: alone, before the rest. */
export const missingAddress = (
  { reachable }: Pick<PageContext, 'reachable'>,
  missing: readonly MissingDetail[],
): AddressForm | undefined => {
  if (missing.includes('emailOrPhone')) return addressForm(['email', 'phone'], { reachable });
  return reachable.find((type) => missing.includes(type));
};

/** Undefined when something is missing that this page cannot ask for. */
export function continueView(
  context: Omit<PageContext, 'connectors' | 'inWeChat'>,
  { missing, expired }: { missing: readonly MissingDetail[]; expired?: true },
  { read, ...form }: ContinueForm = {},
): ContinueView | undefined {
  const page = { kind: 'continue' as const, appId: context.appId, ...form };
  const address = missingAddress(context, missing);
  if (address !== undefined) return { ...page, address, missing: [], questions: [], passwordRules: [] };
  const askable = missing.filter((detail) => detail === 'username' || detail === 'password');
  const asksMore = missing.includes('extraProfile');
  if (askable.length + Number(asksMore) < missing.length) return undefined;
  return {
    ...page,
    missing: askable,
    ...(expired ? { expired } : {}),
    questions: asksMore ? formQuestions(context.settings.profileFields, read) : [],
    passwordRules: passwordRules(context.settings, context.language),
  };
}

/** The page for a code that was sent. */
export const codeView = (
  context: Pick<PageContext, 'appId' | 'settings' | 'reachable' | 'connectors'>,
  code: { identifier: Address; createdAt: number; now: number; signsIn: boolean; backPath: string },
): VerificationCodeView => ({
  kind: 'verification-code',
  appId: context.appId,
  channel: code.identifier.type,
  address: shownIdentifier(code.identifier),
  backPath: code.backPath,
  ...codeTimes(code, context.settings),
  ...(code.signsIn && isIdentifierFirst(context) && takesPassword(context, code.identifier)
    ? { passwordPath: '/sign-in/password' }
    : {}),
});

/** Seconds in which a message usually arrives. */
const usualDelay = 30;

/** When a code expires, and when it is time to ask for another. */
function codeTimes(
  { createdAt, now }: { createdAt: number; now: number },
  { verificationCodePolicy }: PageContext['settings'],
): { expiresIn: number; resendAfter: number } {
  const lifetime = verificationCodePolicy.expirationDuration ?? defaultCodeLifetime;
  const age = Math.floor((now - createdAt) / 1000);
  return { expiresIn: Math.max(0, lifetime - age), resendAfter: Math.min(usualDelay, Math.max(0, usualDelay - age)) };
}

/**
 * Whether a connector works in the user's browser. Inside the WeChat app, WeChat's page for websites shows a QR code to
 * scan with the same phone.
 */
export const worksHere = (
  { platform, target }: Pick<SocialConnector, 'platform' | 'target'>,
  { inWeChat }: Pick<PageContext, 'inWeChat'>,
): boolean => !(inWeChat && platform === 'Web' && target === 'wechat');

function socialOptions(context: PageContext): Pick<SignInView, 'social' | 'opensElsewhere'> {
  const shown = context.connectors.filter((connector) => worksHere(connector, context));
  return {
    social: shown.map((connector) => optionOf(connector, context.language)),
    ...(shown.length < context.connectors.length ? { opensElsewhere: true } : {}),
  };
}

export const connectorName = ({ name, target }: SocialConnector, language: PageLanguage): string =>
  name[language] ?? name.en ?? target;

const optionOf = (connector: SocialConnector, language: PageLanguage): SocialOption => ({
  id: connector.id,
  target: connector.target,
  platform: connector.platform,
  name: connectorName(connector, language),
  logo: connector.logo,
  ...(connector.logoDark ? { logoDark: connector.logoDark } : {}),
});
