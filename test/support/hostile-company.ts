import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider that answers in whatever way a test wants: signs its tokens itself and checks nothing. */
export interface HostileCompany {
  issuer: string;
  config: { issuer: string; clientId: string; clientSecret: string };
  /** Members of the discovery document that differ. */
  discovery: Record<string, unknown>;
  /** Makes the ID token of the next sign-in from the claims that it should have. */
  idToken: (claims: Claims, by: Signers) => string | undefined;
  /** Userinfo of the next sign-in. */
  userinfo: Record<string, unknown>;
  /** Where the provider sends the browser back to, with a code for the request at `address`. */
  agree: (address: string, more?: Record<string, string>) => string;
  /** A logout token as it should be, with these claims. */
  logoutToken: (claims: Claims) => string;
  /** How many times a path was requested. */
  requests: Map<string, number>;
  close: () => Promise<void>;
}

export type Claims = Record<string, unknown>;

export interface Signers {
  /** With the key that the provider publishes. */
  own: (claims: Claims) => string;
  /** With another key under the same name. */
  foreign: (claims: Claims) => string;
  /** With the client's secret. */
  secret: (claims: Claims) => string;
  /** With the key that the provider publishes, by an algorithm that the connection does not allow. */
  otherwise: (claims: Claims) => string;
  /** Not at all. */
  none: (claims: Claims) => string;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startHostileCompany(): Promise<HostileCompany> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { issuer, clientId: 'the-client', clientSecret: 'a secret of the client that is long enough' };
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [own, foreign] = [pair(), pair()];
  const by = (bits: 256 | 512, key: KeyObject) => (claims: Claims) => {
    const input = `${encode({ alg: `RS${bits}`, kid: 'k1' })}.${encode(claims)}`;
    return `${input}.${sign(`RSA-SHA${bits}`, Buffer.from(input), key).toString('base64url')}`;
  };
  const signers: Signers = {
    own: by(256, own.privateKey),
    foreign: by(256, foreign.privateKey),
    otherwise: by(512, own.privateKey),
    secret: (claims) => {
      const input = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(claims)}`;
      return `${input}.${createHmac('sha256', config.clientSecret).update(input).digest('base64url')}`;
    },
    none: (claims) => `${encode({ alg: 'none' })}.${encode(claims)}.`,
  };
  /** The nonce of the request of a code. */
  const nonces = new Map<string, string>();
  const answers: Record<string, (body: URLSearchParams) => object | undefined> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/me`,
      jwks_uri: `${issuer}/jwks`,
      ...company.discovery,
    }),
    '/jwks': () => ({
      keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig' }],
    }),
    '/token': (body) => {
      const iat = Math.floor(Date.now() / 1000);
      const nonce = nonces.get(body.get('code') ?? '');
      const claims = { iss: issuer, aud: config.clientId, sub: 'ada', iat, exp: iat + 300, nonce };
      const token = company.idToken(claims, signers);
      const tokens = { access_token: 'the-access-token', token_type: 'Bearer', expires_in: 60 };
      return token === undefined ? tokens : { ...tokens, id_token: token };
    },
    '/me': () => company.userinfo,
  };
  server.on('request', async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer);
    company.requests.set(pathname, (company.requests.get(pathname) ?? 0) + 1);
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = answers[pathname]?.(new URLSearchParams(body));
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
  });
  let count = 0;
  const company: HostileCompany = {
    issuer,
    config,
    discovery: {},
    idToken: (claims, by) => by.own(claims),
    userinfo: {},
    requests: new Map(),
    logoutToken: (claims) => {
      const iat = Math.floor(Date.now() / 1000);
      const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
      return signers.own({ iss: issuer, aud: config.clientId, iat, exp: iat + 60, jti: `${iat}`, events, ...claims });
    },
    agree(address, more = {}) {
      const asked = new URL(address).searchParams;
      count += 1;
      const code = `code-${count}`;
      nonces.set(code, asked.get('nonce') ?? '');
      const query = new URLSearchParams({ code, state: asked.get('state') ?? '', ...more });
      const { pathname } = new URL(asked.get('redirect_uri') ?? '');
      return `${pathname.replace('/callback/', '/callback/social/')}?${query}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return company;
}
