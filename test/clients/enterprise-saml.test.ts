import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ForeignClient } from '../support/foreign-clients.ts';
import { type Manager, manage } from '../support/management.ts';
import { operate } from '../support/operator.ts';
import { type Visit, visit } from '../support/page-agent.ts';
import { connectPysaml2Company, type Pysaml2Company } from '../support/pysaml2-company.ts';
import { startServer, type TestServer } from '../support/server.ts';

const address = 'ada@acme.example';

describe('A company whose identity provider is pysaml2', () => {
  let server: TestServer;
  let api: Manager;
  let company: ForeignClient;
  let acme: Pysaml2Company;
  let connectorId: string;

  before(async () => {
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: 'localhost' } });
    api = await manage(server);
    const operator = await operate(server);
    await operator.configure({ singleSignOnEnabled: true });
    acme = await connectPysaml2Company(operator);
    ({ program: company, connectorId } = acme);
  });
  after(async () => {
    await acme?.close();
    await server?.close();
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
