import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** A person of a company, with the claims that its provider tells. */
type Person = { sub: string } & Record<string, unknown>;

/** The identity provider of a company on loopback: npm `oidc-provider`, a certified server that is not ours. */
export interface Company {
  issuer: string;
  /** The configuration of an enterprise connector for it. */
  config: { issuer: string; clientId: string; clientSecret: string };
  /** By subject; a test may change them. */
  people: Map<string, Person>;
  /** The query of the authorization requests, the newest last. */
  asked: URLSearchParams[];
  /** How many times a path was requested. */
  requests: Map<string, number>;
  /** Answers everything with this status until it is undefined again; `hang` never answers. */
  outage: number | 'garbage' | 'hang' | undefined;
  /**
   * Plays the browser and the person at the provider: follows the address of the connector and signs in.
   * @returns the address that the provider sends the browser back to
   */
  signIn: (address: string, subject: string) => Promise<URL>;
  /** Replaces the key that signs ID tokens by a new one with another `kid`. */
  rotateKeys: () => void;
  /** Publishes another key alone, while ID tokens are signed with the former one, as by someone who has stolen it. */
  disownKeys: () => void;
  /** From now on, the provider tells this address who signed out there (OpenID Connect Back-Channel Logout 1.0). */
  tellLogoutsTo: (uri: string) => void;
  /** Where a user signs out of the provider itself. */
  signOutUrl: string;
  /** A token signed with the provider's current key. */
  sign: (claims: Record<string, unknown>, header?: Record<string, unknown>) => string;
  close: () => Promise<void>;
}

/** @param options `email`: whether the address is in the ID token or at the userinfo endpoint alone */
export async function startCompany({
  name = 'acme',
  email = 'claims' as 'claims' | 'userinfo',
} = {}): Promise<Company> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const people = new Map<string, Person>();
  const clientId = `client-of-${name}`;
  const clientSecret = `secret of ${name} that is long enough`;
  let kid = 1;
  let logoutUri = 'http://localhost/unused';
  let privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  /** What is published in place of the provider's own keys. */
  let publishedKeys: object | undefined;
  const build = () =>
    new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          token_endpoint_auth_method: 'client_secret_post',
          redirect_uris: ['http://localhost/replaced-by-the-rule-below'],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          backchannel_logout_uri: logoutUri,
          backchannel_logout_session_required: true,
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', kid: `k${kid}` }] },
      cookies: { keys: ['a key of the company'], names: { session: 'co_s', interaction: 'co_i', resume: 'co_r' } },
      scopes: ['openid', 'offline_access', 'profile', 'email'],
      claims: { openid: ['sub', 'sid'], profile: ['name', 'picture', 'groups'], email: ['email', 'email_verified'] },
      conformIdTokenClaims: email === 'userinfo',
      findAccount: (_context: unknown, id: string) => {
        const person = people.get(id);
        return person && { accountId: id, claims: async () => person };
      },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
      extraClientMetadata: {},
      // Its own one refuses addresses of this machine, where the server that it tells about logouts is.
      fetch: (url: URL, { dispatcher: _, ...options }: RequestInit & { dispatcher?: unknown }) => fetch(url, options),
      loadExistingGrant: async (context: GrantContext) => {
        const { provider, client, session } = context.oidc;
        const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
        grant.addOIDCScope('openid offline_access profile email');
        await grant.save();
        return grant;
      },
      ttl: { AccessToken: 60, IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
    });
  interface GrantContext {
    oidc: { provider: Provider; client: { clientId: string }; session: { accountId: string } };
  }
  /** Connectors get their ids when they are made: any callback of this machine is registered. */
  const openRedirects = (provider: Provider) => {
    const prototype = (provider as unknown as { Client: { prototype: Record<string, unknown> } }).Client.prototype;
    prototype.redirectUriAllowed = (uri: string) => /^http:\/\/localhost:\d+\/.*callback\/\w+$/.test(uri);
    return provider;
  };
  let provider = openRedirects(build());
  let serve = provider.callback();
  const rebuild = () => {
    provider = openRedirects(build());
    serve = provider.callback();
  };

  const page = (uid: string, hint: string) => `<!doctype html><html lang="en"><title>Sign in at ${name}</title>
    <main><h1>${name}</h1><form action="/interaction/${uid}/login">
    <label>Account <input name="as" value="${hint.replaceAll('"', '&quot;')}"></label><button>Continue</button></form></main>`;
  const finish = async (request: IncomingMessage, response: ServerResponse, subject: string) => {
    const result = { login: { accountId: subject }, consent: {} };
    const redirectTo = await provider.interactionResult(request, response, result);
    response.writeHead(303, { location: redirectTo }).end();
  };
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    company.requests.set(url.pathname, (company.requests.get(url.pathname) ?? 0) + 1);
    if (company.outage === 'hang') return undefined;
    if (company.outage === 'garbage') return response.writeHead(200).end('<html>not what was asked for');
    if (company.outage !== undefined) return response.writeHead(company.outage).end('{}');
    if (url.pathname === '/jwks' && publishedKeys)
      return response.writeHead(200, { 'content-type': 'application/jwk-set+json' }).end(JSON.stringify(publishedKeys));
    if (url.pathname === '/auth') company.asked.push(url.searchParams);
    const [, uid = '', login] = /^\/interaction\/([\w-]+)(\/login)?$/.exec(url.pathname) ?? [];
    if (login === undefined && uid !== '') {
      const hint = company.asked.at(-1)?.get('login_hint') ?? '';
      return response.writeHead(200, { 'content-type': 'text/html' }).end(page(uid, hint));
    }
    if (login === undefined) return serve(request, response);
    const as = url.searchParams.get('as') ?? '';
    const subject = [...people.values()].find(({ sub, email: mail }) => sub === as || mail === as)?.sub ?? '';
    return finish(request, response, subject).catch((error: Error) => response.writeHead(400).end(error.message));
  });

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const company: Company = {
    issuer,
    config: { issuer, clientId, clientSecret },
    people,
    asked: [],
    requests: new Map(),
    outage: undefined,
    async signIn(address, subject) {
      const cookies = new Map<string, string>();
      let next = new URL(address);
      for (let hops = 0; hops < 8; hops += 1) {
        if (next.origin !== issuer) return next;
        const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
        const answer = await fetch(next, { redirect: 'manual', headers: { cookie } });
        for (const line of answer.headers.getSetCookie()) {
          const [pair = ''] = line.split(';');
          cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
        }
        const location = answer.headers.get('location');
        if (location !== null) next = new URL(location, next);
        else if (next.pathname.startsWith('/interaction/'))
          next = new URL(`${next.pathname}/login?as=${subject}`, next);
        else throw new Error(`The provider answered ${answer.status}: ${await answer.text()}`);
      }
      throw new Error('The provider redirects without end');
    },
    rotateKeys() {
      kid += 1;
      privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      publishedKeys = undefined;
      rebuild();
    },
    tellLogoutsTo(uri) {
      logoutUri = uri;
      rebuild();
    },
    signOutUrl: `${issuer}/session/end`,
    disownKeys() {
      const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      publishedKeys = {
        keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: `k${kid + 1}` }],
      };
    },
    sign(claims, header = {}) {
      const { alg = 'RS256' } = header as { alg?: string };
      const input = `${encode({ alg, kid: `k${kid}`, ...header })}.${encode(claims)}`;
      return `${input}.${sign(alg === 'RS512' ? 'RSA-SHA512' : 'RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return company;
}
