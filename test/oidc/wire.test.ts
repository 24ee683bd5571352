import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { createOrganizationRoles } from '../../server/src/features/organizations/organization-roles/index.ts';
import { createOrganizations } from '../../server/src/features/organizations/organizations/index.ts';
import { createAgent } from '../support/agent.ts';
import { createParty, encode, failureOf, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

/** What the published SDKs need from a server; the numbers are the rows of the wire contract's checklist. */
describe('SDKs’ checklist', () => {
  let provider: Provider;
  let native: Party;
  let web: Party & { secret: string };
  let userId: string;
  let tokens: Tokens;
  before(async () => {
    provider = await startProvider();
    userId = (await provider.addUser({ username: 'ada' })).id;
    const oidcClientMetadata = {
      redirectUris: ['https://client.example.com/cb'],
      postLogoutRedirectUris: ['https://client.example.com/'],
    };
    const made = await provider.addClient({ type: 'Traditional', oidcClientMetadata });
    const redirectUri = 'https://client.example.com/cb';
    web = {
      ...createParty(provider, { id: made.id, redirectUri, secret: made.secret ?? '' }),
      secret: made.secret ?? '',
    };
    native = createParty(provider, {
      id: (await provider.addClient({ type: 'Native', oidcClientMetadata })).id,
      redirectUri,
    });
    tokens = await native.tokens(userId, { scope: 'openid offline_access profile email phone roles' });
  });
  after(() => provider.close());

  const refreshed = async () => {
    const answer = (await (await native.refresh(tokens.refresh_token ?? '')).json()) as Tokens;
    tokens = answer;
    return answer;
  };

  it('1: returns discovery as JSON with the members that the Kotlin, Swift, JavaScript and Python SDKs read', async () => {
    const response = await fetch(`${provider.url}/oidc/.well-known/openid-configuration`);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    const metadata = (await response.json()) as Record<string, unknown>;
    for (const name of [
      'issuer',
      'authorization_endpoint',
      'token_endpoint',
      'userinfo_endpoint',
      'end_session_endpoint',
      'revocation_endpoint',
      'jwks_uri',
    ]) {
      assert.equal(typeof metadata[name], 'string', name);
    }
    for (const name of [
      'response_types_supported',
      'subject_types_supported',
      'id_token_signing_alg_values_supported',
    ]) {
      assert.ok(Array.isArray(metadata[name]), name);
    }
  });

  it('2: accepts a Basic header on every request, not URL-encoded and with client_id in the body', async () => {
    const authorization = `Basic ${Buffer.from(`${web.id}:${web.secret}`).toString('base64')}`;
    for (const path of ['/oidc/.well-known/openid-configuration', '/oidc/jwks']) {
      assert.equal((await fetch(`${provider.url}${path}`, { headers: { authorization } })).status, 200);
    }
    const { refresh_token: token } = await web.tokens(userId);
    const body = { client_id: web.id, refresh_token: token ?? '' };
    const call = (path: string, extra: Record<string, string>) =>
      fetch(`${provider.url}${path}`, {
        method: 'POST',
        headers: { authorization },
        body: encode({ ...body, ...extra }),
      });
    assert.equal((await call('/oidc/token', { grant_type: 'refresh_token' })).status, 200);
    assert.equal((await call('/oidc/token/revocation', { token: token ?? '' })).status, 200);
  });

  it('3: returns scope, an integer expires_in and, at a refresh, the refresh token in every token response', async () => {
    for (const answer of [tokens, await refreshed(), await refreshed()]) {
      assert.equal(typeof answer.scope, 'string');
      assert.ok(Number.isInteger(answer.expires_in));
      assert.equal(answer.token_type, 'Bearer');
      assert.equal(typeof answer.refresh_token, 'string');
    }
  });

  it('4: returns tokens with 200, and errors as JSON with code and message beside error', async () => {
    const response = await native.refresh('nothing');
    const body = (await response.json()) as Record<string, unknown>;
    assert.deepEqual(
      [body.error, body.code, typeof body.message, typeof body.error_description],
      ['invalid_grant', 'oidc.invalid_grant', 'string', 'string'],
    );
  });

  it('5: issues ID tokens with a key ID, a string audience, the issuer and the current time', async () => {
    for (const { id_token: idToken } of [tokens, await refreshed()]) {
      const { alg, kid } = decodeProtectedHeader(idToken);
      const { aud, iss, sub, exp, iat } = decodeJwt(idToken);
      assert.ok(['RS256', 'PS256', 'ES256', 'ES384', 'ES512'].includes(alg ?? '') && kid);
      assert.deepEqual([aud, iss, sub], [native.id, `${provider.url}/oidc`, userId]);
      assert.ok(Number.isInteger(exp) && Number.isInteger(iat));
    }
    provider.clock.advance(120_000);
    const { iat } = decodeJwt((await refreshed()).id_token);
    assert.ok(Math.abs(Number(iat) - provider.clock.now() / 1000) < 60);
  });

  it('6: publishes RSA or EC signing keys with an ID', async () => {
    const { keys } = (await (await fetch(`${provider.url}/oidc/jwks`)).json()) as JSONWebKeySet;
    for (const key of keys) assert.ok(['RSA', 'EC'].includes(key.kty ?? '') && key.kid && key.use === 'sig');
  });

  /** How Swift, Kotlin and JavaScript decode each claim: a member that is not there is one that was not asked for. */
  const decodes: Record<string, (value: unknown) => boolean> = {
    ...Object.fromEntries(
      ['name', 'picture', 'username', 'email', 'phone_number'].map((name) => [
        name,
        (value: unknown) => value === null || typeof value === 'string',
      ]),
    ),
    email_verified: (value) => typeof value === 'boolean',
    phone_number_verified: (value) => typeof value === 'boolean',
    ...Object.fromEntries(
      ['roles', 'organizations', 'organization_roles'].map((name) => [
        name,
        (value: unknown) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
      ]),
    ),
  };

  it('7: returns flags as booleans, names as strings or null and roles as arrays of strings, in both claim formats', async () => {
    const { customClientMetadata } = await provider.tenant.db.transaction((tx) =>
      provider.applications.update(tx, native.id, { customClientMetadata: { claims: 'logto' } }),
    );
    assert.equal(customClientMetadata.claims, 'logto');
    const wireForm = await refreshed();
    await provider.tenant.db.transaction((tx) =>
      provider.applications.update(tx, native.id, { customClientMetadata: {} }),
    );
    const me = (await (
      await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${tokens.access_token}` } })
    ).json()) as object;
    for (const claims of [decodeJwt(tokens.id_token), decodeJwt(wireForm.id_token), me] as Record<string, unknown>[]) {
      assert.deepEqual([claims.username, claims.roles], ['ada', []]);
      for (const [name, value] of Object.entries(claims))
        assert.ok(decodes[name]?.(value) ?? true, `${name}: ${JSON.stringify(value)}`);
    }
  });

  it('8: issues a refresh token for prompt=consent, without a consent page in first-party applications', async () => {
    const agent = createAgent();
    await native.signIn(agent, userId);
    const again = await native.authorize(agent, { prompt: 'consent' });
    assert.ok(again.headers.get('location')?.startsWith(native.redirectUri));
    assert.ok(tokens.refresh_token);
  });

  it('9: signs out with client_id and a registered URI without an ID token hint', async () => {
    const agent = createAgent();
    await native.signIn(agent, userId);
    const query = encode({ client_id: native.id, post_logout_redirect_uri: 'https://client.example.com/' });
    const html = await (await agent.fetch(`${provider.url}/oidc/session/end?${query}`)).text();
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
    const action = /action="([^"]*)"/.exec(html)?.[1] ?? '';
    const done = await agent.fetch(`${provider.url}${action}`, {
      method: 'POST',
      body: encode({ xsrf, logout: 'yes' }),
    });
    assert.equal(done.headers.get('location'), 'https://client.example.com/');
  });

  it('10: revokes a token of a public client by token and client_id', async () => {
    const { refresh_token: token } = await native.tokens(userId);
    assert.equal((await native.post('/oidc/token/revocation', { token: token ?? '' })).status, 200);
    assert.equal((await native.refresh(token ?? '')).status, 400);
  });

  it('11: returns userinfo as JSON for an opaque bearer token', async () => {
    const response = await fetch(`${provider.url}/oidc/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  });

  it('12: issues a JWT for an organization_id, and returns 403 access_denied to non-members', async () => {
    const events = { publish: async () => undefined };
    const organizationRoles = createOrganizationRoles({ events });
    const organizations = createOrganizations({ clock: provider.clock, organizationRoles, events });
    const { id } = await organizations.create(provider.tenant.db, { name: 'Acme' });
    await organizations.addMembers(provider.tenant.db, 'user', id, [userId]);
    const scope = 'openid offline_access urn:logto:scope:organizations';
    const resource = 'urn:logto:resource:organizations';
    const { refresh_token: token } = await native.tokens(userId, { scope, resource });
    const answer = (await (await native.refresh(token ?? '', { organization_id: id })).json()) as Tokens;
    assert.equal(decodeJwt(answer.access_token).aud, `urn:logto:organization:${id}`);
    const { status, error } = await failureOf(
      await native.refresh(answer.refresh_token ?? '', { organization_id: 'org' }),
    );
    assert.deepEqual([status, error], [403, 'access_denied']);
  });

  it('13: ignores client_secret=None of a public client', async () => {
    const code = (await native.signIn(createAgent(), userId)).get('code') ?? '';
    assert.equal((await native.redeem(code, { client_secret: 'None' })).status, 200);
  });

  it('14: lets pages of a redirect URI’s origin call the endpoints', async () => {
    const headers = { origin: 'https://client.example.com' };
    const response = await native.token(
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      headers,
    );
    assert.equal(response.headers.get('access-control-allow-origin'), headers.origin);
  });
});
