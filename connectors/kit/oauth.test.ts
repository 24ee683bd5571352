import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { createProviderSandbox, oidcIssuer, signingAlgorithms } from '../sandbox/index.ts';
import { signingKey } from '../sandbox/signing.ts';
import { authorizationRequest, memorySession } from './conformance.ts';
import { createOAuthConnector, guideFiles, letterLogo, makeJwt, type OAuthProvider, z } from './index.ts';
import { matchIssuer } from './oauth-id-token.ts';

const start = Date.UTC(2026, 0, 1);
const log = { info: () => {}, warn: () => {}, error: () => {} };
type Fetch = typeof globalThis.fetch;

const provider: OAuthProvider = {
  endpoints: { discoverFrom: oidcIssuer },
  client: { id: 'the-client', secret: 'hush' },
  scope: 'openid',
  idToken: {},
};

/** A connector of one provider, and the stand-in that it talks to through `change`. */
const open = (given: Partial<OAuthProvider> = {}, change: (fetch: Fetch) => Fetch = (fetch) => fetch) => {
  const clock = { now: start };
  const sandbox = createProviderSandbox({
    now: () => clock.now,
    random: () => crypto.randomUUID(),
    algorithm: 'ES256',
  });
  const requests: { address: string; headers: Headers; body: URLSearchParams }[] = [];
  const fetch = change(async (input, init) => {
    const body = init?.body instanceof URLSearchParams ? init.body : new URLSearchParams();
    requests.push({ address: String(input), headers: new Headers(init?.headers), body });
    return sandbox.fetch(input, init);
  });
  const connector = createOAuthConnector({
    metadata: {
      id: 'acme',
      target: 'acme',
      type: 'Social',
      platform: 'Universal',
      name: { en: 'Acme' },
      description: { en: 'Acme.' },
      logo: letterLogo('A', '#333'),
      logoDark: null,
      guide: guideFiles('acme'),
      formItems: [],
    },
    config: z.object({}),
    provider: () => ({ ...provider, ...given }),
    answers: z.looseObject({ claims: z.looseObject({ sub: z.string() }) }),
    toProfile: ({ claims }, _config, { user }) => ({ id: claims.sub, name: user }),
  });
  const instance = () => connector.create({}, { fetch, now: () => clock.now, log });
  const signIn = async (outcome: 'success' | 'id_token_expired' = 'success', extra: Record<string, string> = {}) => {
    const call = { session: memorySession() };
    const address = await instance().getAuthorizationUri(authorizationRequest, call);
    const { parameters } = await sandbox.agree({ address, persona: 'mei', outcome });
    return { address, user: await instance().getUserInfo({ ...parameters, ...extra }, call) };
  };
  const asked = (path: string) => requests.filter(({ address }) => address.includes(path));
  return { clock, sandbox, instance, signIn, asked, requests };
};

/** Replaces the answer of one address. */
const answering =
  (path: string, change: (answer: Response) => Response | Promise<Response>) =>
  (fetch: Fetch): Fetch =>
  async (input, init) => {
    const answer = await fetch(input, init);
    return String(input).includes(path) ? change(answer) : answer;
  };
const changing = (path: string, members: object) =>
  answering(path, async (answer) => Response.json({ ...((await answer.json()) as object), ...members }));

