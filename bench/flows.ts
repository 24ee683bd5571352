/** What a client does for each operation, step by step. The same steps go to every server that offers the operation. */
import { createHash, randomBytes } from 'node:crypto';
import type { Authorization } from './authorization-flows.ts';
import type { Client, Exchange, Operation, Reply } from './load.ts';

/** Where a server keeps its endpoints. */
export interface Endpoints {
  discovery: string;
  keys: string;
  token: string;
  userinfo: string;
}

/** Tokens of a signed-in person; the refresh token changes with every rotation. */
export interface Tokens {
  refreshToken: string;
  accessToken: string;
}

export interface Fixtures {
  resource: string;
  scope: string;
  machine: { id: string; secret: string };
  spa: { id: string; redirectUri: string };
  usernames: string[];
  password: string;
}

/** A server with all that its operations need. `tokens` has one entry for each connection. */
export interface Target {
  client: Pick<Client, 'send' | 'origin'>;
  endpoints: Endpoints;
  fixtures: Fixtures;
  tokens: Tokens[];
  /** Bearer token of the Management API. */
  managementToken: string;
  /** Where the server offers roles and organizations. */
  authorization?: Authorization;
}

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const signInScope = 'openid profile offline_access';

export const discovery =
  ({ client, endpoints }: Target): Operation =>
  async () => {
    await client.send({ method: 'GET', path: endpoints.discovery }, 200);
  };

export const keys =
  ({ client, endpoints }: Target): Operation =>
  async () => {
    await client.send({ method: 'GET', path: endpoints.keys }, 200);
  };

export const clientCredentials = ({ client, endpoints, fixtures }: Target): Operation => {
  const { machine, resource, scope } = fixtures;
  const headers = { ...form, authorization: `Basic ${btoa(`${machine.id}:${machine.secret}`)}` };
  const body = encode({ grant_type: 'client_credentials', resource, scope });
  return async () => {
    await client.send({ method: 'POST', path: endpoints.token, headers, body }, 200);
  };
};

/**
 * `resource` asks for a JWT access token; without it the access token is opaque. Both return an ID token.
 */
export const refresh =
  (resource: 'resource' | 'opaque') =>
  ({ client, endpoints, fixtures, tokens }: Target): Operation =>
  async (worker) => {
    const own = tokens[worker] as Tokens;
    const body = encode({
      grant_type: 'refresh_token',
      client_id: fixtures.spa.id,
      refresh_token: own.refreshToken,
      ...(resource === 'resource' ? { resource: fixtures.resource } : {}),
    });
    const answer = json(await client.send({ method: 'POST', path: endpoints.token, headers: form, body }, 200));
    if (answer.refresh_token === own.refreshToken) throw new Error('The refresh token was not rotated.');
    own.refreshToken = String(answer.refresh_token);
  };

export const userinfo =
  ({ client, endpoints, tokens }: Target): Operation =>
  async (worker) => {
    await client.send(
      { method: 'GET', path: endpoints.userinfo, headers: bearer((tokens[worker] as Tokens).accessToken) },
      200,
    );
  };

export const usersPage =
  ({ client, managementToken }: Target): Operation =>
  async (_worker, count) => {
    const path = `/api/users?page=${(count % 50) + 1}&page_size=20`;
    await client.send({ method: 'GET', path, headers: bearer(managementToken) }, 200);
  };

export const experienceSignIn =
  (target: Target): Operation =>
  async (_worker, count) => {
    await signInByExperience(target, usernameOf(target, count));
  };

export const pageSignIn =
  (target: Target): Operation =>
  async (_worker, count) => {
    await signInByPages(target, usernameOf(target, count));
  };

const usernameOf = ({ fixtures }: Target, count: number) =>
  fixtures.usernames[count % fixtures.usernames.length] as string;

/** A browser's part: cookies, and redirects within the server. */
function createBrowser({ client, fixtures }: Target) {
  const cookies = new Map<string, string>();
  const send = async (exchange: Exchange, expected: number): Promise<Reply> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...exchange.headers, ...(cookie ? { cookie } : {}) };
    const reply = await client.send({ ...exchange, headers }, expected);
    for (const line of reply.headers['set-cookie'] ?? []) keepCookie(cookies, line);
    return reply;
  };
  return {
    send,
    /** Follows redirects from `location` to the application, and returns the code that came along. */
    async followToCode(location: string): Promise<string> {
      let next = location;
      for (let hops = 0; hops < 5; hops += 1) {
        if (next.startsWith(fixtures.spa.redirectUri)) {
          const code = new URL(next).searchParams.get('code');
          if (!code) throw new Error(`The sign-in ended without a code: ${next}`);
          return code;
        }
        next = locationOf(await send({ method: 'GET', path: pathOf(next) }, 303));
      }
      throw new Error(`The sign-in goes round in circles at ${next}`);
    },
  };
}

function keepCookie(cookies: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';', 1);
  const name = pair.slice(0, pair.indexOf('='));
  const value = pair.slice(name.length + 1);
  if (value === '' || /;\s*max-age=0/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}

interface SignIn {
  browser: ReturnType<typeof createBrowser>;
  verifier: string;
  /** Path of the sign-in page. */
  page: string;
}

/** The result of a sign-in: the code and its verifier (RFC 7636). */
interface Redeemable {
  code: string;
  verifier: string;
}

