/** Views of pages that are about which account the user goes on with. */
import type { PageError, Terms } from './page-fields.ts';

/**
 * `/select-account` (`prompt=select_account`) and `/switch-account`: go on with the account that is signed in, or use
 * another.
 */
export interface ChooseAccountView {
  kind: 'choose-account';
  appId: string;
  /** The application that asks. */
  applicationName: string;
  /** The account that is signed in. */
  account: { id: string; name: string; detail?: string | undefined; avatar?: string | undefined };
  /** The identifier of the other account, where the application named it. */
  expected?: string | undefined;
  /** Path of the page for another account under the base path; the page adds `app_id`. */
  signInPath: string;
}

/** `/social/link`: an account has the address of the person that a provider named. The button posts to its path. */
export interface LinkAccountView {
  kind: 'link-account';
  appId: string;
  /** The provider, in the page's language. */
  provider: string;
  /** Of the account, with most of it hidden. */
  maskedAddress: string;
  /** Whether a new account can be created instead (posts to `/social/link/new-account`). */
  registers: boolean;
  terms: Terms;
  error?: PageError;
}
