import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import {
  bindings,
  createAuthnRequest,
  createLogoutRequest,
  type OutgoingMessage,
  type SigningKey,
} from '../../server/src/services/saml/index.ts';
import { mutate, mutations } from '../saml/mutations.ts';
import { type Agent, createAgent } from '../support/agent.ts';
import { type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { type SamlCompany, type SamlPerson, startSamlCompany } from '../support/saml-company.ts';
import { createPartner, follow, formOf, profileOf, type SamlPartner, signInTo } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

const email = 'ada@acme.example';
const ada: SamlPerson = { nameId: email, attributes: { displayName: ['Ada Acme'], groups: ['staff', 'engineers'] } };
const forgePerson = (text: string) => text.replaceAll('ada@', 'eve@').replaceAll('engineers', 'admins');
/** Where an authorization may lead to in these tests: an address that no one answers at. */
const redirectUri = 'https://portal.example/callback';

/** What an attacker may send gets an answer of ours: neither a failure of the server nor a limit that hides one. */
const assertAnswered = ({ status }: Response): void => assert.ok(status < 500 && status !== 429, String(status));

/** What the server made of some messages. */
const counting = () => {
  const counts = { accepted: 0, refused: 0 };
  return {
    add: (wasAccepted: boolean) => {
      counts[wasAccepted ? 'accepted' : 'refused'] += 1;
    },
    /** Most changes must be noticed, or the messages say nothing about the server. */
    assertMostRefused: () => assert.ok(counts.refused > counts.accepted, JSON.stringify(counts)),
  };
};

describe('Changed responses at the assertion consumer service', () => {
  let acme: SamlCompany;
  let server: TestServer;
  let api: Manager;
  let side: { entityId: string; acsUrl: string };
  let connectorId: string;
  let decrypting: string;
  before(async () => {
    acme = await startSamlCompany();
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    const { metadataUrl } = acme;
    const draft = { providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'], config: { metadataUrl } };
    const connector = (await api.post('/api/sso-connectors', draft)).body;
    connectorId = connector.id;
    side = connector.providerConfig.serviceProvider;
    const [key] = (await api.get(`/api/sso-connectors/${connectorId}/signing-keys`)).body;
    decrypting = key.certificate;
    const application = { name: 'Portal', type: 'Traditional', oidcClientMetadata: { redirectUris: [redirectUri] } };
    const defaultApplicationId = (await api.post('/api/applications', application)).body.id;
    const initiated = { defaultApplicationId, autoSendAuthorizationRequest: true };
    const path = `/api/sso-connectors/${connectorId}/idp-initiated-auth-config`;
    assert.equal((await api.put(path, initiated)).status, 200);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });

  /** There is no user but the one that was signed, with no group but the signed ones. */
  const assertHonest = async () => {
    const [user, ...others] = (await api.get('/api/users?page_size=100')).body;
    assert.deepEqual([others, user?.primaryEmail, user?.name], [[], email, 'Ada Acme']);
    const { ssoIdentity } = (await api.get(`/api/users/${user.id}/sso-identities/${connectorId}`)).body;
    assert.equal(ssoIdentity.identityId, email);
    assert.deepEqual(ssoIdentity.detail.groups, ['staff', 'engineers']);
  };
  const answerTo = (address: string, isEncrypted: boolean, changed = {}) =>
    isEncrypted ? acme.encrypted(address, ada, decrypting) : acme.answer(address, ada, changed);
  /** Changes the document in the field of the form. */
  const changedBy = (changes: Parameters<typeof mutate>[1], { SAMLResponse }: { SAMLResponse: string }) =>
    Buffer.from(mutate(Buffer.from(SAMLResponse, 'base64').toString(), changes, forgePerson)).toString('base64');
  /** Asks for a sign-in, lets the company answer, and brings the answer back. Returns whether it signs in. */
  const signIn = async (isEncrypted: boolean, changes: Parameters<typeof mutate>[1]): Promise<boolean> => {
    const person = await visit(server);
    const begun = await person.post('/single-sign-on/email', { address: email });
    const { acsUrl, fields } = answerTo(begun.headers.get('location') ?? '', isEncrypted);
    const sent = { ...fields, SAMLResponse: changedBy(changes, fields) };
    const posted = await fetch(acsUrl, { method: 'POST', body: new URLSearchParams(sent) });
    assertAnswered(posted);
    if (posted.status !== 200) return false;
    const form = await formOf(posted);
    const answer = await person.post(new URL(form.action, server.url).pathname, form.fields);
    assertAnswered(answer);
    return answer.status === 303 && (await person.arrive(answer)).searchParams.has('code');
  };
  /** Brings an answer without a request. Returns whether it signs in. */
  const enter = async (body: URLSearchParams | string): Promise<boolean> => {
    const agent = createAgent();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    let answer = await agent.fetch(side.acsUrl, { method: 'POST', body: String(body), headers });
    assertAnswered(answer);
    for (let hops = 0; hops < 8 && answer.status === 303; hops += 1) {
      const location = new URL(answer.headers.get('location') ?? '', server.url);
      if (location.href.startsWith(redirectUri)) return location.searchParams.has('code');
      answer = await agent.fetch(location.href);
    }
    return false;
  };
  const unasked = () => answerTo(acme.unasked(side), false, { responseInResponseTo: '' }).fields;

  // security: saml-signed-node
  it('sign in the person who was signed, or no one', async () => {
    const outcomes = counting();
    for (const isEncrypted of [false, true]) assert.ok(await signIn(isEncrypted, []), 'unchanged');
    await assertHonest();
    const property = fc.asyncProperty(fc.boolean(), mutations, async (isEncrypted, changes) => {
      outcomes.add(await signIn(isEncrypted, changes));
    });
    await fc.assert(property, { numRuns: 100 });
    await assertHonest();
    outcomes.assertMostRefused();
  });

  it('sign in the person who was signed, or no one, where the provider starts', async () => {
    const outcomes = counting();
    assert.ok(await enter(new URLSearchParams(unasked())), 'unchanged');
    const property = fc.asyncProperty(mutations, async (changes) => {
      const fields = unasked();
      outcomes.add(await enter(new URLSearchParams({ ...fields, SAMLResponse: changedBy(changes, fields) })));
    });
    await fc.assert(property, { numRuns: 150 });
    await assertHonest();
    outcomes.assertMostRefused();
  });

  it('are refused without a failure where the form itself is changed', async () => {
    const property = fc.asyncProperty(mutations, async (changes) => {
      await enter(mutate(String(new URLSearchParams(unasked())), changes, (text) => `${text}&${text}`));
    });
    await fc.assert(property, { numRuns: 100 });
    await assertHonest();
  });

  // security: enterprise-logout
  it('end no session as requests to sign out, except as they were signed', async () => {
    const { id: userId } = (await api.get('/api/users')).body[0];
    const sessions = async () => (await api.get(`/api/users/${userId}/sessions`)).body.sessions.length;
    const before = await sessions();
    assert.ok(before > 0);
    const url = `${side.acsUrl}/logout`;
    const signing: SigningKey = { ...acme.keys, algorithm: 'rsa-sha256' };
    const request = (binding: (typeof bindings)[keyof typeof bindings], nameId: string) =>
      createLogoutRequest({
        id: `_${randomUUID()}`,
        issuedAt: new Date(),
        issuer: acme.entityId,
        destination: { url, binding },
        signing,
        nameId,
        relayState: 'back',
      });
    // The provider signs another person out, who has no account here; the attacker wants Ada signed out.
    const forge = (text: string) => text.replaceAll('someone@', 'ada@');
    const property = fc.asyncProperty(fc.boolean(), mutations, async (isPost, changes) => {
      const message = request(isPost ? bindings.post : bindings.redirect, 'someone@acme.example');
      assertAnswered(await send(createAgent(), message, { changes, forge }));
      assert.equal(await sessions(), before);
    });
    await fc.assert(property, { numRuns: 100 });
    assertAnswered(await send(createAgent(), request(bindings.post, email), { changes: [], forge }));
    assert.equal(await sessions(), 0, 'unchanged');
  });
});

describe('Changed requests of service providers', () => {
  const people = {
    ada: { username: 'ada', password: 'correct horse battery 1' },
    bo: { username: 'bo', password: 'correct horse battery 2' },
  };
  let server: TestServer;
  let partner: SamlPartner;
  let api: Manager;
  let signing: SigningKey;
  let id: string;
  let agent: Agent;
  const ids = { ada: '', bo: '' };
  before(async () => {
    server = await startServer();
    api = await manage(server);
    partner = await createPartner(server.url);
    signing = { ...partner.keys, algorithm: 'rsa-sha256' };
    for (const name of ['ada', 'bo'] as const) ids[name] = (await api.post('/api/users', people[name])).body.id;
    id = await create({
      requestCertificate: partner.keys.certificate,
      singleLogoutUrl: { binding: bindings.redirect, url: partner.logoutUrl },
    });
  });
  after(() => server?.close());
  beforeEach(() => {
    agent = createAgent();
  });

  const create = async (more: object): Promise<string> => {
    const own = {
      name: 'Payroll',
      entityId: partner.entityId,
      acsUrl: { binding: bindings.post, url: partner.acsUrl },
    };
    return (await api.post('/api/saml-applications', { ...own, ...more })).body.id;
  };
  const askOf = (applicationId: string, isPost: boolean, key: SigningKey | undefined) => {
    const requestId = `_${randomUUID()}`;
    const message = createAuthnRequest({
      id: requestId,
      issuedAt: new Date(),
      serviceProvider: partner,
      identityProvider: {
        singleSignOnUrl: `${server.url}/api/saml/${applicationId}/authn`,
        singleSignOnBinding: isPost ? bindings.post : bindings.redirect,
      },
      signing: key,
      relayState: 'the honest state',
    });
    return { requestId, message };
  };
  /** The attacker wants the response as the answer to another request, and the user asked again. */
  const forge = (text: string) =>
    text
      .replace(/ ID="_[^"]*"/, ' ID="_of-the-attacker"')
      .replace(' Version=', ' ForceAuthn="true" Version=')
      .replace('honest', 'forged');
  /** A browser with a session of Ada, and the session's index. */
  const signInAda = async () => {
    const client = await partner.connect(id, { privateKey: partner.keys.privateKey, signatureAlgorithm: 'sha256' });
    const url = await client.getAuthorizeUrlAsync('', undefined, {});
    return profileOf(client, await signInTo(server.url, { url }, { ...people.ada, agent }));
  };
  /** Follows an accepted request to the response. */
  const answerTo = async (begun: Response) => {
    if (begun.status !== 303) return undefined;
    const location = new URL(begun.headers.get('location') ?? '', server.url);
    assert.equal(location.searchParams.get('prompt'), null, 'a user who is signed in is not asked again');
    const { action, fields } = await formOf((await follow(agent, location.href)).answer);
    const xml = Buffer.from(fields.SAMLResponse ?? '', 'base64').toString();
    return { action, inResponseTo: / InResponseTo="([^"]*)"/.exec(xml)?.[1], relayState: fields.RelayState };
  };

  it('are answered as they were signed, or not at all', async () => {
    await signInAda();
    const outcomes = counting();
    const answered = async (isPost: boolean, changes: Parameters<typeof mutate>[1]) => {
      const { requestId, message } = askOf(id, isPost, signing);
      const begun = await send(agent, message, { changes, forge });
      assertAnswered(begun);
      const answer = await answerTo(begun);
      const honest = { action: partner.acsUrl, inResponseTo: requestId, relayState: 'the honest state' };
      if (answer) assert.deepEqual(answer, honest);
      return answer !== undefined;
    };
    for (const isPost of [false, true]) assert.ok(await answered(isPost, []), 'unchanged');
    const property = fc.asyncProperty(fc.boolean(), mutations, async (isPost, changes) => {
      outcomes.add(await answered(isPost, changes));
    });
    await fc.assert(property, { numRuns: 200 });
    outcomes.assertMostRefused();
  });

  it('without a signature are answered at the registered address alone', async () => {
    await signInAda();
    const open = await create({});
    const property = fc.asyncProperty(fc.boolean(), mutations, async (isPost, changes) => {
      const elsewhere = (text: string) => forge(text).replaceAll('partner.example.com/acs', 'attacker.example/acs');
      const begun = await send(agent, askOf(open, isPost, undefined).message, { changes, forge: elsewhere });
      assertAnswered(begun);
      if (begun.status !== 303) return;
      const location = new URL(begun.headers.get('location') ?? '', server.url);
      assert.equal(location.searchParams.get('client_id'), open);
      location.searchParams.delete('prompt');
      assert.equal((await formOf((await follow(agent, location.href)).answer)).action, partner.acsUrl);
    });
    await fc.assert(property, { numRuns: 150 });
  });

  // security: saml-sign-out
  it('end the session that was signed, or none', async () => {
    const { sessionIndex } = await signInAda();
    const sessions = async () => (await api.get(`/api/users/${ids.ada}/sessions`)).body.sessions.length;
    const before = await sessions();
    const logout = (isPost: boolean, of: { nameId: string; sessionIndex: string }) =>
      createLogoutRequest({
        id: `_${randomUUID()}`,
        issuedAt: new Date(),
        issuer: partner.entityId,
        destination: {
          url: `${server.url}/api/saml/${id}/logout`,
          binding: isPost ? bindings.post : bindings.redirect,
        },
        signing,
        relayState: 'back',
        ...of,
      });
    // The service signs Bo out, who has no session; the attacker wants Ada signed out.
    const forgeSession = (text: string) => text.replaceAll(ids.bo, ids.ada).replaceAll('none', String(sessionIndex));
    const property = fc.asyncProperty(fc.boolean(), mutations, async (isPost, changes) => {
      const message = logout(isPost, { nameId: ids.bo, sessionIndex: 'none' });
      assertAnswered(await send(createAgent(), message, { changes, forge: forgeSession }));
      assert.equal(await sessions(), before);
    });
    await fc.assert(property, { numRuns: 150 });
    const honest = logout(true, { nameId: ids.ada, sessionIndex: String(sessionIndex) });
    assertAnswered(await send(createAgent(), honest, { changes: [], forge: forgeSession }));
    assert.equal(await sessions(), before - 1, 'unchanged');
  });
});

/** Sends a message whose XML was changed, with the signature that it had. A redirect's relay state is forged too. */
function send(
  { fetch: request }: Pick<Agent, 'fetch'>,
  message: OutgoingMessage,
  { changes, forge }: { changes: Parameters<typeof mutate>[1]; forge: (text: string) => string },
): Promise<Response> {
  const change = (xml: string) => mutate(xml, changes, forge);
  if ('redirectUrl' in message) {
    const address = message.redirectUrl.replace(/SAMLRequest=([^&]*)/, (_, field) => {
      const xml = inflateRawSync(Buffer.from(decodeURIComponent(field), 'base64')).toString();
      return `SAMLRequest=${encodeURIComponent(deflateRawSync(change(xml)).toString('base64'))}`;
    });
    const isForged = changes.some(({ kind }) => kind === 'forge');
    return request(isForged ? address.replace(/(?<=RelayState=)[^&]*/, (state) => forge(state)) : address);
  }
  const { action, fields } = message.form;
  const xml = change(Buffer.from(fields.SAMLRequest ?? '', 'base64').toString());
  const body = new URLSearchParams({ ...fields, SAMLRequest: Buffer.from(xml).toString('base64') });
  return request(action, { method: 'POST', body });
}
