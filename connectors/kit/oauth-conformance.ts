import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { authorizationRequest, memorySession } from './conformance.ts';
import { type Call, type Connector, type ConnectorInstance, noSession } from './connector.ts';

/** A provider that plays its part of OAuth 2.0, with a user who always agrees. */
export interface OAuthStandIn {
  readonly fetch: typeof globalThis.fetch;
  /** What the provider adds to the redirect URI for that authorization request. */
  agree: (address: string) => Promise<Readonly<Record<string, string>>>;
}

interface CallbackCase {
  readonly connector: Connector;
  readonly validConfig: Readonly<Record<string, unknown>>;
  readonly open: () => OAuthStandIn;
}

export interface OAuthConformanceCase extends CallbackCase {
  /** OpenID Connect: a nonce is sent, and the callback may name its issuer. */
  readonly issuer?: string;
  /** `code id_token` where the ID token comes with the callback and the code is not redeemed. */
  readonly responseType?: 'code id_token';
  /** Whether the provider takes a code challenge. */
  readonly usesPkce: boolean;
  /** Whether calls that belong to no sign-in work (see `OAuthProvider.worksWithoutSession`). */
  readonly worksWithoutSession: boolean;
}

const silent = { info: () => {}, warn: () => {}, error: () => {} };

interface Trial {
  readonly instance: ConnectorInstance;
  readonly standIn: OAuthStandIn;
  readonly call: Call;
  /** Parameters of the authorization request. */
  readonly sent: URLSearchParams;
  readonly address: string;
  /** Bodies of the requests to the provider. */
  readonly bodies: readonly URLSearchParams[];
}

const begin = async (test: CallbackCase, session = memorySession(), standIn = test.open()): Promise<Trial> => {
  const bodies: URLSearchParams[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    if (init?.body instanceof URLSearchParams) bodies.push(init.body);
    return standIn.fetch(input, init);
  };
  const instance = test.connector.create(test.validConfig, { fetch, now: () => Date.UTC(2026, 0, 1), log: silent });
  const call = { session };
  const address = await instance.getAuthorizationUri(authorizationRequest, call);
  return { instance, standIn, call, address, sent: new URL(address).searchParams, bodies };
};

const testRequest = (test: OAuthConformanceCase): void => {
  it('asks for a code with state and redirect URI, with PKCE and a nonce where the provider takes them', async () => {
    const { sent } = await begin(test);
    assert.equal(sent.get('response_type'), test.responseType ?? 'code');
    assert.equal(sent.get('state'), authorizationRequest.state);
    assert.equal(sent.get('redirect_uri'), authorizationRequest.redirectUri);
    assert.equal(sent.get('code_challenge_method'), test.usesPkce ? 'S256' : null);
    assert.match(sent.get('code_challenge') ?? '', test.usesPkce ? /^[\w-]{43}$/ : /^$/);
    assert.equal(sent.has('nonce'), test.issuer !== undefined);
  });

  if (test.responseType) return;
  it('repeats the redirect URI when it redeems the code', async () => {
    const { instance, standIn, call, address, bodies } = await begin(test);
    await instance.getUserInfo(await standIn.agree(address), call);
    assert.equal(bodies[0]?.get('redirect_uri'), authorizationRequest.redirectUri);
  });

  if (!test.usesPkce) return;
  it('proves with the verifier of its own challenge who asked', async () => {
    const { instance, standIn, call, address, sent, bodies } = await begin(test);
    await instance.getUserInfo(await standIn.agree(address), call);
    const [token] = bodies;
    const challenge = createHash('sha256')
      .update(token?.get('code_verifier') ?? '')
      .digest('base64url');
    assert.equal(challenge, sent.get('code_challenge'));
  });

  it('uses neither a verifier nor a nonce twice', async () => {
    const [one, two] = [await begin(test), await begin(test)];
    for (const name of ['code_challenge', ...(test.issuer ? ['nonce'] : [])])
      assert.notEqual(one.sent.get(name), two.sent.get(name));
  });
};

/** With PKCE. Elsewhere the server's state and cookie are all that binds a code to a sign-in. */
const testStolenCode = (test: OAuthConformanceCase): void => {
  it('takes no code that another sign-in asked for', async () => {
    const standIn = test.open();
    const [victim, attacker] = [
      await begin(test, memorySession(), standIn),
      await begin(test, memorySession(), standIn),
    ];
    const { state: _, ...stolen } = await standIn.agree(victim.address);
    await assert.rejects(attacker.instance.getUserInfo(stolen, attacker.call), { code: 'social_auth_code_invalid' });
  });
};

