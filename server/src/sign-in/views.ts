/**
 * What the hosted pages of a sign-in show: the tenant's settings, the machine's prompt and what was typed as views of
 * the contract. Pure; decides nothing that a step decides.
 */
import type { PageLanguage, PageView, PasskeyOffer, SocialOption } from '@aldaba/contract';
import { passwordRules } from '../features/appearance/hosted-pages/words.ts';
import type { SocialConnector } from '../features/connectors/connectors/index.ts';
import type { User } from '../features/people/users/user.ts';
import { shownPhone } from '../kernel/identifiers.ts';
import { formQuestions } from './extra-profile/questions.ts';
import type { BindingPage } from './factors/second-factor.ts';
import { expiresIn, resendAfter } from './factors/verification-code/times.ts';
import { type Address, maskAddress } from './machine/factor.ts';
import {
  type AddressForm,
  codeForm,
  hasPasswordForm,
  type IdentifierType,
  type MissingDetail,
  missingAddress,
  type PageOffer,
  recoveryForm,
  registerForm,
  resolvePolicy,
  type SecondFactorType,
  signInIdentifiers,
  termsOf,
  termsPageOfLink,
  typesOf,
} from './machine/policy.ts';
import type { GivenIdentifier, SignInState } from './machine/state.ts';
import type { SignInSettings } from './needs.ts';

/** What every view is made of. */
export interface PageContext extends PageOffer {
  settings: SignInSettings;
  language: PageLanguage;
  locale: string;
}
type Own<View> = View extends unknown ? Omit<View, 'appId' | 'error'> : never;
/** A page without what every page gets: its application and, after a refused form, the error. */
export type Screen<Kind extends PageView['kind'] = PageView['kind']> = Own<Extract<PageView, { kind: Kind }>>;

/** Whether the first page asks for the identifier alone: where codes are a way in beside passwords. */
export const isIdentifierFirst = (offer: Omit<PageOffer, 'inWeChat'>): boolean =>
  hasPasswordForm(offer) && codeForm(offer) !== undefined;

/** Whether the page for the password alone takes an identifier. */
export const takesPassword = (offer: PageOffer, { type }: { type: IdentifierType }): boolean =>
  isIdentifierFirst(offer) && resolvePolicy(offer.settings).passwordIdentifiers.includes(type);

/**
 * Whether a connector works in the user's browser. Inside the WeChat app, WeChat's page for websites shows a QR code to
 * scan with the same phone; Official Accounts work there alone.
 */
const worksHere = (
  { platform, target }: Pick<SocialConnector, 'platform' | 'target'>,
  { inWeChat }: Pick<PageOffer, 'inWeChat'>,
): boolean => (inWeChat ? !(platform === 'Web' && target === 'wechat') : platform !== 'OfficialAccount');

/** WeChat on a phone; its window on a desktop shows QR codes that the phone can scan. WeCom names WeChat too. */
export const isWeChat = (userAgent = ''): boolean =>
  /MicroMessenger/i.test(userAgent) && /Mobile|Android/i.test(userAgent) && !/wxwork/i.test(userAgent);

/**
 * The connector that an application leads to at once. Undefined for native connectors, which need the app's bridge, and
 * where terms need a tick: both are found on the first page. Of two with one target the one made for browsers counts.
 */
export function directConnector(offer: PageOffer, target: string): SocialConnector | undefined {
  if (termsOf(offer.settings, 'sign-in') === 'checkbox') return undefined;
  const named = offer.connectors.filter((connector) => connector.target === target && worksHere(connector, offer));
  const byPlatform = (wanted: string) => named.find(({ platform }) => platform === wanted);
  return byPlatform('Web') ?? byPlatform('OfficialAccount') ?? byPlatform('Universal');
}

/** Kinds of addresses that the usable ones of the tenant's connectors send codes to. */
export function reachableBy(available: readonly { type: string; isUsable: boolean }[]): Address['type'][] {
  const sends = (kind: 'Email' | 'Sms') => available.some(({ type, isUsable }) => type === kind && isUsable);
  return [...(sends('Email') ? (['email'] as const) : []), ...(sends('Sms') ? (['phone'] as const) : [])];
}

