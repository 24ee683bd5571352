import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createSamlKeyPair } from '../../server/src/services/saml/index.ts';
import { type ForeignClient, startForeignClient } from '../support/foreign-clients.ts';
import { type Manager, manage } from '../support/management.ts';
import { type Visit, visit } from '../support/page-agent.ts';
import { freePort } from '../support/programs.ts';
import { startServer, type TestServer } from '../support/server.ts';

const address = 'ada@acme.example';

describe('A company whose identity provider is pysaml2', () => {
  let server: TestServer;
  let api: Manager;
  let company: ForeignClient;
  let folder: string;
  let connectorId: string;

  before(async () => {
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: 'localhost' } });
    api = await manage(server);
    folder = await mkdtemp(join(tmpdir(), 'aldaba-saml-company-'));
    // As an operator does it: the connector first, then our metadata at the provider, then its metadata here.
    const draft = { providerName: 'SAML', connectorName: 'Acme', domains: ['acme.example'] };
    const created = await api.post('/api/sso-connectors', draft);
    assert.equal(created.status, 200, JSON.stringify(created.body));
    connectorId = created.body.id;
    const { entityId } = created.body.providerConfig.serviceProvider;
    const own = await fetch(`${server.url}/api/authn/single-sign-on/saml/${connectorId}/metadata`);
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
    const keys = await createSamlKeyPair('company', validity);
    await writeFile(join(folder, 'key.pem'), keys.privateKey);
    await writeFile(join(folder, 'cert.pem'), keys.certificate);
    await writeFile(join(folder, 'sp.xml'), await own.text());
    const settings = { port: await freePort(), issuer: server.url, clientId: '', clientSecret: '' };
    const environment = { FOLDER: folder, PARTNER: entityId };
    company = await startForeignClient('pysaml2_company.py', { ...settings, environment });
    const config = { metadataUrl: `${company.url}/metadata` };
    const connected = await api.patch(`/api/sso-connectors/${connectorId}`, { config });
    assert.equal(connected.status, 200, JSON.stringify(connected.body));
    assert.equal((await api.patch('/api/sign-in-exp', { singleSignOnEnabled: true })).status, 200);
  });
  after(async () => {
    await company?.stop();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const unescaped = (text: string) =>
    text
      .replaceAll(/&#(x?)([\da-f]+);/gi, (_, hex, code) => String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)))
      .replaceAll('&quot;', '"')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');
  /** The form that a page sends by itself, or by its button. */
  const formOf = (html: string) => ({
    action: unescaped(/<form[^>]*action="([^"]+)"/.exec(html)?.[1] ?? assert.fail(html)),
    fields: Object.fromEntries(
      [...html.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        unescaped(value),
      ]),
    ),
  });
  const begin = async (person: Visit): Promise<string> => {
    const answer = await person.post('/single-sign-on/email', { address });
    assert.equal(answer.status, 303, await answer.clone().text());
    return answer.headers.get('location') ?? '';
  };
  const signIn = async (): Promise<URL> => {
    const person = await visit(server);
    const atCompany = await fetch(await begin(person));
    const html = await atCompany.text();
    assert.equal(atCompany.status, 200, `${html}\n${company.output()}`);
    const { action, fields } = formOf(html);
    // Posted from the company's page: without cookies of ours.
    const posted = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) });
    assert.equal(posted.status, 200, await posted.clone().text());
    const ours = formOf(await posted.text());
    return person.arrive(await person.post(new URL(ours.action, server.url).pathname, ours.fields));
  };
  const users = async () => (await api.get('/api/users?page_size=100')).body;

  it('reads our metadata, signs its users in with encrypted assertions, and knows them again', async () => {
    assert.ok((await signIn()).searchParams.get('code'));
    const [user, ...others] = await users();
    assert.deepEqual([others, user.primaryEmail, user.name], [[], address, 'Ada “Ñ” & Co']);
    const { ssoIdentity } = (await api.get(`/api/users/${user.id}/sso-identities/${connectorId}`)).body;
    assert.deepEqual([ssoIdentity.issuer, ssoIdentity.identityId], [`${company.url}/metadata`, 'ada-7']);
    assert.ok(Object.values(ssoIdentity.detail).some((value) => String(value) === 'staff,engineers'));
    assert.ok((await signIn()).searchParams.get('code'));
    assert.equal((await users()).length, 1);
  });

  it('takes our requests because of their signature', async () => {
    const request = new URL(await begin(await visit(server)));
    const refused = async (change: (query: URLSearchParams) => void) => {
      const changed = new URL(request);
      change(changed.searchParams);
      assert.equal((await fetch(changed)).status, 500, company.output());
    };
    assert.equal((await fetch(request)).status, 200);
    await refused((query) => query.delete('Signature'));
    await refused((query) => query.set('RelayState', 'another'));
  });

  // security: enterprise-logout
  it('signs its user out here, and gets our signed answer', async () => {
    await signIn();
    const [{ id }] = await users();
    const sessions = async () => (await api.get(`/api/users/${id}/sessions`)).body.sessions.length;
    assert.ok((await sessions()) > 0);
    const done = await fetch(`${company.url}/sign-out`);
    assert.ok(done.url.startsWith(`${company.url}/slo`), `${done.status} ${done.url} ${await done.clone().text()}`);
    assert.match(await done.text(), /signed out/, company.output());
    assert.equal(await sessions(), 0);
  });
});