const testCallback = (test: OAuthConformanceCase): void => {
  if (test.usesPkce) testStolenCode(test);

  it('refuses a state of another sign-in when the callback carries one', async () => {
    const { instance, standIn, call, address } = await begin(test);
    const forged = { ...(await standIn.agree(address)), state: 'of another sign-in' };
    await assert.rejects(instance.getUserInfo(forged, call), { code: 'authorization_failed' });
  });

  const { issuer } = test;
  if (issuer === undefined) return;
  it('refuses a callback that names another issuer (RFC 9207)', async () => {
    const { instance, standIn, call, address } = await begin(test);
    const callback = await standIn.agree(address);
    await assert.rejects(instance.getUserInfo({ ...callback, iss: 'https://elsewhere.example' }, call), {
      code: 'invalid_response',
    });
    assert.ok((await instance.getUserInfo({ ...callback, iss: issuer }, call)).id);
  });
};

const testRefusals = (test: CallbackCase): void => {
  it('answers authorization_failed when the user declined', async () => {
    for (const error of ['access_denied', 'user_cancelled_login']) {
      const { instance, call } = await begin(test);
      await assert.rejects(instance.getUserInfo({ error }, call), { code: 'authorization_failed' });
    }
  });

  it('names the provider when it reports an error, and repeats no sentence that the browser brought', async () => {
    const { instance, call } = await begin(test);
    const data = { error: 'server_error', error_description: 'Call this number at once' };
    const name = test.connector.metadata.name.en;
    await assert.rejects(instance.getUserInfo(data, call), {
      code: 'general',
      data: { errorDescription: `${name} answered with an error: server_error` },
    });
    const { instance: other, call: itsCall } = await begin(test);
    await assert.rejects(other.getUserInfo({ error: '<b>Call this number</b>' }, itsCall), {
      code: 'general',
      data: { errorDescription: `${name} answered with an error` },
    });
  });

  it('answers general for a callback without a code', async () => {
    for (const data of [undefined, null, 'code', {}, { code: '' }, { code: 7 }, { code: ['c'] }, { ticket: 'c' }]) {
      const { instance, call } = await begin(test);
      await assert.rejects(instance.getUserInfo(data, call), { code: 'general' });
    }
  });
};

const testSessions = (test: OAuthConformanceCase): void => {
  const { worksWithoutSession, connector } = test;
  it(`${worksWithoutSession ? 'works' : 'answers not_implemented'} for a call that belongs to no sign-in`, async () => {
    if (!worksWithoutSession) return assert.rejects(begin(test, noSession), { code: 'not_implemented' });
    const { instance, standIn, call, address, sent } = await begin(test, noSession);
    assert.deepEqual([sent.get('code_challenge'), sent.get('nonce')], [null, null]);
    const { redirectUri } = authorizationRequest;
    assert.ok((await instance.getUserInfo({ ...(await standIn.agree(address)), redirectUri }, call)).id);
  });

  it('fails as the server does when the session of a sign-in is gone', async () => {
    const { instance, standIn, address } = await begin(test);
    const gone = new Error('the session is gone');
    const session = { ...noSession, get: () => Promise.reject(gone) };
    await assert.rejects(instance.getUserInfo(await standIn.agree(address), { session }), gone);
  });

  if (!connector.metadata.isTokenStorageSupported) return;
  it('gives the tokens along with the user, and refreshes them', async () => {
    const { instance, standIn, call, address, bodies } = await begin(test);
    const { tokenResponse, userInfo } = await instance.getTokenResponseAndUserInfo(await standIn.agree(address), call);
    assert.ok(userInfo.id && tokenResponse?.access_token && tokenResponse.refresh_token);
    const next = await instance.getAccessTokenByRefreshToken(tokenResponse.refresh_token, {});
    assert.ok(next.access_token && next.access_token !== tokenResponse.access_token);
    assert.equal(bodies.at(-1)?.get('grant_type'), 'refresh_token');
    await assert.rejects(instance.getAccessTokenByRefreshToken('unknown', {}), { code: 'social_invalid_access_token' });
  });
};

/** Registers, with Node's test runner, the promises of every connector that `createOAuthConnector` makes. */
export const oauthConformance = (test: OAuthConformanceCase): void => {
  describe(`the connector ${test.connector.metadata.id} speaks OAuth 2.0 safely`, () => {
    testRequest(test);
    testCallback(test);
    testRefusals(test);
    testSessions(test);
  });
};

/** Registers the promises about callbacks of every connector that `createCodeConnector` makes. */
export const callbackConformance = (test: CallbackCase): void => {
  describe(`the connector ${test.connector.metadata.id} reads callbacks safely`, () => {
    testRefusals(test);
  });
};
