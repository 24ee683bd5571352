/**
 * What the hosted pages show. The server turns a prompt of the sign-in machine into a view; `@aldaba/pages` turns it
 * into HTML. Plain data: no functions, no secrets.
 */
import type { AccountView } from './account-page.ts';
import type { CaptchaChallenge } from './captcha-provider.ts';
import type { ConnectorPlatform } from './connectors.ts';
import type { SignInFactor } from './mfa-factors.ts';
import type { ChooseAccountView, LinkAccountView } from './page-accounts.ts';
import type { PageError, PasswordRule, ProfileQuestion, Terms } from './page-fields.ts';
import type {
  SamlSignOutView,
  SingleSignOnConnectorsView,
  SingleSignOnPasswordView,
  SingleSignOnView,
} from './page-sso.ts';
import type { PortalView } from './portal-page.ts';

export * from './account-page.ts';
export type { CaptchaChallenge, WidgetChallenge } from './captcha-provider.ts';
export type { SignInFactor } from './mfa-factors.ts';
export * from './page-accounts.ts';
export * from './page-fields.ts';
export * from './page-frame.ts';
export * from './page-sso.ts';
export * from './portal-page.ts';
export * from './portal-role.ts';
export * from './portal-sso.ts';

/** A social way to sign in, as the page shows it. */
export interface SocialOption {
  /** Connector row id. */
  id: string;
  target: string;
  platform: ConnectorPlatform;
  /** Name in the page's language. */
  name: string;
  /** URL or data URL. */
  logo: string;
  logoDark?: string | undefined;
}

/** Google One Tap: its script posts an ID token with the nonce to `loginUri`. */
export interface OneTapOffer {
  clientId: string;
  loginUri: string;
  nonce: string;
  autoSelect?: boolean | undefined;
  closeOnTapOutside?: boolean | undefined;
  itpSupport?: boolean | undefined;
}

/** A passkey signs in. Needs a script, which shows the button where the browser supports passkeys. */
export interface PasskeyOffer {
  /** PublicKeyCredentialRequestOptionsJSON. */
  options: Record<string, unknown>;
  /** Whether there is a button. */
  button: boolean;
  /** Whether the browser suggests passkeys in the field of the identifier (conditional mediation). */
  autofill: boolean;
}

export interface SignInView {
  kind: 'sign-in';
  /** Client id of the requesting app; every link and form carries it as `app_id`. */
  appId: string;
  /** The identifiers that the field accepts; empty without a form (social only). */
  identifiers: ('username' | 'email' | 'phone')[];
  /**
   * `password`: identifier and password on one page. `code`: an address that a code is sent to. `identifier`: the
   * identifier alone, because codes and passwords both sign in; a page for the password or the code follows.
   */
  form: 'password' | 'code' | 'identifier' | 'none';
  /** Prefilled identifier. */
  username?: string | undefined;
  /** Path of the password reset under the base path, if it is available; the page adds `app_id`. */
  forgotPasswordPath?: string | undefined;
  /** Something that was done a moment ago. */
  notice?: 'password-changed' | undefined;
  /** The provider that the account is to be connected with, once its owner has signed in. */
  connects?: string | undefined;
  passkey?: PasskeyOffer | undefined;
  /** The provider's own script offers the account that is signed in there. */
  oneTap?: OneTapOffer | undefined;
  social: SocialOption[];
  /** Companies sign their users in (`/single-sign-on/email`). */
  sso?: true | undefined;
  /** Ways were left out because the browser around the page cannot use them; another browser can. */
  opensElsewhere?: true | undefined;
  /** Path of the registration under the base path (`/register`), if it is enabled; the page adds `app_id`. */
  registerPath?: string | undefined;
  terms: Terms;
  captcha?: CaptchaChallenge | undefined;
  error?: PageError;
}

/** `/sign-in/password`: the password of the entered identifier. The same for unknown identifiers. */
export interface SignInPasswordView {
  kind: 'sign-in-password';
  appId: string;
  /** As the person knows it. */
  identifier: string;
  /** The provider that the account is to be connected with, once its owner has signed in. */
  connects?: string | undefined;
  /** Whether a code to the identifier signs in as well. */
  code: boolean;
  /** A passkey of the identifier's account does; offered for every identifier. */
  passkey?: PasskeyOffer | undefined;
  forgotPasswordPath?: string | undefined;
  /** The person agreed to the terms on the page before. */
  agreed: boolean;
  captcha?: CaptchaChallenge | undefined;
  error?: PageError;
}

