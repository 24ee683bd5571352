import { createHash, randomBytes } from 'node:crypto';

/** A client's side of an authorization request, by hand: for tests that need its address and nothing more. */
export interface Authorization {
  /** Where to send the browser. */
  url: string;
  redirectUri: string;
  state: string;
  verifier: string;
}

export interface AuthorizationWish {
  /** Base URL of the tenant. */
  endpoint: string;
  /** Default: the built-in `demo-app`, at its own address. */
  clientId?: string;
  redirectUri?: string;
  /** Parameters that add to or replace the usual ones. */
  extra?: Record<string, string>;
}

/** An authorization code request with PKCE (RFC 7636) that asks for a refresh token, as all SDKs do. */
export function authorization({
  endpoint,
  clientId = 'demo-app',
  redirectUri,
  extra,
}: AuthorizationWish): Authorization {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const target = redirectUri ?? `${endpoint}/demo-app`;
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: target,
    response_type: 'code',
    scope: 'openid profile offline_access',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state,
    ...extra,
  });
  return { url: `${endpoint}/oidc/auth?${query}`, redirectUri: target, state, verifier };
}
