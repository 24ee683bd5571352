import type { ClaimsRequest } from '../requested-claims.ts';

/** An authorization request after all checks: plain JSON, so that it can wait in the table of interactions. */
export interface AuthorizationRequest {
  clientId: string;
  /** As the client sent it: the token endpoint compares it letter by letter. */
  redirectUri: string;
  responseMode: ResponseMode;
  state?: string;
  nonce?: string;
  /** S256 of the verifier (RFC 7636). */
  codeChallenge?: string;
  /** Space-separated, without repetitions. */
  scope: string;
  resources: string[];
  prompt: string[];
  /** Seconds. */
  maxAge?: number;
  /** What the `claims` parameter asks for. */
  claims?: ClaimsRequest;
  /** The values of `acr` that the sign-in must reach one of. */
  essentialAcr?: string[];
  /** The subject of `id_token_hint` or of the `claims` parameter: the only user that may come back. */
  hintedUserId?: string;
  loginHint?: string;
  uiLocales?: string;
  firstScreen?: string;
  interactionMode?: string;
  identifier?: string[];
  directSignIn?: { method: 'social' | 'sso'; target: string };
  organizationId?: string;
  oneTimeToken?: string;
  /** Whether the request came by a link sent to an email address; stays after the token is gone. */
  isByLink?: boolean;
  /** Set once the person has signed in for this very request. */
  hasSignedIn?: boolean;
  /** Set once the user has chosen the account that is signed in (`prompt=select_account`). */
  hasChosen?: boolean;
}

export type ResponseMode = 'query' | 'fragment' | 'form_post';
