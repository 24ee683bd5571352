import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { createAgent, handleOf, pageOf } from '../support/agent.ts';
import { answerOf, createParty, encode, failureOf, finishSignIn, type Party } from './party.ts';
import { type Provider, startProvider } from './provider.ts';

const redirectUri = 'https://client.example.com/callback';

describe('Attacks on the protocol', () => {
  let provider: Provider;
  let party: Party;
  let native: Party;
  let userId: string;
  before(async () => {
    provider = await startProvider();
    const register = async (type: 'SPA' | 'Native', redirectUris: string[]) =>
      (await provider.addClient({ type, oidcClientMetadata: { redirectUris } })).id;
    party = createParty(provider, {
      id: await register('SPA', [
        redirectUri,
        'https://*.preview.example.com/callback',
        'https://client.example.com/at/*/end',
      ]),
      redirectUri,
    });
    const loopback = 'http://127.0.0.1:8000/callback';
    native = createParty(provider, {
      id: await register('Native', [loopback, 'com.example.app://callback']),
      redirectUri: loopback,
    });
    userId = (await provider.addUser({ username: 'ada' })).id;
  });
  after(() => provider.close());

  const accepts = async (who: Party, uri: string) => {
    const response = await who.authorize(createAgent(), { redirect_uri: uri });
    assert.equal(response.status < 500, true);
    if (response.status === 400) assert.equal(response.headers.get('location'), null);
    return response.status === 303;
  };

  // security: redirect-uris
  describe('Look-alike redirect URIs', () => {
    for (const uri of [
      'https://client.example.com/callback/',
      'https://client.example.com/callback?x=1',
      'https://client.example.com/callback#f',
      'https://client.example.com:8443/callback',
      'http://client.example.com/callback',
      'https://client.example.com.evil.com/callback',
      'https://evil.com/https://client.example.com/callback',
      'https://client.example.com@evil.com/callback',
      'https://user@client.example.com/callback',
      'https://client.example.com\\@evil.com/callback',
      'https:\\\\client.example.com/callback',
      '//client.example.com/callback',
      'https://client.example.com/callback%00',
      'https://client.example.com/call\nback',
      ' https://client.example.com/callback',
      'https://client.example.com/*',
      'https://CLIENT.example.com/callback',
      'HTTPS://client.example.com/callback',
      'https://client.example.com:443/callback',
      'https://client.example.com/x/../callback',
      'https://client.example.com/%2e%2e/callback',
      'https://client.example.com/%63allback',
      'https://BRANCH.preview.example.com/callback',
      'https://branch.preview.example.com:443/callback',
      'https://*.preview.example.com/callback',
      'https://a.b.preview.example.com/callback',
      'https://preview.example.com/callback',
      'https://x.preview.example.com.evil.com/callback',
      'https://client.example.com/at/one/two/end',
      'https://client.example.com/at//end',
      'javascript://client.example.com/%0aalert(1)',
      'data:text/html,x',
      'not a uri',
      '',
    ]) {
      it(JSON.stringify(uri), async () => assert.equal(await accepts(party, uri), false));
    }

    // security: redirect-uris
    it('accepts the registered redirect URI and every match of its wildcard', async () => {
      assert.equal(await accepts(party, redirectUri), true);
      assert.equal(await accepts(party, 'https://branch-1.preview.example.com/callback'), true);
      assert.equal(await accepts(party, 'https://client.example.com/at/one/end'), true);
    });

    it('allows a native app any loopback port, and no other host', async () => {
      assert.equal(await accepts(native, 'http://127.0.0.1:54321/callback'), true);
      assert.equal(await accepts(native, 'com.example.app://callback'), true);
      assert.equal(await accepts(native, 'http://127.0.0.1:54321/other'), false);
      assert.equal(await accepts(native, 'http://127.0.0.2:54321/callback'), false);
      assert.equal(await accepts(native, 'http://localhost:54321/callback'), false);
      assert.equal(await accepts(native, 'com.example.application://callback'), false);
    });
  });

  describe('Error responses', () => {
    const requestObject = (claims: object) =>
      ['{"alg":"none"}', JSON.stringify(claims), ''].map((part) => Buffer.from(part).toString('base64url')).join('.');

    for (const type of ['token', 'id_token', 'id_token token', 'code id_token', 'code token']) {
      it(`returns the error of response_type=${type} with state in the fragment, even if the client asks for the query`, async () => {
        for (const mode of [null, 'query']) {
          const response = await party.authorize(createAgent(), {
            response_type: type,
            response_mode: mode,
            nonce: 'n',
          });
          const url = new URL(response.headers.get('location') ?? '');
          assert.equal(url.search, '');
          assert.deepEqual(
            [answerOf(response).get('error'), answerOf(response).get('state')],
            ['unsupported_response_type', 'a state'],
          );
        }
      });
    }

    it('returns the error of an unknown response_type in the query', async () => {
      const response = await party.authorize(createAgent(), { response_type: 'pigeon' });
      assert.equal(
        new URL(response.headers.get('location') ?? '').searchParams.get('error'),
        'unsupported_response_type',
      );
    });

    it('returns the error of a request object by the response_mode and state of the object', async () => {
      const request = requestObject({ response_mode: 'form_post', state: 'inside' });
      const response = await party.authorize(createAgent(), { request, state: null });
      assert.equal(response.status, 200);
      const html = await response.text();
      assert.match(html, new RegExp(`<form method="post" action="${redirectUri}"`));
      assert.match(html, /name="error" value="request_not_supported"/);
      assert.match(html, /name="state" value="inside"/);
    });

    // security: redirect-uris
    it('never sends a request object’s error to a redirect URI that only the object names', async () => {
      const request = requestObject({ redirect_uri: 'https://evil.example.com/', response_mode: 'fragment' });
      const response = await party.authorize(createAgent(), { request });
      assert.ok(response.headers.get('location')?.startsWith(`${redirectUri}#error=request_not_supported`));
      assert.equal((await party.authorize(createAgent(), { request, redirect_uri: null })).status, 400);
    });

    for (const request of ['a', 'a.b.c', 'a.!!.c', `a.${Buffer.from('null').toString('base64url')}.c`, 'a.W10.c']) {
      it(`returns the error of a damaged request object (${JSON.stringify(request)}) in the query`, async () => {
        const response = await party.authorize(createAgent(), { request });
        assert.match(response.headers.get('location') ?? '', /\?error=request_not_supported&/);
      });
    }
  });

  describe('PKCE', () => {
    // security: authorization-codes
    it('requires PKCE from public clients', async () => {
      const response = await party.authorize(createAgent(), { code_challenge: null, code_challenge_method: null });
      assert.equal(answerOf(response).get('error'), 'invalid_request');
    });

    // security: authorization-codes
    it('requires the matching verifier, and keeps the code valid after a wrong one', async () => {
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      for (const verifier of [null, 'x'.repeat(43), party.verifier.slice(0, -1), `${party.verifier}x`]) {
        assert.equal((await failureOf(await party.redeem(code, { code_verifier: verifier }))).error, 'invalid_grant');
      }
      assert.equal((await party.redeem(code)).status, 200);
    });

    // security: authorization-codes
    it('rejects a verifier of the wrong length or with other characters, although its hash is the challenge', async () => {
      for (const verifier of ['x'.repeat(42), 'x'.repeat(129), `${'x'.repeat(43)} `]) {
        const code_challenge = createHash('sha256').update(verifier).digest('base64url');
        const code = (await party.signIn(createAgent(), userId, { code_challenge })).get('code') ?? '';
        assert.equal((await failureOf(await party.redeem(code, { code_verifier: verifier }))).error, 'invalid_grant');
      }
    });

    // security: authorization-codes
    it('rejects a verifier without a challenge', async () => {
      const { id, secret = '' } = await provider.addClient({
        type: 'Traditional',
        oidcClientMetadata: { redirectUris: [redirectUri] },
      });
      const web = createParty(provider, { id, redirectUri, secret });
      const answer = await web.signIn(createAgent(), userId, { code_challenge: null, code_challenge_method: null });
      assert.equal((await failureOf(await web.redeem(answer.get('code') ?? ''))).error, 'invalid_grant');
    });
  });

  describe('Codes and tokens', () => {
    // security: authorization-codes
    it('accepts a code only for its client, redirect URI and tenant, and rejects truncated codes as unknown', async () => {
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      const body = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: party.verifier };
      assert.equal((await failureOf(await native.token(body))).error, 'invalid_grant');
      assert.equal(
        (await failureOf(await party.redeem(code, { redirect_uri: `${redirectUri}/` }))).error,
        'invalid_grant',
      );
      assert.equal((await failureOf(await party.redeem(code, { redirect_uri: null }))).error, 'invalid_request');
      assert.equal((await failureOf(await party.redeem(code.slice(0, -1)))).error, 'invalid_grant');
      const elsewhere = await fetch(`${provider.url}/t/other/oidc/token`, {
        method: 'POST',
        body: encode({ client_id: 'demo-app', ...body }),
      });
      assert.equal((await failureOf(elsewhere)).error, 'invalid_grant');
      assert.equal((await party.redeem(code)).status, 200);
    });

    // security: value-purposes
    it('rejects a value that was issued for another purpose', async () => {
      const tokens = await party.tokens(userId);
      const code = (await party.signIn(createAgent(), userId)).get('code') ?? '';
      const values = [code, tokens.access_token, tokens.id_token];
      for (const value of values) assert.equal((await failureOf(await party.refresh(value))).error, 'invalid_grant');
      for (const value of [tokens.access_token, tokens.refresh_token ?? '']) {
        assert.equal((await failureOf(await party.redeem(value))).error, 'invalid_grant');
      }
      for (const value of [code, tokens.refresh_token ?? '', tokens.id_token]) {
        const me = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${value}` } });
        assert.equal(me.status, 401);
      }
    });

    // security: database-theft
    it('stores codes, tokens and interactions as hashes', async () => {
      const agent = createAgent();
      const code = (await party.signIn(agent, userId)).get('code') ?? '';
      const tokens = (await (await party.redeem(code)).json()) as Record<string, string>;
      for (const table of ['authorization_codes', 'refresh_tokens', 'access_tokens', 'sessions', 'interactions']) {
        const dump = JSON.stringify(await provider.database.system.raw(`select * from ${table}`));
        for (const secret of [code, tokens.refresh_token, tokens.access_token])
          assert.equal(dump.includes(String(secret)), false, table);
      }
    });
  });

  describe('Pending sign-ins', () => {
    // security: sign-in-handover
    it('continues a sign-in only in the browser that started it', async () => {
      const agent = createAgent();
      await party.authorize(agent);
      const resume = await finishSignIn(provider.url, agent, userId, party.id);
      const stolen = await createAgent().fetch(resume);
      assert.equal(stolen.status, 400);
      assert.equal(stolen.headers.get('location'), null);
      const inBrowser = await agent.fetch(resume);
      assert.ok(answerOf(inBrowser).get('code'));
      assert.equal((await agent.fetch(resume)).status, 400, 'it goes on once');
    });

    // security: single-use, sign-in-handover
    it('returns a code to exactly one of ten concurrent resumes', async () => {
      const agent = createAgent();
      await party.authorize(agent);
      const resume = await finishSignIn(provider.url, agent, userId, party.id);
      const cookies = new Set<number>();
      const responses = await Promise.all(Array.from({ length: 10 }, () => agent.fetch(resume)));
      for (const { status } of responses) cookies.add(status);
      assert.equal(responses.filter(({ status }) => status === 303).length, 1);
      assert.deepEqual([...cookies].sort(), [303, 400]);
    });

    it('does not continue before the user has completed every step', async () => {
      const agent = createAgent();
      const response = await party.authorize(agent);
      const resumed = await agent.fetch(`${provider.url}/oidc/auth/${handleOf(response)}`);
      assert.equal(pageOf(resumed), `/sign-in?app_id=${party.id}`);
    });

    // security: sign-in-handover
    it('ends a pending sign-in after an hour', async () => {
      const agent = createAgent();
      await party.authorize(agent);
      const resume = await finishSignIn(provider.url, agent, userId, party.id);
      provider.clock.advance(3_600_001);
      assert.equal((await agent.fetch(resume)).status, 400);
    });

    // security: suspension
    it('ends a pending sign-in if the user was suspended or deleted after the last step', async () => {
      const endings = {
        suspended: 'update users set is_suspended = true where id = $1',
        deleted: 'delete from users where id = $1',
      };
      for (const [name, statement] of Object.entries(endings)) {
        const agent = createAgent();
        const user = await provider.addUser({ username: `${name}_at_the_end` });
        await party.authorize(agent);
        const resume = await finishSignIn(provider.url, agent, user.id, party.id);
        await provider.database.system.raw(statement, [user.id]);
        const resumed = await agent.fetch(resume);
        assert.equal(answerOf(resumed).get('error'), 'access_denied', name);
        assert.equal(answerOf(resumed).get('code'), null, name);
        assert.doesNotMatch(resumed.headers.getSetCookie().join(), /_session=[^;]/);
      }
    });

    // security: redirect-uris
    it('does not redirect to a URI that was unregistered after the request', async () => {
      const { id } = await provider.addClient({ type: 'SPA', oidcClientMetadata: { redirectUris: [redirectUri] } });
      const other = createParty(provider, { id, redirectUri });
      const agent = createAgent();
      await other.authorize(agent);
      const resume = await finishSignIn(provider.url, agent, userId, id);
      await provider.tenant.db.transaction((tx) =>
        provider.applications.update(tx, id, { oidcClientMetadata: { redirectUris: [] } }),
      );
      const response = await agent.fetch(resume);
      assert.deepEqual([response.status, response.headers.get('location')], [400, null]);
    });
  });

  describe('Sessions', () => {
    const sessionOf = (response: Response) => /_session=([^;]+)/.exec(response.headers.getSetCookie().join())?.[1];

    // security: session-fixation
    it('changes the session cookie at every sign-in, and rejects a planted or old value', async () => {
      const agent = createAgent();
      const signIn = async () => {
        await party.authorize(agent, { prompt: 'login' });
        return agent.fetch(await finishSignIn(provider.url, agent, userId, party.id));
      };
      const [first, second] = [sessionOf(await signIn()), sessionOf(await signIn())];
      assert.notEqual(first, second);
      const withCookie = (value: string | undefined) =>
        fetch(party.authorizationUrl({ prompt: 'none' }), {
          headers: { cookie: `_session=${value}` },
          redirect: 'manual',
        });
      assert.equal(answerOf(await withCookie(first)).get('error'), 'login_required');
      assert.ok(answerOf(await withCookie(second)).get('code'));
    });

    // security: session-fixation
    it('never changes the user of a session: another user gets a new session, and the first one ends', async () => {
      const agent = createAgent();
      const first = await party.tokens(userId, { scope: 'openid' }, agent);
      const other = await provider.addUser({ username: `u${Date.now()}` });
      await party.authorize(agent, { prompt: 'login', scope: 'openid' });
      const resumed = await agent.fetch(await finishSignIn(provider.url, agent, other.id, party.id));
      const second = (await (await party.redeem(answerOf(resumed).get('code') ?? '')).json()) as Record<string, string>;
      const [before, after] = [decodeJwt(first.id_token), decodeJwt(second.id_token ?? '')];
      assert.equal(after.sub, other.id);
      assert.notEqual(after.sid, before.sid);
      const me = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${first.access_token}` } });
      assert.equal(me.status, 401, 'what hung on the first session is gone');
    });

    it('returns login_required if another user signs in than the application expects', async () => {
      const agent = createAgent();
      const hint = (await party.tokens(userId, {}, agent)).id_token;
      const other = await provider.addUser({ username: `v${Date.now()}` });
      await party.authorize(agent, { prompt: 'login', id_token_hint: hint });
      const resumed = await agent.fetch(await finishSignIn(provider.url, agent, other.id, party.id));
      assert.equal(answerOf(resumed).get('error'), 'login_required');
    });

    // security: suspension
    it('ignores sessions of suspended users', async () => {
      const agent = createAgent();
      const user = await provider.addUser({ username: `w${Date.now()}` });
      const { access_token: token } = await party.tokens(user.id, {}, agent);
      const code = answerOf(await party.authorize(agent)).get('code') ?? '';
      await provider.database.system.raw('update users set is_suspended = true where id = $1', [user.id]);
      assert.match((await party.authorize(agent)).headers.get('location') ?? '', /^\/sign-in/);
      assert.equal((await failureOf(await party.redeem(code))).error, 'invalid_grant');
      const me = await fetch(`${provider.url}/oidc/me`, { headers: { authorization: `Bearer ${token}` } });
      assert.equal(me.status, 401);
    });

    it('expires a session after two weeks', async () => {
      const agent = createAgent();
      await party.signIn(agent, userId);
      provider.clock.advance(14 * 86_400_000 + 1000);
      assert.equal(answerOf(await party.authorize(agent, { prompt: 'none' })).get('error'), 'login_required');
    });

    // security: session-fixation
    it('hides session cookies from scripts and from other tenants', async () => {
      const response = await party.authorize(createAgent());
      const [cookie = ''] = response.headers.getSetCookie();
      assert.match(cookie, /^_interaction\.[\w-]{16}=.*; Path=\/; HttpOnly; SameSite=Lax; Max-Age=3600$/);
      const query = new URL(
        party.authorizationUrl({ client_id: 'demo-app', redirect_uri: `${provider.url}/t/other/demo-app` }),
      ).search;
      const elsewhere = await createAgent().fetch(`${provider.url}/t/other/oidc/auth${query}`);
      assert.match(elsewhere.headers.getSetCookie()[0] ?? '', /; Path=\/t\/other; /);
    });
  });

  describe('Malformed requests', () => {
    const endpoints = [
      '/oidc/token',
      '/oidc/token/introspection',
      '/oidc/token/revocation',
      '/oidc/auth',
      '/oidc/session/end',
      '/consent',
    ];
    const bodies: [string, string, string | Uint8Array<ArrayBuffer>][] = [
      ['null bytes', 'application/x-www-form-urlencoded', 'client_id=a%00b'],
      ['invalid UTF-8', 'application/x-www-form-urlencoded', new Uint8Array([0x61, 0x3d, 0xff, 0xfe])],
      ['invalid percent-encoded UTF-8', 'application/x-www-form-urlencoded', 'client_id=%ff%fe'],
      ['deep JSON', 'application/json', `${'['.repeat(1000)}${']'.repeat(1000)}`],
      ['JSON with a nested parameter', 'application/json', '{"client_id":{"a":1}}'],
      ['a JSON array', 'application/json', '[1]'],
      ['broken JSON', 'application/json', '{'],
      ['__proto__', 'application/json', '{"__proto__":{"client_id":"x"}}'],
      ['another content type', 'text/plain', 'client_id=a'],
      ['a megabyte', 'application/x-www-form-urlencoded', `client_id=${'a'.repeat(1_000_000)}`],
    ];
    for (const [name, type, body] of bodies) {
      // security: bad-input
      it(`returns a 4xx status at every endpoint for ${name}`, async () => {
        for (const path of endpoints) {
          const response = await fetch(`${provider.url}${path}`, {
            method: 'POST',
            headers: { 'content-type': type },
            body,
            redirect: 'manual',
          });
          assert.ok(response.status >= 400 && response.status < 500, `${path} answered ${response.status}`);
        }
      });
    }

    // security: bad-input
    it('returns a 4xx status for null bytes and repeated names in a query', async () => {
      for (const query of ['client_id=a%00b', 'client_id=a&client_id=a', 'client_id=%ff', 'redirect_uri=x']) {
        const response = await fetch(`${provider.url}/oidc/auth?${query}`, { redirect: 'manual' });
        assert.equal(response.status, 400, query);
      }
    });

    // security: bad-input
    it('ignores damaged cookies', async () => {
      for (const cookie of [
        '_interaction.=x',
        '_interaction.handle=%',
        '_interaction.handle=1.short',
        '_interaction.a=zzzzzzzzzzzzzz.x',
        '_session=x',
        '_interaction.handle=; _session=',
      ]) {
        const response = await fetch(party.authorizationUrl(), { headers: { cookie }, redirect: 'manual' });
        assert.equal(response.status, 303, cookie);
      }
    });
  });
});
