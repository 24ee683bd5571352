import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider as Oracle } from 'oidc-provider';

/**
 * npm `oidc-provider` with the same endpoints, clients and rules, in memory, as the reference: it is a certified
 * server.
 */
export interface RunningOracle {
  url: string;
  close: () => Promise<void>;
}

export interface OracleClient {
  id: string;
  secret?: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  grants: string[];
}

/** @param indicator the one resource it knows, with the scope `read` */
export async function startOracle(clients: OracleClient[], userId: string, indicator: string): Promise<RunningOracle> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  const oracle = new Oracle(`${url}/oidc`, configuration(clients, userId, indicator));
  const serve = oracle.callback();
  server.on('request', (request, response) => {
    if (request.url !== '/test/sign-in') return serve(request, response);
    const result = { login: { accountId: String(request.headers['x-test-user']) }, consent: {} };
    oracle.interactionResult(request, response, result).then(
      (redirectTo) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ redirectTo })),
      (error: Error) => response.writeHead(400).end(error.message),
    );
  });
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const configuration = (clients: OracleClient[], userId: string, indicator: string): object => ({
  clients: clients.map((client) => ({
    client_id: client.id,
    ...(client.secret ? { client_secret: client.secret } : {}),
    token_endpoint_auth_method: client.secret ? 'client_secret_post' : 'none',
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    grant_types: client.grants,
    response_types: client.grants.includes('authorization_code') ? ['code'] : [],
    id_token_signed_response_alg: 'ES256',
  })),
  jwks: {
    keys: [
      {
        ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
        use: 'sig',
        alg: 'ES256',
      },
    ],
  },
  cookies: { keys: ['a key of the oracle'] },
  scopes: ['openid', 'offline_access', 'profile', 'email'],
  claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
  findAccount: (_context: unknown, id: string) =>
    id === userId ? { accountId: id, claims: async () => ({ sub: id, name: 'Ada' }) } : undefined,
  interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/sign-in?${uid}` },
  pkce: {
    required: (_context: unknown, client: { tokenEndpointAuthMethod: string }) =>
      client.tokenEndpointAuthMethod === 'none',
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => false,
      getResourceServerInfo: (_context: unknown, requested: string) => resourceOf(requested, indicator),
    },
  },
  routes: {
    authorization: '/oidc/auth',
    token: '/oidc/token',
    userinfo: '/oidc/me',
    jwks: '/oidc/jwks',
    introspection: '/oidc/token/introspection',
    revocation: '/oidc/token/revocation',
    end_session: '/oidc/session/end',
  },
  // The operator's own applications need no consent.
  loadExistingGrant: async (context: OracleContext) => {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope('openid offline_access profile email');
    grant.addResourceScope(indicator, 'read');
    await grant.save();
    return grant;
  },
  rotateRefreshToken: true,
});

interface OracleContext {
  oidc: { provider: Oracle; client: { clientId: string }; session: { accountId: string } };
}

async function resourceOf(requested: string, indicator: string): Promise<object> {
  if (requested === indicator) return { scope: 'read', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
  const { errors } = (await import('oidc-provider')) as unknown as { errors: { InvalidTarget: new () => Error } };
  throw new errors.InvalidTarget();
}
