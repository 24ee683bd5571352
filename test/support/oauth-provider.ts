import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * An OAuth 2.0 provider on loopback. Its refresh tokens are used once (RFC 9700 section 4.14): a second use is refused
 * and revokes the tokens of the sign-in.
 */
export interface OAuthProvider {
  /** The configuration of the connector `oauth2` for this provider. */
  config: Record<string, string>;
  /** What the browser brings back when a user has agreed. */
  agree: (userId: string) => { code: string };
  /** How the token endpoint answers refreshes: as above, with `invalid_grant`, HTTP 500, or by a closed connection. */
  refreshes: 'work' | 'refused' | 'fail' | 'break';
  /** Whether refreshes give another refresh token; access tokens alone otherwise. */
  rotates: boolean;
  /** Whether sign-ins give a refresh token. */
  offline: boolean;
  /** Refreshes that were asked for. */
  asked: number;
  /** Every token and code that was issued. */
  issued: string[];
  /** Leaves refreshes unanswered until the returned function is called. */
  hold: () => () => void;
  /** Whether an access token works. */
  accepts: (accessToken: string) => boolean;
  close: () => Promise<void>;
}

/** Seconds. */
export const accessTokenLife = 90;

interface Grant {
  userId: string;
  refreshToken?: string | undefined;
  accessToken?: string | undefined;
}

export async function startOAuthProvider(): Promise<OAuthProvider> {
  const codes = new Map<string, Grant>();
  const used = new Map<string, Grant>();
  const grants = new Set<Grant>();
  let held = Promise.resolve();

  const make = (kind: string): string => {
    const value = `${kind}-${randomBytes(24).toString('base64url')}`;
    provider.issued.push(value);
    return value;
  };
  const grantTokens = (grant: Grant, withRefreshToken: boolean) => {
    grant.accessToken = make('provider-access');
    if (withRefreshToken) grant.refreshToken = make('provider-refresh');
    return {
      access_token: grant.accessToken,
      token_type: 'Bearer',
      expires_in: accessTokenLife,
      scope: 'calendar.read',
      ...(withRefreshToken ? { refresh_token: grant.refreshToken } : {}),
    };
  };
  const refused = { status: 400, body: { error: 'invalid_grant' } };
  const redeem = (code: string) => {
    const grant = codes.get(code);
    codes.delete(code);
    if (!grant) return refused;
    grants.add(grant);
    return { status: 200, body: grantTokens(grant, provider.offline) };
  };
  const refresh = async (refreshToken: string) => {
    provider.asked += 1;
    await held;
    if (provider.refreshes === 'refused') return refused;
    if (provider.refreshes === 'fail') return { status: 500, body: { error: 'server_error' } };
    const reused = used.get(refreshToken);
    if (reused) grants.delete(reused);
    const grant = [...grants].find((each) => each.refreshToken === refreshToken);
    if (!grant) return refused;
    if (provider.rotates) used.set(refreshToken, grant);
    return { status: 200, body: grantTokens(grant, provider.rotates) };
  };

  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/token') {
      const form = new URLSearchParams(text);
      const isRefresh = form.get('grant_type') === 'refresh_token';
      if (isRefresh && provider.refreshes === 'break') return request.socket.destroy();
      const { status, body } = isRefresh
        ? await refresh(form.get('refresh_token') ?? '')
        : redeem(form.get('code') ?? '');
      return answer(status, body);
    }
    const token = request.headers.authorization?.replace('Bearer ', '');
    const grant = [...grants].find(({ accessToken }) => accessToken === token);
    return grant ? answer(200, { id: grant.userId, name: `Name of ${grant.userId}` }) : answer(401, {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OAuthProvider = {
    config: {
      clientId: 'the-client',
      clientSecret: 'a client secret of the tests',
      authorizationEndpoint: `${url}/authorize`,
      tokenEndpoint: `${url}/token`,
      userInfoEndpoint: `${url}/me`,
    },
    agree(userId) {
      const code = make('provider-code');
      codes.set(code, { userId });
      return { code };
    },
    refreshes: 'work',
    rotates: true,
    offline: true,
    asked: 0,
    issued: [],
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    accepts: (accessToken) => [...grants].some((grant) => grant.accessToken === accessToken),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return provider;
}
