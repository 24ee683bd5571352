import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  findPersona,
  oidcIssuer,
  type ProviderOutcome,
  playedProviders,
  providerOutcomes,
} from '../../connectors/sandbox/index.ts';
import { builtInConnectors } from '../../connectors/src/index.ts';
import { simulatedConnectors } from '../../contract/src/connectors.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { providerVisit } from '../support/provider-visit.ts';
import { startServer, type TestServer } from '../support/server.ts';

const client = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
const oauth2 = {
  ...client,
  authorizationEndpoint: 'https://oauth2.sandbox.test/authorize',
  tokenEndpoint: 'https://oauth2.sandbox.test/token',
  userInfoEndpoint: 'https://oauth2.sandbox.test/me',
};
const kinds = {
  google: { connectorId: 'google-universal', config: client },
  apple: { connectorId: 'apple-universal', config: { clientId: client.clientId } },
  wecom: { connectorId: 'wecom-universal', config: { corpId: 'ww1', appSecret: client.clientSecret, agentId: '7' } },
  github: { connectorId: 'github-universal', config: client },
  oidc: { connectorId: 'oidc', config: { ...client, issuer: oidcIssuer }, metadata: { target: 'oidc' } },
  posted: {
    connectorId: 'oidc',
    config: { ...client, issuer: oidcIssuer, authRequestOptionalConfig: { responseMode: 'form_post' } },
    metadata: { target: 'posted', name: { en: 'Acme ID' } },
  },
  oauth2: { connectorId: 'oauth2', config: oauth2, metadata: { target: 'oauth2' } },
};
type Kind = keyof typeof kinds;
const names = Object.keys(kinds) as Kind[];
const mei = findPersona('mei');
/** What a provider says of Mei; the standard claims where nothing else is here. */
const told: Partial<Record<Kind, { userId: string; avatar?: string | undefined; email?: string | undefined }>> = {
  github: { userId: '1001', avatar: mei?.headimgurl, email: mei?.email },
  oauth2: { userId: '1001', avatar: mei?.headimgurl, email: mei?.email },
  apple: { userId: '001999.mei.1026', email: mei?.email },
  wecom: { userId: 'mei', avatar: mei?.headimgurl },
};