/** Undefined where no code can stand for a forgotten password. */
export function forgotPasswordView(context: PageContext, typedAddress?: string): Screen<'forgot-password'> | undefined {
  const form = recoveryForm(context);
  return form && { kind: 'forgot-password', form, typedAddress };
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
  given: Pick<Screen<'sign-in'>, 'username' | 'notice'> = {},
): Screen<'sign-in'> {
  const form = signInForm(context);
  return {
    kind: 'sign-in',
    identifiers: signInIdentifiers(context),
    form,
    forgotPasswordPath: form === 'password' ? forgotPasswordPath(context) : undefined,
    ...socialOptions(context),
    sso: (context.settings.ssoConnectors ?? []).length > 0 || undefined,
    registerPath: hasRegistration(context) ? '/register' : undefined,
    terms: termsOf(context.settings, 'sign-in'),
    ...given,
  };
}

/** How the page of a view offers passkeys, without the question; undefined where they do not sign in there. */
export function passkeyOffer({ settings }: PageContext, kind: Screen['kind']): PasskeyOffer | undefined {
  const { passkeySignIn, signIn } = resolvePolicy(settings);
  const { showPasskeyButton = false, allowAutofill = false } = settings.passkeySignIn;
  const isFirst = kind === 'sign-in';
  const offer = { options: {}, button: !isFirst || showPasskeyButton, autofill: isFirst && allowAutofill };
  const isPage = isFirst || kind === 'sign-in-password';
  return isPage && passkeySignIn && signIn && (offer.button || offer.autofill) ? offer : undefined;
}

/** The URL alone does not prove that a password was replaced, so the state of the sign-in is checked. */
export const isPasswordReplaced = (state: SignInState | undefined): boolean =>
  state?.intent === 'ForgotPassword' &&
  state.userId === undefined &&
  state.challenges.every(({ type }) => type === 'SignInPasskey');

function signInForm(context: PageContext): Screen<'sign-in'>['form'] {
  if (isIdentifierFirst(context)) return 'identifier';
  if (codeForm(context) !== undefined) return 'code';
  return hasPasswordForm(context) && signInIdentifiers(context).length > 0 ? 'password' : 'none';
}

const forgotPasswordPath = (context: PageContext) => (recoveryForm(context) ? '/forgot-password' : undefined);

export const signInPasswordView = (context: PageContext, identifier: GivenIdentifier): Screen<'sign-in-password'> => ({
  kind: 'sign-in-password',
  identifier: shownIdentifier(identifier),
  code: typesOf(codeForm(context)).some((type) => type === identifier.type),
  forgotPasswordPath: forgotPasswordPath(context),
  agreed: termsOf(context.settings, 'sign-in') === 'checkbox',
});

export function registerView(
  context: PageContext,
  given: Pick<Screen<'register'>, 'username' | 'typedAddress'> = {},
): Screen<'register'> {
  const policy = resolvePolicy(context.settings);
  return {
    kind: 'register',
    form: registerForm(context),
    ...socialOptions(context),
    signInPath: policy.signIn && pagesDiffer(context) ? '/sign-in' : undefined,
    terms: termsOf(context.settings, 'register'),
    passwordRules: passwordRules(context.settings, context.language),
    ...given,
  };
}

/** An identifier as the user writes it. */
export const shownIdentifier = ({ type, value }: GivenIdentifier) => (type === 'phone' ? shownPhone(value) : value);

/** What the user will sign in with, for the password manager to keep a new password under. */
export function signInNameOf({ profile, proofs }: SignInState): string | undefined {
  const proof = proofs.find((known) => known.type === 'Password');
  return profile.username ?? proof?.identifier.value;
}

/**
 * Undefined when something is missing that this page cannot ask for.
 * @param given `username`: what the user signs in with; `read`: reads a field that was submitted
 */
export function continueView(
  context: Omit<PageContext, 'connectors' | 'inWeChat'>,
  { missing, expired }: { missing: readonly MissingDetail[]; expired?: true },
  { username, read }: { username?: string | undefined; read?: ((name: string) => string) | undefined } = {},
): Screen<'continue'> | undefined {
  const address = missingAddress(context, missing);
  if (address !== undefined) return addressView(address);
  const askable = missing.filter((detail) => detail === 'username' || detail === 'password');
  const asksMore = missing.includes('extraProfile');
  if (askable.length + Number(asksMore) < missing.length) return undefined;
  return {
    kind: 'continue',
    missing: askable,
    username,
    expired,
    questions: asksMore ? formQuestions(context.settings.profileFields, read) : [],
    passwordRules: passwordRules(context.settings, context.language),
  };
}

/** Asks for an address that a code is sent to. @param addressPath where the form goes, if not to `/continue/address` */
export const addressView = (address: AddressForm, addressPath?: string): Screen<'continue'> => ({
  kind: 'continue',
  address,
  addressPath,
  missing: [],
  questions: [],
  passwordRules: [],
});

