import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { movableClock } from '../support/clock.ts';
import { type Company, startCompany } from '../support/company.ts';
import { type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { addConnection, newSsoOrganization, oidcFields, runTest } from '../support/portal-sso.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Single sign-on in the portal', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  const clock = movableClock();
  before(async () => {
    acme = await startCompany();
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    operator = await manage(server);
    assert.equal((await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: true })).status, 200);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
  });
  beforeEach(async () => {
    clock.ahead = 0;
    operator = await manage(server);
    acme.outage = undefined;
  });

  const newOrganization = (draft: object = {}) => newSsoOrganization(server, operator, draft);
  const hire = (domain: string, more: object = {}) =>
    acme.people.set('ada', {
      sub: 'ada',
      email: `ada@${domain}`,
      email_verified: true,
      name: 'Ada Acme',
      groups: ['engineers', 'all <staff>'],
      ...more,
    });
  const connectorOf = async (id: string) => (await operator.get(`/api/sso-connectors/${id}`)).body;
  /** Where the sign-in page leads an address; undefined if to no provider. */
  const providerOf = async (address: string): Promise<string | undefined> => {
    const answer = await (await visit(server)).post('/single-sign-on/email', { address });
    const location = answer.headers.get('location') ?? '';
    return /^https?:/.test(location) && !location.startsWith(server.url) ? new URL(location).origin : undefined;
  };
  const people = async () => (await operator.get('/api/users?page_size=100')).body;

  it('connects a provider by OpenID Connect, tests it, and signs people in to the organization once it is on', async () => {
    const { id: organizationId, path, domain, portal } = await newOrganization();
    hire(domain);
    const id = await addConnection(portal, 'OIDC');
    const fresh = await (await portal.get(`/sso/${id}`)).text();
    assert.ok(fresh.includes(`${server.url}/callback/${id}`));
    assert.match(fresh, /client_secret_post/);
    const saved = await portal.post(`/sso/${id}`, oidcFields(acme));
    assert.equal(saved.headers.get('location'), `/portal/sso/${id}?notice=saved`, await saved.text());
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 422);
    const before = (await people()).length;
    const page = await runTest(portal, id, acme, 'ada');
    assert.match(page, /The test succeeded/);
    assert.ok(page.includes(`ada@${domain}`) && page.includes('Ada Acme') && page.includes('all &lt;staff'));
    assert.equal((await people()).length, before, 'the test creates no user');
    assert.equal(await providerOf(`ada@${domain}`), undefined, 'not switched on');

    const on = await portal.post(`/sso/${id}/on`);
    assert.equal(on.headers.get('location'), `/portal/sso/${id}?notice=turned-on`, await on.text());
    const connector = await connectorOf(id);
    assert.deepEqual([connector.organizationId, connector.isActive, connector.domains], [organizationId, true, [domain]]);
    const visitor = await visit(server);
    const begun = await visitor.post('/single-sign-on/email', { address: `ada@${domain}` });
    assert.equal(begun.status, 303, await begun.clone().text());
    const back = await acme.signIn(begun.headers.get('location') ?? '', 'ada');
    const callback = await visitor.get(back.pathname + back.search);
    assert.equal(callback.status, 303, await callback.clone().text());
    const next = new URL(callback.headers.get('location') ?? '', server.url);
    assert.ok((await visitor.arrive(await visitor.get(next.pathname + next.search))).searchParams.get('code'));
    const [member] = (await operator.get(`${path}/users`)).body;
    assert.equal(member.primaryEmail, `ada@${domain}`);
  });
});
