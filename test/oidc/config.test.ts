import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { createParty } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

describe('the config profile', () => {
  let provider: Provider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  const read = async (path: string, init?: RequestInit) => fetch(`${provider.url}${path}`, init);
  const keySet = async () => (await (await read('/oidc/jwks')).json()) as JSONWebKeySet;

  it('oidcc-discovery-endpoint-verification: names every endpoint under the issuer, and they answer', async () => {
    const response = await read('/oidc/.well-known/openid-configuration');
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    const metadata = (await response.json()) as Record<string, unknown>;
    assert.equal(metadata.issuer, `${provider.url}/oidc`);
    const endpoints = Object.entries(metadata).filter(([name]) => /_endpoint$|_uri$/.test(name)) as [string, string][];
    assert.equal(endpoints.length, 7);
    for (const [name, address] of endpoints) {
      const answer = await fetch(address, {
        method: /token|introspection|revocation/.test(name) ? 'POST' : 'GET',
        redirect: 'manual',
      });
      assert.notEqual(answer.status, 404, name);
    }
    assert.deepEqual(metadata.subject_types_supported, ['public']);
    assert.deepEqual(metadata.response_types_supported, ['code']);
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(metadata.id_token_signing_alg_values_supported, ['ES256']);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  });

  it('says the same at the name of RFC 8414, also when the address begins with two slashes', async () => {
    const [first, second, third] = await Promise.all(
      [
        '/oidc/.well-known/openid-configuration',
        '/oidc/.well-known/oauth-authorization-server',
        '//oidc/.well-known/openid-configuration',
      ].map(async (path) => (await read(path)).text()),
    );
    assert.equal(first, second);
    assert.equal(first, third);
  });

  it('answers 304 and compressed bytes to those who ask, also with a Basic header that nobody needs', async () => {
    const headers = { authorization: 'Basic bm9ib2R5Om5vdGhpbmc=', 'accept-encoding': 'gzip' };
    const first = await read('/oidc/.well-known/openid-configuration', { headers });
    assert.equal(first.status, 200);
    assert.equal(first.headers.get('content-encoding'), 'gzip');
    const etag = first.headers.get('etag') ?? '';
    assert.equal(
      (await read('/oidc/.well-known/openid-configuration', { headers: { 'if-none-match': etag } })).status,
      304,
    );
    const plain = await read('/oidc/.well-known/openid-configuration', { headers: { 'accept-encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
  });

  it('oidcc-server-jwks: EC signing keys with an id and without a private member, never stored by caches', async () => {
    const response = await read('/oidc/jwks');
    assert.equal(response.headers.get('cache-control'), 'no-cache, max-age=0, must-revalidate');
    const { keys } = (await response.json()) as JSONWebKeySet;
    assert.equal(keys.length, 2);
    for (const key of keys) {
      assert.deepEqual([key.kty, key.use, key.alg, 'd' in key], ['EC', 'sig', 'ES256', false]);
      assert.ok(key.kid);
    }
  });

  it('oidcc-server-rotate-keys: what was published before signs after, and old tokens still verify', async () => {
    const user = await provider.addUser({ username: 'ada' });
    const party = createParty(provider, { id: 'demo-app', redirectUri: `${provider.url}/demo-app` });
    const published = await keySet();
    const old = await party.tokens(user.id);
    await provider.oidc.keys.rotate(provider.tenant);
    const fresh = await party.tokens(user.id);
    const audience = 'demo-app';
    await jwtVerify(fresh.id_token, createLocalJWKSet(published), { audience });
    await jwtVerify(old.id_token, createLocalJWKSet(await keySet()), { audience });
    assert.notDeepEqual(await keySet(), published);
  });

  for (const algorithm of ['RS256', 'PS256', 'ES384', 'ES512'] as const) {
    it(`signs with ${algorithm} when the operator wants it`, async () => {
      const tenant = await provider.tenancy.get('other');
      await provider.oidc.keys.rotate(tenant, { algorithm });
      const metadata = (await (await fetch(`${tenant.issuer}/.well-known/openid-configuration`)).json()) as Record<
        string,
        string[]
      >;
      assert.ok(metadata.id_token_signing_alg_values_supported?.includes(algorithm));
      const { id, secret } = await tenant.db.transaction(async (tx) => {
        const created = await provider.applications.create(tx, { name: 'Machine', type: 'MachineToMachine' });
        return { id: created.id, secret: created.secret ?? '' };
      });
      const party = createParty({ url: tenant.baseUrl }, { id, secret, redirectUri: '' });
      const response = await party.token({ grant_type: 'client_credentials', resource: tenant.managementIndicator });
      const { access_token: token } = (await response.json()) as { access_token: string };
      const keys = (await (await fetch(`${tenant.issuer}/jwks`)).json()) as JSONWebKeySet;
      await jwtVerify(token, createLocalJWKSet(keys), { issuer: tenant.issuer, algorithms: [algorithm] });
    });
  }

  it('lets pages of any origin read both documents', async () => {
    for (const path of ['/oidc/jwks', '/oidc/.well-known/openid-configuration']) {
      const response = await read(path, { headers: { origin: 'https://anywhere.example.com' } });
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
    }
  });
});