export interface RegisterView {
  kind: 'register';
  appId: string;
  /** Fields of the form: a username with a password, an address for a code, or none (social only). */
  form: 'username' | 'email' | 'phone' | 'emailOrPhone' | 'none';
  username?: string | undefined;
  /** What was typed as the address. */
  typedAddress?: string | undefined;
  social: SocialOption[];
  opensElsewhere?: true | undefined;
  /** Path of the sign-in page under the base path (`/sign-in`); the page adds `app_id`. */
  signInPath?: string | undefined;
  terms: Terms;
  /** Password rules in words, already localized. */
  passwordRules: PasswordRule[];
  captcha?: CaptchaChallenge | undefined;
  error?: PageError;
}

/** Before an account is complete: details that the policy asks for, and what the operator wants to know. */
export interface ContinueView {
  kind: 'continue';
  appId: string;
  missing: ('username' | 'password')[];
  /** An address that is missing: it is asked for alone, before the rest, and proved by a code. */
  address?: 'email' | 'phone' | 'emailOrPhone' | undefined;
  /** Path under the base path that the address is posted to, where it is not `/continue/address`. */
  addressPath?: string | undefined;
  /** What was typed as the address. */
  typedAddress?: string | undefined;
  /** The password was right but has expired: the user sets a new one. */
  expired?: true | undefined;
  /** Empty when no further field is requested. */
  questions: ProfileQuestion[];
  username?: string | undefined;
  passwordRules: PasswordRule[];
  error?: PageError;
}

/** `/forgot-password`: where to send the code that stands for the forgotten password. */
export interface ForgotPasswordView {
  kind: 'forgot-password';
  appId: string;
  form: 'email' | 'phone' | 'emailOrPhone';
  /** What was typed as the address. */
  typedAddress?: string | undefined;
  captcha?: CaptchaChallenge | undefined;
  error?: PageError;
}
/** `/forgot-password/reset`: the new password. */
export interface ResetPasswordView {
  kind: 'reset-password';
  appId: string;
  /** What the account signs in with, for the password manager. */
  username?: string | undefined;
  passwordRules: PasswordRule[];
  error?: PageError;
}
/** `/verification-code`: a code was sent. `send` posts to `/verification-code/send` and sends another. */
export interface VerificationCodeView {
  kind: 'verification-code';
  appId: string;
  channel: 'email' | 'phone';
  /** The address as the person typed it. */
  address: string;
  /** Path under the base path where another address can be given; the page adds `app_id`. */
  backPath: string;
  /** Path under the base path where a password does instead; the page adds `app_id`. */
  passwordPath?: string | undefined;
  /** Seconds until another code can be sent without waiting. */
  resendAfter?: number | undefined;
  /** Seconds until the code expires. */
  expiresIn: number;
  /** Another code was sent a moment ago. */
  resent?: true | undefined;
  error?: PageError;
}

/** `/one-time-token`: a link that the operator created for an email address. The button posts to the same path. */
export interface OneTimeTokenView {
  kind: 'one-time-token';
  appId: string;
  email: string;
  /** Absent when the link is of no use any more: there is no button. */
  token?: string | undefined;
  terms: Terms;
  error?: PageError;
}

/** `/mfa-verification/<factor>`: the second factor that the person shows. */
export interface SecondFactorView {
  kind: 'second-factor';
  appId: string;
  factor: SignInFactor;
  /** The others that would do, as links. */
  others: SignInFactor[];
  /** Where codes go, with most of it hidden. */
  maskedAddress?: string | undefined;
  /** Seconds until another code is offered. Absent while none was sent: `/mfa-verification/<factor>/send` sends one. */
  resendAfter?: number | undefined;
  /** For passkeys: PublicKeyCredentialRequestOptionsJSON; absent without a registered passkey. */
  options?: Record<string, unknown> | undefined;
  /** Why a factor is asked for now although it usually is not. */
  unusual?: true | undefined;
  /** The box (`trust`: `yes`) that lets the user skip the second factor in this browser for so many days. */
  trust?: { days: number; isChosen: boolean } | undefined;
  error?: PageError;
}
/** `/mfa-binding`: which second factor to set up. */
export interface ChooseFactorView {
  kind: 'choose-factor';
  appId: string;
  factors: SignInFactor[];
  /** The ones that start without input: buttons that post to their own pages, instead of links. */
  ready?: SignInFactor[] | undefined;
  /** Whether the person may go on without. */
  skippable: boolean;
  /** The person has a factor; another one is suggested. */
  additional?: true | undefined;
  error?: PageError;
}
/** `/mfa-binding/<factor>` of an authenticator app. */
export interface BindAppView {
  kind: 'bind-app';
  appId: string;
  secret: string;
  /** PNG, data URL. */
  qrCode: string;
  /** Whether other factors can be chosen instead (a link back to `/mfa-binding`). */
  hasOthers: boolean;
  skippable: boolean;
  error?: PageError;
}
/** `/mfa-binding/<factor>` of a passkey; the browser's script does the ceremony. */
export interface BindPasskeyView {
  kind: 'bind-passkey';
  appId: string;
  /** PublicKeyCredentialCreationOptionsJSON. */
  options: Record<string, unknown>;
  /** It is to sign in with next time, not a second factor. */
  signsIn?: true | undefined;
  hasOthers: boolean;
  skippable: boolean;
  error?: PageError;
}
/** `/mfa-binding/BackupCode`: shown once; the user confirms that they are saved. */
export interface BackupCodesView {
  kind: 'backup-codes';
  appId: string;
  codes: string[];
  error?: PageError;
}