describe('OAuth connector', () => {
  it('requests the discovery document once in ten minutes, and the keys once in five', async () => {
    const { signIn, asked, clock } = open();
    await signIn();
    await signIn();
    assert.equal(asked('/.well-known/openid-configuration').length, 1);
    assert.equal(asked('/keys').length, 1);
    clock.now += 600_001;
    await signIn();
    assert.equal(asked('/.well-known/openid-configuration').length, 2);
  });

  // security: provider-answers
  it('never uses data cached from one network for another', async () => {
    const [one, two] = [open(), open()];
    await one.signIn();
    await two.signIn();
    assert.equal(two.asked('/.well-known/openid-configuration').length, 1);
    assert.equal(two.asked('/keys').length, 1);
  });

  it('checks the times of an ID token against the given clock', async () => {
    const { signIn, clock } = open();
    clock.now = Date.UTC(2001, 0, 1);
    assert.equal((await signIn()).user.id, 'sandbox-mei');
    await assert.rejects(signIn('id_token_expired'), { code: 'social_invalid_id_token' });
  });

  for (const algorithm of signingAlgorithms) {
    it(`accepts an ID token signed with ${algorithm}, unless the provider’s metadata excludes it`, async () => {
      const sandbox = createProviderSandbox({ now: () => start, random: () => crypto.randomUUID(), algorithm });
      const trial = (given: Partial<OAuthProvider>) => open(given, () => sandbox.fetch);
      const run = async ({ instance }: ReturnType<typeof open>) => {
        const call = { session: memorySession() };
        const address = await instance().getAuthorizationUri(authorizationRequest, call);
        const { parameters } = await sandbox.agree({ address, persona: 'mei', outcome: 'success' });
        return instance().getUserInfo(parameters, call);
      };
      assert.equal((await run(trial({}))).id, 'sandbox-mei');
      await assert.rejects(run(trial({ idToken: { algorithms: ['Ed25519'] } })), { code: 'social_invalid_id_token' });
    });
  }

  // security: provider-answers
  it('rejects ID tokens without a signature, and those signed with the client secret', async () => {
    const payload = { iss: oidcIssuer, aud: 'the-client', sub: 'admin', iat: start / 1000, exp: start / 1000 + 60 };
    const none = await makeJwt({ alg: 'none' }, payload, async () => new Uint8Array());
    const secret = await makeJwt({ alg: 'HS256' }, payload, async (input) =>
      createHmac('sha256', 'hush').update(input).digest(),
    );
    for (const forged of [none, secret, 'a.b.c', 'text', '']) {
      const { signIn } = open({}, changing('/token', { id_token: forged }));
      await assert.rejects(signIn(), { code: 'social_invalid_id_token' });
    }
    const { signIn } = open({}, changing('/token', { id_token: null }));
    await assert.rejects(signIn(), { code: 'invalid_response', data: { message: 'Acme sent no ID token' } });
  });

  // security: provider-answers
  it('accepts only issuers that match the template with the token’s own claim', async () => {
    const accepted = ['https://login.example/{tid}/v2.0'];
    const fits = (iss: string, tid?: unknown) => matchIssuer(accepted, iss, { tid }) === iss;
    assert.ok(fits('https://login.example/acme-1/v2.0', 'acme-1'));
    for (const [iss, tid] of [
      ['https://login.example/acme-1/v2.0', 'acme-2'],
      ['https://login.example/acme-1/v2.0', undefined],
      ['https://login.example/a/b/v2.0', 'a/b'],
      ['https://login.example/acme-1/v2.0/', 'acme-1'],
      ['https://loginXexample/acme-1/v2.0', 'acme-1'],
    ] as const)
      assert.ok(!fits(iss, tid), `${iss} ${tid}`);
    const own = open({ idToken: { issuer: ['https://elsewhere.example', 'https://{part}.sandbox.test'] } });
    await assert.rejects(own.signIn(), { code: 'social_invalid_id_token' });
    const listed = open({ idToken: { issuer: ['https://elsewhere.example', oidcIssuer] } });
    assert.equal((await listed.signIn()).user.id, 'sandbox-mei');
  });

  // security: provider-answers
  it('compares the audience with the client ID, or with the configured audiences', async () => {
    const other = open({ idToken: { audience: ['another', 'one more'] } });
    await assert.rejects(other.signIn(), { code: 'social_invalid_id_token' });
    assert.ok((await open({ idToken: { audience: ['another', 'the-client'] } }).signIn()).user.id);
  });

  // security: provider-answers
  it('rejects a discovery document of another issuer, and one with plain http endpoints', async () => {
    for (const members of [
      { issuer: 'https://elsewhere.example' },
      { issuer: undefined },
      { authorization_endpoint: 'http://oidc.sandbox.test/authorize' },
      { authorization_endpoint: 'javascript:alert(1)' },
    ]) {
      const { signIn } = open({}, changing('/.well-known', members));
      await assert.rejects(signIn(), { code: 'invalid_response' }, JSON.stringify(members));
    }
    for (const members of [
      { token_endpoint: 'http://oidc.sandbox.test/token' },
      { token_endpoint: undefined },
      { jwks_uri: 'http://oidc.sandbox.test/keys' },
      { jwks_uri: undefined },
      { userinfo_endpoint: 'http://oidc.sandbox.test/userinfo' },
    ]) {
      const { signIn } = open({ readsUserinfo: true }, changing('/.well-known', members));
      await assert.rejects(
        signIn(),
        (error: { code?: string }) => error.code?.startsWith('invalid') || error.code === 'social_invalid_id_token',
      );
    }
  });

  // security: provider-answers
  it('rejects the userinfo of another user than the ID token’s', async () => {
    const { signIn } = open({ readsUserinfo: true }, changing('/userinfo', { sub: 'sandbox-rafael' }));
    await assert.rejects(signIn(), {
      code: 'invalid_response',
      data: { message: 'Acme sent the profile of another user' },
    });
  });

  // security: provider-answers
  it('does not let additional parameters replace those of the protocol', async () => {
    const parameters = { state: 'mine', redirect_uri: 'https://evil.test', nonce: 'known', prompt: 'login' };
    const { address } = await open({ parameters, responseMode: 'form_post' }).signIn();
    const { searchParams } = new URL(address);
    assert.deepEqual(
      [
        searchParams.get('state'),
        searchParams.get('redirect_uri'),
        searchParams.get('prompt'),
        searchParams.get('response_mode'),
      ],
      [authorizationRequest.state, authorizationRequest.redirectUri, 'login', 'form_post'],
    );
    assert.notEqual(searchParams.get('nonce'), 'known');
  });

  it('passes the callback’s parameters to the mapping, e.g. the name that Apple sends once', async () => {
    assert.equal((await open().signIn('success', { user: 'Mei' })).user.name, 'Mei');
  });
});

