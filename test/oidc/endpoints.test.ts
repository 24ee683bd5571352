import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hashToken } from '../../server/src/kernel/crypto.ts';
import { opaqueToken, standardId } from '../../server/src/kernel/ids.ts';
import { insertAccessToken } from '../../server/src/oidc/store/access-tokens.ts';
import { createAgent } from '../support/agent.ts';
import { createParty, type Extra, encode, failureOf, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Protocol endpoints besides authorization and token', () => {
  let provider: Provider;
  let web: Party;
  let spa: Party;
  let machine: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider();
    const register = async (draft: Parameters<Provider['addClient']>[0]) => {
      const { id, secret } = await provider.addClient({
        oidcClientMetadata: { redirectUris: draft.type === 'MachineToMachine' ? [] : [redirectUri] },
        ...draft,
      });
      return createParty(provider, { id, redirectUri, ...(secret ? { secret } : {}) });
    };
    web = await register({ type: 'Traditional' });
    spa = await register({
      type: 'SPA',
      customClientMetadata: { corsAllowedOrigins: ['https://partner.example.com'] },
    });
    machine = await register({ type: 'MachineToMachine' });
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());

  const jwt = async (scope = 'all') => {
    await provider.tenant.db.transaction((tx) => provider.applications.update(tx, machine.id, { isAdmin: true }));
    const body = encode({ resource: provider.tenant.managementIndicator, scope });
    const response = await machine.token({ grant_type: 'client_credentials', ...Object.fromEntries(body) });
    assert.equal(response.status, 200);
    return ((await response.json()) as { access_token: string }).access_token;
  };
  const json = async (response: Response) => (await response.json()) as Record<string, unknown>;
  const userinfoStatus = async (token: string) =>
    (await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${token}` } })).status;

  describe('Introspection', () => {
    const introspect = (party: Party, token: string, extra: Extra = {}) =>
      party.post('/oidc/token/introspection', { token, ...extra });

    it('describes an active access token and refresh token', async () => {
      const tokens = await web.tokens(userId);
      const access = await json(await introspect(web, tokens.access_token));
      assert.deepEqual(
        [access.active, access.sub, access.client_id, access.scope, access.token_type, access.iss],
        [true, userId, web.id, 'openid profile offline_access', 'Bearer', `${provider.url}/oidc`],
      );
      assert.equal(Number(access.exp) - Number(access.iat), 3600);
      assert.equal((await json(await introspect(web, tokens.refresh_token ?? ''))).active, true);
    });

    it('returns only inactive for unknown tokens, expired tokens and tokens of another public client', async () => {
      const tokens = await web.tokens(userId);
      for (const [party, token] of [
        [web, 'nothing'],
        [spa, tokens.access_token],
      ] as const) {
        assert.deepEqual(await json(await introspect(party, token)), { active: false });
      }
      provider.clock.advance(3601_000);
      assert.deepEqual(await json(await introspect(web, tokens.access_token)), { active: false });
    });

    // security: third-parties
    it('describes only its own tokens to a third party, and all tokens to first-party applications', async () => {
      const { id, secret = '' } = await provider.addClient({
        type: 'Traditional',
        isThirdParty: true,
        oidcClientMetadata: { redirectUris: [redirectUri] },
      });
      const foreign = createParty(provider, { id, redirectUri, secret });
      const own = await web.tokens(userId);
      for (const token of [own.access_token, own.refresh_token ?? ''])
        assert.deepEqual(await json(await introspect(foreign, token)), { active: false });
      // Its own, without the consent page in between.
      const { id: grantId, token } = { id: standardId(), token: opaqueToken() };
      const { db } = provider.tenant;
      const expiresAt = new Date(provider.clock.now() + 60_000);
      await db.raw(
        `insert into grants (tenant_id, id, user_id, application_id, scope, expires_at) values ($1, $2, $3, $4, 'openid', $5)`,
        [db.tenantId, grantId, userId, id, expiresAt],
      );
      await insertAccessToken(
        db,
        { tokenHash: hashToken(token), userId, clientId: id, scope: 'openid', sessionUid: null, expiresAt },
        new Date(provider.clock.now()),
        { kind: 'grant', id: grantId },
      );
      assert.equal((await json(await introspect(foreign, token))).client_id, id);
      assert.equal((await json(await introspect(web, token))).client_id, id);
    });

    it('rejects introspection without authentication, without a token, and for JWTs', async () => {
      assert.equal((await introspect(web, 'x', { client_secret: 'wrong' })).status, 401);
      assert.equal((await failureOf(await web.post('/oidc/token/introspection', {}))).error, 'invalid_request');
      const { status, error } = await failureOf(await introspect(web, await jwt()));
      assert.deepEqual([status, error], [400, 'unsupported_token_type']);
    });
  });

  describe('Revocation', () => {
    const revoke = (party: Party, token: string) => party.post('/oidc/token/revocation', { token });

    it('revokes the whole grant for either token with an empty body, and needs only the ID of a public client', async () => {
      for (const member of ['access_token', 'refresh_token'] as const) {
        const tokens = await spa.tokens(userId);
        const response = await revoke(spa, tokens[member] ?? '');
        assert.deepEqual([response.status, await response.text()], [200, '']);
        assert.equal(await userinfoStatus(tokens.access_token), 401);
        assert.equal((await failureOf(await spa.refresh(tokens.refresh_token ?? ''))).error, 'invalid_grant');
      }
    });

    it('returns 200 without effect for an unknown token or a token of another client', async () => {
      const tokens = await web.tokens(userId);
      for (const token of [tokens.access_token, tokens.refresh_token ?? '', 'nothing'])
        assert.equal((await revoke(spa, token)).status, 200);
      assert.equal(await userinfoStatus(tokens.access_token), 200);
      assert.equal((await web.refresh(tokens.refresh_token ?? '')).status, 200);
    });

    it('rejects revocation of JWTs and revocation without a token', async () => {
      assert.equal((await failureOf(await revoke(web, await jwt()))).error, 'unsupported_token_type');
      assert.equal((await failureOf(await web.post('/oidc/token/revocation', {}))).error, 'invalid_request');
    });

    it('revokes a machine’s opaque token', async () => {
      const { access_token: token } = (await json(await machine.token({ grant_type: 'client_credentials' }))) as {
        access_token: string;
      };
      await revoke(machine, token);
      assert.deepEqual(await json(await machine.post('/oidc/token/introspection', { token })), { active: false });
    });
  });

  describe('Cross-origin requests', () => {
    const redeemFrom = async (origin: string) => {
      const code = (await spa.signIn(createAgent(), userId)).get('code') ?? '';
      const parameters = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: spa.verifier,
      };
      const response = await spa.token(parameters, { origin });
      return { response, allowed: response.headers.get('access-control-allow-origin'), code };
    };

    it('allows the origins of redirect URIs, listed origins and the server’s own to call the endpoints', async () => {
      for (const origin of ['https://client.example.com', 'https://partner.example.com', provider.url]) {
        const { response, allowed } = await redeemFrom(origin);
        assert.deepEqual([response.status, allowed], [200, origin]);
        assert.equal(response.headers.get('access-control-allow-credentials'), null);
      }
    });

    // security: cross-origin-calls
    it('rejects origins that resemble an allowed origin, and null, without a change', async () => {
      for (const origin of [
        'https://client.example.com.evil.com',
        'http://client.example.com',
        'https://client.example.com:8443',
        'null',
      ]) {
        const { response, allowed, code } = await redeemFrom(origin);
        assert.deepEqual([response.status, allowed], [400, null]);
        assert.equal((await spa.redeem(code)).status, 200);
      }
    });

    it('checks the origin at userinfo', async () => {
      const { access_token: token } = await spa.tokens(userId);
      const call = (origin: string) =>
        fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${token}`, origin } });
      assert.equal(
        (await call('https://client.example.com')).headers.get('access-control-allow-origin'),
        'https://client.example.com',
      );
      assert.equal((await call('https://evil.example.com')).status, 400);
    });

    // security: cross-origin-calls
    it('answers preflight requests, except for the authorization endpoint', async () => {
      const headers = { origin: 'https://client.example.com', 'access-control-request-method': 'POST' };
      const preflight = await fetch(`${provider.url}/oidc/token`, { method: 'OPTIONS', headers });
      assert.equal(preflight.status, 204);
      assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/i);
      const authorization = await fetch(spa.authorizationUrl(), { headers, redirect: 'manual' });
      assert.equal(authorization.headers.get('access-control-allow-origin'), null);
    });
  });

  describe('Access to the Management API', () => {
    const call = async (authorization: string | undefined, base = provider.url) => {
      const response = await fetch(`${base}/test/guarded`, {
        headers: authorization === undefined ? {} : { authorization },
      });
      return [response.status, (await json(response)).code];
    };

    it('accepts a machine whose role grants the scope', async () => {
      assert.deepEqual(await call(`Bearer ${await jwt()}`), [200, undefined]);
    });

    it('names the reason if it denies access to the Management API', async () => {
      assert.deepEqual(await call(undefined), [401, 'auth.authorization_header_missing']);
      assert.deepEqual(await call('Basic eDp5'), [401, 'auth.authorization_token_type_not_supported']);
      assert.deepEqual(await call('Bearer nonsense'), [401, 'auth.unauthorized']);
      assert.deepEqual(await call(`Bearer ${await jwt('other')}`), [403, 'auth.forbidden']);
      const token = await jwt();
      assert.deepEqual(await call(`Bearer ${token.slice(0, -4)}AAAA`), [401, 'auth.unauthorized']);
      provider.clock.advance(3601_000);
      assert.deepEqual(await call(`Bearer ${token}`), [401, 'auth.unauthorized']);
    });

    // security: value-purposes
    it('rejects ID tokens, opaque tokens and tokens of other tenants at the Management API', async () => {
      const tokens = await web.tokens(userId);
      for (const token of [tokens.id_token, tokens.access_token])
        assert.deepEqual(await call(`Bearer ${token}`), [401, 'auth.unauthorized']);
      assert.deepEqual(await call(`Bearer ${await jwt()}`, `${provider.url}/t/other`), [401, 'auth.unauthorized']);
      assert.deepEqual(await call(`Bearer ${await jwt()}`, `${provider.url}/t/admin`), [401, 'auth.unauthorized']);
    });

    it('accepts a token of the admin tenant for this tenant’s Management API', async () => {
      const admin = await provider.tenancy.get('admin');
      const { administratorRoleId } = await import('../../server/src/features/authorization/roles/index.ts');
      const administrator = await admin.db.transaction(async (tx) => {
        const user = await provider.users.create(tx, { username: 'root' });
        await provider.roles.assign(tx, 'user', user.id, [administratorRoleId]);
        return user;
      });
      const console = createParty({ url: admin.baseUrl }, { id: 'demo-app', redirectUri: `${admin.baseUrl}/demo-app` });
      const resource = provider.tenant.managementIndicator;
      const { refresh_token: token } = await console.tokens(administrator.id, {
        resource,
        scope: 'openid offline_access all',
      });
      const { access_token: access } = (await json(await console.refresh(token ?? '', { resource }))) as {
        access_token: string;
      };
      assert.deepEqual(await call(`Bearer ${access}`), [200, undefined]);
    });
  });
});
