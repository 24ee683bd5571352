import type { ClaimsRequest } from '../requested-claims.ts';

/** An authorization request after all checks: plain JSON, which can be stored in the table of interactions. */
export interface AuthorizationRequest {
  clientId: string;
  /** As sent by the client: the token endpoint compares it exactly. */
  redirectUri: string;
  responseMode: ResponseMode;
  state?: string;
  nonce?: string;
  /** S256 of the verifier (RFC 7636). */
  codeChallenge?: string;
  /** Space-separated, without duplicates. */
  scope: string;
  resources: string[];
  prompt: string[];
  /** Seconds. */
  maxAge?: number;
  /** The requested claims of the `claims` parameter. */
  claims?: ClaimsRequest;
  /** The `acr` values of which the sign-in must reach one. */
  essentialAcr?: string[];
  /** The subject of `id_token_hint` or of the `claims` parameter: the only user that may be returned. */
  hintedUserId?: string;
  loginHint?: string;
  uiLocales?: string;
  firstScreen?: string;
  interactionMode?: string;
  identifier?: string[];
  directSignIn?: { method: 'social' | 'sso'; target: string };
  organizationId?: string;
  oneTimeToken?: string;
  /** Whether the request came from a link sent to an email address; kept after the token is consumed. */
  isByLink?: boolean;
  /** Set once the user has signed in for this request. */
  hasSignedIn?: boolean;
  /** Set once the user has selected the signed-in account (`prompt=select_account`). */
  hasChosen?: boolean;
}

export type ResponseMode = 'query' | 'fragment' | 'form_post';
