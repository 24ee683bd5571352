import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { movableClock } from '../support/clock.ts';
import { type Company, startCompany } from '../support/company.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import { openPortal, portalVisitor } from '../support/portal.ts';
import {
  addConnection,
  bringBack,
  newSsoOrganization,
  oidcFields,
  relayedForm,
  runSamlTest,
  runTest,
  visitCompany,
} from '../support/portal-sso.ts';
import { type SamlCompany, startSamlCompany } from '../support/saml-company.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Single sign-on in the portal', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  let globex: SamlCompany;
  const clock = movableClock();
  before(async () => {
    [acme, globex] = await Promise.all([startCompany(), startSamlCompany(clock.now)]);
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    operator = await manage(server);
    assert.equal((await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: true })).status, 200);
  });
  after(async () => {
    await server?.close();
    await acme?.close();
    await globex?.close();
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
    assert.deepEqual(
      [connector.organizationId, connector.isActive, connector.domains],
      [organizationId, true, [domain]],
    );
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

  it('connects a provider by SAML, shows its attributes and the end of its certificate, and tests it', async () => {
    const { domain, portal } = await newOrganization();
    const id = await addConnection(portal, 'SAML');
    const fresh = await (await portal.get(`/sso/${id}`)).text();
    for (const value of [`/enterprise-sso/${id}`, `/saml/${id}"`, `/saml/${id}/metadata`])
      assert.ok(fresh.includes(value.replace('"', '')), value);
    const saved = await portal.post(`/sso/${id}`, { name: 'Globex', metadataUrl: globex.metadataUrl });
    assert.equal(saved.status, 303, await saved.text());
    assert.match(await (await portal.get(`/sso/${id}`)).text(), /The certificate of your provider expires on/);
    const before = (await people()).length;
    const person = { nameId: `grace@${domain}`, attributes: { displayName: ['Grace'], groups: ['staff'] } };
    const page = await runSamlTest(portal, id, { company: globex, person });
    assert.match(page, /The test succeeded/);
    assert.ok(
      page.includes('displayName') && page.includes('Grace') && page.includes('attribute=groups&amp;value=staff'),
    );
    assert.equal((await people()).length, before);
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303);
    assert.equal(await providerOf(`grace@${domain}`), new URL(globex.metadataUrl).origin);
  });

  // security: test-sign-ins
  it('counts an answer once, in the portal session that began the test, and in no sign-in', async () => {
    const { path, domain, portal } = await newOrganization();
    hire(domain);
    const id = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${id}`, oidcFields(acme));
    const back = await visitCompany(portal, id, acme, 'ada');
    const other = await openPortal(server.url, operator, path);
    assert.equal((await bringBack(other, back)).status, 422, 'another session of the same organization');
    assert.equal((await bringBack(portalVisitor(server.url), back)).status, 403, 'no session');
    const forged = new URL(back);
    forged.searchParams.set('state', `${back.searchParams.get('state')?.slice(0, -4)}AAAA`);
    assert.equal((await bringBack(portal, forged)).status, 422, 'another state');
    assert.equal((await bringBack(portal, back)).status, 303);
    const replayed = await bringBack(portal, back);
    assert.equal(replayed.status, 422);
    assert.match(await replayed.text(), /This test was already finished/);

    const late = await visitCompany(portal, id, acme, 'ada');
    clock.ahead = 11 * 60_000;
    assert.equal((await bringBack(portal, late)).status, 422, 'expired');
    clock.ahead = 0;
    const changed = await visitCompany(portal, id, acme, 'ada');
    await portal.post(`/sso/${id}`, oidcFields(acme, { scope: 'openid email' }));
    assert.equal((await bringBack(portal, changed)).status, 422, 'other settings since');
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 422);

    await runTest(portal, id, acme, 'ada');
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303);
    const visitor = await visit(server);
    const begun = await visitor.post('/single-sign-on/email', { address: `ada@${domain}` });
    const real = await acme.signIn(begun.headers.get('location') ?? '', 'ada');
    const asTest = await portal.get(`/sso/${id}/answer${real.search}`);
    assert.equal(asTest.status, 422, 'the answer of a sign-in');
    const testBack = await visitCompany(portal, id, acme, 'ada');
    const asSignIn = await visitor.get(`/callback/social/${id}${testBack.search}`);
    assert.ok(asSignIn.status >= 400, 'the answer of a test');
  });

  // security: test-sign-ins
  it('refuses forms of other sites, and hands SAML answers on to the portal alone', async () => {
    const { domain, portal } = await newOrganization();
    const id = await addConnection(portal, 'SAML');
    await portal.post(`/sso/${id}`, { name: 'Globex', metadataUrl: globex.metadataUrl });
    const from = { origin: 'https://evil.example.com' };
    for (const at of ['', '/test', '/on', '/off', '/discard', '/remove', '/group', '/answer'])
      assert.equal((await portal.post(`/sso/${id}${at}`, { name: 'x' }, from)).status, 403, at);
    const begun = await portal.post(`/sso/${id}/test`);
    const person = { nameId: `grace@${domain}` };
    const { action, fields } = await relayedForm(globex.answer(begun.headers.get('location') ?? '', person));
    assert.equal(action, `/sso/${id}/answer`);
    const other = await addConnection(portal, 'SAML');
    assert.equal((await portal.post(`/sso/${other}/answer`, fields)).status, 422, 'another connection');
    assert.equal((await portal.post(action, fields)).status, 303);
    assert.equal((await portal.post(action, fields)).status, 422, 'a replay');
  });

  it('says what to mend when a test does not succeed', async () => {
    const { domain, portal } = await newOrganization();
    const oidc = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${oidc}`, oidcFields(acme, { clientSecret: 'not the secret of this client' }));
    hire(domain);
    assert.match(await runTest(portal, oidc, acme, 'ada'), /does not accept the client ID or the client secret/);
    await portal.post(`/sso/${oidc}`, oidcFields(acme));
    hire('elsewhere.example');
    assert.match(await runTest(portal, oidc, acme, 'ada'), /not in one of your verified domains/);
    hire(domain, { email: undefined });
    assert.match(await runTest(portal, oidc, acme, 'ada'), /No email address arrived/);
    hire(domain, { email_verified: false });
    assert.match(await runTest(portal, oidc, acme, 'ada'), /does not mark the email address as verified/);
    assert.equal((await portal.post(`/sso/${oidc}/on`)).status, 422);
    await portal.post(`/sso/${oidc}`, oidcFields(acme, { trustUnverifiedEmail: 'yes' }));
    assert.match(await runTest(portal, oidc, acme, 'ada'), /The test succeeded/);

    const saml = await addConnection(portal, 'SAML');
    await portal.post(`/sso/${saml}`, { name: 'Globex', metadataUrl: globex.metadataUrl });
    const person = { nameId: `grace@${domain}` };
    const otherIssuer = '<saml:Issuer>https://other.example</saml:Issuer>';
    const changed = { issuer: otherIssuer, responseIssuer: otherIssuer };
    const failed = await runSamlTest(portal, saml, { company: globex, person, changed });
    assert.match(failed, /from an entity ID that is not in the metadata/);
    await globex.rotate();
    assert.match(await runSamlTest(portal, saml, { company: globex, person }), /does not match the certificate/);
  });

  // security: organization-sso
  it('keeps a secret for the same client of the same issuer alone, and never shows it', async () => {
    const { domain, portal } = await newOrganization();
    hire(domain);
    const id = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${id}`, oidcFields(acme));
    assert.equal((await portal.post(`/sso/${id}`, oidcFields(acme, { clientSecret: '', name: 'Other' }))).status, 303);
    assert.match(await runTest(portal, id, acme, 'ada'), /The test succeeded/);
    const thief = await startCompany({ name: 'thief' });
    try {
      for (const change of [{ issuer: thief.issuer }, { clientId: 'another' }]) {
        const refused = await portal.post(`/sso/${id}`, oidcFields(acme, { clientSecret: '', ...change }));
        assert.equal(refused.status, 422);
        assert.match(await refused.text(), /Enter the client secret again/);
      }
    } finally {
      await thief.close();
    }
    const page = await (await portal.get(`/sso/${id}`)).text();
    assert.ok(!page.includes(acme.config.clientSecret));
    const refused = await portal.post(
      `/sso/${id}`,
      oidcFields(acme, { issuer: 'http://10.0.0.1/', clientSecret: 'tell me not' }),
    );
    const html = await refused.text();
    assert.equal(refused.status, 400);
    assert.ok(!html.includes('tell me not'));
    assert.match(html, /No OpenID Connect provider answers at this issuer/);
  });

  it('shows the operator whose connector it is, and lets the operator take it over, change and delete it', async () => {
    const { id: organizationId, path, domain, portal } = await newOrganization();
    hire(domain);
    const id = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${id}`, oidcFields(acme));
    await runTest(portal, id, acme, 'ada');
    await portal.post(`/sso/${id}/on`);
    const listed = (await operator.get('/api/sso-connectors')).body.find((each: { id: string }) => each.id === id);
    assert.deepEqual([listed?.organizationId, listed?.isActive], [organizationId, true]);
    const refused = await operator.patch(`/api/sso-connectors/${id}`, { domains: ['elsewhere.example'] });
    assertRefused(refused, 422, 'single_sign_on.domains_of_organization');
    assert.equal((await operator.patch(`/api/sso-connectors/${id}`, { organizationId: 'x' })).status, 400);
    const settings = (await operator.get('/api/.well-known/sign-in-exp')).body;
    assert.ok(!settings.ssoConnectors.some((each: { id: string }) => each.id === id), 'not public');

    await operator.patch(`/api/sso-connectors/${id}`, { isActive: false });
    assert.equal(await providerOf(`ada@${domain}`), undefined);
    await operator.patch(`/api/sso-connectors/${id}`, { isActive: true });
    assert.equal(await providerOf(`ada@${domain}`), acme.issuer);

    await portal.post('/domains', { domain: `second-${domain}` });
    assert.deepEqual((await connectorOf(id)).domains, [domain], 'not verified yet');
    await portal.post(`/domains/${domain}/remove`);
    assert.deepEqual((await connectorOf(id)).domains, []);
    assert.equal(await providerOf(`ada@${domain}`), undefined, 'the domain is gone');

    const taken = await operator.patch(`/api/sso-connectors/${id}`, { organizationId: null, domains: [domain] });
    assert.deepEqual([taken.body.organizationId, taken.body.domains], [null, [domain]]);
    assert.equal((await portal.get(`/sso/${id}`)).status, 404);
    assert.equal((await portal.post(`/sso/${id}/remove`)).status, 404);
    const own = await addConnection(portal, 'SAML');
    assert.equal((await operator.delete(`/api/sso-connectors/${own}`)).status, 204);
    assert.equal((await portal.get(`/sso/${own}`)).status, 404);
    const keys = (await operator.get(`/api/logs?organizationId=${organizationId}&page_size=100`)).body.map(
      ({ key }: { key: string }) => key,
    );
    for (const key of ['AddSsoConnector', 'ChangeSsoConnector', 'TestSsoConnector', 'TurnOnSsoConnector'])
      assert.ok(keys.includes(`Organization.${key}`), key);
    assert.match(await (await portal.get('/audit-logs')).text(), /Single sign-on switched on/);
    assert.equal((await operator.delete(path)).status, 204);
  });
});
