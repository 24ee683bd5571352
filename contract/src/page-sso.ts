/** Views of pages on which a user signs in with their company. */
import type { CaptchaChallenge } from './captcha-provider.ts';
import type { PageError, Terms } from './page-fields.ts';

/** `/single-sign-on/email`: the work email address, which leads to the company's sign-in. */
export interface SingleSignOnView {
  kind: 'single-sign-on';
  appId: string;
  /** What was typed. */
  typedAddress?: string | undefined;
  terms: Terms;
  error?: PageError;
}

/** `/single-sign-on/connectors`: the company has several services. */
export interface SingleSignOnConnectorsView {
  kind: 'single-sign-on-connectors';
  appId: string;
  /** The address that the user entered; absent where the account led here. */
  address?: string | undefined;
  connectors: { id: string; name: string; logo: string; logoDark?: string | undefined }[];
  terms: Terms;
  error?: PageError;
}

/** A sign-out that goes through SAML applications, between two of them or at its end. */
export interface SamlSignOutView {
  kind: 'saml-sign-out';
  /** `leaving`: the form submits itself. `unanswered`: the user came back. `incomplete`: all were asked. */
  step: 'leaving' | 'unanswered' | 'incomplete';
  /** Names of the application that is asked, or of all that did not confirm. */
  applications: string[];
  /** Complete path of the form's target; absent if nothing follows. */
  action?: string;
}

/** `/single-sign-on/password`: the password that the company's directory checks. */
export interface SingleSignOnPasswordView {
  kind: 'single-sign-on-password';
  appId: string;
  connector: SingleSignOnConnectorsView['connectors'][number];
  /** What the user entered before, as the address of the company; absent where it is asked for here. */
  identifier?: string | undefined;
  /** What was typed here. */
  username?: string | undefined;
  terms: Terms;
  captcha?: CaptchaChallenge | undefined;
  error?: PageError;
}
