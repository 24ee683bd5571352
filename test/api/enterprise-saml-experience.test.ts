import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { readAuthnRequest } from '../../server/src/services/saml/index.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { type ExperiencePage, experienceOf } from '../support/experience-page.ts';
import { type Manager, manage } from '../support/management.ts';
import { type SamlCompany, type SamlForm, type SamlPerson, startSamlCompany } from '../support/saml-company.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';
import { zip } from '../support/zip.ts';

const ada: SamlPerson = { nameId: 'ada@acme.example', attributes: { displayName: ['Ada Acme'] } };
/** What the page keeps to recognize its own visit; longer than a relay state may be. */
const state = `of the page ${'&+x'.repeat(40)}`;

describe('SAML through the Experience API', () => {
  let acme: SamlCompany;
  let server: TestServer;
  let api: Manager;
  let connectorId: string;
  let side: { acsUrl: string; entityId: string };
  before(async () => {
    acme = await startSamlCompany();
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    assert.equal((await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true })).status, 200);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    Object.assign(acme, { takesFormsAlone: false, wantsSignedRequests: false });
    await connect();
  });

  const connect = async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    const config = { metadataUrl: acme.metadataUrl };
    const draft = { providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'], config };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    connectorId = body.id;
    side = body.providerConfig.serviceProvider;
  };
  const callback = () => `${server.url}/callback/${connectorId}`;
  const path = () => `/verification/sso/${connectorId}`;
  interface Begun {
    agent: Agent;
    page: ExperiencePage;
    authorizationUri: string;
    verificationId: string;
  }
  const begin = async (): Promise<Begun> => {
    const agent = createAgent();
    await agent.fetch(authorization({ endpoint: server.url }).url);
    const page = experienceOf(server, agent);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const { connectorIds } = await page.expect<{ connectorIds: string[] }>(
      200,
      'GET',
      '/sso-connectors?email=ada@acme.example',
    );
    assert.deepEqual(connectorIds, [connectorId]);
    const asked = { state, redirectUri: callback() };
    return {
      agent,
      page,
      ...(await page.expect<Omit<Begun, 'agent' | 'page'>>(200, 'POST', `${path()}/authorization-uri`, asked)),
    };
  };
  const unescaped = (text: string) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&#43;', '+').replaceAll('&amp;', '&');
  /** The form that a page posts by itself, or by its button. */
  const formOf = (html: string): SamlForm => ({
    action: unescaped(/<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? assert.fail(html)),
    fields: Object.fromEntries(
      [...html.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        unescaped(value),
      ]),
    ),
  });
  /** Posts the provider's answer and the form of ours that follows, as the browser does. */
  const deliver = async (agent: Agent, { acsUrl, fields }: ReturnType<SamlCompany['answer']>): Promise<Response> => {
    const posted = await fetch(acsUrl, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    assert.equal(posted.status, 200, await posted.clone().text());
    const form = formOf(await posted.text());
    const address = new URL(form.action, server.url).href;
    return agent.fetch(address, { method: 'POST', body: new URLSearchParams(form.fields) });
  };
  /** Where the browser arrives at the operator's own page. */
  const arrival = (answer: Response) => new URL(answer.headers.get('location') ?? '');
  const verify = async ({ page, verificationId }: Begun) => {
    const connectorData = { redirectUri: callback() };
    const verified = await page.expect(200, 'POST', `${path()}/verify`, { verificationId, connectorData });
    assert.equal(verified.verificationId, verificationId);
  };
  const register = async ({ page, verificationId }: Begun): Promise<URL> => {
    await page.refuse([404, 'user.sso_identity_not_exist'], 'POST', '/identification', { verificationId });
    await page.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await page.expect(201, 'POST', '/identification', { verificationId });
    return page.follow((await page.expect(200, 'POST', '/submit')).redirectTo ?? '');
  };

  it('registers a person, and signs the person in the next time', async () => {
    const begun = await begin();
    const answer = await deliver(begun.agent, acme.answer(begun.authorizationUri, ada));
    assert.equal(answer.status, 303, await answer.clone().text());
    const at = arrival(answer);
    assert.equal(`${at.origin}${at.pathname}`, callback());
    assert.deepEqual([...at.searchParams], [['state', state]]);
    await verify(begun);
    assert.ok((await register(begun)).searchParams.get('code'));

    const again = await begin();
    await deliver(again.agent, acme.answer(again.authorizationUri, ada));
    await verify(again);
    await again.page.expect(204, 'POST', '/identification', { verificationId: again.verificationId });
    const done = await again.page.follow((await again.page.expect(200, 'POST', '/submit')).redirectTo ?? '');
    assert.ok(done.searchParams.get('code'));
    const [user, ...others] = (await api.get('/api/users?page_size=100')).body;
    assert.deepEqual([user.primaryEmail, user.name, others], ['ada@acme.example', 'Ada Acme', []]);
  });

  // security: enterprise-domains
  it('takes the response in the browser that asked alone, once, and for its own request', async () => {
    const begun = await begin();
    const answer = acme.answer(begun.authorizationUri, ada);
    const stranger = await begin();
    assert.equal((await deliver(stranger.agent, answer)).status, 400, 'another browser');
    const swapped = { ...acme.answer(stranger.authorizationUri, ada).fields, RelayState: answer.fields.RelayState };
    const refused = await deliver(begun.agent, { ...answer, fields: swapped });
    assert.equal(arrival(refused).searchParams.get('state'), state);
    const connectorData = {};
    const id = { verificationId: begun.verificationId, connectorData };
    await begun.page.refuse([401, 'connector.social_invalid_id_token'], 'POST', `${path()}/verify`, id);
    await begun.page.refuse([404, 'session.verification_session_not_found'], 'POST', `${path()}/verify`, id);
    assert.equal((await deliver(begun.agent, answer)).status, 400, 'the request is used up by a wrong response');
    assert.deepEqual((await api.get('/api/users?page_size=100')).body, []);
  });

  it('keeps the first response when the browser sends it again', async () => {
    const begun = await begin();
    const answer = acme.answer(begun.authorizationUri, ada);
    const [first, second] = [await deliver(begun.agent, answer), await deliver(begun.agent, answer)];
    assert.equal(arrival(second).href, arrival(first).href);
    await verify(begun);
    assert.ok((await register(begun)).searchParams.get('code'));
  });

  it('tells the page when the provider refused, or no response has come', async () => {
    const begun = await begin();
    const status = '<samlp:Status><samlp:StatusCode Value="x"/></samlp:Status>';
    const id = { verificationId: begun.verificationId, connectorData: {} };
    const answer = await deliver(begun.agent, acme.answer(begun.authorizationUri, ada, { status }));
    assert.equal(arrival(answer).searchParams.get('state'), state);
    await begun.page.refuse([401, 'connector.authorization_failed'], 'POST', `${path()}/verify`, id);
    const early = await begin();
    await early.page.refuse([400, 'connector.insufficient_request_parameters'], 'POST', `${path()}/verify`, {
      ...id,
      verificationId: early.verificationId,
    });
  });

  it('leads the browser back to the callback of this server alone', async () => {
    const { page } = await begin();
    for (const redirectUri of [
      `https://evil.example/callback/${connectorId}`,
      `${server.url}/callback/another`,
      `${callback()}/`,
      `${callback()}?next=https://evil.example`,
      `${server.url}@evil.example/callback/${connectorId}`,
    ])
      await page.refuse([400, 'guard.invalid_input'], 'POST', `${path()}/authorization-uri`, { state, redirectUri });
  });

  it('works for a provider that takes forms alone, signed if it wants that', async () => {
    Object.assign(acme, { takesFormsAlone: true, wantsSignedRequests: true });
    await connect();
    const [{ certificate }] = (await api.get(`/api/sso-connectors/${connectorId}/signing-keys`)).body;
    const begun = await begin();
    assert.equal(new URL(begun.authorizationUri).origin, new URL(server.url).origin);
    assert.equal((await createAgent().fetch(begun.authorizationUri)).status, 400, 'in another browser');
    const shown = await begun.agent.fetch(begun.authorizationUri);
    assert.equal(shown.status, 200);
    assert.match(shown.headers.get('content-security-policy') ?? '', /script-src 'self'/);
    const form = formOf(await shown.text());
    const destination = new URL('/sso', acme.metadataUrl).href;
    assert.equal(form.action, destination);
    const request = readAuthnRequest(
      { field: form.fields.SAMLRequest ?? '', relayState: form.fields.RelayState },
      {
        issuer: side.entityId,
        acsUrls: [{ url: side.acsUrl }],
        destination,
        certificates: [certificate],
        now: new Date(),
      },
    );
    assert.match(request.id, /^_/);
    await deliver(begun.agent, acme.answer(form, ada));
    await verify(begun);
    assert.ok((await register(begun)).searchParams.get('code'));
    assert.equal((await begun.agent.fetch(begun.authorizationUri)).status, 400, 'once it was answered');
  });

  it('goes on with a sign-in that the provider started', async () => {
    const redirectUri = 'https://portal.example/callback';
    const metadata = { redirectUris: [redirectUri], postLogoutRedirectUris: [] };
    const draft = { type: 'Traditional', name: 'Portal', oidcClientMetadata: metadata };
    const { id: defaultApplicationId } = (await api.post('/api/applications', draft)).body;
    const config = { defaultApplicationId, autoSendAuthorizationRequest: true };
    const set = await api.put(`/api/sso-connectors/${connectorId}/idp-initiated-auth-config`, config);
    assert.equal(set.status, 200, JSON.stringify(set.body));
    const agent = createAgent();
    const { acsUrl, fields } = acme.answer(acme.unasked(side), ada, { responseInResponseTo: '' });
    const started = await agent.fetch(acsUrl, { method: 'POST', body: new URLSearchParams(fields) });
    const page = experienceOf(server, agent);
    const asked = { state, redirectUri: callback() };
    await agent.fetch(authorization({ endpoint: server.url }).url);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const unmeant = await page.expect(200, 'POST', `${path()}/authorization-uri`, asked);
    assert.ok(unmeant.authorizationUri?.startsWith(new URL('/sso', acme.metadataUrl).href), 'not in another sign-in');
    await agent.fetch(started.headers.get('location') ?? '');
    const { pathname, searchParams } = new URL(started.headers.get('location') ?? '');
    assert.deepEqual([pathname, searchParams.get('direct_sign_in')], ['/oidc/auth', `sso:${connectorId}`]);
    await page.expect(204, 'PUT', '', { interactionEvent: 'SignIn' });
    const begun = await page.expect(200, 'POST', `${path()}/authorization-uri`, asked);
    assert.equal(begun.authorizationUri, `${callback()}?${new URLSearchParams({ state })}`);
    const id = { verificationId: begun.verificationId ?? '' };
    await page.expect(200, 'POST', `${path()}/verify`, { ...id, connectorData: {} });
    await page.refuse([404, 'user.sso_identity_not_exist'], 'POST', '/identification', id);
    await page.expect(204, 'PUT', '/interaction-event', { interactionEvent: 'Register' });
    await page.expect(201, 'POST', '/identification', id);
    let next = (await page.expect(200, 'POST', '/submit')).redirectTo ?? '';
    for (let hops = 0; hops < 5 && !next.startsWith(redirectUri); hops += 1)
      next = new URL((await agent.fetch(next)).headers.get('location') ?? '', next).href;
    assert.ok(new URL(next).searchParams.get('code'));
    const again = await page.call('POST', `${path()}/authorization-uri`, asked);
    assert.ok(
      !(again.body as { authorizationUri?: string }).authorizationUri?.startsWith(callback()),
      'it counts once',
    );
  });

  it('leaves the addresses of SAML to the server where the operator has pages of their own', async () => {
    const archive = zip([{ name: 'index.html', content: '<!doctype html><title>Own pages</title>' }]);
    const { body } = await uploadFile(api, '/api/sign-in-exp/default/custom-ui-assets', { bytes: archive });
    const customUiAssets = { id: body.customUiAssetId, createdAt: Date.now() };
    assert.equal((await api.patch('/api/sign-in-exp', { customUiAssets })).status, 200);
    try {
      const metadata = await fetch(`${server.url}/api/authn/single-sign-on/saml/${connectorId}/metadata`);
      assert.match(await metadata.text(), /EntityDescriptor/);
      assert.match(await (await fetch(callback(), { headers: { accept: 'text/html' } })).text(), /Own pages/);
    } finally {
      await api.patch('/api/sign-in-exp', { customUiAssets: null });
    }
  });
});
