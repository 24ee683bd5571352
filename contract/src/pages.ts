/**
 * What the hosted pages show. The server turns a prompt of the sign-in machine into a view; `@aldaba/pages` turns it
 * into HTML. Plain data: no functions, no secrets.
 */
import type { SignInFactor } from './mfa-factors.ts';

export type { SignInFactor } from './mfa-factors.ts';
export * from './page-frame.ts';

/** A social way to sign in, as the page shows it. */
export interface SocialOption {
  /** Connector row id. */
  id: string;
  target: string;
  platform: 'Native' | 'Universal' | 'Web';
  /** Name in the page's language. */
  name: string;
  /** URL or data URL. */
  logo: string;
  logoDark?: string;
}

/** An error above a form (no `field`) or at a field. `code` is the stable code, `message` the localized sentence. */
export interface PageError {
  field?: 'username' | 'password' | 'confirmPassword' | 'code' | 'address' | 'terms' | ProfileQuestion['name'];
  code: string;
  message: string;
}

/** One line of the tenant's password policy. */
export interface PasswordRule {
  /** In the person's language. */
  text: string;
  /** What the page can check while the person types, in Unicode characters or in kinds of characters. */
  check?: { minLength: number } | { minTypes: number };
}

/** Whether the person has to tick a box for the terms on this page. */
export type Terms = 'none' | 'notice' | 'checkbox';

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
  username?: string;
  /** Path of the password reset under the base path, if it is available; the page adds `app_id`. */
  forgotPasswordPath?: string;
  /** Something that was done a moment ago. */
  notice?: 'password-changed';
  social: SocialOption[];
  /** Ways were left out because the browser around the page cannot use them; another browser can. */
  opensElsewhere?: true;
  /** Path of the registration under the base path (`/register`), if it is enabled; the page adds `app_id`. */
  registerPath?: string;
  terms: Terms;
  error?: PageError;
}

/** `/sign-in/password`: the password of the entered identifier. The same for unknown identifiers. */
export interface SignInPasswordView {
  kind: 'sign-in-password';
  appId: string;
  /** As the person knows it. */
  identifier: string;
  /** Whether a code to the identifier signs in as well. */
  code: boolean;
  forgotPasswordPath?: string;
  /** The person agreed to the terms on the page before. */
  agreed: boolean;
  error?: PageError;
}

export interface RegisterView {
  kind: 'register';
  appId: string;
  /** Fields of the form: a username with a password, an address for a code, or none (social only). */
  form: 'username' | 'email' | 'phone' | 'emailOrPhone' | 'none';
  username?: string;
  /** What was typed as the address. */
  typedAddress?: string;
  social: SocialOption[];
  opensElsewhere?: true;
  /** Path of the sign-in page under the base path (`/sign-in`); the page adds `app_id`. */
  signInPath?: string;
  terms: Terms;
  /** Password rules in words, already localized. */
  passwordRules: PasswordRule[];
  error?: PageError;
}

/** Something that the operator wants to know of new people. */
export interface ProfileQuestion {
  /** The name of its field in the form, e.g. `profile.givenName` or `profile.address.country`. */
  name: `profile.${string}`;
  control: 'text' | 'number' | 'date' | 'url' | 'checkbox' | 'select';
  /** In the operator's words; without them the page has its own for standard fields. */
  label?: string;
  description?: string;
  placeholder?: string;
  required: boolean;
  /** `yes` for a box that is ticked. */
  value: string;
  options?: { value: string; label: string }[];
}

/** Before an account is complete: details that the policy asks for, and what the operator wants to know. */
export interface ContinueView {
  kind: 'continue';
  appId: string;
  missing: ('username' | 'password')[];
  /** An address that is missing: it is asked for alone, before the rest, and proved by a code. */
  address?: 'email' | 'phone' | 'emailOrPhone';
  /** Path under the base path that the address is posted to, where it is not `/continue/address`. */
  addressPath?: string;
  /** What was typed as the address. */
  typedAddress?: string;
  /** The password was right but has expired: the user sets a new one. */
  expired?: true;
  /** Empty when no further field is requested. */
  questions: ProfileQuestion[];
  username?: string;
  passwordRules: PasswordRule[];
  error?: PageError;
}

/** `/select-account` (`prompt=select_account`): go on with the account that is signed in, or use another. */
export interface ChooseAccountView {
  kind: 'choose-account';
  appId: string;
  /** The application that asks. */
  applicationName: string;
  /** The account that is signed in. */
  account: { id: string; name: string; detail?: string; avatar?: string };
  /** Path of the page for another account under the base path; the page adds `app_id`. */
  signInPath: string;
}

/** `/forgot-password`: where to send the code that stands for the forgotten password. */
export interface ForgotPasswordView {
  kind: 'forgot-password';
  appId: string;
  form: 'email' | 'phone' | 'emailOrPhone';
  /** What was typed as the address. */
  typedAddress?: string;
  error?: PageError;
}
/** `/forgot-password/reset`: the new password. */
export interface ResetPasswordView {
  kind: 'reset-password';
  appId: string;
  /** What the account signs in with, for the password manager. */
  username?: string;
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
  passwordPath?: string;
  /** Seconds until another code can be sent without waiting. */
  resendAfter?: number;
  /** Seconds until the code expires. */
  expiresIn: number;
  /** Another code was sent a moment ago. */
  resent?: true;
  error?: PageError;
}

/** `/one-time-token`: a link that the operator created for an email address. The button posts to the same path. */
export interface OneTimeTokenView {
  kind: 'one-time-token';
  appId: string;
  email: string;
  /** Absent when the link is of no use any more: there is no button. */
  token?: string;
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
  maskedAddress?: string;
  /** For codes that are sent: false while none was (a button `/mfa-verification/<factor>/send` asks for one). */
  sent?: boolean;
  /** Seconds until another code can be sent without waiting. */
  resendAfter?: number;
  /** For passkeys: PublicKeyCredentialRequestOptionsJSON; absent without a registered passkey. */
  options?: Record<string, unknown>;
  /** Why a factor is asked for now although it usually is not. */
  unusual?: true;
  error?: PageError;
}
/** `/mfa-binding`: which second factor to set up. */
export interface ChooseFactorView {
  kind: 'choose-factor';
  appId: string;
  factors: SignInFactor[];
  /** The ones that start without input: buttons that post to their own pages, instead of links. */
  ready?: SignInFactor[];
  /** Whether the person may go on without. */
  skippable: boolean;
  /** The person has a factor; another one is suggested. */
  additional?: true;
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
/** `/setup`: creating an administrator from a one-time link. */
export interface SetupView {
  kind: 'setup';
  token: string;
  /** As typed: a username or an email address. */
  identifier?: string;
  /** Present if a colleague sent the link: what it gives access to. */
  invitation?: { tenantName: string; role: 'full' | 'read-only' };
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
  | EndSessionView
  | SignedOutView
  | UnknownSessionView
  | ErrorView
  | SetupView
  | WelcomeView
  | DemoAppView
  | FormPostView;

/** A rendered page: the HTML document and the Content-Security-Policy that fits it. */
export interface RenderedPage {
  html: string;
  contentSecurityPolicy: string;
}