describe('Client authentication of an OAuth connector', () => {
  const tokenRequest = async (client: Partial<OAuthProvider['client']>) => {
    const { signIn, asked } = open({ client: { ...provider.client, ...client } });
    await signIn();
    const [request] = asked('/token');
    assert.ok(request);
    return request;
  };

  it('sends the secret in the body, or by Basic if that is configured', async () => {
    const post = await tokenRequest({});
    assert.deepEqual([post.body.get('client_id'), post.body.get('client_secret')], ['the-client', 'hush']);
    const basic = await tokenRequest({ authentication: 'client_secret_basic' });
    assert.equal(basic.headers.get('authorization'), `Basic ${btoa('the-client:hush')}`);
    assert.equal(basic.body.get('client_secret'), null);
  });

  it('sends no secret for a public client', async () => {
    for (const client of [{ secret: undefined }, { authentication: 'none' as const }]) {
      const { body, headers } = await tokenRequest(client);
      assert.deepEqual([body.get('client_id'), body.get('client_secret')], ['the-client', null]);
      assert.equal(headers.get('authorization'), null);
    }
  });

  for (const algorithm of ['HS256', 'HS384', 'HS512'] as const) {
    it(`signs an assertion with the secret by ${algorithm}, for the token endpoint and one minute`, async () => {
      const { body } = await tokenRequest({ authentication: 'client_secret_jwt', jwtAlgorithm: algorithm });
      const [header = '', payload = '', signature] = (body.get('client_assertion') ?? '').split('.');
      const digest = createHmac(`sha${algorithm.slice(2)}`, 'hush')
        .update(`${header}.${payload}`)
        .digest('base64url');
      assert.equal(signature, digest);
      const { iss, sub, aud, iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString());
      assert.deepEqual([iss, sub, aud], ['the-client', 'the-client', `${oidcIssuer}/token`]);
      assert.deepEqual([iat, exp - iat], [start / 1000, 60]);
      assert.equal(body.get('client_secret'), null);
    });
  }

  it('accepts a secret that is created for each request, as Apple requires', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = await crypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    );
    const secret = () =>
      makeJwt(
        { alg: 'ES256', kid: 'k1' },
        { iss: 'TEAM', sub: 'the-client' },
        async (input) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, input)),
      );
    const { body } = await tokenRequest({ secret });
    const [header, payload, signature = ''] = (body.get('client_secret') ?? '').split('.');
    const input = Buffer.from(`${header}.${payload}`);
    const proof = Buffer.from(signature, 'base64url');
    assert.ok(verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, proof));
  });
});

describe('Error map of OAuth connectors', () => {
  const fail = (body: unknown, status: number) =>
    open(
      {},
      answering('/token', () => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })),
    ).signIn();

  for (const [body, status, code] of [
    [{ error: 'invalid_grant' }, 400, 'social_auth_code_invalid'],
    [{ error: 'bad_verification_code' }, 200, 'social_auth_code_invalid'],
    [{ error: 'invalid_client' }, 401, 'invalid_config'],
    [{ error: 'unauthorized_client' }, 400, 'invalid_config'],
    [{ error: 'incorrect_client_credentials' }, 200, 'invalid_config'],
    ['', 401, 'invalid_config'],
    [{ error: 'redirect_uri_mismatch', error_description: 'It differs.' }, 400, 'general'],
    ['<html>', 502, 'general'],
    ['', 429, 'rate_limit_exceeded'],
  ] as const) {
    it(`maps HTTP ${status} with ${JSON.stringify(body)} to ${code}`, async () => {
      await assert.rejects(fail(body, status), { code });
    });
  }

  it('names the fields that the operator must correct, and the provider’s message', async () => {
    await assert.rejects(
      fail({ error: 'invalid_client', error_description: 'Unknown.' }, 401),
      ({ data }: { data: { problems: { path: string }[]; message: string } }) => {
        assert.deepEqual(
          data.problems.map(({ path }) => path),
          ['clientId', 'clientSecret'],
        );
        assert.equal(data.message, 'invalid_client: Unknown.');
        return true;
      },
    );
    await assert.rejects(fail({ error: 'redirect_uri_mismatch', error_description: 'It differs.' }, 400), {
      data: { errorDescription: 'Acme answered: redirect_uri_mismatch: It differs.' },
    });
    await assert.rejects(fail('<html>', 502), { data: { errorDescription: 'Acme answered with HTTP 502' } });
  });

  it('reads tokens from a form only if the provider may send one', async () => {
    const asForm = answering('/token', async (answer) => {
      const entries = Object.entries((await answer.json()) as object).map(([key, value]) => [key, String(value)]);
      return new Response(new URLSearchParams(entries).toString());
    });
    assert.equal((await open({ acceptsForm: true }, asForm).signIn()).user.id, 'sandbox-mei');
    await assert.rejects(open({}, asForm).signIn(), { code: 'invalid_response' });
  });
});

describe('Keys of the simulated provider', () => {
  it('publishes the keys without their private part', async () => {
    for (const algorithm of signingAlgorithms) {
      const { publicKey } = await signingKey(algorithm);
      assert.ok(!('d' in publicKey) && !('p' in publicKey));
    }
  });
});
