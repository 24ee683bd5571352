/**
 * What the hosted pages show. The server's HTML door turns a prompt of the sign-in machine into one of
 * these views; `@aldaba/pages` turns the view into HTML. Plain data: no functions, no secrets.
 */

/** Languages that the hosted pages speak. */
export const pageLanguages = ['en', 'es', 'zh-CN'] as const;
export type PageLanguage = (typeof pageLanguages)[number];

/** What every page needs, whatever it shows. */
export interface PageFrame {
  /** The tenant's base path without trailing slash ('' at the root); every link and asset starts with it. */
  basePath: string;
  language: PageLanguage;
  branding: {
    /** Name shown in the title and where there is no logo: application display name, else tenant name. */
    name: string;
    logoUrl?: string;
    darkLogoUrl?: string;
    favicon?: string;
    darkFavicon?: string;
    /** CSS colours, validated `#rrggbb`. */
    primaryColor: string;
    darkPrimaryColor: string;
    isDarkModeEnabled: boolean;
    hideAldabaBranding: boolean;
  };
  termsOfUseUrl?: string;
  privacyPolicyUrl?: string;
  supportEmail?: string;
  supportWebsiteUrl?: string;
  /** The operator's own style sheet, a path under the base path. */
  customCssPath?: string;
  /** When the sandbox plays a phone, the script that installs the bridge object ('ios' | 'android'). */
  sandboxBridge?: 'ios' | 'android';
}

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

/** An error above a form (no `field`) or at a field. `code` is the stable code, `message` the localised sentence. */
export interface PageError {
  field?: 'username' | 'password' | 'confirmPassword' | 'terms' | ProfileQuestion['name'];
  code: string;
  message: string;
}

/** Whether the person has to tick a box for the terms on this page. */
export type Terms = 'none' | 'notice' | 'checkbox';

export interface SignInView {
  kind: 'sign-in';
  /** Client id of the app that asked; goes along in every link and form as `app_id`. */
  appId: string;
  /** False: no password form (social only). */
  password: boolean;
  /** Prefilled username. */
  username?: string;
  social: SocialOption[];
  /** Path of the registration page under the base path (`/register`) when the tenant allows it; the page adds `app_id`. */
  registerPath?: string;
  terms: Terms;
  error?: PageError;
}

export interface RegisterView {
  kind: 'register';
  appId: string;
  /** False: no form (social only). */
  password: boolean;
  username?: string;
  social: SocialOption[];
  /** Path of the sign-in page under the base path (`/sign-in`); the page adds `app_id`. */
  signInPath?: string;
  terms: Terms;
  /** Password rules in words, already localised. */
  passwordRules: string[];
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
  /** The password was right but has expired: a new one takes its place. */
  expired?: true;
  /** Empty when nothing more is asked. */
  questions: ProfileQuestion[];
  username?: string;
  passwordRules: string[];
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
export interface UnknownSessionView {
  kind: 'unknown-session';
  /** Where to go on, if the tenant set it. */
  continueUrl?: string;
}
export interface ErrorView {
  kind: 'error';
  code: string;
  message: string;
  /** What exactly was wrong, in English, for the developer of the application; shown in small print. */
  detail?: string;
  /** Shown in small print for the person who supports the user. */
  traceId?: string;
}
/** `/setup`: creating the first administrator from the one-time link. */
export interface SetupView {
  kind: 'setup';
  token: string;
  username?: string;
  passwordRules: string[];
  error?: PageError;
}
export interface SetupDoneView {
  kind: 'setup-done';
  username: string;
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
  | RegisterView
  | ContinueView
  | ConsentView
  | EndSessionView
  | SignedOutView
  | UnknownSessionView
  | ErrorView
  | SetupView
  | SetupDoneView
  | DemoAppView
  | FormPostView;

/** A rendered page: the HTML document and the Content-Security-Policy that fits it. */
export interface RenderedPage {
  html: string;
  contentSecurityPolicy: string;
}
