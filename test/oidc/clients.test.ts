import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createAgent } from '../support/agent.ts';
import { createParty, type Extra, encode, failureOf, type Party, type Tokens } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';
const indicator = 'https://api.example.com/';

describe('Clients at the token endpoint', () => {
  let provider: Provider;
  let userId: string;
  let web: { id: string; secret: string };
  let spa: Party;
  let machine: { id: string; secret: string };
  before(async () => {
    provider = await startProvider();
    userId = (await provider.addUser({ username: 'ada' })).id;
    web = await register('Traditional');
    machine = await register('MachineToMachine');
    spa = createParty(provider, { id: (await register('SPA')).id, redirectUri });
    await addResource();
  });
  after(() => provider.close());

  const register = async (type: 'SPA' | 'Traditional' | 'MachineToMachine') => {
    const oidcClientMetadata = type === 'MachineToMachine' ? {} : { redirectUris: [redirectUri] };
    const { id, secret = '' } = await provider.addClient({ type, oidcClientMetadata });
    return { id, secret };
  };
  const addResource = () =>
    provider.tenant.db.transaction(async (tx) => {
      const { id } = await provider.resources.create(tx, { name: 'API', indicator, accessTokenTtl: 600 });
      const read = await provider.resources.createScope(tx, id, { name: 'read', description: null });
      await provider.resources.createScope(tx, id, { name: 'write', description: null });
      for (const type of ['User', 'MachineToMachine'] as const) {
        const role = await provider.roles.create(tx, {
          name: `reader ${type}`,
          description: 'Reads',
          type,
          isDefault: false,
          scopeIds: [read.id],
        });
        await provider.roles.assign(
          tx,
          type === 'User' ? 'user' : 'application',
          type === 'User' ? userId : machine.id,
          [role.id],
        );
      }
    });
  const call = (parameters: Extra, headers: Record<string, string> = {}) =>
    fetch(`${provider.url}/oidc/token`, {
      method: 'POST',
      headers,
      body: encode({ grant_type: 'client_credentials', ...parameters }),
    });
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  describe('Client authentication', () => {
    it('accepts the client secret in the header, in the body, in a JSON body, and in two places if they are equal', async () => {
      const { id, secret } = machine;
      const json = fetch(`${provider.url}/oidc/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
      });
      const responses = await Promise.all([
        call({}, basic(id, secret)),
        call({ client_id: id }, basic(id, secret)),
        call({ client_id: id, client_secret: secret }),
        json,
      ]);
      assert.deepEqual(
        responses.map(({ status }) => status),
        [200, 200, 200, 200],
      );
    });

    for (const [name, status, error, parameters, headers] of [
      ['an empty request', 400, 'invalid_request', () => ({}), () => ({})],
      ['a wrong secret', 401, 'invalid_client', () => ({ client_id: machine.id, client_secret: 'wrong' }), () => ({})],
      [
        'a truncated secret',
        401,
        'invalid_client',
        () => ({ client_id: machine.id, client_secret: machine.secret.slice(0, -1) }),
        () => ({}),
      ],
      ['a missing secret', 401, 'invalid_client', () => ({ client_id: machine.id }), () => ({})],
      [
        'the literal None as the secret of a confidential client',
        401,
        'invalid_client',
        () => ({ client_id: machine.id, client_secret: 'None' }),
        () => ({}),
      ],
      ['an unknown client', 401, 'invalid_client', () => ({ client_id: 'nobody', client_secret: 'x' }), () => ({})],
      [
        'two different ids',
        400,
        'invalid_request',
        () => ({ client_id: 'other' }),
        () => basic(machine.id, machine.secret),
      ],
      [
        'two different secrets',
        400,
        'invalid_request',
        () => ({ client_secret: 'other' }),
        () => basic(machine.id, machine.secret),
      ],
      ['a header of another scheme', 400, 'invalid_request', () => ({}), () => ({ authorization: 'Bearer x' })],
      ['a repeated parameter', 400, 'invalid_request', () => ({ client_id: [machine.id, machine.id] }), () => ({})],
      [
        'an unknown grant',
        400,
        'unsupported_grant_type',
        () => ({ grant_type: 'password' }),
        () => basic(machine.id, machine.secret),
      ],
      ['no grant', 400, 'invalid_request', () => ({ grant_type: null }), () => basic(machine.id, machine.secret)],
      [
        'a grant of another type of application',
        400,
        'unauthorized_client',
        () => ({}),
        () => basic(web.id, web.secret),
      ],
    ] as const) {
      it(`returns a code and a message for ${name}: ${status} ${error}`, async () => {
        const response = await call(parameters(), headers());
        const body = (await response.json()) as Record<string, string>;
        assert.deepEqual([response.status, body.error, body.code], [status, error, `oidc.${error}`]);
        assert.ok(body.message);
        assert.equal(response.headers.get('cache-control'), 'no-store');
      });
    }

    it('accepts a public client that sends the literal None, a header or no secret', async () => {
      for (const [extra, headers] of [
        [{ client_secret: 'None' }, {}],
        [{}, basic(spa.id, 'whatever')],
        [{}, {}],
      ] as const) {
        const code = (await spa.signIn(createAgent(), userId)).get('code') ?? '';
        const response = await spa.token(
          { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: spa.verifier, ...extra },
          headers,
        );
        assert.equal(response.status, 200, await response.clone().text());
      }
    });

    it('accepts every named secret until it expires, and reports an expired one as expired', async () => {
      const expiresAt = new Date(provider.clock.now() + 60_000);
      await provider.tenant.db.transaction((tx) =>
        provider.applications.createSecret(tx, machine.id, { name: 'second', expiresAt: expiresAt.getTime() }),
      );
      const client = await provider.applications.findClient(provider.tenant, machine.id);
      const second = client?.secrets.find(({ name }) => name === 'second')?.value ?? '';
      assert.equal((await call({}, basic(machine.id, second))).status, 200);
      provider.clock.advance(61_000);
      const { status, description } = await failureOf(await call({}, basic(machine.id, second)));
      assert.deepEqual([status, description], [400, 'client secret has expired']);
      assert.equal((await call({}, basic(machine.id, machine.secret))).status, 200);
    });

    it('returns the plain OAuth error if the client asks for it', async () => {
      const response = await fetch(`${provider.url}/oidc/token?parse_error=false`, {
        method: 'POST',
        body: encode({ client_id: 'nobody' }),
      });
      assert.deepEqual(Object.keys((await response.json()) as object), ['error', 'error_description']);
    });
  });

  describe('Client credentials', () => {
    const token = async (extra: Extra) => {
      const response = await call({ client_id: machine.id, client_secret: machine.secret, ...extra });
      assert.equal(response.status, 200, await response.clone().text());
      return (await response.json()) as Tokens;
    };

    it('returns a JWT for a resource with the requested scopes that the application’s roles grant', async () => {
      const answer = await token({ resource: indicator, scope: 'read write' });
      assert.deepEqual([answer.scope, answer.expires_in, answer.token_type], ['read', 600, 'Bearer']);
      const claims = decodeJwt(answer.access_token);
      assert.equal(decodeProtectedHeader(answer.access_token).typ, 'at+jwt');
      assert.deepEqual(
        [claims.aud, claims.sub, claims.client_id, claims.scope, Number(claims.exp) - Number(claims.iat)],
        [indicator, machine.id, machine.id, 'read', 600],
      );
      assert.ok(claims.jti);
    });

    it('always returns the granted scopes of client credentials, even if the list is empty', async () => {
      assert.equal((await token({ resource: indicator })).scope, '');
      const opaque = await token({});
      assert.equal(opaque.scope, '');
      assert.match(opaque.access_token, /^[\w-]{43}$/);
    });

    it('rejects unknown resources, several resources and organizations for client credentials', async () => {
      const refuse = async (extra: Extra) => {
        const { status, error } = await failureOf(
          await call({ client_id: machine.id, client_secret: machine.secret, ...extra }),
        );
        return [status, error];
      };
      assert.deepEqual(await refuse({ resource: 'https://nowhere.example.com' }), [400, 'invalid_target']);
      assert.deepEqual(await refuse({ resource: [indicator, provider.tenant.managementIndicator] }), [
        400,
        'invalid_target',
      ]);
      assert.deepEqual(await refuse({ organization_id: 'org' }), [403, 'access_denied']);
    });

    // security: value-purposes
    it('rejects a client credentials token at userinfo', async () => {
      const { access_token: opaque } = await token({});
      const response = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${opaque}` } });
      assert.equal((await failureOf(response)).error, 'insufficient_scope');
    });
  });

  describe('Resources of a user', () => {
    it('returns a JWT with the permissions of the user’s roles if sign-in requested the resource', async () => {
      const scope = 'openid offline_access read write';
      const first = await spa.tokens(userId, { scope, resource: [indicator, 'urn:logto:resource:organizations'] });
      assert.match(first.access_token, /^[\w-]{43}$/, 'without a resource the token is for userinfo');
      assert.equal(first.scope, 'openid offline_access');
      const forApi = (await (await spa.refresh(first.refresh_token ?? '', { resource: indicator })).json()) as Tokens;
      const claims = decodeJwt(forApi.access_token);
      assert.deepEqual(
        [claims.aud, claims.sub, claims.scope, forApi.scope, forApi.expires_in],
        [indicator, userId, 'read', 'read', 600],
      );
    });

    it('rejects a resource that sign-in did not request, and organizations that it did not request', async () => {
      const { refresh_token: token } = await spa.tokens(userId);
      assert.equal((await failureOf(await spa.refresh(token ?? '', { resource: indicator }))).error, 'invalid_target');
      const { status, error } = await failureOf(await spa.refresh(token ?? '', { organization_id: 'org' }));
      assert.deepEqual([status, error], [403, 'insufficient_scope']);
    });
  });
});
