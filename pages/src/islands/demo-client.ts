/**
 * The smallest honest OpenID Connect client: authorization code with PKCE (RFC 7636), for the public client
 * `demo-app`. It keeps its tokens in the session storage of one tab, which is fine for a demonstration.
 */
import { sha256 } from './sha256.ts';

const clientId = 'demo-app';
const pendingKey = 'aldaba.demo.pending';
const tokensKey = 'aldaba.demo.tokens';

export interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token?: string;
}

interface Pending {
  verifier: string;
  state: string;
  nonce: string;
}

interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  end_session_endpoint: string;
}

/** A reason for people; `mismatch` when the answer is not the one that this tab asked for. */
export class DemoError extends Error {
  readonly mismatch: boolean;
  constructor(message: string, mismatch = false) {
    super(message);
    this.mismatch = mismatch;
  }
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

const read = <Kept>(key: string): Kept | undefined => {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : JSON.parse(text);
};

/**
 * The claims of a JWT, unverified: this one came straight from the token endpoint (OpenID Connect Core 3.1.3.7, item
 * 6).
 */
export const claimsOf = (token: string): Record<string, unknown> => {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
};

const answerOf = async (response: Response): Promise<Record<string, unknown>> => {
  const body = await response.json();
  if (response.ok) return body;
  throw new DemoError(String(body.error_description ?? body.message ?? body.error ?? response.status));
};

/** Where the demonstration signs in. */
export interface Provider {
  /** Base URL of the tenant, e.g. `http://localhost:3001`. */
  endpoint: string;
  /** Language of the page, passed on as `ui_locales`. */
  language: string;
}

const redirectUriOf = ({ endpoint }: Provider): string => `${endpoint}/demo-app`;

const discover = async ({ endpoint }: Provider): Promise<Metadata> => {
  const response = await fetch(`${endpoint}/oidc/.well-known/openid-configuration`);
  if (!response.ok) throw new DemoError(`${response.status}`);
  return response.json();
};

const exchange = async (provider: Provider, parameters: Record<string, string>): Promise<Tokens> => {
  const { token_endpoint } = await discover(provider);
  const body = new URLSearchParams({ client_id: clientId, ...parameters });
  const answer = await answerOf(await fetch(token_endpoint, { method: 'POST', body }));
  const tokens = { ...keptTokens(), ...(answer as unknown as Tokens) };
  sessionStorage.setItem(tokensKey, JSON.stringify(tokens));
  return tokens;
};

/** The tokens of this tab, if it is signed in. */
export const keptTokens = (): Tokens | undefined => read<Tokens>(tokensKey);

/** Leaves for the authorization endpoint. */
export const start = async (provider: Provider, firstScreen: 'sign_in' | 'register'): Promise<void> => {
  const { authorization_endpoint } = await discover(provider);
  const pending: Pending = { verifier: random(), state: random(), nonce: random() };
  sessionStorage.setItem(pendingKey, JSON.stringify(pending));
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUriOf(provider),
    response_type: 'code',
    scope: 'openid profile offline_access',
    prompt: 'consent',
    code_challenge: base64url(sha256(new TextEncoder().encode(pending.verifier))),
    code_challenge_method: 'S256',
    state: pending.state,
    nonce: pending.nonce,
    first_screen: firstScreen,
    ui_locales: provider.language,
  });
  location.assign(`${authorization_endpoint}?${query}`);
};

/** Checks and redeems the answer in the page's address. */
export const finish = async (provider: Provider, answer: URLSearchParams): Promise<Tokens> => {
  const pending = read<Pending>(pendingKey);
  sessionStorage.removeItem(pendingKey);
  const { issuer } = await discover(provider);
  // RFC 9207: an answer of another issuer is not ours, whatever it says.
  const foreign = (answer.get('iss') ?? issuer) !== issuer;
  if (!pending || foreign || answer.get('state') !== pending.state) throw new DemoError('state', true);
  const error = answer.get('error');
  if (error !== null) throw new DemoError(answer.get('error_description') ?? error);
  const tokens = await exchange(provider, {
    grant_type: 'authorization_code',
    code: answer.get('code') ?? '',
    code_verifier: pending.verifier,
    redirect_uri: redirectUriOf(provider),
  });
  const claims = claimsOf(tokens.id_token);
  if (claims.nonce === pending.nonce && claims.iss === issuer && claims.aud === clientId) return tokens;
  sessionStorage.removeItem(tokensKey);
  throw new DemoError('nonce', true);
};

/** Trades a refresh token for new tokens. */
export const refresh = (provider: Provider, refreshToken: string): Promise<Tokens> =>
  exchange(provider, { grant_type: 'refresh_token', refresh_token: refreshToken });

/** The claims of the userinfo endpoint. */
export const userinfo = async (provider: Provider, accessToken: string): Promise<Record<string, unknown>> => {
  const { userinfo_endpoint } = await discover(provider);
  return answerOf(await fetch(userinfo_endpoint, { headers: { authorization: `Bearer ${accessToken}` } }));
};

/** Forgets the tokens and leaves for the end-session endpoint. */
export const signOut = async (provider: Provider): Promise<void> => {
  const idToken = keptTokens()?.id_token;
  sessionStorage.removeItem(tokensKey);
  const { end_session_endpoint } = await discover(provider);
  const query = new URLSearchParams({ client_id: clientId, post_logout_redirect_uri: redirectUriOf(provider) });
  if (idToken !== undefined) query.set('id_token_hint', idToken);
  location.assign(`${end_session_endpoint}?${query}`);
};
