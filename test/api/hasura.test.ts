import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage, type Reply, requestToken } from '../support/management.ts';
import { goodPassword } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const resource = 'https://api.example.com/graphql';
const redirectUri = 'https://app.example.com/callback';

// security: own-tokens
describe('The authentication webhook of Hasura', () => {
  let server: TestServer;
  let api: Manager;
  let userId: string;
  let clientId: string;
  /** An access token for the resource, and the opaque one, of a user who is a clerk. */
  let tokens: Record<'jwt' | 'opaque' | 'id', string>;
  const clock = movableClock();

  before(async () => {
    server = await startServer({ world: { clock } });
    api = await manage(server);
    await api.post('/api/resources', { name: 'GraphQL', indicator: resource });
    userId = (await api.post('/api/users', { username: 'ana', password: goodPassword })).body.id;
    const role = (await api.post('/api/roles', { name: 'clerk', description: 'Handles orders' })).body;
    await api.post('/api/roles', { name: 'manager', description: 'Manages clerks' });
    await api.post(`/api/users/${userId}/roles`, { roleIds: [role.id] });
    const oidcClientMetadata = { redirectUris: [redirectUri], postLogoutRedirectUris: [] };
    clientId = (await api.post('/api/applications', { name: 'App', type: 'SPA', oidcClientMetadata })).body.id;
    tokens = await signIn();
  });
  after(() => server?.close());

  const signIn = async () => {
    const agent = createAgent();
    const request = authorization({ endpoint: server.url, clientId, redirectUri, extra: { resource } });
    await agent.fetch(request.url);
    const call = async (method: string, path: string, body?: unknown) =>
      (await agent.json(method, `${server.url}/api/experience${path}`, body)).json().catch(() => ({}));
    await call('PUT', '', { interactionEvent: 'SignIn' });
    const identifier = { type: 'username', value: 'ana' };
    await call(
      'POST',
      '/identification',
      await call('POST', '/verification/password', { identifier, password: goodPassword }),
    );
    let url: string = (await call('POST', '/submit')).redirectTo;
    while (!url.startsWith(redirectUri)) url = (await agent.fetch(url)).headers.get('location') ?? assert.fail(url);
    const redeem = async (fields: Record<string, string>) => {
      const body = new URLSearchParams({ client_id: clientId, ...fields });
      return (await fetch(`${server.url}/oidc/token`, { method: 'POST', body })).json();
    };
    const first = await redeem({
      grant_type: 'authorization_code',
      code: new URL(url).searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: request.verifier,
    });
    const fresh = await redeem({ grant_type: 'refresh_token', refresh_token: first.refresh_token, resource });
    return { jwt: fresh.access_token, opaque: first.access_token, id: first.id_token };
  };

  /** What Hasura asks, with the headers of its caller. */
  const ask = async (query: Record<string, string>, headers: Record<string, string>): Promise<Reply> => {
    const answer = await fetch(`${server.url}/api/authn/hasura?${new URLSearchParams(query)}`, { headers });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  };
  const asClerk = (token: string) => ({ authorization: `Bearer ${token}`, 'expected-role': 'clerk' });

  it('returns the user and the role that the user has and asked for', async () => {
    const { status, body } = await ask({ resource }, asClerk(tokens.jwt));
    assert.equal(status, 200);
    assert.deepEqual(body, { 'X-Hasura-User-Id': userId, 'X-Hasura-Role': 'clerk' });
  });

  const strangers: [string, () => Promise<Record<string, string>> | Record<string, string>, string][] = [
    ['no token', () => ({ 'expected-role': 'clerk' }), 'auth.authorization_header_missing'],
    ['another scheme', () => ({ authorization: 'Basic YTpi' }), 'auth.authorization_token_type_not_supported'],
    [
      'a role that the user does not have',
      () => ({ ...asClerk(tokens.jwt), 'expected-role': 'manager' }),
      'auth.expected_role_not_found',
    ],
    ['no expected role', () => ({ authorization: `Bearer ${tokens.jwt}` }), 'auth.expected_role_not_found'],
    ['an ID token', () => asClerk(tokens.id), 'auth.unauthorized'],
    ['an opaque token', () => asClerk(tokens.opaque), 'auth.unauthorized'],
    ['a changed token', () => asClerk(`${tokens.jwt.slice(0, -6)}AAAAAA`), 'auth.unauthorized'],
    ['a token for the Management API', () => asClerk(api.token), 'auth.unauthorized'],
    [
      'a token of another tenant',
      async () => {
        const tenant = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
        return asClerk((await manage(server, tenant)).token);
      },
      'auth.unauthorized',
    ],
    [
      'a token of a machine',
      async () => {
        const machine = (await api.post('/api/applications', { name: 'M', type: 'MachineToMachine' })).body;
        return asClerk((await requestToken(server.url, machine, resource, '')).body.access_token);
      },
      'auth.unauthorized',
    ],
  ];
  for (const [what, headers, code] of strangers)
    it(`returns 401 for ${what}, or the role for callers without authorization if the query names one`, async () => {
      const given = await headers();
      assertRefused(await ask({ resource }, given), 401, code);
      const { status, body } = await ask({ resource, unauthorizedRole: 'anonymous' }, given);
      assert.equal(status, 200);
      assert.deepEqual(body, { 'X-Hasura-Role': 'anonymous' });
    });

  it('accepts only tokens for the resource of the query, and requires the resource', async () => {
    assertRefused(await ask({ resource: 'https://other.example.com' }, asClerk(tokens.jwt)), 401, 'auth.unauthorized');
    assertRefused(await ask({ unauthorizedRole: 'anonymous' }, asClerk(tokens.jwt)), 400, 'guard.invalid_input');
  });

  it('stops at once for a user who is suspended or lost the role, and for an expired token', async () => {
    await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: true });
    assertRefused(await ask({ resource }, asClerk(tokens.jwt)), 401, 'auth.unauthorized');
    await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: false });
    assert.equal((await ask({ resource }, asClerk(tokens.jwt))).status, 200);
    const [role] = (await api.get(`/api/users/${userId}/roles`)).body;
    await api.delete(`/api/users/${userId}/roles/${role.id}`);
    assertRefused(await ask({ resource }, asClerk(tokens.jwt)), 401, 'auth.expected_role_not_found');
    await api.post(`/api/users/${userId}/roles`, { roleIds: [role.id] });
    clock.ahead += 2 * 3_600_000;
    assertRefused(await ask({ resource }, asClerk(tokens.jwt)), 401, 'auth.unauthorized');
  });
});
