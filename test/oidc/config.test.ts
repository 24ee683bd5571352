import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { createParty } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

describe('Config profile of OpenID Connect', () => {
  let provider: Provider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  const read = async (path: string, init?: RequestInit) => fetch(`${provider.url}${path}`, init);
  const keySet = async () => (await (await read('/oidc/jwks')).json()) as JSONWebKeySet;

  it('publishes every endpoint under the issuer, and serves it (oidcc-discovery-endpoint-verification)', async () => {
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
    assert.deepEqual(metadata.id_token_signing_alg_values_supported, ['RS256', 'ES256']);
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
  });

  it('returns the discovery document at the path of RFC 8414, also if the path begins with two slashes', async () => {
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

  it('serves the discovery document at every spelling of its path: appended issuer path (RFC 8414), doubled and trailing slashes', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      for (const [tenant, issuer] of [
        ['', `${provider.url}/oidc`],
        ['/t/other', `${provider.url}/t/other/oidc`],
      ]) {
        for (const path of [
          `/.well-known/${name}${tenant}/oidc`,
          `/.well-known/${name}${tenant}/oidc/`,
          `//.well-known/${name}${tenant}/oidc`,
          `${tenant}/oidc//.well-known/${name}`,
          `${tenant}//oidc//.well-known/${name}`,
          `${tenant}/oidc/.well-known/${name}/`,
        ]) {
          const response = await read(path);
          assert.equal(response.status, 200, path);
          assert.equal(((await response.json()) as { issuer: string }).issuer, issuer, path);
        }
      }
    }
  });

  it('returns discovery compressed or as 304 on request, also with a needless Basic header', async () => {
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

  it('publishes RSA and EC keys with an ID, without private members and with no-store (oidcc-server-jwks)', async () => {
    await provider.oidc.keys.list(provider.tenant);
    const response = await read('/oidc/jwks');
    assert.equal(response.headers.get('cache-control'), 'no-cache, max-age=0, must-revalidate');
    const { keys } = (await response.json()) as JSONWebKeySet;
    const described = keys.map(({ kty, alg }) => `${kty} ${alg}`).sort();
    assert.deepEqual(described, ['EC ES256', 'EC ES256', 'RSA RS256', 'RSA RS256']);
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, 4);
    for (const key of keys) {
      assert.deepEqual([key.use, typeof key.kid], ['sig', 'string']);
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi']) assert.equal(member in key, false);
    }
  });

  it('publishes an RSA and an EC key to the first request of a new tenant', async () => {
    const tenant = await provider.tenancy.create({ id: 'fresh', name: 'Fresh' });
    const { keys } = (await (await fetch(`${tenant.issuer}/jwks`)).json()) as JSONWebKeySet;
    assert.deepEqual([...new Set(keys.map(({ alg }) => alg))].sort(), ['ES256', 'RS256']);
  });

  it('creates the keys of a new tenant once, however many requests need them', async () => {
    const tenant = await provider.tenancy.create({ id: 'busy', name: 'Busy' });
    const read = async () => (await (await fetch(`${tenant.issuer}/jwks`)).json()) as JSONWebKeySet;
    await Promise.all(Array.from({ length: 8 }, read));
    const places = (await provider.oidc.keys.list(tenant)).map(({ algorithm, status }) => `${algorithm} ${status}`);
    assert.deepEqual(places.sort(), ['ES256 current', 'ES256 next', 'RS256 current', 'RS256 next']);
  });

  it('signs with a key that was published before the rotation, and still accepts old tokens (oidcc-server-rotate-keys)', async () => {
    const user = await provider.addUser({ username: 'ada' });
    const party = createParty(provider, { id: 'demo-app', redirectUri: `${provider.url}/demo-app` });
    const published = await keySet();
    const old = await party.tokens(user.id);
    provider.clock.advance(600_000);
    await provider.oidc.keys.rotate(provider.tenant);
    const fresh = await party.tokens(user.id);
    const options = { audience: 'demo-app', currentDate: new Date(provider.clock.now()) };
    await jwtVerify(fresh.id_token, createLocalJWKSet(published), options);
    await jwtVerify(old.id_token, createLocalJWKSet(await keySet()), options);
    assert.notDeepEqual(await keySet(), published);
    assert.notEqual(decodeProtectedHeader(fresh.id_token).kid, decodeProtectedHeader(old.id_token).kid);
  });

  for (const algorithm of ['RS256', 'PS256', 'ES256', 'ES384', 'ES512'] as const) {
    it(`signs with ${algorithm} if an application or the tenant chooses it`, async () => {
      const tenant = await provider.tenancy.get('other');
      const { keys } = provider.oidc;
      const draft = {
        name: 'App',
        type: 'SPA' as const,
        oidcClientMetadata: { redirectUris: ['https://app.example.com/callback'] },
        customClientMetadata: { idTokenSignedResponseAlg: algorithm },
      };
      const create = () => tenant.db.transaction((tx) => provider.applications.create(tx, draft));
      const isKnown = (await keys.list(tenant)).some((key) => key.algorithm === algorithm);
      assert.equal(isKnown, algorithm === 'RS256' || algorithm === 'ES256');
      if (!isKnown) {
        // Published first: no client may meet a signature of a key that it could not know.
        await assert.rejects(create(), { code: 'oidc.signing_key_missing' });
        await keys.rotate(tenant, { algorithm });
        await assert.rejects(create(), { code: 'oidc.signing_key_missing' });
        await assert.rejects(keys.chooseAlgorithms(tenant, { accessToken: algorithm }), {
          code: 'oidc.signing_key_missing',
        });
      }
      const published = (await (await fetch(`${tenant.issuer}/jwks`)).json()) as JSONWebKeySet;
      if (!isKnown) provider.clock.advance(600_000);
      const read = async () => (await fetch(`${tenant.issuer}/.well-known/openid-configuration`)).json();
      const metadata = (await read()) as Record<string, string[]>;
      assert.ok(metadata.id_token_signing_alg_values_supported?.includes(algorithm));
      const { id } = await create();
      const user = await tenant.db.transaction((tx) => provider.users.create(tx, {}));
      const party = createParty({ url: tenant.baseUrl }, { id, redirectUri: 'https://app.example.com/callback' });
      const { id_token: idToken } = await party.tokens(user.id);
      const currentDate = new Date(provider.clock.now());
      const expected = { issuer: tenant.issuer, algorithms: [algorithm], currentDate };
      await jwtVerify(idToken, createLocalJWKSet(published), { ...expected, audience: id });

      await keys.chooseAlgorithms(tenant, { accessToken: algorithm });
      const machine = await tenant.db.transaction((tx) =>
        provider.applications.create(tx, { name: 'Machine', type: 'MachineToMachine' }),
      );
      const caller = createParty(
        { url: tenant.baseUrl },
        { id: machine.id, secret: machine.secret ?? '', redirectUri: '' },
      );
      const response = await caller.token({ grant_type: 'client_credentials', resource: tenant.managementIndicator });
      const { access_token: token } = (await response.json()) as { access_token: string };
      await jwtVerify(token, createLocalJWKSet(published), expected);
    });
  }

  it('lets pages of any origin read the discovery document and the key set', async () => {
    for (const path of ['/oidc/jwks', '/oidc/.well-known/openid-configuration']) {
      const response = await read(path, { headers: { origin: 'https://anywhere.example.com' } });
      assert.equal(response.headers.get('access-control-allow-origin'), '*');
    }
  });
});
