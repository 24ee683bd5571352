import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { createSamlKeyPair } from '../../server/src/services/saml/index.ts';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type ForeignClient, shownUser, startForeignClient } from '../support/foreign-clients.ts';
import { assertFits } from '../support/hosted-sign-in.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { freePort } from '../support/programs.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const person = { username: 'ana_passport', password: goodPassword };
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

describe('A service provider on @node-saml/passport-saml beside an OpenID Connect application, in a browser', () => {
  let server: TestServer;
  let operator: Operator;
  let portal: ForeignClient;
  let other: ForeignClient;
  let userId: string;
  let folder: string;
  let visitor: Visitor;

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    const user = { ...person, primaryEmail: 'ana@example.com', name: 'Ana "Ñ" <b> & Co' };
    userId = (await operator.call<{ id: string }>('POST', '/api/users', user)).id;
    folder = await mkdtemp(join(tmpdir(), 'aldaba-passport-'));
    [portal, other] = await Promise.all([startPortal(), startOther()]);
  });
  after(async () => {
    await portal?.stop();
    await other?.stop();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(() => visitor?.close());

  const startPortal = async () => {
    const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 86_400_000) };
    const { privateKey, certificate } = await createSamlKeyPair('portal', validity);
    await writeFile(join(folder, 'key.pem'), privateKey);
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const { id } = await operator.call<{ id: string }>('POST', '/api/saml-applications', {
      name: 'Portal',
      entityId: `${url}/metadata`,
      acsUrl: { binding: post, url: `${url}/acs` },
      attributeMapping: { email: 'mail', name: 'displayName' },
      requestCertificate: certificate,
      encryption: { encryptAssertion: true, encryptThenSign: false, certificate },
      singleLogoutUrl: { binding: redirect, url: `${url}/logout` },
    });
    const environment = { FOLDER: folder, METADATA: `${server.url}/api/saml-applications/${id}/metadata` };
    return startForeignClient('passport-saml.js', {
      ...{ port, issuer: server.url, clientId: id, clientSecret: '', environment },
    });
  };
  const startOther = async () => {
    const port = await freePort();
    const redirectUri = `http://localhost:${port}/callback`;
    const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri });
    const settings = { port, issuer: `${server.url}/oidc`, clientId: id, clientSecret: secret };
    return startForeignClient('passport-openidconnect.js', settings);
  };
  const open = async (options: BrowserContextOptions = {}) => {
    visitor = await openBrowser(options);
    return visitor.page;
  };
  const assertAna = ({ nameID, mail, displayName }: Record<string, unknown>) =>
    assert.deepEqual(
      { nameID, mail, displayName },
      { nameID: userId, mail: 'ana@example.com', displayName: 'Ana "Ñ" <b> & Co' },
    );
  const look = (name: string) =>
    assertFits(visitor.page, async (colorScheme) => {
      const path = `${pictures}/saml-application-${name}-${colorScheme}.png`;
      if (pictures) await visitor.page.screenshot({ path, fullPage: true });
    });

  it('signs in by redirect with an encrypted assertion, and the other application asks nothing', async () => {
    const page = await open();
    const sent = page.waitForRequest(`${portal.url}/acs`);
    await page.goto(`${portal.url}/sign-in?RelayState=/reports`);
    await page.getByLabel('Username').waitFor();
    await look('desktop');
    await signIn(page, person);
    const user = await shownUser(page, portal);
    assertAna(user);
    assert.equal(user['relayState'], '/reports');
    const field = new URLSearchParams((await sent).postData() ?? '').get('SAMLResponse') ?? '';
    const xml = Buffer.from(field, 'base64').toString();
    assert.match(xml, /<saml:EncryptedAssertion>/);
    assert.ok(!xml.includes('ana@example.com'));
    await page.goto(`${other.url}/sign-in`);
    assert.equal((await shownUser(page, other))['sub'], userId);
  });

  it('signs in by form within the session of the other application, on a phone', async () => {
    const page = await open(phoneScreen);
    await page.goto(`${other.url}/sign-in`);
    await page.getByLabel('Username').waitFor();
    await look('phone');
    await signIn(page, person);
    await shownUser(page, other);
    await page.goto(`${portal.url}/sign-in-by-form`);
    assertAna(await shownUser(page, portal));
    assert.deepEqual(visitor.complaints, []);
  });

  for (const screen of ['phone', 'desktop'])
    it(`goes back to the portal with a button if the page cannot send itself, on a ${screen}`, async () => {
      const page = await open(screen === 'phone' ? phoneScreen : {});
      await page.route(/submit[\w.-]*\.js/, (route) => route.abort());
      await page.goto(`${portal.url}/sign-in`);
      await signIn(page, person);
      await page.getByRole('button', { name: 'Continue' }).waitFor();
      await look(`back-${screen}`);
      await page.getByRole('button', { name: 'Continue' }).click();
      assertAna(await shownUser(page, portal));
    });

  it('begins at a link of the server, which passes the page to open on', async () => {
    const page = await open();
    await page.goto(`${server.url}/api/saml/${portal.id}/sign-in?RelayState=/payslips`);
    await signIn(page, person);
    const user = await shownUser(page, portal);
    assertAna(user);
    assert.equal(user['relayState'], '/payslips');
  });

  // security: saml-sign-out
  it('signs out of the session, so that the other application asks again', async () => {
    const page = await open();
    await page.goto(`${portal.url}/sign-in`);
    await signIn(page, person);
    await shownUser(page, portal);
    await page.goto(`${portal.url}/sign-out`);
    await page.waitForURL(`${portal.url}/?signed-out`);
    await page.goto(`${other.url}/sign-in`);
    await page.waitForURL(/\/sign-in\?app_id=/);
  });
});