function socialOptions(context: PageContext): Pick<Screen<'sign-in'>, 'social' | 'opensElsewhere'> {
  const shown = context.connectors.filter((connector) => worksHere(connector, context));
  return {
    social: shown.map((connector) => optionOf(connector, context.language)),
    opensElsewhere: isElsewhere(context, shown) || undefined,
  };
}

/** Whether a provider is left out that works in another browser, and in no other way here. */
const isElsewhere = ({ connectors }: PageContext, shown: readonly SocialConnector[]): boolean =>
  connectors.some(({ platform, target }) => platform === 'Web' && !shown.some((option) => option.target === target));

export const connectorName = ({ name, target }: SocialConnector, language: PageLanguage): string =>
  name[language] ?? name.en ?? target;

const optionOf = (connector: SocialConnector, language: PageLanguage): SocialOption => {
  const { id, target, platform, logo, logoDark } = connector;
  return { id, target, platform, name: connectorName(connector, language), logo, logoDark: logoDark || undefined };
};

/** The first page again, after a provider's answer was refused. @param reason the code of the error */
export function socialRefusedView(context: PageContext, reason: string): Screen<'sign-in'> | Screen<'register'> {
  const registers =
    reason === 'user.terms_required'
      ? termsOf(context.settings, 'sign-in') !== 'checkbox'
      : !resolvePolicy(context.settings).signIn;
  return registers ? registerView(context) : signInView(context);
}

/** @param user whose password is replaced: the password manager keeps the new one under what this user signs in with */
export function resetPasswordView(
  { settings, language }: PageContext,
  user: Pick<User, 'username' | 'primaryEmail' | 'primaryPhone'>,
): Screen<'reset-password'> {
  const phone = user.primaryPhone && shownPhone(user.primaryPhone);
  const names = { username: user.username, email: user.primaryEmail, phone };
  const [username] = resolvePolicy(settings).passwordIdentifiers.flatMap((type) => names[type] ?? []);
  return { kind: 'reset-password', username, passwordRules: passwordRules(settings, language) };
}

/**
 * @param code when it was sent, and where to
 * @param shown `signsIn`: not for a new detail; `now`: in ms; `backPath`: the page of the prompt
 */
export function verificationCodeView(
  context: PageContext,
  code: { createdAt: number; identifier: Address },
  shown: { signsIn: boolean; now: number; backPath: string; resent?: true | undefined },
): Screen<'verification-code'> {
  const { signsIn, now, ...rest } = shown;
  const { identifier } = code;
  return {
    kind: 'verification-code',
    channel: identifier.type,
    address: shownIdentifier(identifier),
    expiresIn: expiresIn(code, context.settings.verificationCodePolicy, now),
    resendAfter: resendAfter(code, now),
    passwordPath: signsIn && takesPassword(context, identifier) ? '/sign-in/password' : undefined,
    ...rest,
  };
}

/** @param link without its token when it is invalid */
export const oneTimeTokenView = (
  { settings }: PageContext,
  link: { email: string; token?: string },
): Screen<'one-time-token'> => ({
  kind: 'one-time-token',
  ...link,
  terms: termsOf(settings, termsPageOfLink(settings)),
});

/** A second factor that is asked for. @param given `own`: what the factor adds; `wait`: once a code was sent */
export const secondFactorView = (
  factor: SecondFactorType,
  given: {
    factors: readonly SecondFactorType[];
    address?: Address | undefined;
    wait: number | undefined;
    own?: object | undefined;
    unusual?: true | undefined;
    trust?: Screen<'second-factor'>['trust'];
  },
): Screen<'second-factor'> => {
  const { factors, address, wait, own, unusual, trust } = given;
  const others = factors.filter((other) => other !== factor);
  const sentTo = address && { maskedAddress: maskAddress(address), resendAfter: wait };
  return { kind: 'second-factor', factor, others, ...sentTo, ...own, unusual, trust };
};

/** @param ready factors that need nothing but the user's choice */
export const chooseFactorView = (
  offer: { factors: readonly SecondFactorType[]; skippable: boolean; additional?: unknown },
  ready: SecondFactorType[],
): Screen<'choose-factor'> => ({
  kind: 'choose-factor',
  factors: [...offer.factors],
  ready,
  skippable: offer.skippable,
  additional: offer.additional ? true : undefined,
});

/** The page on which a factor is set up. @param own the factor's part */
export const bindFactorView = (
  own: BindingPage,
  { factors, skippable, signsIn }: { factors: readonly SecondFactorType[]; skippable: boolean; signsIn?: true },
): Screen => ({ ...own, hasOthers: factors.length > 1, skippable, signsIn }) as Screen;
