import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Profile, SAML } from '@node-saml/node-saml';
import { bindings, createLogoutResponse, statuses } from '../../server/src/services/saml/index.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { type Manager, manage } from '../support/management.ts';
import { createPartner, profileOf, type SamlPartner, signInTo } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ada = { username: 'ada', password: 'correct horse battery 1' };
const soap = 'urn:oasis:names:tc:SAML:2.0:bindings:SOAP';

describe('Sign-outs of SAML applications by SOAP', () => {
  let server: TestServer;
  let api: Manager;
  let partner: SamlPartner;
  let client: SAML;
  let portal: Server;
  let id: string;
  let userId: string;
  /** What the portal got, and how it answers. */
  let asked: PromiseWithResolvers<Profile & { ID: string }>;
  let answer: (requestId: string) => { status: number; body: string };
  before(async () => {
    // Other addresses of this machine are private ones.
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    userId = (await api.post('/api/users', ada)).body.id;
    partner = await createPartner(server.url);
    portal = createServer(async (request, response) => {
      let envelope = '';
      for await (const chunk of request.setEncoding('utf8')) envelope += chunk;
      const [, message = ''] = /<S:Body>(.*)<\/S:Body>/s.exec(envelope) ?? [];
      const SAMLRequest = Buffer.from(message).toString('base64');
      try {
        const { profile } = await client.validatePostRequestAsync({ SAMLRequest });
        const { status, body } = answer((profile as Profile & { ID: string }).ID);
        response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
        asked.resolve(profile as Profile & { ID: string });
      } catch (error) {
        response.writeHead(400).end();
        asked.reject(error);
      }
    }).listen(0, '0.0.0.0');
    await once(portal, 'listening');
    const { body } = await api.post('/api/saml-applications', {
      name: 'Portal',
      entityId: partner.entityId,
      acsUrl: partner.acsUrl,
      requestCertificate: partner.keys.certificate,
      singleLogoutUrl: { binding: soap, url: `http://127.0.0.1:${(portal.address() as AddressInfo).port}/soap` },
    });
    id = body.id;
    client = await partner.connect(id, { privateKey: partner.keys.privateKey, signatureAlgorithm: 'sha256' });
  });
  after(async () => {
    portal.close();
    await server.close();
  });
  beforeEach(() => {
    asked = Promise.withResolvers();
    answer = (requestId) => ({ status: 200, body: envelopeWith(requestId) });
  });

  const envelopeWith = (inResponseTo: string, { keys = partner.keys, status = statuses.success as string } = {}) => {
    const message = createLogoutResponse({
      ...{ id: '_answer', issuedAt: new Date(), issuer: partner.entityId, inResponseTo, status },
      destination: { url: 'https://unused.example.com', binding: bindings.post },
      signing: { ...keys, algorithm: 'rsa-sha256' },
    });
    assert.ok('form' in message);
    const xml = Buffer.from(message.form.fields.SAMLResponse ?? '', 'base64').toString();
    return `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>${xml}</S:Body></S:Envelope>`;
  };
  const signIn = async (agent: Agent = createAgent()) => {
    const url = await client.getAuthorizeUrlAsync('', undefined, {});
    return profileOf(client, await signInTo(server.url, { url }, { ...ada, agent }));
  };
  /** The latest entry that is not one of before. */
  const entries = async () => (await api.get('/api/logs?logKey=SamlApplication.LogoutResponse')).body;
  const nextEntry = async (known: number) => {
    for (;;) {
      const found = await entries();
      if (found.length > known) return found[0].payload;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  for (const [name, end] of [
    ['an operator ends the session', (uid: string) => api.delete(`/api/users/${userId}/sessions/${uid}`)],
    ['an operator suspends the user', () => api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: true })],
    ['an operator replaces the password', () => api.patch(`/api/users/${userId}/password`, { password: ada.password })],
  ] as const)
    it(`reach the portal when ${name}`, async () => {
      const { nameID, sessionIndex = '' } = await signIn();
      const known = (await entries()).length;
      const ended = await end(sessionIndex);
      assert.ok(ended.status < 300, String(ended.status));
      const request = await asked.promise;
      assert.deepEqual([request.nameID, request.sessionIndex], [nameID, sessionIndex]);
      const { result, applicationId, userId: whose } = await nextEntry(known);
      assert.deepEqual([result, applicationId, whose], ['Success', id, userId]);
      await api.patch(`/api/users/${userId}/is-suspended`, { isSuspended: false });
    });

  it('reach the portal when the user signs out, who goes on at once', async () => {
    const agent = createAgent();
    const { sessionIndex } = await signIn(agent);
    const page = await (await agent.fetch(`${server.url}/oidc/session/end`)).text();
    const [, xsrf = ''] = /name="xsrf" value="([^"]*)"/.exec(page) ?? [];
    const body = new URLSearchParams({ xsrf, logout: 'yes' });
    const left = await agent.fetch(`${server.url}/oidc/session/end/confirm`, { method: 'POST', body });
    assert.equal(left.headers.get('location'), '/oidc/session/end/success');
    assert.equal((await asked.promise).sessionIndex, sessionIndex);
  });

  // security: saml-sign-out
  it('count as confirmed only by a signed response to this request', async () => {
    const foreign = await createPartner(server.url, 'foreign');
    for (const [wrong, reason] of [
      [(requestId: string) => envelopeWith(requestId, { keys: foreign.keys }), /signature_invalid/],
      [() => envelopeWith('_other'), /in_response_to_mismatch/],
      [(requestId: string) => envelopeWith(requestId, { status: statuses.responder }), /status .*Responder/],
      [(requestId: string) => `<!DOCTYPE x>${envelopeWith(requestId)}`, /forbidden_markup/],
      [() => 'thanks', /malformed_message/],
    ] as const) {
      asked = Promise.withResolvers();
      answer = (requestId) => ({ status: 200, body: wrong(requestId) });
      const { sessionIndex } = await signIn();
      const known = (await entries()).length;
      await api.delete(`/api/users/${userId}/sessions/${sessionIndex}`);
      await asked.promise;
      const { result, error } = await nextEntry(known);
      assert.equal(result, 'Error');
      assert.match(error, reason);
    }
  });

  it('are sent again to a portal that is away', async () => {
    answer = () => ({ status: 503, body: '' });
    const { sessionIndex } = await signIn();
    const known = (await entries()).length;
    await api.delete(`/api/users/${userId}/sessions/${sessionIndex}`);
    const first = await asked.promise;
    asked = Promise.withResolvers();
    answer = (requestId) => ({ status: 200, body: envelopeWith(requestId) });
    const second = await asked.promise;
    assert.equal(second.sessionIndex, first.sessionIndex);
    assert.notEqual(second.ID, first.ID, 'a new message');
    assert.equal((await nextEntry(known)).result, 'Success');
  });

  // security: outgoing-requests
  it('go to no private address, and are not tried again there', async () => {
    const path = `/api/saml-applications/${id}`;
    const { singleLogoutUrl } = (await api.get(path)).body;
    const inside = singleLogoutUrl.url.replace('127.0.0.1', '127.0.0.2');
    await api.patch(path, { singleLogoutUrl: { binding: soap, url: inside } });
    try {
      const { sessionIndex } = await signIn();
      const known = (await entries()).length;
      await api.delete(`/api/users/${userId}/sessions/${sessionIndex}`);
      const { result, error } = await nextEntry(known);
      assert.equal(result, 'Error');
      assert.match(error, /^address: /);
    } finally {
      await api.patch(path, { singleLogoutUrl });
    }
  });

  it('cannot be begun by such a portal, which has no address for the answer in a browser', async () => {
    const profile = await signIn();
    const { status } = await createAgent().fetch(await client.getLogoutUrlAsync(profile, '', {}));
    assert.equal(status, 400);
  });
});
