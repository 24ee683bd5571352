import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type Agent, createAgent } from '../support/agent.ts';
import type { Provider } from './provider.ts';

/** An application's side of the protocol: builds requests, follows redirects by hand, redeems. */
export interface Party {
  id: string;
  redirectUri: string;
  verifier: string;
  /** The address of an authorization request; `null` leaves a parameter out. */
  authorizationUrl: (extra?: Extra) => string;
  /** Sends the browser there. */
  authorize: (agent: Agent, extra?: Extra) => Promise<Response>;
  /** Authorizes, signs the person in where the provider asks, and returns the parameters of the answer. */
  signIn: (agent: Agent, userId: string, extra?: Extra) => Promise<URLSearchParams>;
  /** The whole way to the tokens; the answer must be 200. */
  tokens: (userId: string, extra?: Extra, agent?: Agent) => Promise<Tokens>;
  /** Calls the token endpoint as this client; `null` leaves a parameter out. */
  token: (parameters: Extra, headers?: Record<string, string>) => Promise<Response>;
  redeem: (code: string, extra?: Extra) => Promise<Response>;
  refresh: (refreshToken: string, extra?: Extra) => Promise<Response>;
  /** Calls another endpoint of the provider as this client. */
  post: (path: string, parameters: Extra, headers?: Record<string, string>) => Promise<Response>;
}

export type Extra = Record<string, string | string[] | null>;

export interface Tokens {
  access_token: string;
  refresh_token?: string;
  id_token: string;
  token_type: string;
  expires_in: number;
  scope: string;
}

export interface PartyOptions {
  id: string;
  redirectUri: string;
  /** Sent in the body. */
  secret?: string;
}

export function createParty({ url }: Pick<Provider, 'url'>, { id, redirectUri, secret }: PartyOptions): Party {
  const verifier = randomBytes(32).toString('base64url');
  const post = (path: string, parameters: Extra, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers,
      body: encode({ client_id: id, ...(secret === undefined ? {} : { client_secret: secret }), ...parameters }),
    });
  const token = (parameters: Extra, headers?: Record<string, string>) => post('/oidc/token', parameters, headers);
  const authorizationUrl = (extra: Extra = {}) =>
    `${url}/oidc/auth?${encode({
      client_id: id,
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid profile offline_access',
      prompt: 'consent',
      state: 'a state',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...extra,
    })}`;
  const redeem = (code: string, extra: Extra = {}) =>
    token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier, ...extra });
  const signIn = async (agent: Agent, userId: string, extra?: Extra): Promise<URLSearchParams> => {
    let response = await agent.fetch(authorizationUrl(extra));
    while (response.headers.get('location')?.startsWith('/')) {
      const next = await finishSignIn(url, agent, userId, id);
      response = await agent.fetch(next);
    }
    assert.equal(response.status, 303, await response.clone().text());
    return answerOf(response);
  };
  return {
    id,
    redirectUri,
    verifier,
    authorizationUrl,
    authorize: (agent, extra) => agent.fetch(authorizationUrl(extra)),
    signIn,
    async tokens(userId, extra, agent = createAgent()) {
      const answer = await signIn(agent, userId, extra);
      const response = await redeem(answer.get('code') ?? '');
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()) as Tokens;
    },
    token,
    redeem,
    refresh: (refreshToken, extra = {}) =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...extra }),
    post,
  };
}

/** Plays the sign-in page: the person proves who they are. Returns the address to go on at. */
export async function finishSignIn(url: string, agent: Agent, userId: string, appId: string): Promise<string> {
  const response = await agent.fetch(`${url}/test/sign-in`, {
    method: 'POST',
    headers: { 'logto-app-id': appId, 'x-test-user': userId },
  });
  assert.equal(response.status, 200, await response.clone().text());
  return ((await response.json()) as { redirectTo: string }).redirectTo;
}

/** The parameters that an answer carries to the application in its redirect, in the query or the fragment. */
export function answerOf(response: Response): URLSearchParams {
  const location = new URL(response.headers.get('location') ?? '');
  return location.hash ? new URLSearchParams(location.hash.slice(1)) : location.searchParams;
}

export function encode(parameters: Extra): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) for (const item of [value].flat()) query.append(name, item);
  }
  return query;
}

/** The body of an error answer, with its status. */
export async function failureOf(
  response: Response,
): Promise<{ status: number; error: string; code: string; description: string }> {
  const body = (await response.json()) as Record<string, string>;
  return {
    status: response.status,
    error: body.error ?? '',
    code: body.code ?? '',
    description: body.error_description ?? '',
  };
}
