import { textAt } from './oauth-form.ts';

/** How a provider that does not keep to RFC 6749 section 5.2 reports an error. Codes are compared as text. */
export interface ErrorForm {
  /** Where an answer may have the error's code: names of members, with dots between levels. The first one counts. */
  readonly code: readonly string[];
  /** Where it may have the provider's words. */
  readonly message?: readonly string[];
  /** The code of a success. An answer without a code is a success too. */
  readonly success?: string;
  /** Codes of an authorization code that is unknown, used or expired. */
  readonly invalidCode?: readonly string[];
  /** Codes of a client ID or a client secret that the provider does not know. */
  readonly invalidClient?: readonly string[];
  /** Codes of an access token that is refused. */
  readonly invalidToken?: readonly string[];
}

/** Characters of a code; what is longer is none. */
const maximumCode = 128;

/** An error as a provider reported it. */
export interface OAuthError {
  readonly error: string;
  readonly description: string | undefined;
  /** What the provider does not accept, if its code says so. */
  readonly refuses: 'code' | 'client' | 'token' | undefined;
}

/** RFC 6749 section 5.2, and GitHub's names for the same. */
const standardForm: ErrorForm = {
  code: ['error'],
  message: ['error_description'],
  invalidCode: ['invalid_grant', 'bad_verification_code'],
  invalidClient: ['invalid_client', 'unauthorized_client', 'incorrect_client_credentials'],
};

const refused = (form: ErrorForm, error: string): OAuthError['refuses'] => {
  if (form.invalidCode?.includes(error)) return 'code';
  if (form.invalidClient?.includes(error)) return 'client';
  return form.invalidToken?.includes(error) ? 'token' : undefined;
};

const firstOf = (body: unknown, paths: readonly string[] = []): string | undefined =>
  paths.map((path) => textAt(body, path)).find((text) => text !== undefined);

const readForm = (form: ErrorForm, body: unknown): OAuthError | undefined => {
  const error = firstOf(body, form.code);
  if (!error || error === form.success || error.length > maximumCode) return undefined;
  return { error, description: firstOf(body, form.message), refuses: refused(form, error) };
};

/**
 * The error in an answer of a provider, in its own form or, where `isStandard`, in that of RFC 6749.
 * @returns undefined when the answer reports none
 */
export const readError = (form: ErrorForm | undefined, body: unknown, isStandard: boolean): OAuthError | undefined =>
  (form && readForm(form, body)) ?? (isStandard ? readForm(standardForm, body) : undefined);
