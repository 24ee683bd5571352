import assert from 'node:assert/strict';
import { createPublicKey, randomUUID, verify, X509Certificate } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { bindings, createLogoutRequest, type SamlKeyPair } from '../../server/src/services/saml/index.ts';
import type { Parts } from '../saml/messages.ts';
import { createAgent } from '../support/agent.ts';
import { type MovableClock, movableClock } from '../support/clock.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { shownError, type Visit, visit } from '../support/page-agent.ts';
import { type SamlCompany, type SamlForm, type SamlPerson, startSamlCompany } from '../support/saml-company.ts';
import { startServer, type TestServer } from '../support/server.ts';

const email = 'ada@acme.example';
const ada: SamlPerson = { nameId: email, attributes: { displayName: ['Ada Acme'], groups: ['staff', 'engineers'] } };

describe('Enterprise sign-in by SAML', () => {
  let acme: SamlCompany;
  let server: TestServer;
  let api: Manager;
  let clock: MovableClock;
  before(async () => {
    clock = movableClock();
    acme = await startSamlCompany(clock.now);
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    const enabled = await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    assert.equal(enabled.status, 200);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });
  beforeEach(async () => {
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    for (const { id } of (await api.get('/api/users?page_size=100')).body) await api.delete(`/api/users/${id}`);
    Object.assign(acme, { wantsSignedRequests: false, takesFormsAlone: false });
  });

  const connect = async (config: object = { metadataUrl: acme.metadataUrl }, more: object = {}) => {
    const draft = { providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'], config, ...more };
    const { status, body } = await api.post('/api/sso-connectors', draft);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const users = async () => (await api.get('/api/users?page_size=100')).body;
  const begin = async (person: Visit): Promise<string> => {
    const answer = await person.post('/single-sign-on/email', { address: email });
    assert.equal(answer.status, 303, await answer.clone().text());
    return answer.headers.get('location') ?? '';
  };
  const unescaped = (text: string) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&#43;', '+').replaceAll('&amp;', '&');
  /** The form that a page posts by itself, or by its button. */
  const formOf = (html: string): SamlForm => ({
    action: unescaped(/<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? ''),
    fields: Object.fromEntries(
      [...html.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        unescaped(value),
      ]),
    ),
  });
  /** Posts the answer as the provider's page makes the browser do, and sends on the form of ours that comes back. */
  const deliver = async (person: Visit, { acsUrl, fields }: ReturnType<SamlCompany['answer']>): Promise<Response> => {
    const posted = await fetch(acsUrl, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    assert.equal(posted.status, 200, await posted.clone().text());
    const { action, fields: sent } = formOf(await posted.text());
    assert.equal(sent.SAMLResponse, fields.SAMLResponse);
    return person.post(new URL(action, server.url).pathname, sent);
  };
  const signIn = async (who: SamlPerson = ada): Promise<URL> => {
    const person = await visit(server);
    return person.arrive(await deliver(person, acme.answer(await begin(person), who)));
  };

  it('creates an account from the assertion, finds it again, and stores the attributes', async () => {
    const { id, providerConfig } = await connect();
    assert.ok((await signIn()).searchParams.get('code'));
    assert.ok((await signIn()).searchParams.get('code'));
    const [user, ...others] = await users();
    assert.deepEqual([others, user.primaryEmail, user.name], [[], email, 'Ada Acme']);
    const { ssoIdentity } = (await api.get(`/api/users/${user.id}/sso-identities/${id}`)).body;
    assert.deepEqual([ssoIdentity.issuer, ssoIdentity.identityId], [acme.entityId, email]);
    assert.deepEqual(ssoIdentity.detail.groups, ['staff', 'engineers']);
    assert.equal(providerConfig.identityProvider.entityId, acme.entityId);
  });

  it('takes metadata as XML, or the three values alone, and nothing incomplete', async () => {
    await connect({ metadata: acme.metadata() });
    assert.ok((await signIn()).searchParams.get('code'));
    for (const { id } of (await api.get('/api/sso-connectors')).body) await api.delete(`/api/sso-connectors/${id}`);
    const fields = {
      entityId: acme.entityId,
      signInEndpoint: new URL('/sso', acme.metadataUrl).href,
      x509Certificate: acme.keys.certificate,
    };
    await connect(fields);
    assert.ok((await signIn()).searchParams.get('code'));
    const { x509Certificate: _, ...incomplete } = fields;
    for (const config of [
      incomplete,
      { ...fields, metadataUrl: acme.metadataUrl },
      { metadata: '<EntityDescriptor/>' },
      { ...fields, x509Certificate: 'no certificate' },
      {},
    ]) {
      const draft = { providerName: 'SAML', connectorName: 'Other', config };
      assertRefused(await api.post('/api/sso-connectors', draft), 400, 'connector.invalid_config');
    }
  });

  // security: enterprise-domains
  it('accepts a response once, for its own request, in the browser that asked', async () => {
    await connect();
    const person = await visit(server);
    const answer = acme.answer(await begin(person), ada);
    const stranger = await visit(server);
    assert.equal((await deliver(stranger, answer)).status, 400, 'another browser');
    const other = await visit(server);
    const foreign = acme.answer(await begin(other), ada);
    const swapped = { ...answer, fields: { ...answer.fields, RelayState: foreign.fields.RelayState } };
    assert.equal((await shownError(await deliver(other, swapped))).code, 'connector.social_invalid_id_token');
    assert.ok((await person.arrive(await deliver(person, answer))).searchParams.get('code'));
    assert.notEqual((await deliver(person, answer)).status, 200);
    assert.equal((await users()).length, 1);
  });

  // security: enterprise-domains
  it('finds the sign-in by a whole relay state alone, and takes no response of another connector', async (context) => {
    await connect();
    const person = await visit(server);
    const answer = acme.answer(await begin(person), ada);
    const { RelayState: state } = answer.fields;
    const [handle = '', secret = ''] = state.split('.');
    const other = await visit(server);
    const otherHandle = acme.answer(await begin(other), ada).fields.RelayState.split('.')[0];
    const flipped = `${handle}.${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
    for (const RelayState of [flipped, `${otherHandle}.${secret}`, `${handle}.${'A'.repeat(43)}`]) {
      const refused = await deliver(person, { ...answer, fields: { ...answer.fields, RelayState } });
      assert.equal(refused.status, 400, RelayState);
    }
    // Any other relay state means a sign-in that the provider starts, which is off.
    for (const RelayState of ['', handle, state.slice(0, -1), `${state}x`, 'https://evil.example', 'x'.repeat(5000)]) {
      const fields = new URLSearchParams({ ...answer.fields, RelayState });
      const posted = await person.agent.fetch(answer.acsUrl, { method: 'POST', body: fields, redirect: 'manual' });
      assert.equal(posted.status, 400, RelayState);
      assert.match(await posted.text(), /idp_initiated_authentication_not_supported/);
    }
    const second = await startSamlCompany(clock.now);
    context.after(() => second.close());
    const draft = { providerName: 'SAML', connectorName: 'Second', config: { metadataUrl: second.metadataUrl } };
    const { id } = (await api.post('/api/sso-connectors', { ...draft, domains: ['second.example'] })).body;
    const elsewhere = answer.acsUrl.replace(/[^/]+$/, id);
    assert.equal((await deliver(person, { ...answer, acsUrl: elsewhere })).status, 400, 'at another connector');
    assert.deepEqual(await users(), []);
    assert.ok((await person.arrive(await deliver(person, answer))).searchParams.get('code'));
    const forged = second.answer(await begin(await visit(server)), ada);
    const late = await visit(server);
    const mixed = {
      ...forged,
      fields: { ...forged.fields, RelayState: acme.answer(await begin(late), ada).fields.RelayState },
    };
    assert.equal((await shownError(await deliver(late, mixed))).code, 'connector.social_invalid_id_token');
  });

  // security: enterprise-domains
  it('keeps its keys when the metadata that it reads again has none, or is nothing', async () => {
    await connect();
    const whole = acme.metadata;
    const without = () => whole().replace(/<md:KeyDescriptor.*<\/md:KeyDescriptor>/s, '');
    const foreign = await startSamlCompany(clock.now);
    try {
      for (const published of [without, () => '', () => '<html>', () => `<!DOCTYPE x [<!ENTITY e "x">]>${whole()}`]) {
        acme.metadata = published;
        clock.ahead += 3_700_000;
        assert.equal(await server.app.ssoConnectors.refreshMetadata(clock.now(), () => false), 0);
        const person = await visit(server);
        const unsigned = foreign.answer(await begin(person), ada);
        assert.equal((await shownError(await deliver(person, unsigned))).code, 'connector.social_invalid_id_token');
        assert.ok((await signIn()).searchParams.get('code'));
      }
    } finally {
      acme.metadata = whole;
      clock.ahead = 0;
      await foreign.close();
    }
  });

  it('refuses assertions that are unsigned, of another key, for others, or late', async (context) => {
    await connect();
    const other = await startSamlCompany(clock.now);
    context.after(() => other.close());
    const hostile: [string, (address: string) => ReturnType<SamlCompany['answer']>][] = [
      ['another key', (address) => ({ ...other.answer(address, ada) })],
      ['another audience', (address) => acme.answer(address, ada, { conditions: '<saml:Conditions/>' })],
      [
        'a failure',
        (address) =>
          acme.answer(address, ada, { status: '<samlp:Status><samlp:StatusCode Value="x"/></samlp:Status>' }),
      ],
    ];
    for (const [name, make] of hostile) {
      const person = await visit(server);
      const answer = await deliver(person, make(await begin(person)));
      assert.match((await shownError(answer)).code ?? '', /^connector\./, name);
    }
    assert.deepEqual(await users(), []);
  });

  it('signs requests where the provider wants it, with a key that operators rotate', async () => {
    acme.wantsSignedRequests = true;
    const { id } = await connect({ metadataUrl: acme.metadataUrl, requestSignatureAlgorithm: 'rsa-sha512' });
    const isSignedBy = (address: string, certificate: string): boolean => {
      const [signed = '', signature = ''] = new URL(address).search.slice(1).split('&Signature=');
      const key = createPublicKey(new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'pem' }));
      return verify('RSA-SHA512', Buffer.from(signed), key, Buffer.from(decodeURIComponent(signature), 'base64'));
    };
    const path = `/api/sso-connectors/${id}/signing-keys`;
    const [first] = (await api.get(path)).body;
    assert.ok(first.active);
    assert.ok(!JSON.stringify(first).includes('PRIVATE'));
    assert.ok(isSignedBy(await begin(await visit(server)), first.certificate));
    const { status, body: second } = await api.post(path, { active: true });
    assert.equal(status, 201);
    assert.ok(isSignedBy(await begin(await visit(server)), second.certificate));
    assertRefused(await api.delete(`${path}/${second.id}`), 400, 'single_sign_on.signing_key_in_use');
    assertRefused(await api.patch(`${path}/${second.id}`, { active: false }), 400, 'single_sign_on.signing_key_in_use');
    const metadata = await (await fetch(`${server.url}/api/authn/single-sign-on/saml/${id}/metadata`)).text();
    for (const { certificate } of [first, second])
      assert.ok(metadata.includes(new X509Certificate(certificate).raw.toString('base64')), 'both keys are published');
    assert.equal((await api.delete(`${path}/${first.id}`)).status, 204);
    assert.equal((await api.get(path)).body.length, 1);
  });

  it('sends its request as a form to a provider that takes nothing else', async () => {
    acme.takesFormsAlone = true;
    await connect();
    const person = await visit(server);
    const address = new URL(await begin(person));
    assert.equal(address.origin, new URL(server.url).origin);
    assert.equal((await (await visit(server)).get(address.pathname + address.search)).status, 400, 'another browser');
    const shown = await person.get(address.pathname + address.search);
    assert.equal(shown.status, 200);
    const html = await shown.text();
    assert.match(html, /<button[^>]*type="submit"/, 'a button for browsers without scripts');
    const form = formOf(html);
    assert.equal(form.action, new URL('/sso', acme.metadataUrl).href);
    assert.deepEqual(Object.keys(form.fields), ['SAMLRequest', 'RelayState']);
    assert.ok((await person.arrive(await deliver(person, acme.answer(form, ada)))).searchParams.get('code'));
    assert.equal((await users())[0].primaryEmail, email);
    assert.equal((await person.get(address.pathname + address.search)).status >= 400, true, 'once it was answered');
  });

  it('reads an encrypted assertion', async () => {
    const { id } = await connect();
    const [{ certificate }] = (await api.get(`/api/sso-connectors/${id}/signing-keys`)).body;
    const person = await visit(server);
    const answer = acme.encrypted(await begin(person), ada, certificate);
    assert.ok((await person.arrive(await deliver(person, answer))).searchParams.get('code'));
  });

  describe('started by the provider', () => {
    const redirectUri = 'https://portal.example/callback';
    const application = async (type: string) => {
      const draft = {
        type,
        name: 'Portal',
        oidcClientMetadata: { redirectUris: [redirectUri], postLogoutRedirectUris: [] },
      };
      return (await api.post('/api/applications', draft)).body.id as string;
    };
    /** A response without a request, as the provider's portal makes the browser post it. */
    const unasked = (side: { acsUrl: string; entityId: string }, changed: Partial<Parts> = {}) =>
      acme.answer(acme.unasked(side), ada, { responseInResponseTo: '', ...changed });

    it('signs the person in at the application, once', async () => {
      const { id, providerConfig } = await connect();
      const path = `/api/sso-connectors/${id}/idp-initiated-auth-config`;
      assertRefused(await api.get(path), 404, 'entity.not_found');
      const side = providerConfig.serviceProvider;
      const post = (agent: Visit['agent'], { acsUrl, fields }: ReturnType<SamlCompany['answer']>) =>
        agent.fetch(acsUrl, { method: 'POST', body: new URLSearchParams(fields) });
      const refused = await post((await visit(server)).agent, unasked(side));
      assert.equal(refused.status, 400, 'not before the operator allows it');
      const defaultApplicationId = await application('Traditional');
      const config = { defaultApplicationId, autoSendAuthorizationRequest: true };
      assert.equal((await api.put(path, config)).status, 200);
      assertRefused(
        await api.put(path, { ...config, redirectUri: 'https://evil.example/callback' }),
        400,
        'single_sign_on.idp_initiated_authentication_redirect_uri_not_registered',
      );
      assertRefused(
        await api.put(path, { ...config, defaultApplicationId: await application('SPA') }),
        400,
        'single_sign_on.idp_initiated_authentication_invalid_application_type',
      );
      assertRefused(
        await api.put(path, {
          ...config,
          autoSendAuthorizationRequest: false,
          clientIdpInitiatedAuthCallbackUri: 'https://portal.example.evil.example/start',
        }),
        400,
        'single_sign_on.idp_initiated_authentication_client_callback_uri_not_found',
      );
      const agent = createAgent();
      const answer = unasked(side);
      let next = await post(agent, answer);
      for (let hops = 0; hops < 8; hops += 1) {
        const location = next.headers.get('location') ?? '';
        if (location.startsWith(redirectUri)) break;
        assert.ok(location, await next.clone().text());
        next = await agent.fetch(new URL(location, server.url).href);
      }
      assert.ok(new URL(next.headers.get('location') ?? '').searchParams.get('code'));
      assert.equal((await users())[0].primaryEmail, email);
      assert.equal((await post(createAgent(), answer)).status, 401, 'the assertion a second time');
      assert.equal((await api.delete(path)).status, 204);
      assert.equal((await post(createAgent(), unasked(side))).status, 400);
    });
  });

  // security: enterprise-logout
  it('ends the sessions of the person whom the provider signs out, and answers it', async () => {
    const metadata = acme.metadata().replace('/slo"', '/slo" ResponseLocation="https://idp.acme.example/slo-answers"');
    const { id, providerConfig } = await connect({ metadata });
    await signIn();
    const [{ id: userId }] = await users();
    const count = async () => (await api.get(`/api/users/${userId}/sessions`)).body.sessions.length;
    assert.equal(await count(), 1);
    const logoutUrl = providerConfig.serviceProvider.logoutUrl;
    const request = (key: SamlKeyPair) =>
      createLogoutRequest({
        id: `_${randomUUID()}`,
        issuedAt: new Date(clock.now()),
        issuer: acme.entityId,
        destination: { url: logoutUrl, binding: bindings.redirect },
        signing: { ...key, algorithm: 'rsa-sha256' },
        nameId: email,
        sessionIndex: 's-1',
        relayState: 'back',
      });
    const send = (message: ReturnType<typeof request>) =>
      fetch('redirectUrl' in message ? message.redirectUrl : '', { redirect: 'manual' });
    const { keys } = acme;
    await acme.rotate();
    assert.equal((await send(request(acme.keys))).status, 400, 'of another key');
    assert.equal(await count(), 1);
    const message = request(keys);
    const answer = await send(message);
    assert.equal(answer.status, 303);
    const back = new URL(answer.headers.get('location') ?? '');
    assert.equal(back.origin + back.pathname, 'https://idp.acme.example/slo-answers', 'where the metadata wants it');
    assert.ok(back.searchParams.get('SAMLResponse'));
    assert.equal(back.searchParams.get('RelayState'), 'back');
    assert.equal(await count(), 0);
    assert.equal((await send(message)).status, 400, 'a second time');
    assert.ok(id);
  });

  // Last: the operator's token expires with the clock.
  it('follows a new key of the provider once its metadata was read again, and keeps the old while it is down', async () => {
    await connect();
    await acme.rotate();
    const refresh = () => server.app.ssoConnectors.refreshMetadata(clock.now(), () => false);
    assert.equal(await refresh(), 0, 'not before an hour');
    clock.ahead += 3_700_000;
    assert.equal(await refresh(), 1);
    assert.ok((await signIn()).searchParams.get('code'));
  });
});
