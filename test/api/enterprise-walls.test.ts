import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import { type HostileCompany, startHostileCompany } from '../support/hostile-company.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { type Visit, visit } from '../support/page-agent.ts';
import { type SamlCompany, startSamlCompany } from '../support/saml-company.ts';
import { formOf } from '../support/saml-partner.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Connectors of companies, seen from another tenant and another connector', () => {
  let server: TestServer;
  let acme: SamlCompany;
  let globex: HostileCompany;
  let api: Manager;
  let theirs: Manager;
  let tenant: Tenant;
  let samlId: string;
  let oidcId: string;
  before(async () => {
    [acme, globex] = await Promise.all([startSamlCompany(), startHostileCompany()]);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    tenant = await server.app.tenancy.create({ id: 'other', name: 'Other' });
    api = await manage(server);
    theirs = await manage(server, tenant);
    for (const one of [api, theirs]) await one.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    samlId = await connect({ providerName: 'SAML', connectorName: 'Acme', config: { metadataUrl: acme.metadataUrl } });
    oidcId = await connect({ providerName: 'OIDC', connectorName: 'Globex', config: globex.config });
    globex.userinfo = { sub: 'ada', email: 'ada@globex.example', email_verified: true };
  });
  after(async () => {
    await server?.close();
    await acme?.close();
    await globex?.close();
  });

  const connect = async (draft: { providerName: string; connectorName: string; config: object }): Promise<string> => {
    const domains = [`${draft.connectorName.toLowerCase()}.example`];
    const { status, body } = await api.post('/api/sso-connectors', { ...draft, domains });
    assert.equal(status, 200, JSON.stringify(body));
    return body.id;
  };
  const begin = async (browser: Visit, address: string): Promise<string> =>
    (await browser.post('/single-sign-on/email', { address })).headers.get('location') ?? '';
  const users = async (of: Manager) => (await of.get('/api/users?page_size=100')).body;

  // security: tenant-isolation
  it('do not exist in the other tenant: for its administrators, for answers and for requests to sign out', async () => {
    for (const id of [samlId, oidcId]) {
      const path = `/api/sso-connectors/${id}`;
      for (const answer of [
        await theirs.get(path),
        await theirs.patch(path, { domains: [] }),
        await theirs.delete(path),
        await theirs.get(`${path}/signing-keys`),
        await theirs.post(`${path}/signing-keys`, { active: true }),
        await theirs.get(`${path}/idp-initiated-auth-config`),
        await theirs.delete(`${path}/idp-initiated-auth-config`),
      ])
        assertRefused(answer, 404, 'entity.not_found');
    }
    const at = `${tenant.baseUrl}/api/authn/single-sign-on`;
    assert.equal((await fetch(`${at}/saml/${samlId}/metadata`)).status, 404);
    assert.equal((await fetch(`${at}/saml/${samlId}/logout?SAMLRequest=x`)).status, 404);
    const logout = new URLSearchParams({ logout_token: globex.logoutToken({ sub: 'ada' }) });
    const told = await fetch(`${at}/oidc/${oidcId}/backchannel-logout`, { method: 'POST', body: logout });
    assert.equal(told.status, 404);
  });

  // security: tenant-isolation
  it('sign no one in where the browser of one tenant brings the answer to the other', async () => {
    const browser = await visit(server);
    const { acsUrl, fields } = acme.answer(await begin(browser, 'ada@acme.example'), { nameId: 'ada@acme.example' });
    const elsewhere = acsUrl.replace(server.url, tenant.baseUrl);
    assert.notEqual(elsewhere, acsUrl);
    const posted = await browser.agent.fetch(elsewhere, { method: 'POST', body: new URLSearchParams(fields) });
    // A page that brings the response to the tenant's own address, with the browser's cookies.
    const { action, fields: again } = await formOf(posted);
    const delivered = await browser.agent.fetch(new URL(action, tenant.baseUrl).href, {
      method: 'POST',
      headers: { origin: new URL(tenant.baseUrl).origin },
      body: new URLSearchParams(again),
    });
    assert.equal(delivered.status, 400);
    assert.match(await delivered.text(), /class="view-unknown-session"/);
    const other = await visit(server);
    const callback = globex.agree(await begin(other, 'ada@globex.example'));
    const answered = await other.agent.fetch(`${tenant.baseUrl}${callback}`);
    assert.ok(answered.status >= 400, `${answered.status}`);
    assert.equal(globex.requests.get('/token'), undefined, 'the code is not sent');
    assert.deepEqual([await users(api), await users(theirs)], [[], []]);
    assert.ok((await other.arrive(await other.get(callback))).searchParams.get('code'), 'it counts at its own tenant');
  });

  it('keep their keys from requests that name another connector in the address', async () => {
    const second = await connect({
      providerName: 'SAML',
      connectorName: 'Second',
      config: { metadata: acme.metadata() },
    });
    const keys = async (id: string) => (await api.get(`/api/sso-connectors/${id}/signing-keys`)).body;
    const spare = (await api.post(`/api/sso-connectors/${second}/signing-keys`, { active: false })).body;
    const known = await keys(second);
    const path = `/api/sso-connectors/${samlId}/signing-keys/${spare.id}`;
    assertRefused(await api.patch(path, { active: true }), 404, 'entity.not_found');
    assertRefused(await api.delete(path), 404, 'entity.not_found');
    assertRefused(await api.get(`/api/sso-connectors/${oidcId}/signing-keys`), 400, 'single_sign_on.saml_only');
    assert.deepEqual(await keys(second), known);
    assert.ok(!JSON.stringify([known, spare]).includes('PRIVATE'), 'a private key never leaves the server');
  });
});
