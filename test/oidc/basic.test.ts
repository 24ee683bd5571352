import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { type Agent, createAgent, pageOf } from '../support/agent.ts';
import { race } from '../support/race.ts';
import { answerOf, createParty, encode, failureOf, finishSignIn, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

/** The OpenID Connect Core basic profile; each test carries the name of the conformance module that it mirrors. */
let provider: Provider;
let party: Party;
let userId: string;
const redirectUri = 'https://client.example.com/callback';

describe('Basic profile of OpenID Connect', () => {
  before(async () => {
    provider = await startProvider();
    const client = await provider.addClient({
      type: 'Traditional',
      oidcClientMetadata: { redirectUris: [redirectUri, `${redirectUri}/other`] },
    });
    party = createParty(provider, { id: client.id, redirectUri, secret: client.secret ?? '' });
    userId = (
      await provider.addUser({
        username: 'ada',
        name: 'Ada Lovelace',
        primaryEmail: 'ada@example.com',
        primaryPhone: '441234567',
        profile: { familyName: 'Lovelace', address: { streetAddress: 'St James Square', country: 'GB' } },
      })
    ).id;
  });
  after(() => provider.close());

  const userinfo = (token: string, init: RequestInit = {}) =>
    fetch(`${provider.url}/oidc/me`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

  const issuedAt = (idToken: string) => decodeJwt(idToken);

  describe('oidcc-server', () => {
    it('returns a code, the state and the issuer, and exchanges the code for an ID token about the user', async () => {
      const agent = createAgent();
      const answer = await party.signIn(agent, userId, { nonce: 'n-1' });
      assert.equal(answer.get('state'), 'a state');
      assert.equal(answer.get('iss'), `${provider.url}/oidc`);
      const response = await party.redeem(answer.get('code') ?? '');
      assert.equal(response.headers.get('cache-control'), 'no-store');
      const tokens = (await response.json()) as Record<string, string>;
      const claims = issuedAt(tokens.id_token ?? '');
      const { nonce, sub, aud, iss } = claims;
      assert.deepEqual(
        { nonce, sub, aud, iss },
        { nonce: 'n-1', sub: userId, aud: party.id, iss: `${provider.url}/oidc` },
      );
      assert.equal(decodeProtectedHeader(tokens.id_token ?? '').alg, 'RS256');
      assert.match(tokens.access_token ?? '', /^[\w-]{43}$/);
    });

    it('accepts client_secret_basic and client_secret_post (oidcc-server-client-secret-post)', async () => {
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      assert.equal((await party.redeem(code)).status, 200);
      const client = await provider.applications.findClient(provider.tenant, party.id);
      const basic = Buffer.from(`${party.id}:${client?.secrets[0]?.value}`).toString('base64');
      const second = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      const response = await party.token(
        {
          grant_type: 'authorization_code',
          code: second,
          redirect_uri: redirectUri,
          code_verifier: party.verifier,
          client_secret: null,
        },
        { authorization: `Basic ${basic}` },
      );
      assert.equal(response.status, 200, await response.clone().text());
    });

    it('accepts valid PKCE, and confidential clients without PKCE (oidcc-ensure-request-with-valid-pkce-succeeds)', async () => {
      const answer = await party.signIn(createAgent(), userId, { code_challenge: null, code_challenge_method: null });
      const response = await party.redeem(answer.get('code') ?? '', { code_verifier: null });
      assert.equal(response.status, 200, await response.clone().text());
    });

    it('accepts a code flow without a nonce (oidcc-ensure-request-without-nonce-succeeds-for-code-flow)', async () => {
      const tokens = await party.tokens(userId);
      assert.equal('nonce' in issuedAt(tokens.id_token), false);
    });

    it('accepts authorization requests in form and JSON bodies (oidcc-ensure-post-request-succeeds)', async () => {
      const query = new URL(party.authorizationUrl()).searchParams;
      for (const body of [query, JSON.stringify(Object.fromEntries(query))]) {
        const headers = typeof body === 'string' ? { 'content-type': 'application/json' } : {};
        const response = await createAgent().fetch(`${provider.url}/oidc/auth`, { method: 'POST', body, headers });
        assert.equal(response.status, 303, await response.clone().text());
        assert.equal(pageOf(response), `/sign-in?app_id=${party.id}`);
      }
    });
  });

  describe('Validation of authorization requests', () => {
    const begins = async (extra: Record<string, string>) => {
      const response = await party.authorize(createAgent(), extra);
      assert.equal(response.status, 303, await response.clone().text());
      assert.match(response.headers.get('location') ?? '', /^\/(sign-in|register)\?/);
    };

    for (const [module, extra] of Object.entries({
      'oidcc-ensure-request-with-unknown-parameter-succeeds': { extra: 'foobar' },
      'oidcc-ensure-request-with-acr-values-succeeds': { acr_values: '1 2' },
      'oidcc-display-page': { display: 'page' },
      'oidcc-display-popup': { display: 'popup' },
      'oidcc-ui-locales': { ui_locales: 'se' },
      'oidcc-claims-locales': { claims_locales: 'se' },
      'oidcc-login-hint': { login_hint: 'ada@example.com' },
      'oidcc-claims-essential': { claims: '{"userinfo":{"name":{"essential":true}}}' },
    })) {
      it(module, () => begins(extra));
    }
  });

  describe('Errors returned to the application (oidcc-response-type-missing and similar)', () => {
    const answer = async (extra: Parameters<Party['authorize']>[1]) => {
      const response = await party.authorize(createAgent(), extra);
      assert.equal(response.status, 303, await response.clone().text());
      const parameters = answerOf(response);
      assert.equal(parameters.get('state'), 'a state');
      assert.equal(parameters.get('iss'), `${provider.url}/oidc`);
      return parameters.get('error');
    };

    for (const [name, extra, error] of [
      ['oidcc-response-type-missing', { response_type: null }, 'invalid_request'],
      ['an unsupported response type', { response_type: 'token' }, 'unsupported_response_type'],
      ['an unsupported response mode', { response_mode: 'pigeon' }, 'unsupported_response_mode'],
      [
        'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
        { request: 'x.y.' },
        'request_not_supported',
      ],
      ['oidcc-request-uri-unsigned', { request_uri: 'https://client.example.com/r' }, 'request_uri_not_supported'],
      ['registration in the request', { registration: '{}' }, 'registration_not_supported'],
      ['the plain code challenge method', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['a code challenge without its method', { code_challenge_method: null }, 'invalid_request'],
      ['a code challenge method without a challenge', { code_challenge: null }, 'invalid_request'],
      ['a code challenge that is no SHA-256 hash', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
      ['prompt none with another', { prompt: 'none login' }, 'invalid_request'],
      ['an unknown prompt', { prompt: 'dance' }, 'invalid_request'],
      ['a max_age that is not a number', { max_age: 'old' }, 'invalid_request'],
      ['an unknown resource', { resource: 'https://nowhere.example.com' }, 'invalid_target'],
      ['an id_token_hint that is not a token', { id_token_hint: 'a.b.c' }, 'invalid_request'],
      ['oidcc-prompt-none-not-logged-in', { prompt: 'none' }, 'login_required'],
    ] as const) {
      it(`returns an error to the application for ${name}: ${error}`, async () =>
        assert.equal(await answer(extra), error));
    }
  });

  describe('oidcc-ensure-registered-redirect-uri', () => {
    // security: redirect-uris
    it('shows an error instead of redirecting to an unregistered URI, as JSON to programs', async () => {
      const url = party.authorizationUrl({ redirect_uri: 'https://evil.example.com/callback' });
      const page = await createAgent().fetch(url, { headers: { accept: 'text/html' } });
      assert.equal(page.status, 400);
      assert.equal(page.headers.get('location'), null);
      assert.match(page.headers.get('content-type') ?? '', /html/);
      const json = await failureOf(await createAgent().fetch(url, { headers: { accept: 'application/json' } }));
      assert.deepEqual([json.status, json.code], [400, 'oidc.invalid_redirect_uri']);
    });

    it('does not redirect for an unknown client', async () => {
      const response = await party.authorize(createAgent(), { client_id: 'nobody' });
      assert.equal(response.status, 400);
      assert.equal(response.headers.get('location'), null);
    });

    it('rejects a repeated parameter with an error page', async () => {
      const response = await party.authorize(createAgent(), { scope: ['openid', 'profile'] });
      assert.equal(response.status, 400);
    });
  });

  describe('Prompts and authentication age', () => {
    let agent: Agent;
    before(async () => {
      agent = createAgent();
      await party.signIn(agent, userId);
    });

    it('answers prompt=none without interaction if the user is signed in (oidcc-prompt-none-logged-in)', async () => {
      const response = await party.authorize(agent, { prompt: 'none' });
      assert.ok(answerOf(response).get('code'));
    });

    it('asks for a sign-in with prompt=login despite a session, and puts the new time in the ID token (oidcc-prompt-login)', async () => {
      const before = issuedAt((await party.tokens(userId, {}, agent)).id_token);
      provider.clock.advance(5000);
      const response = await party.authorize(agent, { prompt: 'login' });
      assert.match(response.headers.get('location') ?? '', /^\/sign-in/);
      const resumed = await agent.fetch(await finishSignIn(provider.url, agent, userId, party.id));
      const tokens = await (await party.redeem(answerOf(resumed).get('code') ?? '')).json();
      const after = issuedAt(tokens.id_token);
      assert.ok(Number(after.auth_time) > Number(before.auth_time));
      assert.equal(after.sub, before.sub);
    });

    it('asks for a sign-in once max_age has passed, and not before (oidcc-max-age-1, oidcc-max-age-10000)', async () => {
      provider.clock.advance(2000);
      const old = await party.authorize(agent, { max_age: '1' });
      assert.match(old.headers.get('location') ?? '', /^\/sign-in/);
      const young = await party.authorize(agent, { max_age: '10000' });
      assert.ok(answerOf(young).get('code'));
    });

    it('accepts prompt=none with an id_token_hint for the signed-in user only (oidcc-id-token-hint)', async () => {
      const hint = (await party.tokens(userId, {}, agent)).id_token;
      assert.ok(answerOf(await party.authorize(agent, { prompt: 'none', id_token_hint: hint })).get('code'));
      const other = await provider.addUser({ username: 'grace' });
      const stranger = createAgent();
      await party.signIn(stranger, other.id);
      const refused = await party.authorize(stranger, { prompt: 'none', id_token_hint: hint });
      assert.equal(answerOf(refused).get('error'), 'login_required');
    });
  });

  describe('Response modes', () => {
    it('returns the response in the fragment with response_mode=fragment', async () => {
      const agent = createAgent();
      await party.signIn(agent, userId);
      const response = await party.authorize(agent, { response_mode: 'fragment' });
      const location = new URL(response.headers.get('location') ?? '');
      assert.equal(location.search, '');
      assert.ok(new URLSearchParams(location.hash.slice(1)).get('code'));
    });

    it('returns the response in a form with response_mode=form_post', async () => {
      const agent = createAgent();
      await party.signIn(agent, userId);
      const response = await party.authorize(agent, { response_mode: 'form_post' });
      assert.equal(response.status, 200);
      const html = await response.text();
      assert.match(html, new RegExp(`action="${redirectUri}"`));
      assert.match(html, /name="code"/);
      assert.match(html, /name="state" value="a state"/);
    });
  });

  describe('oidcc-codereuse', () => {
    for (const [module, wait] of [
      ['oidcc-codereuse', 0],
      ['oidcc-codereuse-30seconds', 30_000],
    ] as const) {
      // security: authorization-codes
      it(`rejects the second use of a code and revokes the tokens of the first: ${module}`, async () => {
        const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
        const tokens = (await (await party.redeem(code)).json()) as Record<string, string>;
        provider.clock.advance(wait);
        assert.equal((await failureOf(await party.redeem(code))).error, 'invalid_grant');
        assert.equal((await userinfo(tokens.access_token ?? '')).status, 401);
        assert.equal((await failureOf(await party.refresh(tokens.refresh_token ?? ''))).error, 'invalid_grant');
      });
    }

    // security: authorization-codes
    it('lets exactly one of ten concurrent uses of a code succeed, or revokes the tokens of all', async () => {
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      const responses = await Promise.all(Array.from({ length: 10 }, () => party.redeem(code)));
      assert.ok(responses.filter(({ status }) => status === 200).length <= 1);
      assert.equal(responses.filter(({ status }) => status >= 500).length, 0);
    });

    // security: authorization-codes, single-use
    it('lets exactly one of several uses succeed if all of them read the code as unused', async () => {
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      const uses = Array.from({ length: 4 }, () => () => party.redeem(code));
      const responses = await race(provider.database, 'authorization_codes', uses);
      assert.deepEqual(responses.map(({ status }) => status).sort(), [200, 400, 400, 400]);
    });

    it('expires a code after one minute', async () => {
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      provider.clock.advance(61_000);
      assert.equal((await failureOf(await party.redeem(code))).error, 'invalid_grant');
    });
  });

  describe('Claims by scope', () => {
    const claimsFor = async (scope: string) => {
      const tokens = await party.tokens(userId, { scope });
      const me = (await (await userinfo(tokens.access_token)).json()) as Record<string, unknown>;
      return { idToken: issuedAt(tokens.id_token), me };
    };

    it('returns the claims of profile, email, phone and address in the ID token and at userinfo', async () => {
      const { idToken, me } = await claimsFor('openid profile email phone address');
      for (const claims of [idToken, me]) {
        assert.equal(claims.name, 'Ada Lovelace');
        assert.equal(claims.family_name, 'Lovelace');
        assert.equal(claims.preferred_username, 'ada');
        assert.equal('picture' in claims, false);
        assert.deepEqual([claims.email, claims.email_verified], ['ada@example.com', true]);
        assert.deepEqual([claims.phone_number, claims.phone_number_verified], ['441234567', true]);
        assert.deepEqual(claims.address, { street_address: 'St James Square', country: 'GB' });
      }
    });

    it('returns only the subject for the scope openid alone', async () => {
      const { me } = await claimsFor('openid');
      assert.deepEqual(me, { sub: userId });
    });

    it('returns roles and custom data for their scopes, and keeps custom data out of the ID token', async () => {
      const role = await provider.tenant.db.transaction((tx) =>
        provider.roles.create(tx, { name: 'author', description: 'Writes', type: 'User', isDefault: false }),
      );
      await provider.tenant.db.transaction((tx) => provider.roles.assign(tx, 'user', userId, [role.id]));
      const { idToken, me } = await claimsFor('openid roles custom_data identities');
      assert.deepEqual(idToken.roles, ['author']);
      assert.deepEqual(me.roles, ['author']);
      assert.equal('custom_data' in idToken, false);
      assert.deepEqual([me.custom_data, me.identities], [{}, {}]);
    });
  });

  describe('Userinfo', () => {
    it('returns the same claims for a GET, a token in the header and a token in the body', async () => {
      const { access_token: token } = await party.tokens(userId);
      const answers = await Promise.all([
        userinfo(token),
        userinfo(token, { method: 'POST' }),
        fetch(`${provider.url}/oidc/me`, { method: 'POST', body: encode({ access_token: token }) }),
      ]);
      for (const answer of answers) assert.equal(((await answer.json()) as { sub: string }).sub, userId);
    });

    it('names the problem with a token in the challenge, and rejects ID tokens at userinfo', async () => {
      const { id_token: idToken } = await party.tokens(userId);
      for (const token of ['nothing', idToken]) {
        const response = await userinfo(token);
        assert.equal(response.status, 401);
        assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/);
      }
      assert.equal((await fetch(`${provider.url}/oidc/me`)).status, 401);
    });

    it('returns 304 to a client that has the current userinfo response', async () => {
      const { access_token: token } = await party.tokens(userId);
      const etag = (await userinfo(token)).headers.get('etag') ?? '';
      assert.equal((await userinfo(token, { headers: { 'if-none-match': etag } })).status, 304);
    });
  });
});