export interface ConsentView {
  kind: 'consent';
  appId: string;
  application: { name: string; logoUrl?: string; termsOfUseUrl?: string; privacyPolicyUrl?: string };
  user: { name: string; detail?: string; avatar?: string };
  /** Organizations to choose from, when the application asks to act in the person's organizations. */
  organizations?: { id: string; name: string }[];
  /** What the application asks for, in words. */
  scopes: { name: string; description?: string }[];
  redirectHost: string;
  /** One-time value that ties the form to this page. */
  xsrf: string;
}

/** Logout: `confirm` asks (with `xsrf`), or submits by itself when `auto`. */
export interface EndSessionView {
  kind: 'end-session';
  /** Complete path or address of the form's target, base path included. */
  action: string;
  xsrf: string;
  auto: boolean;
}
export interface SignedOutView {
  kind: 'signed-out';
  applicationName?: string;
}
/** Where to go on from a page whose sign-in is over. */
interface WayBack {
  /** The application that the page belongs to, where it is known. */
  applicationName?: string | undefined;
  /** Set by the tenant, or the application's own site. */
  continueUrl?: string;
}
export interface UnknownSessionView extends WayBack {
  kind: 'unknown-session';
  /** Whether a user is signed in in this browser, so that the page is a leftover of a finished sign-in. */
  isSignedIn?: boolean;
}
export interface ErrorView extends WayBack {
  kind: 'error';
  code: string;
  message: string;
  /** What exactly was wrong, in English, for the developer of the application; shown in small print. */
  detail?: string;
  /** Shown in small print for the person who supports the user. */
  traceId?: string;
  /** The client ID and the page under the base path where the waiting sign-in can start again. */
  restart?: { appId: string; path: string };
}
/** What the link of a colleague gives access to, and who may accept it. */
interface SetupInvitation {
  tenantName: string;
  role: 'full' | 'read-only';
  /** The only email address that the account may have; absent if it may be any. */
  email?: string;
  /** The account that is signed in in this browser, if it may accept. */
  account?: { id: string; name: string; detail?: string; avatar?: string };
  /** Address at which an existing account signs in to accept. */
  signInUrl: string;
}
/** `/setup`: creating an administrator from a one-time link. */
export interface SetupView {
  kind: 'setup';
  token: string;
  /** As typed: a username or an email address. */
  identifier?: string;
  /** Present if a colleague sent the link: what it gives access to. */
  invitation?: SetupInvitation;
  /**
   * A passkey in place of the password: PublicKeyCredentialCreationOptionsJSON, and what is sent back with the answer.
   * Absent where browsers have no passkeys.
   */
  passkey?: { options: Record<string, unknown>; ceremony: string };
  passwordRules: PasswordRule[];
  error?: PageError;
}
/** `/` of a tenant, for operators and developers who look around. */
interface WelcomeView {
  kind: 'welcome';
}
/** `/demo-app`: a small single-page app that signs in against this very server. */
export interface DemoAppView {
  kind: 'demo-app';
  /** Base URL of the tenant, e.g. `http://localhost:3001`. */
  endpoint: string;
}
/** response_mode=form_post: a form that submits itself. */
export interface FormPostView {
  kind: 'form-post';
  action: string;
  fields: Record<string, string>;
}

export type PageView =
  | SamlSignOutView
  | SignInView
  | SignInPasswordView
  | RegisterView
  | ContinueView
  | ForgotPasswordView
  | ResetPasswordView
  | VerificationCodeView
  | OneTimeTokenView
  | SecondFactorView
  | ChooseFactorView
  | BindAppView
  | BindPasskeyView
  | BackupCodesView
  | ConsentView
  | ChooseAccountView
  | LinkAccountView
  | SingleSignOnView
  | SingleSignOnConnectorsView
  | SingleSignOnPasswordView
  | EndSessionView
  | SignedOutView
  | UnknownSessionView
  | ErrorView
  | SetupView
  | WelcomeView
  | DemoAppView
  | AccountView
  | PortalView
  | FormPostView;

/** A rendered page: the HTML document and the Content-Security-Policy that fits it. */
export interface RenderedPage {
  html: string;
  contentSecurityPolicy: string;
}