describe('Sign-in through OAuth connectors', () => {
  let server: TestServer;
  let api: Manager;
  const ids = new Map<Kind, string>();
  before(async () => {
    server = await startServer();
    api = await manage(server);
    await api.patch('/api/configs/sandbox', { enabled: true });
    for (const name of names) {
      const { status, body } = await api.post('/api/connectors', kinds[name]);
      assert.equal(status, 200, JSON.stringify(body));
      ids.set(name, body.id);
    }
    await api.patch('/api/sign-in-exp', {
      socialSignInConnectorTargets: names,
      signUp: { identifiers: [], password: false, verify: false },
    });
  });
  after(() => server?.close());
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
  });

  const { decide, comeBack, ...provider } = providerVisit(() => server);
  const press = (person: Visit, name: Kind) => provider.press(person, ids.get(name) ?? '');
  const signIn = async (name: Kind, persona = 'mei', outcome: ProviderOutcome = 'success') => {
    const person = await visit(server);
    const page = await press(person, name);
    return {
      person,
      page,
      answer: await comeBack(person, await decide(person, page, { decision: 'agree', persona, outcome })),
    };
  };

  for (const name of names) {
    it(`registers a new user through ${name}, and signs the same user in the next time`, async () => {
      for (let time = 0; time < 2; time += 1) {
        const { person, answer } = await signIn(name);
        assert.ok((await person.arrive(answer)).searchParams.get('code'), `time ${time}`);
      }
      const { body: users } = await api.get('/api/users');
      assert.equal(users.length, 1);
      const { userId, details } = users[0].identities[name];
      const expected = told[name] ?? { userId: 'sandbox-mei', avatar: mei?.headimgurl, email: mei?.email };
      assert.equal(userId, expected.userId);
      assert.deepEqual([users[0].name, users[0].avatar], [mei?.nickname, expected.avatar ?? null]);
      assert.equal(details.email, expected.email);
      assert.ok(details.rawData, 'the answers of the provider are kept');
    });
  }

  // security: provider-answers
  it('stores nonce, verifier and state of a sign-in encrypted in the database', async () => {
    const person = await visit(server);
    const { searchParams } = await press(person, 'oidc');
    const rows = JSON.stringify(
      await server.tenant.db.raw('select * from interactions where tenant_id = $1', ['default']),
    );
    assert.match(rows, /sessionSealed/);
    for (const name of ['nonce', 'state']) assert.ok(!rows.includes(searchParams.get(name) ?? ''), name);
    assert.doesNotMatch(rows, /codeVerifier/);
  });

  it('ignores an email address that the provider has not verified', async () => {
    for (const name of ['google', 'github', 'oidc'] as const) {
      const { person, answer } = await signIn(name, 'aino');
      await person.arrive(answer);
    }
    const { body: users } = await api.get('/api/users');
    const details = users.flatMap(({ identities }: { identities: object }) => Object.values(identities));
    assert.deepEqual(
      details.map((identity: { details: { name: string; email?: string } }) => [
        identity.details.name,
        identity.details.email,
      ]),
      Array(3).fill([findPersona('aino')?.nickname, undefined]),
    );
  });

  const codes: Partial<Record<ProviderOutcome, string>> = {
    token_invalid_grant: 'connector.social_auth_code_invalid',
    token_invalid_client: 'connector.invalid_config',
    token_garbage: 'connector.invalid_response',
    token_500: 'connector.general',
    profile_401: 'connector.social_invalid_access_token',
    profile_garbage: 'connector.invalid_response',
    profile_500: 'connector.general',
  };
  for (const outcome of providerOutcomes.filter((each) => each !== 'success' && !each.endsWith('timeout'))) {
    // security: provider-answers
    it(`names the provider, says what to do and creates no account if the provider returns ${outcome}`, async () => {
      const { answer } = await signIn('posted', 'mei', outcome);
      const shown = await shownError(answer);
      assert.equal(shown.code, codes[outcome] ?? 'connector.social_invalid_id_token');
      assert.match(shown.message, /Acme ID/);
      assert.doesNotMatch(shown.message, new RegExp(client.clientSecret));
      assert.deepEqual((await api.get('/api/users')).body, []);
    });
  }

  it('reports that the user declined at the provider', async () => {
    for (const name of ['github', 'posted'] as const) {
      const person = await visit(server);
      const page = await press(person, name);
      const shown = await shownError(await comeBack(person, await decide(person, page, { decision: 'decline' })));
      assert.equal(shown.code, 'connector.authorization_failed');
    }
  });

  // security: provider-answers
  it('rejects a provider’s code in the browser of another user', async () => {
    const [victim, attacker] = [await visit(server), await visit(server)];
    const page = await press(victim, 'github');
    const stolen = new URL(
      (await decide(victim, page, { decision: 'agree', persona: 'mei', outcome: 'success' })).headers.get('location') ??
        '',
    );
    const own = await press(attacker, 'github');
    stolen.searchParams.set('state', own.searchParams.get('state') ?? '');
    const shown = await shownError(await attacker.get(`/callback/social/${ids.get('github')}${stolen.search}`));
    assert.equal(shown.code, 'connector.social_auth_code_invalid', 'the verifier belongs to the other request');
  });

  it('links an identity through the Management API, or reports that the provider needs a session', async () => {
    const request = { state: 'a state', redirectUri: `${server.url}/callback/${ids.get('github')}` };
    const { status, body } = await api.post(`/api/connectors/${ids.get('github')}/authorization-uri`, request);
    assert.equal(status, 200);
    const page = new URL(body.redirectTo);
    assert.equal(page.searchParams.has('code_challenge'), false);
    const person = await visit(server);
    const answer = await decide(person, page, { decision: 'agree', persona: 'rafael', outcome: 'success' });
    const { code } = Object.fromEntries(new URL(answer.headers.get('location') ?? '').searchParams);
    const { body: user } = await api.post('/api/users', { username: 'rafa' });
    const linked = await api.post(`/api/users/${user.id}/identities`, {
      connectorId: ids.get('github'),
      connectorData: { code, redirectUri: request.redirectUri },
    });
    assert.equal(linked.body.github.userId, '1002');
    assertRefused(
      await api.post(`/api/connectors/${ids.get('oidc')}/authorization-uri`, request),
      501,
      'connector.not_implemented',
    );
  });
});

