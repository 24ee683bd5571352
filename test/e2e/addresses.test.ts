import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { createAgent, expectStatus } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { arrivalAt, type Landing, startLanding } from '../support/landing.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ana = { username: 'ana_addresses', password: goodPassword };

describe('Several apps in one browser', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: Visitor;
  let site: Landing;

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(ana);
    site = await startLanding();
  });
  after(async () => {
    site?.close();
    await server?.close();
  });
  afterEach(() => visitor?.close());

  const addApp = async (name: string, isThirdParty = false) => {
    const redirectUri = `${site.url}/${encodeURIComponent(name)}/callback?kept=1`;
    const { id } = await operator.addApplication({ type: 'Traditional', name, redirectUri, isThirdParty });
    // Others get what the operator lets them ask for.
    if (isThirdParty) {
      await operator.call('POST', `/api/applications/${id}/user-consent-scopes`, { userScopes: ['profile'] });
    }
    return (extra?: Record<string, string>) =>
      authorization({ endpoint: server.url, clientId: id, redirectUri, ...(extra ? { extra } : {}) });
  };

  it('signs in to two apps at the same time without mixing them up', async () => {
    visitor = await openBrowser({ javaScriptEnabled: false });
    const { context } = visitor;
    const [one, two] = [await addApp('one'), await addApp('two')];
    const tabs = [];
    for (const request of [one(), two()]) {
      const page = await context.newPage();
      await page.goto(request.url);
      await page.getByLabel('Username').waitFor();
      tabs.push({ page, request });
    }
    for (const { page, request } of tabs) {
      await signIn(page, ana);
      const { searchParams } = await arrivalAt(page, request.redirectUri);
      assert.ok(searchParams.get('code'));
      assert.equal(searchParams.get('state'), request.state);
    }
  });

  it('distinguishes sign-ins by the Logto-App-Id header of a custom sign-in page', async () => {
    visitor = await openBrowser();
    const browser = createAgent();
    const waiting = [];
    for (const start of [await addApp('three'), await addApp('four')]) {
      const request = start();
      const clientId = new URL(request.url).searchParams.get('client_id') ?? '';
      await expectStatus('the authorization request', [303], await browser.fetch(request.url));
      const call = async (method: string, path: string, body?: unknown) =>
        browser.fetch(`${server.url}/api/experience${path}`, {
          method,
          headers: { 'logto-app-id': clientId, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      waiting.push({ request, call });
    }
    for (const { request, call } of waiting) {
      await expectStatus('the start', [204], await call('PUT', '', { interactionEvent: 'SignIn' }));
      const identifier = { type: 'username', value: ana.username };
      const proof = await call('POST', '/verification/password', { identifier, password: ana.password });
      await expectStatus('the identification', [204], await call('POST', '/identification', await proof.json()));
      const { redirectTo } = await (await call('POST', '/submit')).json();
      const answer = await expectStatus('the way back', [303], await browser.fetch(redirectTo));
      const arrival = new URL(answer.headers.get('location') ?? '');
      assert.ok(arrival.href.startsWith(request.redirectUri));
      assert.equal(arrival.searchParams.get('state'), request.state);
      assert.ok(arrival.searchParams.get('code'));
    }
  });

  for (const [screen, options] of eachScreen)
    it(`asks for consent for a third-party app, and accepts a denial, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      const partner = await addApp('Partner & Co', true);
      const first = partner();
      await page.goto(first.url);
      await signIn(page, ana);
      await page.getByRole('heading', { name: 'Allow Partner & Co?' }).waitFor();
      await page.getByText(ana.username).waitFor();
      await page.getByText('See your name, username and picture').waitFor();
      // The default tenant has no name of its own yet: people know it by its address.
      const { host } = new URL(server.url);
      await page.getByText(`Partner & Co wants to use your ${host} account.`).waitFor();
      await page.getByRole('button', { name: 'Cancel' }).click();
      const refused = await arrivalAt(page, first.redirectUri);
      assert.equal(refused.searchParams.get('error'), 'access_denied');
      assert.equal(refused.searchParams.get('state'), first.state);

      const second = partner();
      await page.goto(second.url);
      await page.getByRole('button', { name: 'Allow' }).click();
      assert.ok((await arrivalAt(page, second.redirectUri)).searchParams.get('code'));
    });
});

describe('Server below a path', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ subPath: '/auth' });
  });
  after(() => server?.close());

  it('serves pages, assets, forms, cookies and the demo app below the path', async () => {
    const visitor = await openBrowser();
    const { page, context } = visitor;
    const foreign: string[] = [];
    page.on('request', (request) => {
      const { protocol, pathname } = new URL(request.url());
      if (protocol.startsWith('http') && !pathname.startsWith('/auth/')) foreign.push(pathname);
    });
    await page.goto(`${server.url}/demo-app`);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await register(page, ana);
    await page.getByRole('rowheader', { name: 'username', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, ana);
    await page.getByRole('rowheader', { name: 'username', exact: true }).waitFor();
    assert.deepEqual(foreign, []);
    for (const { name, path } of await context.cookies()) assert.match(path, /^\/auth(\/|$)/, `the cookie ${name}`);
    assert.deepEqual(visitor.complaints, []);
    await visitor.close();
  });
});

describe('Setup link', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  // security: default-credentials
  it('creates the first administrator once and never again', async () => {
    const link = await server.app.firstAdminLink();
    assert.ok(link);
    const visitor = await openBrowser();
    const { page } = visitor;
    await page.goto(link);
    await page.getByLabel('Username').fill('root_admin');
    await page.getByLabel('Choose a password').fill(goodPassword);
    await page.getByLabel('Repeat the password').fill('something else entirely');
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.getByText('The passwords do not match.').waitFor();
    await page.getByLabel('Repeat the password').fill(goodPassword);
    await page.getByRole('button', { name: 'Create administrator' }).click();
    await page.getByRole('heading', { level: 1, name: 'Get started' }).waitFor();
    assert.ok(page.url().startsWith(`${server.url}/console/`), page.url());
    assert.deepEqual(visitor.complaints, []);
    const again = await page.goto(link);
    assert.equal(again?.status(), 404);
    assert.equal(await server.app.firstAdminLink(), undefined);
    await visitor.close();
  });

  // security: default-credentials
  it('rejects a forged setup link', async () => {
    const visitor = await openBrowser();
    const response = await visitor.page.goto(`${server.url}/setup?token=${'A'.repeat(43)}`);
    assert.equal(response?.status(), 404);
    await visitor.close();
  });
});
