import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { managementScopes } from '@aldaba/contract';
import { createAgent } from '../support/agent.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { type OldApp, readRelease, restoreRelease } from './release.ts';

// The rows were written by a server of the last release before migration 0027, which a browser and two applications had
// used.
describe('Data of a release before migration 0027', () => {
  const old = readRelease('schema-0026.json');
  let server: TestServer;

  before(async () => {
    server = await startServer({
      world: { secret: old.secret },
      prepare: (databaseUrl) => restoreRelease(databaseUrl, old),
    });
  });
  after(() => server?.close());

  const token = async ({ id, secret }: { id: string; secret: string }, body: Record<string, string>) => {
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${id}:${secret}`)}` },
      body: new URLSearchParams(body),
    });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    return JSON.parse(text) as Record<string, string>;
  };
  const refresh = (app: OldApp, resource?: string) =>
    token(app, {
      grant_type: 'refresh_token',
      refresh_token: app.refreshToken,
      ...(resource === undefined ? {} : { resource }),
    });
  /** The header or the claims of a JWT. */
  const part = (jwt: string | undefined, index: 0 | 1) =>
    JSON.parse(Buffer.from(jwt?.split('.')[index] ?? '', 'base64url').toString());
  const authorize = (app: OldApp, prompt: string) => {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: app.id,
      redirect_uri: app.redirectUri,
      response_type: 'code',
      scope: 'openid profile email',
      prompt,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    return { verifier, url: `${server.url}/oidc/auth?${query}` };
  };
  const redeem = (app: OldApp, location: string, verifier: string) => {
    const code = new URL(location).searchParams.get('code');
    assert.ok(code, location);
    return token(app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: app.redirectUri,
      code_verifier: verifier,
    });
  };
  const management = async <Body>(path: string): Promise<Body> => {
    const { access_token } = await token(old.apps.machine, {
      grant_type: 'client_credentials',
      resource: 'https://default.logto.app/api',
      scope: 'all',
    });
    const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${access_token}` } });
    assert.equal(answer.status, 200);
    return (await answer.json()) as Body;
  };

  it('publishes the old key together with an RSA key', async () => {
    const { keys } = (await (await fetch(`${server.url}/oidc/jwks`)).json()) as {
      keys: { kid: string; alg: string }[];
    };
    assert.ok(keys.some(({ kid, alg }) => kid === old.keyId && alg === 'ES256'));
    assert.ok(keys.some(({ alg }) => alg === 'RS256'));
  });

  for (const kind of ['own', 'thirdParty'] as const) {
    it(`accepts an application’s refresh token and keeps the algorithm and format of its ID tokens: ${kind}`, async () => {
      const app = old.apps[kind];
      const refreshed = await refresh(app);
      assert.deepEqual(part(refreshed.id_token, 0), { alg: 'ES256', kid: old.keyId });
      const claims = part(refreshed.id_token, 1);
      assert.equal(claims.sub, old.user.id);
      assert.equal(claims.picture, null);
      assert.ok(claims.updated_at > 1e12, 'the time is not in milliseconds');
      assert.equal((await refresh(app, old.resource)).scope, 'read');
    });
  }

  it('accepts an access token that has not expired', async () => {
    const headers = { authorization: `Bearer ${old.apps.own.accessToken}` };
    const answer = await fetch(`${server.url}/oidc/me`, { headers });
    assert.equal(answer.status, 200);
    assert.equal(((await answer.json()) as { sub: string }).sub, old.user.id);
  });

  for (const kind of ['own', 'thirdParty'] as const) {
    it(`keeps a browser signed in and its user’s consent: ${kind}`, async () => {
      const app = old.apps[kind];
      const { url, verifier } = authorize(app, 'none');
      const answer = await fetch(url, { headers: { cookie: old.cookie }, redirect: 'manual' });
      const tokens = await redeem(app, answer.headers.get('location') ?? '', verifier);
      assert.equal(part(tokens.id_token, 1).sub, old.user.id);
    });
  }

  it('signs a user in with the old password', async () => {
    const agent = createAgent();
    const app = old.apps.own;
    const { url, verifier } = authorize(app, 'login');
    await agent.fetch(url);
    const call = async (method: string, path: string, body?: unknown) => {
      const answer = await agent.json(method, `${server.url}/api/experience${path}`, body);
      assert.ok(answer.ok, `${path} answered ${answer.status}`);
      return answer;
    };
    await call('PUT', '', { interactionEvent: 'SignIn' });
    const { username, password } = old.user;
    const proof = await call('POST', '/verification/password', {
      identifier: { type: 'username', value: username },
      password,
    });
    await call('POST', '/identification', await proof.json());
    let { redirectTo: location } = (await (await call('POST', '/submit')).json()) as { redirectTo: string };
    while (!location.startsWith(app.redirectUri)) {
      const answer = await agent.fetch(location);
      location = new URL(answer.headers.get('location') ?? assert.fail('the sign-in led nowhere'), location).href;
    }
    const tokens = await redeem(app, location, verifier);
    assert.equal(part(tokens.id_token, 1).sub, old.user.id);
  });

  it('adds the permissions of the Management API besides all', async () => {
    const scopes = await management<{ name: string; description: string }[]>('/api/resources/management-api/scopes');
    const found = scopes.map(({ name, description }) => ({ name, description }));
    assert.deepEqual(found.slice(1), managementScopes);
    assert.equal(found[0]?.name, 'all');
  });

  it('lowercases the domain of email addresses and keeps the light scheme', async () => {
    const user = await management<{ primaryEmail: string }>(`/api/users/${old.user.id}`);
    assert.equal(user.primaryEmail, 'Ada@example.com');
    const { color } = await management<{ color: { isDarkModeEnabled: boolean } }>('/api/sign-in-exp');
    assert.equal(color.isDarkModeEnabled, false);
  });
});
