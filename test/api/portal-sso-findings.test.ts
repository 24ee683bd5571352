import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { PortalSsoReason } from '@aldaba/contract';
import { ssoWordsInEnglish } from '../../pages/src/portal/sso-words-en.ts';
import { conditionsXml, type Parts, statusXml } from '../saml/messages.ts';
import { movableClock } from '../support/clock.ts';
import { type Company, startCompany } from '../support/company.ts';
import { type Claims, type HostileCompany, type Signers, startHostileCompany } from '../support/hostile-company.ts';
import { type Manager, manage } from '../support/management.ts';
import { openPortal, type PortalVisitor } from '../support/portal.ts';
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

type OidcReason = Extract<PortalSsoReason, 'client-id' | 'issuer' | 'keys' | 'id-token' | 'clock' | 'other-request'>;

const day = 86_400_000;

describe('What a test sign-in in the portal found', () => {
  let server: TestServer;
  let operator: Manager;
  let acme: Company;
  let hostile: HostileCompany;
  let globex: SamlCompany;
  const clock = movableClock();
  /** Reasons that a test has seen on the page. */
  const seen = new Set<PortalSsoReason>();
  before(async () => {
    [acme, hostile, globex] = await Promise.all([startCompany(), startHostileCompany(), startSamlCompany(clock.now)]);
    server = await startServer({ world: { clock }, environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    await (await manage(server)).patch('/api/sign-in-exp', { singleSignOnEnabled: true });
  });
  after(async () => {
    await server?.close();
    await Promise.all([acme?.close(), hostile?.close(), globex?.close()]);
  });
  beforeEach(async () => {
    clock.ahead = 0;
    operator = await manage(server);
    acme.outage = undefined;
    hostile.discovery = {};
    hostile.idToken = (claims, by) => by.own(claims);
  });

  const shows = (html: string, reason: PortalSsoReason, detail?: RegExp) => {
    const sentence = ssoWordsInEnglish[`reason.${reason}`].replaceAll('“', '.').replaceAll('”', '.');
    const pattern = sentence.replaceAll(/[()?+]/g, '\\$&');
    assert.match(html, new RegExp(`id="test-result"[^>]*><span>[^<]*${pattern}`), reason);
    if (detail) assert.match(html, detail, reason);
    seen.add(reason);
  };
  const hire = (domain: string, more: object = {}) =>
    acme.people.set('ada', { sub: 'ada', email: `ada@${domain}`, email_verified: true, name: 'Ada', ...more });
  const connect = async (provider: string, fields: Record<string, string>) => {
    const { portal, domain, path, id: organizationId } = await newSsoOrganization(server, operator, { locale: 'en' });
    const id = await addConnection(portal, provider);
    const saved = await portal.post(`/sso/${id}`, fields);
    assert.equal(saved.status, 303, await saved.text());
    return { portal, domain, id, path, organizationId };
  };
  /** Begins a test and returns what the provider is asked. */
  const begin = async ({ post }: PortalVisitor, id: string) => {
    const begun = await post(`/sso/${id}/test`);
    assert.equal(begun.status, 303, await begun.clone().text());
    return begun.headers.get('location') ?? '';
  };
  /** A test at the provider that signs what a test wants. */
  const runHostile = async (portal: PortalVisitor, id: string) => {
    const agreed = hostile.agree(await begin(portal, id)).replace('/callback/social/', '/callback/');
    assert.equal((await bringBack(portal, new URL(agreed, server.url))).status, 303);
    return (await portal.get(`/sso/${id}`)).text();
  };

  it('names the check of the ID token that failed', async () => {
    const { portal, domain, id } = await connect('OIDC', { name: 'Hostile', ...hostile.config });
    hostile.userinfo = { sub: 'ada', email: `ada@${domain}`, email_verified: true };
    assert.match(await runHostile(portal, id), /The test succeeded/);
    const past = { iat: 1_600_000_000, exp: 1_600_000_300 };
    const cases: [OidcReason, (claims: Claims, by: Signers) => string][] = [
      ['client-id', (claims, by) => by.own({ ...claims, aud: 'another-client' })],
      ['client-id', (claims, by) => by.own({ ...claims, azp: 'another-client' })],
      ['issuer', (claims, by) => by.own({ ...claims, iss: 'https://other.example' })],
      ['clock', (claims, by) => by.own({ ...claims, ...past })],
      ['other-request', (claims, by) => by.own({ ...claims, nonce: 'of another sign-in' })],
      ['keys', (claims, by) => by.foreign(claims)],
      ['id-token', (claims, by) => by.none(claims)],
    ];
    for (const [reason, idToken] of cases) {
      hostile.idToken = idToken;
      const html = await runHostile(portal, id);
      shows(html, reason);
      assert.doesNotMatch(html, /The test succeeded|another-client|other\.example/, reason);
    }
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 303, 'the first test counts');
  });

  it('says what a provider of OpenID Connect refuses, or does not tell', async () => {
    const { portal, domain, id } = await connect('OIDC', oidcFields(acme, { clientSecret: 'a secret of nobody' }));
    hire(domain);
    shows(await runTest(portal, id, acme, 'ada'), 'client');
    await portal.post(`/sso/${id}`, oidcFields(acme));
    const answered = async (change: (back: URL) => void) => {
      const back = await visitCompany(portal, id, acme, 'ada');
      change(back);
      assert.equal((await bringBack(portal, back)).status, 303);
      return (await portal.get(`/sso/${id}`)).text();
    };
    const withError = (error: string) => (back: URL) => {
      back.searchParams.delete('code');
      back.searchParams.set('error', error);
    };
    // Okta answers so for a person whom the application is not assigned to.
    shows(await answered(withError('access_denied')), 'declined');
    shows(await answered(withError('server_error')), 'provider-error', /server_error/);
    shows(await answered((back) => back.searchParams.set('code', 'wrong')), 'code');
    const slow = await visitCompany(portal, id, acme, 'ada');
    acme.outage = 429;
    assert.equal((await bringBack(portal, slow)).status, 303);
    shows(await (await portal.get(`/sso/${id}`)).text(), 'unreachable');
    acme.outage = undefined;
    hire(domain, { email: undefined });
    shows(await runTest(portal, id, acme, 'ada'), 'no-email');
    hire('elsewhere.example');
    shows(await runTest(portal, id, acme, 'ada'), 'foreign-domain', /ada@elsewhere\.example/);
    hire(domain, { email_verified: false });
    shows(await runTest(portal, id, acme, 'ada'), 'unverified-email');

    const other = await connect('OIDC', { name: 'Hostile', ...hostile.config });
    hostile.idToken = () => undefined;
    shows(await runHostile(other.portal, other.id), 'unreadable', /no ID token/);
    assert.equal((await other.portal.post(`/sso/${other.id}/on`)).status, 422);
  });

  it('says that the provider does not tell who signed in, and that its configuration cannot be read', async () => {
    const guarded = await startHostileCompany();
    const closed = await startCompany({ name: 'closed' });
    try {
      guarded.discovery = { userinfo_endpoint: `${acme.issuer}/me` };
      const first = await connect('OIDC', { name: 'Guarded', ...guarded.config });
      const agreed = guarded.agree(await begin(first.portal, first.id)).replace('/callback/social/', '/callback/');
      assert.equal((await bringBack(first.portal, new URL(agreed, server.url))).status, 303);
      shows(await (await first.portal.get(`/sso/${first.id}`)).text(), 'userinfo');

      const second = await connect('OIDC', oidcFields(closed));
      for (const outage of [500, 'garbage'] as const) {
        closed.outage = outage;
        const begun = await second.portal.post(`/sso/${second.id}/test`);
        assert.equal(begun.headers.get('location'), `/portal/sso/${second.id}?tested=yes`, await begun.text());
        shows(await (await second.portal.get(`/sso/${second.id}`)).text(), 'discovery');
      }
      assert.equal((await second.portal.post(`/sso/${second.id}/on`)).status, 422);
      const path = `/api/logs?organizationId=${second.organizationId}&logKey=Organization.TestSsoConnector`;
      const entries = (await operator.get(path)).body as { payload: { result: string; params: { reason: string } } }[];
      assert.deepEqual(
        entries.map(({ payload }) => [payload.result, payload.params.reason]),
        [
          ['Error', 'discovery'],
          ['Error', 'discovery'],
        ],
      );
      closed.outage = undefined;
      hireAt(closed, second.domain);
      assert.match(await runTest(second.portal, second.id, closed, 'ada'), /The test succeeded/);
    } finally {
      await Promise.all([guarded.close(), closed.close()]);
    }
  });
  const hireAt = (company: Company, domain: string) =>
    company.people.set('ada', { sub: 'ada', email: `ada@${domain}`, email_verified: true });

  it('says what is wrong with a SAML response', async () => {
    const { portal, domain, id } = await connect('SAML', { name: 'Globex', metadataUrl: globex.metadataUrl });
    const person = { nameId: `grace@${domain}`, attributes: { groups: ['staff'] } };
    const now = new Date(clock.now());
    const otherIssuer = '<saml:Issuer>https://other.example</saml:Issuer>';
    const inner = (value: string) => `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${value}"/>`;
    const format = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';
    const cases: [PortalSsoReason, Partial<Parts>, RegExp?][] = [
      // Entra ID and Okta answer so for a person whom the application is not assigned to.
      ['declined', { status: statusXml('Responder', inner('RequestDenied')) }, /RequestDenied/],
      ['no-subject', { status: statusXml('Requester', inner('InvalidNameIDPolicy')) }, /InvalidNameIDPolicy/],
      ['no-subject', { nameId: '<saml:NameID></saml:NameID>' }],
      ['no-subject', { nameId: `<saml:NameID Format="${format}">_x</saml:NameID>` }],
      ['entity-id', { issuer: otherIssuer, responseIssuer: otherIssuer }],
      ['audience', { conditions: conditionsXml(now, { audiences: [['https://other.example']] }) }, /expected http/],
      ['acs-url', { destination: ' Destination="https://other.example/acs"' }],
      ['clock', { conditions: conditionsXml(now, { from: 600, to: 900 }) }],
      ['other-request', { responseInResponseTo: ' InResponseTo="_of-another"' }],
    ];
    for (const [reason, changed, detail] of cases)
      shows(await runSamlTest(portal, id, { company: globex, person, changed }), reason, detail);
    /** A test with the text of the answer changed after it was signed. */
    const altered = async (change: (xml: string) => string) => {
      const { acsUrl, fields } = globex.answer(await begin(portal, id), person);
      const xml = Buffer.from(fields.SAMLResponse, 'base64').toString();
      assert.notEqual(change(xml), xml);
      const SAMLResponse = Buffer.from(change(xml)).toString('base64');
      const relayed = await relayedForm({ acsUrl, fields: { ...fields, SAMLResponse } });
      assert.equal((await portal.post(relayed.action, relayed.fields)).status, 303);
      return (await portal.get(`/sso/${id}`)).text();
    };
    shows(await altered((xml) => xml.replace(/<Signature[ >][\s\S]*?<\/Signature>/, '')), 'not-signed');
    const sha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
    shows(await altered((xml) => xml.replace(/http[^"]*#rsa-sha256/, sha1)), 'weak-algorithm');
    shows(await altered((xml) => xml.replace('staff', 'admin')), 'certificate');
    const sealed = globex.encrypted(await begin(portal, id), person, globex.keys.certificate);
    const relayed = await relayedForm(sealed);
    assert.equal((await portal.post(relayed.action, relayed.fields)).status, 303);
    shows(await (await portal.get(`/sso/${id}`)).text(), 'encryption');
    assert.equal((await portal.post(`/sso/${id}/on`)).status, 422);
    const page = await runSamlTest(portal, id, { company: globex, person });
    assert.match(page, /The test succeeded/);
    assert.match(page, new RegExp(`Name ID</dt><dd[^>]*>${person.nameId}`));
    assert.match(page, /groups<\/dt><dd[^>]*>staff/);
  });

  it('tells a certificate that ended from one that does not match', async () => {
    const { portal, id, path, domain } = await connect('SAML', { name: 'Globex', metadataUrl: globex.metadataUrl });
    const person = { nameId: `grace@${domain}` };
    await globex.rotate();
    shows(await runSamlTest(portal, id, { company: globex, person }), 'certificate');
    clock.ahead = 3 * day;
    operator = await manage(server);
    await globex.rotate();
    const later = await openPortal(server.url, operator, path, { locale: 'en' });
    shows(await runSamlTest(later, id, { company: globex, person }), 'certificate-ended');
  });

  it('has been seen with every reason that the page knows', () => {
    const known = Object.keys(ssoWordsInEnglish).flatMap((word) => /^reason\.(.+)$/.exec(word)?.[1] ?? []);
    assert.deepEqual([...seen].sort(), known.sort());
  });
});