/** Sends the authorization request. */
export async function beginSignIn(target: Target): Promise<SignIn> {
  const { spa, resource, scope } = target.fixtures;
  const browser = createBrowser(target);
  const verifier = randomBytes(32).toString('base64url');
  const query = encode({
    client_id: spa.id,
    redirect_uri: spa.redirectUri,
    response_type: 'code',
    scope: `${signInScope} ${scope}`,
    resource,
    prompt: 'consent',
    state: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const reply = await browser.send({ method: 'GET', path: `/oidc/auth?${query}` }, 303);
  return { browser, verifier, page: pathOf(locationOf(reply)) };
}

/** A sign-in through a custom user interface, which calls the Experience API. */
interface Experience {
  call: (method: string, path: string, expected: number, body?: object) => Promise<Reply>;
  /** Identifies the user by a verification. */
  identify: (verificationId: unknown) => Promise<void>;
  /** Completes the sign-in. */
  submit: () => Promise<Redeemable>;
}

/** Sends the authorization request and starts the interaction. */
export async function openExperience(target: Target): Promise<Experience> {
  const { spa } = target.fixtures;
  const { browser, verifier } = await beginSignIn(target);
  const call: Experience['call'] = (method, path, expected, body) => {
    const headers = { 'logto-app-id': spa.id, ...(body ? { 'content-type': 'application/json' } : {}) };
    return browser.send(
      { method, path: `/api/experience${path}`, headers, ...(body ? { body: JSON.stringify(body) } : {}) },
      expected,
    );
  };
  await call('PUT', '', 204, { interactionEvent: 'SignIn' });
  return {
    call,
    async identify(verificationId) {
      await call('POST', '/identification', 204, { verificationId });
    },
    async submit() {
      const submitted = await call('POST', '/submit', 200);
      return { code: await browser.followToCode(String(json(submitted).redirectTo)), verifier };
    },
  };
}

/** The same, with the user identified by the password. */
export async function identifyByPassword(target: Target, username: string): Promise<Experience> {
  const experience = await openExperience(target);
  const verified = await experience.call('POST', '/verification/password', 200, {
    identifier: { type: 'username', value: username },
    password: target.fixtures.password,
  });
  await experience.identify(json(verified).verificationId);
  return experience;
}

/** A complete sign-in as a custom user interface does it. Returns the authorization code and its verifier. */
export async function signInByExperience(target: Target, username: string): Promise<Redeemable> {
  return (await identifyByPassword(target, username)).submit();
}

/** A complete sign-in as a browser does it without any script. */
export async function signInByPages(target: Target, username: string): Promise<Redeemable> {
  const { browser, verifier, page } = await beginSignIn(target);
  const html = (
    await browser.send({ method: 'GET', path: page, headers: { accept: 'text/html' } }, 200)
  ).body.toString();
  const { action, fields } = readForm(html, 'password');
  const body = encode({ ...fields, username, password: target.fixtures.password });
  const headers = { ...form, origin: target.client.origin };
  const reply = await browser.send({ method: 'POST', path: pathOf(action || page), headers, body }, 303);
  return { code: await browser.followToCode(locationOf(reply)), verifier };
}

/** Address and hidden fields of the form that has an input of the type `inputType`. */
function readForm(html: string, inputType: string): { action: string; fields: Record<string, string> } {
  const forms = html.match(/<form[\s\S]*?<\/form>/g) ?? [];
  const found = forms.find((text) => text.includes(`type="${inputType}"`));
  if (!found) throw new Error(`The page has no form with an input of the type ${inputType}.`);
  const hidden = (found.match(/<input[^>]*type="hidden"[^>]*>/g) ?? []).map((tag) => [
    attribute(tag, 'name'),
    attribute(tag, 'value'),
  ]);
  return { action: attribute(found, 'action'), fields: Object.fromEntries(hidden) };
}

const attribute = (tag: string, name: string) =>
  (new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '').replaceAll('&amp;', '&');

/**
 * Signs a person in and redeems the code. The access token is opaque; the refresh token is good for the resource too.
 */
export async function obtainTokens(target: Target, username: string): Promise<Tokens> {
  const { client, endpoints, fixtures } = target;
  const { code, verifier } = await signInByPages(target, username);
  const redemption = {
    grant_type: 'authorization_code',
    client_id: fixtures.spa.id,
    redirect_uri: fixtures.spa.redirectUri,
    code,
    code_verifier: verifier,
  };
  const first = json(
    await client.send({ method: 'POST', path: endpoints.token, headers: form, body: encode(redemption) }, 200),
  );
  // Like a client that was asked for a token without a resource: that is the one userinfo takes.
  const renewal = {
    grant_type: 'refresh_token',
    client_id: fixtures.spa.id,
    refresh_token: String(first.refresh_token),
  };
  const second = json(
    await client.send({ method: 'POST', path: endpoints.token, headers: form, body: encode(renewal) }, 200),
  );
  return { refreshToken: String(second.refresh_token), accessToken: String(second.access_token) };
}

/** A token for the Management API, by client credentials. */
export async function obtainManagementToken(
  client: Pick<Client, 'send'>,
  manager: { id: string; secret: string },
  resource: string,
): Promise<string> {
  const headers = { ...form, authorization: `Basic ${btoa(`${manager.id}:${manager.secret}`)}` };
  const body = encode({ grant_type: 'client_credentials', resource, scope: 'all' });
  return String(json(await client.send({ method: 'POST', path: '/oidc/token', headers, body }, 200)).access_token);
}

export const json = (reply: Reply) => JSON.parse(reply.body.toString()) as Record<string, unknown>;

function locationOf({ headers }: Reply): string {
  if (!headers.location) throw new Error('A redirect came without a location.');
  return headers.location;
}

/** Path and query of an address that may be absolute or relative to the origin. */
function pathOf(address: string): string {
  const { pathname, search } = new URL(address, 'http://127.0.0.1');
  return pathname + search;
}
