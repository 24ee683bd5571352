import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAgent } from '../support/agent.ts';
import { createParty, type Extra, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Claims parameter', () => {
  let provider: Provider;
  let party: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider();
    party = await addParty({});
    const user = await provider.addUser({ username: 'ada', name: 'Ada', primaryEmail: 'ada@example.com' });
    userId = user.id;
  });
  after(() => provider.close());

  const addParty = async (more: Parameters<Provider['addClient']>[0] | object) => {
    const { id } = await provider.addClient({
      type: 'SPA',
      oidcClientMetadata: { redirectUris: [redirectUri] },
      ...more,
    });
    return createParty(provider, { id, redirectUri });
  };
  const asked = (claims: unknown, more: Extra = {}): Extra => ({
    scope: 'openid offline_access',
    claims: typeof claims === 'string' ? claims : JSON.stringify(claims),
    ...more,
  });
  const userinfo = async (accessToken: string) => {
    const response = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${accessToken}` } });
    assert.equal(response.status, 200);
    return (await response.json()) as Record<string, unknown>;
  };
  const both = { userinfo: { email: { essential: true }, nothing: null }, id_token: { name: null, picture: null } };

  it('adds requested claims to userinfo and to the ID token separately, and ignores unknown claims', async () => {
    const tokens = await party.tokens(userId, asked(both));
    const idToken = decodeJwt(tokens.id_token);
    assert.deepEqual([idToken.name, idToken.email, 'picture' in idToken], ['Ada', undefined, false]);
    assert.deepEqual(await userinfo(tokens.access_token), { sub: userId, email: 'ada@example.com' });
  });

  it('applies the claims parameter to refreshed ID tokens and to userinfo after a refresh', async () => {
    const tokens = await party.tokens(userId, asked(both));
    let refreshToken = tokens.refresh_token ?? '';
    for (let round = 0; round < 2; round += 1) {
      const fresh = await (await party.refresh(refreshToken)).json();
      assert.equal(decodeJwt(fresh.id_token).name, 'Ada');
      assert.deepEqual(await userinfo(fresh.access_token), { sub: userId, email: 'ada@example.com' });
      refreshToken = fresh.refresh_token;
    }
  });

  for (const [what, claims] of Object.entries({
    'is not JSON': '{"userinfo":',
    'is not an object': '[]',
    'has a member that is not an object': { id_token: ['email'] },
    'requests a claim by a value other than null or an object': { userinfo: { email: true } },
    'has a string as essential': { userinfo: { email: { essential: 'yes' } } },
    'has values that are not a list': { userinfo: { email: { values: 'a' } } },
    'requests a value with half of a surrogate pair, which cannot be stored':
      '{"id_token":{"name":{"value":"\\ud800"}}}',
    'requests a value with a null character': '{"userinfo":{"name":{"values":["\\u0000"]}}}',
    'names a user with half of a surrogate pair': '{"id_token":{"sub":{"value":"\\ud800"}}}',
    'is nested 1,000 levels deep': `{"id_token":{"name":{"value":${'['.repeat(1000)}${']'.repeat(1000)}}}}`,
    'names two users': { id_token: { sub: { values: ['a', 'b'] } } },
  })) {
    // security: bad-input
    it(`returns invalid_request for a claims parameter that ${what}`, async () => {
      const answer = await party.authorize(createAgent(), asked(claims));
      const { searchParams } = new URL(answer.headers.get('location') ?? '');
      assert.equal(searchParams.get('error'), 'invalid_request');
      assert.match(searchParams.get('error_description') ?? '', /claims parameter/);
    });
  }

  it('accepts only the user named by a requested sub: asks for another sign-in, and rejects another user', async () => {
    const agent = createAgent();
    const other = await provider.addUser({ username: 'bob' });
    await party.signIn(agent, other.id);
    const wanted = asked({ id_token: { sub: { value: userId } } }, { prompt: 'none' });
    const refused = new URL((await party.authorize(agent, wanted)).headers.get('location') ?? '');
    assert.equal(refused.searchParams.get('error'), 'login_required');
    const wrong = await party.signIn(agent, other.id, { ...wanted, prompt: null });
    assert.equal(wrong.get('error'), 'login_required');
    const right = await party.signIn(createAgent(), userId, { ...wanted, prompt: null });
    assert.ok(right.get('code'));
  });

  it('returns unmet_authentication_requirements for an essential acr that the sign-in does not reach', async () => {
    const strong = (value: string) => asked({ id_token: { acr: { essential: true, values: [value] } } });
    const unmet = 'unmet_authentication_requirements';
    assert.equal((await party.signIn(createAgent(), userId, strong('urn:aldaba:acr:2fa'))).get('error'), unmet);
    const unknown = await party.authorize(createAgent(), strong('urn:example:gold'));
    assert.equal(new URL(unknown.headers.get('location') ?? '').searchParams.get('error'), unmet);
    const reached = await party.signIn(createAgent(), userId, strong('urn:aldaba:acr:1fa'));
    assert.ok(reached.get('code'));
  });

  it('returns the acr that was reached for a voluntary acr', async () => {
    for (const wish of [
      { acr_values: 'urn:aldaba:acr:2fa' },
      { claims: JSON.stringify({ id_token: { acr: { values: ['urn:aldaba:acr:2fa'] } } }) },
    ]) {
      const tokens = await party.tokens(userId, wish);
      assert.equal(decodeJwt(tokens.id_token).acr, 'urn:aldaba:acr:1fa');
      const fresh = await (await party.refresh(tokens.refresh_token ?? '')).json();
      assert.equal(decodeJwt(fresh.id_token).acr, 'urn:aldaba:acr:1fa');
    }
  });

  it('announces the claims parameter in discovery, with the existing acr values and claims', async () => {
    const metadata = await (await fetch(`${provider.url}/oidc/.well-known/openid-configuration`)).json();
    assert.equal(metadata.claims_parameter_supported, true);
    assert.deepEqual(metadata.acr_values_supported, ['urn:aldaba:acr:1fa', 'urn:aldaba:acr:2fa']);
    for (const name of ['acr', 'email', 'name', 'organizations']) assert.ok(metadata.claims_supported.includes(name));
  });
});

describe('Claims in ID tokens and userinfo', () => {
  let provider: Provider;
  before(async () => {
    provider = await startProvider();
  });
  after(() => provider.close());

  const partyOf = async (customClientMetadata: object) => {
    const { id } = await provider.addClient({
      type: 'SPA',
      oidcClientMetadata: { redirectUris: [redirectUri] },
      customClientMetadata,
    });
    return createParty(provider, { id, redirectUri });
  };
  const told = async (party: Party, userId: string) => {
    const tokens = await party.tokens(userId, { scope: 'openid profile email phone' });
    const response = await fetch(`${provider.url}/oidc/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    return [decodeJwt(tokens.id_token), (await response.json()) as Record<string, unknown>] as const;
  };

  it('omits claims without a value and returns times in seconds', async () => {
    const { id } = await provider.addUser({ username: 'ada' });
    for (const claims of await told(await partyOf({}), id)) {
      for (const name of ['name', 'picture', 'email', 'email_verified', 'phone_number', 'phone_number_verified'])
        assert.equal(name in claims, false, name);
      assert.equal(claims.username, 'ada');
      // A year that a client shows: Spring read 58879 out of milliseconds.
      for (const name of ['updated_at', 'created_at'])
        assert.equal(new Date(Number(claims[name]) * 1000).getFullYear(), new Date().getFullYear());
    }
  });

  it('returns claims in Logto’s format to an application that asks for it', async () => {
    const { id } = await provider.addUser({ username: 'bob' });
    for (const claims of await told(await partyOf({ claims: 'logto' }), id)) {
      assert.deepEqual([claims.name, claims.email, claims.email_verified], [null, null, false]);
      assert.equal(new Date(Number(claims.updated_at)).getFullYear(), new Date().getFullYear());
    }
  });

  it('puts the hash of the access token in the ID token, by the token’s algorithm, also after a refresh', async () => {
    const { id } = await provider.addUser({ username: 'eve' });
    await provider.oidc.keys.rotate(provider.tenant, { algorithm: 'ES384', gracePeriod: 0 });
    for (const [algorithm, hash] of [
      ['RS256', 'sha256'],
      ['ES256', 'sha256'],
      ['ES384', 'sha384'],
    ] as const) {
      const party = await partyOf({ idTokenSignedResponseAlg: algorithm });
      const tokens = await party.tokens(id);
      const fresh = await (await party.refresh(tokens.refresh_token ?? '')).json();
      for (const { access_token: accessToken, id_token: idToken } of [tokens, fresh]) {
        const digest = createHash(hash).update(accessToken).digest();
        assert.equal(decodeJwt(idToken).at_hash, digest.subarray(0, digest.length / 2).toString('base64url'));
      }
    }
  });
});
