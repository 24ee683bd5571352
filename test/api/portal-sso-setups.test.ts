import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Company, startCompany } from '../support/company.ts';
import { type Manager, manage } from '../support/management.ts';
import { visit } from '../support/page-agent.ts';
import type { PortalVisitor } from '../support/portal.ts';
import {
  addConnection,
  newSsoOrganization,
  oidcFields,
  relayedForm,
  runSamlTest,
  runTest,
} from '../support/portal-sso.ts';
import { type SamlCompany, startSamlCompany } from '../support/saml-company.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';
import { zip } from '../support/zip.ts';

describe('Ways to set up single sign-on in the portal', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  let globex: SamlCompany;
  before(async () => {
    [acme, globex] = await Promise.all([startCompany(), startSamlCompany()]);
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
  });
  after(async () => {
    await server?.close();
    await Promise.all([acme?.close(), globex?.close()]);
  });
  beforeEach(async () => {
    operator = await manage(server);
    await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: true, customUiAssets: null });
    Object.assign(globex, { takesFormsAlone: false, wantsSignedRequests: false });
  });

  const newOrganization = () => newSsoOrganization(server, operator, { locale: 'en' });
  const hire = (domain: string) =>
    acme.people.set('ada', { sub: 'ada', email: `ada@${domain}`, email_verified: true, name: 'Ada' });
  const isLedTo = async (address: string): Promise<boolean> => {
    const answer = await (await visit(server)).post('/single-sign-on/email', { address });
    return answer.headers.get('location')?.startsWith(new URL(globex.metadataUrl).origin) ?? false;
  };
  /** Tests the saved settings, switches them on, and expects that the sign-in page uses them. */
  const testAndUse = async (portal: PortalVisitor, id: string, domain: string) => {
    const person = { nameId: `grace@${domain}` };
    assert.match(await runSamlTest(portal, id, { company: globex, person }), /The test succeeded/);
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303);
    assert.ok(await isLedTo(person.nameId));
  };
  /** The values of the fields, as the page shows them. */
  const fieldIn = (html: string, name: string): string =>
    new RegExp(`<textarea[^>]*name="${name}"[^>]*>([^<]*)`).exec(html)?.[1] ??
    new RegExp(`<input[^>]*name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ??
    '';

  it('takes the metadata of a SAML provider as pasted XML, and says what is wrong with it', async () => {
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'SAML');
    const form = (metadata: string) => portal.post(`/sso/${id}`, { name: 'Globex', metadata });
    const { length } = await (await portal.get(`/sso/${id}`)).text();
    for (const wrong of [
      'not XML',
      '<a/>',
      globex.metadata().replace(/<md:KeyDescriptor[\s\S]*<\/md:KeyDescriptor>/, ''),
      globex.metadata().replace(/<md:SingleSignOnService[^>]*>/, ''),
      `${globex.metadata().replace('</md:EntityDescriptor>', `<!-- ${'é'.repeat(60_000)} -->`)}`,
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${globex.metadata()}`,
    ]) {
      const refused = await form(wrong);
      const html = await refused.text();
      assert.equal(refused.status, 400, wrong);
      assert.match(html, /data-code="connector\.invalid_config"/);
      assert.match(html, /The metadata cannot be used/, wrong);
      assert.ok(html.length > length && !html.includes('root:'), 'keeps what was pasted');
    }
    const large = await form('x'.repeat(262_145));
    assert.equal(large.status, 400, (await large.text()).slice(-600));
    assert.match(await (await portal.get(`/sso/${id}`)).text(), /Not set up|Save/);
    // The metadata of Entra ID has the roles of other services, and about 100 KB.
    const roles = '<md:RoleDescriptor xmlns:x="urn:x" protocolSupportEnumeration="urn:x"></md:RoleDescriptor>'.repeat(
      1200,
    );
    const long = globex.metadata().replace('<md:IDPSSODescriptor', `${roles}<md:IDPSSODescriptor`);
    assert.ok(long.length > 100_000);
    assert.equal((await form(`<?xml version="1.0"?>\n${long}`)).status, 303);
    assert.ok(fieldIn(await (await portal.get(`/sso/${id}`)).text(), 'metadata').includes('EntityDescriptor'));
    await testAndUse(portal, id, domain);
  });

  it('takes a SAML provider by entity ID, sign-in address and certificate, and names the field that is wrong', async () => {
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'Okta');
    await portal.post(`/sso/${id}/remove`);
    const saml = await addConnection(portal, 'AzureAD');
    const fields = {
      name: 'Globex',
      entityId: globex.entityId,
      signInEndpoint: globex.metadataUrl.replace('/metadata', '/sso'),
      x509Certificate: globex.keys.certificate,
    };
    const save = (more: object) => portal.post(`/sso/${saml}`, { ...fields, ...more });
    const wrong: [object, string][] = [
      [{ entityId: '' }, 'entityId'],
      [{ signInEndpoint: '' }, 'signInEndpoint'],
      [{ signInEndpoint: 'javascript:alert(1)' }, 'signInEndpoint'],
      [{ x509Certificate: '' }, 'x509Certificate'],
      [{ x509Certificate: 'not a certificate' }, 'x509Certificate'],
      [{ metadataUrl: globex.metadataUrl }, 'metadataUrl'],
      // Addresses of the operator's own network.
      ...[
        'http://10.0.0.1/metadata',
        'http://169.254.169.254/latest/meta-data',
        'http://[::1]:5432/',
        'file:///etc/passwd',
      ].map((metadataUrl): [object, string] => [
        { metadataUrl, entityId: '', signInEndpoint: '', x509Certificate: '' },
        'metadataUrl',
      ]),
    ];
    for (const [more, field] of wrong) {
      const refused = await save(more);
      assert.equal(refused.status, 400, JSON.stringify(more));
      const html = await refused.text();
      assert.match(
        html,
        new RegExp(`id="${field}"[^>]*aria-invalid="true"|aria-invalid="true"[^>]*id="${field}"`),
        field,
      );
      const typed = { ...fields, ...more } as Record<string, string>;
      assert.equal(fieldIn(html, 'entityId'), typed.entityId, 'keeps what was typed');
    }
    // As providers show it: in lines, or without the marks of PEM.
    const bare = globex.keys.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    for (const x509Certificate of [globex.keys.certificate, bare, ` ${globex.keys.certificate}\r\n`])
      assert.equal((await save({ x509Certificate })).status, 303);
    assert.match(await (await portal.get(`/sso/${saml}`)).text(), /The certificate of your provider expires on/);
    await testAndUse(portal, saml, domain);
  });

  it('takes the long answer of a person in many groups, in the test and at the sign-in', async () => {
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'SAML');
    await portal.post(`/sso/${id}`, { name: 'Globex', metadataUrl: globex.metadataUrl });
    const groups = Array.from({ length: 900 }, (_, index) => `a group with a name of usual length ${index}`);
    const person = { nameId: `grace@${domain}`, attributes: { groups } };
    assert.match(await runSamlTest(portal, id, { company: globex, person }), /The test succeeded/);
    await portal.post(`/sso/${id}/on`);
    const visitor = await visit(server);
    const begun = await visitor.post('/single-sign-on/email', { address: person.nameId });
    const { acsUrl, fields } = globex.answer(begun.headers.get('location') ?? '', person);
    assert.ok(fields.SAMLResponse.length > 100_000);
    const body = new URLSearchParams(fields);
    const received = await fetch(acsUrl, { method: 'POST', body, redirect: 'manual' });
    assert.equal(received.status, 200, await received.clone().text());
    const action = /action="([^"]*)"/.exec(await received.text())?.[1] ?? '';
    const taken = await visitor.post(action, fields);
    assert.equal(taken.status, 303, await taken.text());
    const huge = new URLSearchParams({ ...fields, SAMLResponse: 'A'.repeat(400 * 1024) });
    assert.equal((await fetch(acsUrl, { method: 'POST', body: huge })).status, 413);
  });

  it('tests a provider that takes requests as a form alone, and signed', async () => {
    Object.assign(globex, { takesFormsAlone: true, wantsSignedRequests: true });
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'SAML');
    assert.equal((await portal.post(`/sso/${id}`, { name: 'Globex', metadataUrl: globex.metadataUrl })).status, 303);
    const begun = await portal.post(`/sso/${id}/test`);
    const html = await begun.text();
    assert.equal(begun.status, 200, html);
    assert.match(begun.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    const action = /<form[^>]*action="([^"]*)"/.exec(html)?.[1] ?? '';
    assert.equal(action, globex.metadataUrl.replace('/metadata', '/sso'));
    const inputs = [...html.matchAll(/<input[^>]*name="(\w+)"[^>]*value="([^"]*)"/g)];
    const fields = Object.fromEntries(
      inputs.map(([, name = '', value = '']) => [name, value.replaceAll('&#43;', '+')]),
    );
    assert.match(Buffer.from(fields.SAMLRequest ?? '', 'base64').toString(), /<(?:\w+:)?Signature[ >]/);
    const relayed = await relayedForm(globex.answer({ action, fields }, { nameId: `grace@${domain}` }));
    assert.equal((await portal.post(relayed.action, relayed.fields)).status, 303);
    assert.match(await (await portal.get(`/sso/${id}`)).text(), /The test succeeded/);
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303);
  });

  it('switches nothing on while the operator has single sign-on switched off', async () => {
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'OIDC');
    hire(domain);
    await portal.post(`/sso/${id}`, oidcFields(acme));
    await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: false });
    assert.match(await runTest(portal, id, acme, 'ada'), /The test succeeded/);
    assert.match(await (await portal.get(`/sso/${id}`)).text(), /has switched single sign-on off/);
    const refused = await portal.post(`/sso/${id}/on`);
    assert.equal(refused.status, 422);
    assert.match(await refused.text(), /role="alert"[^>]*data-code="organization_sso\.switched_off"/);
    assert.equal((await operator.get(`/api/sso-connectors/${id}`)).body.isActive, false);
    await operator.patch('/api/sign-in-exp', { singleSignOnEnabled: true });
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303, 'the test still counts');
  });

  it('goes back to the settings in use when a change is discarded', async () => {
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'OIDC');
    hire(domain);
    await portal.post(`/sso/${id}`, oidcFields(acme, { scope: 'openid profile email' }));
    // Settings that were never in use cannot be gone back from.
    assert.equal((await portal.post(`/sso/${id}/discard`)).status, 404);
    await runTest(portal, id, acme, 'ada');
    await portal.post(`/sso/${id}/on`);
    const page = async () => (await portal.get(`/sso/${id}`)).text();
    const stored = async () => (await operator.get(`/api/sso-connectors/${id}`)).body;
    const before = await stored();
    await portal.post(`/sso/${id}`, oidcFields(acme, { scope: 'openid email', clientSecret: 'a wrong secret' }));
    assert.match(fieldIn(await page(), 'scope'), /^openid email$/);
    assert.deepEqual((await stored()).config, before.config, 'in use stays in use');
    assert.match(await runTest(portal, id, acme, 'ada'), /does not accept the client ID or the client secret/);
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 422);
    assert.equal((await portal.post(`/sso/${id}/discard`)).status, 303);
    assert.equal(fieldIn(await page(), 'scope'), 'openid profile email');
    // The test of the discarded settings says nothing about those in use, which work.
    assert.doesNotMatch(await page(), /does not accept the client ID or the client secret/);
    assert.match(await runTest(portal, id, acme, 'ada'), /The test succeeded/);
    assert.deepEqual((await stored()).config, before.config);
    assert.equal((await portal.post(`/sso/${id}/discard`)).status, 303, 'twice changes nothing');
  });

  it('says that the metadata of a provider is no longer used, and takes what it publishes when saved again', async () => {
    const { portal, domain } = await newOrganization();
    const id = await addConnection(portal, 'SAML');
    const save = () => portal.post(`/sso/${id}`, { name: 'Globex', metadataUrl: globex.metadataUrl });
    await save();
    await testAndUse(portal, id, domain);
    const page = async () => (await portal.get(`/sso/${id}`)).text();
    const { metadata } = globex;
    globex.metadata = () => '<html>';
    await server.app.ssoConnectors.refreshMetadata(Date.now() + 2 * 3_600_000, () => false);
    globex.metadata = metadata;
    assert.match(await page(), /the metadata of your provider cannot be read\. .*not_metadata/);
    await globex.rotate();
    assert.equal((await save()).status, 303);
    await testAndUse(portal, id, domain);
    assert.doesNotMatch(await page(), /the metadata of your provider cannot be read/);
    // Settings that are in use already need no other test.
    assert.equal((await save()).status, 303);
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303);
  });

  it('tests in the portal of a tenant with pages of its own', async () => {
    const files = zip([{ name: 'index.html', content: '<!doctype html><title>Our own</title>' }]);
    const upload = { bytes: files, name: 'ui.zip' };
    const { body } = await uploadFile(operator, '/api/sign-in-exp/default/custom-ui-assets', upload);
    const customUiAssets = { id: body.customUiAssetId, createdAt: Date.now() };
    assert.equal((await operator.patch('/api/sign-in-exp', { customUiAssets })).status, 200);
    const own = await fetch(`${server.url}/callback/x?code=1`, { headers: { accept: 'text/html' } });
    assert.match(await own.text(), /Our own/);
    const { portal, domain } = await newOrganization();
    hire(domain);
    const oidc = await addConnection(portal, 'OIDC');
    await portal.post(`/sso/${oidc}`, oidcFields(acme));
    assert.match(await runTest(portal, oidc, acme, 'ada'), /The test succeeded/);
    const saml = await addConnection(portal, 'SAML');
    await portal.post(`/sso/${saml}`, { name: 'Globex', metadataUrl: globex.metadataUrl });
    const person = { nameId: `grace@${domain}` };
    assert.match(await runSamlTest(portal, saml, { company: globex, person }), /The test succeeded/);
  });
});
