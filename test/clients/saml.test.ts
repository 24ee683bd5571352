import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import {
  createSamlKeyPair,
  type SamlKeyPair,
  serviceProviderMetadata,
  verifyResponse,
} from '../../server/src/services/saml/index.ts';
import { openBrowser } from '../support/browser.ts';
import { type ForeignClient, shownUser, startForeignClient } from '../support/foreign-clients.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { freePort } from '../support/programs.ts';
import { findPython } from '../support/python.ts';
import { startServer, type TestServer } from '../support/server.ts';

const person = { username: 'ana_saml', password: goodPassword };
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

const makeKeys = () =>
  createSamlKeyPair('partner', {
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
  });

describe('A service provider on pysaml2, in a browser', () => {
  let server: TestServer;
  let operator: Operator;
  let partner: ForeignClient;
  let userId: string;
  let applicationId: string;
  let folder: string;

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    const user = await operator.call<{ id: string }>('POST', '/api/users', {
      ...person,
      primaryEmail: 'ana@example.com',
      name: 'Ana "Ñ" <b> & Co',
    });
    userId = user.id;
    folder = await mkdtemp(join(tmpdir(), 'aldaba-saml-'));
    const keys = await makeKeys();
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const application = await operator.call<{ id: string }>('POST', '/api/saml-applications', {
      name: 'Partner',
      entityId: `${url}/metadata`,
      acsUrl: { binding: post, url: `${url}/acs` },
      attributeMapping: { email: 'mail', name: 'displayName' },
      requestCertificate: keys.certificate,
      encryption: { encryptAssertion: true, encryptThenSign: true, certificate: keys.certificate },
      singleLogoutUrl: { binding: redirect, url: `${url}/logout` },
    });
    applicationId = application.id;
    const metadata = await fetch(`${server.url}/api/saml-applications/${applicationId}/metadata`);
    await writeFile(join(folder, 'key.pem'), keys.privateKey);
    await writeFile(join(folder, 'cert.pem'), keys.certificate);
    await writeFile(join(folder, 'idp.xml'), await metadata.text());
    const settings = { port, issuer: server.url, clientId: application.id, clientSecret: '' };
    partner = await startForeignClient('pysaml2_partner.py', { ...settings, environment: { FOLDER: folder } });
  });
  after(async () => {
    await partner?.stop();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('signs in by redirect and by form with signed requests and encrypted assertions, and signs out', async () => {
    const visitor = await openBrowser();
    try {
      const { page } = visitor;
      await page.goto(`${partner.url}/sign-in`);
      await signIn(page, person);
      const user = await shownUser(page, partner);
      assert.deepEqual(
        [user.name, user.attributes, user.relayState],
        [userId, { mail: ['ana@example.com'], displayName: ['Ana "Ñ" <b> & Co'] }, '/reports'],
      );
      // The session is there: no page asks again.
      await page.goto(`${partner.url}/sign-in?post`);
      assert.equal((await shownUser(page, partner)).session, user.session);
      await page.goto(`${partner.url}/sign-out`);
      assert.deepEqual(await shownUser(page, partner), { signedOut: true });
      await page.goto(`${partner.url}/sign-in`);
      await page.waitForURL(/\/sign-in\?app_id=/);
    } finally {
      await visitor.close();
    }
  });

  it('ends its session at the request of the server, and sends the user back', async () => {
    const visitor = await openBrowser();
    try {
      const { page, complaints } = visitor;
      await page.goto(`${partner.url}/sign-in`);
      await signIn(page, person);
      await shownUser(page, partner);
      await page.goto(`${server.url}/oidc/session/end`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(/\/oidc\/session\/end\/success/);
      await page.goto(partner.url);
      assert.deepEqual(await shownUser(page, partner), { signedOut: 'by the identity provider' });
      assert.deepEqual(complaints, []);
    } finally {
      await visitor.close();
    }
  });

  it('begins at a link of the server only where the service takes that', async () => {
    const visitor = await openBrowser();
    try {
      await visitor.page.goto(`${server.url}/api/saml/${applicationId}/sign-in?RelayState=x`);
      await signIn(visitor.page, person);
      await visitor.page.locator('#error').waitFor();
      assert.match((await visitor.page.locator('#error').textContent()) ?? '', /Unsolicited/i);
      await visitor.page.goto(`${partner.url}/allow-unsolicited`);
      await visitor.page.goto(`${server.url}/api/saml/${applicationId}/sign-in?RelayState=/payslips`);
      const user = await shownUser(visitor.page, partner);
      assert.deepEqual([user.name, user.relayState], [userId, '/payslips']);
    } finally {
      await visitor.close();
    }
  });
});

describe('Responses of an identity provider on pysaml2', () => {
  const issuer = 'https://idp.example.com/metadata';
  const audience = 'https://sp.example.com/metadata';
  const acsUrl = 'https://sp.example.com/acs';
  let folder: string;
  let keys: SamlKeyPair;
  let own: SamlKeyPair;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aldaba-saml-'));
    [keys, own] = await Promise.all([makeKeys(), makeKeys()]);
    const sp = { entityId: audience, acsUrl, signsRequests: false, encryptionCertificates: [own.certificate] };
    await writeFile(join(folder, 'key.pem'), keys.privateKey);
    await writeFile(join(folder, 'cert.pem'), keys.certificate);
    await writeFile(join(folder, 'sp.xml'), serviceProviderMetadata(sp));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, how] of [
    ['with a signed assertion', { signResponse: false, signAssertion: true, encrypt: false }],
    ['with a signed response', { signResponse: true, signAssertion: false, encrypt: false }],
    ['with both signed', { signResponse: true, signAssertion: true, encrypt: false }],
    ['with a signed, encrypted assertion', { signResponse: false, signAssertion: true, encrypt: true }],
    ['with a signed response and an encrypted assertion', { signResponse: true, signAssertion: true, encrypt: true }],
  ] as const) {
    it(`are accepted ${name}`, async () => {
      const request = JSON.stringify({ issuer, audience, acsUrl, inResponseTo: '_request', ...how });
      const program = join(import.meta.dirname, 'foreign/pysaml2_provider.py');
      const { stdout } = await promisify(execFile)(findPython(), [program, folder, request]);
      const expected = {
        ...{ inResponseTo: '_request', issuer, audience, acsUrl, now: new Date() },
        certificates: [keys.certificate],
        decryptionKeys: [own.privateKey],
      };
      const { nameId, attributes } = verifyResponse({ samlResponse: stdout.trim(), expected });
      assert.equal(nameId, 'ada & co');
      assert.deepEqual(Object.values(attributes).flat().sort(), ['Ada', 'ada@example.com']);
    });
  }
});
