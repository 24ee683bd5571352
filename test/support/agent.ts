import { type Authorization, authorization } from './authorization.ts';

/** A browser without a screen: keeps cookies and shows redirects instead of following them. */
export interface Agent {
  /** Sends a request with the stored cookies, and stores the cookies of the answer. */
  fetch: (url: string, init?: RequestInit) => Promise<Response>;
  /** The stored cookies, as they are sent. */
  cookies: () => string;
  /** Stores a cookie, as a script of the page does. */
  keep: (name: string, value: string) => void;
  /** Sends JSON. */
  json: (method: string, url: string, body?: unknown) => Promise<Response>;
}

export function createAgent(): Agent {
  const cookies = new Map<string, string>();
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const separator = pair.indexOf('=');
      const name = pair.slice(0, separator);
      const value = pair.slice(separator + 1);
      const gone = attributes.some((attribute) => /^ *(max-age=0|expires=.* 1970 .*)$/i.test(attribute));
      if (gone || value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
  };
  const agent: Agent = {
    keep: (name, value) => cookies.set(name, value),
    cookies: () => [...cookies].map((pair) => pair.join('=')).join('; '),
    async fetch(url, init = {}) {
      const headers = new Headers(init.headers);
      if (cookies.size > 0) headers.set('cookie', agent.cookies());
      const response = await fetch(url, { ...init, headers, redirect: 'manual' });
      keep(response);
      return response;
    },
    json: (method, url, body) =>
      agent.fetch(url, {
        method,
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      }),
  };
  return agent;
}

/**
 * Where an answer redirects, without the interaction's handle, which differs each time. Undefined without a redirect.
 */
export const pageOf = (answer: Response): string | undefined =>
  answer.headers.get('location')?.replace(/&interaction=[\w-]{16}(?=&|$)/, '');

/** A page without the handle of its interaction, to compare it with another. */
export const withoutHandle = (html: string): string => html.replaceAll(/(interaction(?:=|" value="))[\w-]{16}/g, '$1');

/** The handle of the interaction that an answer leads to. */
export const handleOf = (answer: Response): string =>
  /[?&]interaction=([\w-]{16})(?:&|$)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';

/** A status that the step does not expect. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  readonly body: string;
  constructor(step: string, status: number, body: string) {
    super(`${step} answered ${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

export async function expectStatus(step: string, statuses: readonly number[], response: Response): Promise<Response> {
  if (statuses.includes(response.status)) return response;
  throw new UnexpectedAnswer(step, response.status, await response.text());
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
}

/**
 * A public client of one tenant that signs users in through the Experience API, as a custom sign-in page does.
 * @param extra parameters of its authorization requests that add to or replace the usual ones
 */
export function experienceClient(endpoint: string, extra: Record<string, string> = {}) {
  const call = async (agent: Agent, method: string, path: string, body?: unknown): Promise<Response> =>
    expectStatus(
      `${method} ${path}`,
      [200, 201, 204],
      await agent.json(method, `${endpoint}/api/experience${path}`, body),
    );

  const begin = async (agent: Agent): Promise<Authorization> => {
    const request = authorization({ endpoint, extra });
    await expectStatus('the authorization request', [302, 303], await agent.fetch(request.url));
    return request;
  };

  /** Follows redirects from the answer of `submit` to the app's address, and returns the code. */
  const finish = async (agent: Agent, request: Authorization): Promise<{ code: string; request: Authorization }> => {
    let { redirectTo: url }: { redirectTo: string } = await (await call(agent, 'POST', '/submit')).json();
    while (!url.startsWith(request.redirectUri)) {
      const answer = await expectStatus('the way back to the app', [302, 303], await agent.fetch(url));
      url = new URL(answer.headers.get('location') ?? '', url).href;
    }
    const { searchParams } = new URL(url);
    const code = searchParams.get('code');
    if (!code) throw new UnexpectedAnswer('the way back to the app', 302, url);
    return { code, request };
  };

  return {
    /** Creates the account; `onCreated` is called when the server has confirmed it. */
    async register(username: string, password: string, onCreated: () => void = () => undefined) {
      const agent = createAgent();
      const request = await begin(agent);
      await call(agent, 'PUT', '', { interactionEvent: 'Register' });
      const identifier = { type: 'username', value: username };
      const proof = await call(agent, 'POST', '/verification/new-password-identity', { identifier, password });
      await call(agent, 'POST', '/identification', await proof.json());
      onCreated();
      return finish(agent, request);
    },

    /** By a username, or by another identifier. */
    async signIn(who: string | { type: string; value: string }, password: string, agent = createAgent()) {
      const request = await begin(agent);
      await call(agent, 'PUT', '', { interactionEvent: 'SignIn' });
      const identifier = typeof who === 'string' ? { type: 'username', value: who } : who;
      const proof = await call(agent, 'POST', '/verification/password', { identifier, password });
      await call(agent, 'POST', '/identification', await proof.json());
      return finish(agent, request);
    },

    async redeem({ code, request }: { code: string; request: Authorization }): Promise<Tokens> {
      return token({
        grant_type: 'authorization_code',
        code,
        redirect_uri: request.redirectUri,
        code_verifier: request.verifier,
      });
    },

    refresh: (refreshToken: string): Promise<Tokens> =>
      token({ grant_type: 'refresh_token', refresh_token: refreshToken }),

    async userinfo(accessToken: string): Promise<{ sub: string; username?: string }> {
      const answer = await fetch(`${endpoint}/oidc/me`, { headers: { authorization: `Bearer ${accessToken}` } });
      return (await expectStatus('userinfo', [200], answer)).json();
    },
  };

  async function token(parameters: Record<string, string>): Promise<Tokens> {
    const body = new URLSearchParams({ client_id: 'demo-app', ...parameters });
    const answer = await fetch(`${endpoint}/oidc/token`, { method: 'POST', body });
    return (await expectStatus(`the token endpoint (${parameters.grant_type})`, [200], answer)).json();
  }
}