it('lists the kinds of connectors whose provider the sandbox simulates', () => {
  const keyOf = (id: string) => id.replace(/-(universal|web)$/, '');
  const listed = simulatedConnectors.filter((id) => id !== 'wechat-native').map(keyOf);
  assert.deepEqual(listed.toSorted(), playedProviders.map(({ key }) => key).toSorted());
  const known = builtInConnectors.map(({ metadata }) => metadata.id);
  assert.deepEqual(
    simulatedConnectors.filter((id) => !known.includes(id)),
    [],
  );
});

describe('Simulated provider page', () => {
  let server: TestServer;
  let api: Manager;
  const path = (query: Record<string, string>, key = 'github') =>
    `/sandbox/providers/${key}/authorize?${new URLSearchParams(query)}`;
  const request = () => ({
    response_type: 'code',
    client_id: '"><script>',
    redirect_uri: `${server.url}/callback/abc`,
    state: 's',
  });
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server?.close());

  // security: sandbox-pages
  it('returns 404 for the simulated provider while the sandbox is off, and uses the real provider', async () => {
    assertRefused(await api.get(path(request())), 404, 'sandbox.not_enabled');
    assertRefused(await api.post(path(request()), { decision: 'decline' }), 404, 'sandbox.not_enabled');
    const { body } = await api.post('/api/connectors', kinds.github);
    const answer = await api.post(`/api/connectors/${body.id}/authorization-uri`, {
      state: 's',
      redirectUri: 'https://a.test',
    });
    assert.equal(new URL(answer.body.redirectTo).host, 'github.com');
  });

  // security: sandbox-pages
  it('escapes input from the client, under a policy without inline scripts', async () => {
    await api.patch('/api/configs/sandbox', { enabled: true });
    const answer = await fetch(server.url + path(request()));
    const html = await answer.text();
    assert.equal(answer.status, 200);
    assert.match(html, /&quot;&gt;&lt;script&gt;/);
    assert.doesNotMatch(html, /"><script>/);
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  });

  // security: sandbox-pages
  it('rejects requests that a real provider would reject, and redirects only to the tenant', async () => {
    for (const wrong of [
      { response_type: 'token' },
      { client_id: '' },
      { redirect_uri: '' },
      { redirect_uri: 'https://elsewhere.test/callback/abc' },
      { redirect_uri: 'javascript:alert(1)' },
      { code_challenge: 'c', code_challenge_method: 'plain' },
    ]) {
      const query = { ...request(), ...wrong } as Record<string, string>;
      assertRefused(await api.get(path(query)), 400, 'guard.invalid_input');
      const body = { decision: 'agree', persona: 'mei', outcome: 'success' };
      const headers = { origin: new URL(server.url).origin };
      assertRefused(await api.send('POST', path(query), { body, headers }), 400, 'guard.invalid_input');
    }
    assertRefused(await api.get(path(request(), 'unknown')), 404, 'request.not_found');
  });

  // security: sandbox-pages
  it('accepts only valid decisions from its own origin', async () => {
    const body = { decision: 'agree', persona: 'mei', outcome: 'success' };
    const send = (headers: Record<string, string>, given: object = body) =>
      api.send('POST', path(request()), { body: given, headers });
    assertRefused(await send({}), 403, 'request.cross_site');
    assertRefused(await send({ origin: 'https://evil.test' }), 403, 'request.cross_site');
    const own = { origin: new URL(server.url).origin };
    assertRefused(await send(own, { ...body, persona: 'unknown' }), 400, 'guard.invalid_input');
    assertRefused(await send(own, { ...body, outcome: 'riches' }), 400, 'guard.invalid_input');
    assertRefused(await send(own, {}), 400, 'guard.invalid_input');
  });
});
