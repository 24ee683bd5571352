import type { OAuthClient } from './client-authentication.ts';
import type { ErrorForm } from './oauth-errors.ts';
import type { IdTokenRules } from './oauth-id-token.ts';
import type { OAuthEndpoints } from './oauth-server.ts';

/** Something to read with the access token; a plain string is its address. */
export interface ProfileSource {
  readonly url: string;
  /** Statuses that mean "nothing there", e.g. of a list that the client may not see. */
  readonly tolerated?: readonly number[];
}

/** One configured provider. */
export interface OAuthProvider {
  readonly endpoints: OAuthEndpoints;
  readonly client: OAuthClient;
  /** Separated by spaces. */
  readonly scope?: string | undefined;
  /** Makes it OpenID Connect: an ID token has to come, and its claims are an answer named `claims`. */
  readonly idToken?: IdTokenRules | undefined;
  /** The ID token comes with the callback, beside a code that is left unused: no secret and no access token. */
  readonly takesIdTokenFromCallback?: boolean | undefined;
  /** What is read with the access token, by the name that the answer gets. */
  readonly profile?: Readonly<Record<string, string | ProfileSource>> | undefined;
  /** Reads the userinfo endpoint, if there is one, into an answer named `userinfo`. */
  readonly readsUserinfo?: boolean | undefined;
  /** Proof Key for Code Exchange (RFC 7636) with S256; on if left out. */
  readonly usesPkce?: boolean | undefined;
  readonly responseMode?: 'query' | 'form_post' | undefined;
  /** More parameters of the authorization request. Those of the protocol cannot be replaced. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Whether the token endpoint may answer with a form instead of JSON. */
  readonly acceptsForm?: boolean | undefined;
  /** How errors are reported, where they are not those of RFC 6749 section 5.2. */
  readonly errors?: ErrorForm | undefined;
  /**
   * Whether calls that belong to no sign-in (links made by the Management API) work too: without PKCE and nonce, since
   * nothing could keep them. Off if left out.
   */
  readonly worksWithoutSession?: boolean | undefined;
}
