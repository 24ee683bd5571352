import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, type Visitor } from '../support/browser.ts';
import { type ExampleApp, planExample, startExample } from '../support/examples.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ana = { username: 'ana', password: goodPassword };

describe('One application in two tabs of a browser', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: Visitor;
  let tabs: [Page, Page];
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(ana);
  });
  after(() => server?.close());
  beforeEach(async () => {
    visitor = await openBrowser();
    tabs = [visitor.page, await visitor.context.newPage()];
  });
  afterEach(() => visitor?.close());

  describe('Two tabs with the published @logto/browser', () => {
    let app: ExampleApp;
    before(async () => {
      const { port, url } = await planExample();
      const { id } = await operator.addApplication({ type: 'SPA', redirectUri: `${url}/callback` });
      app = await startExample('spa/serve.js', { port, endpoint: server.url, appId: id });
    });
    after(() => app?.stop());

    const greets = (page: Page) => page.getByRole('heading', { name: 'Hello, ana' }).waitFor();
    const begin = async () => {
      for (const tab of tabs) {
        await tab.goto(app.url);
        await tab.getByRole('button', { name: 'Sign in' }).click();
        await tab.getByLabel('Username').waitFor();
      }
    };

    it('signs in in the first tab, and then in the second by loading it again', async () => {
      await begin();
      await signIn(tabs[0], ana);
      await greets(tabs[0]);
      await tabs[1].reload();
      await greets(tabs[1]);
      assert.deepEqual(visitor.complaints, []);
    });

    it('signs in in both tabs, the second first', async () => {
      await begin();
      for (const tab of [tabs[1], tabs[0]]) {
        await signIn(tab, ana);
        await greets(tab);
      }
      assert.deepEqual(visitor.complaints, []);
    });

    it('returns to the application from a sign-in page reached by the Back button', async () => {
      await begin();
      await signIn(tabs[0], ana);
      await greets(tabs[0]);
      await tabs[0].goBack();
      await tabs[0].getByRole('heading', { name: 'You are already signed in' }).waitFor();
      await tabs[0].getByRole('link', { name: /^Back to / }).click();
      await greets(tabs[0]);
    });
  });

  describe('Two tabs with the published oidc-client-ts', () => {
    let site: Server;
    let url: string;
    before(async () => {
      const library = await readFile(
        new URL('../browser/oidc-client-ts.min.js', import.meta.resolve('oidc-client-ts')),
      );
      let script = '';
      site = createServer((request, response) => {
        const path = new URL(request.url ?? '/', 'http://x').pathname;
        const [type, body] =
          path === '/library.js'
            ? ['text/javascript', library]
            : path === '/page.js'
              ? ['text/javascript', script]
              : [
                  'text/html',
                  '<!doctype html><title>App</title><link rel="icon" href="data:,"><h1>App</h1><script src="/library.js"></script><script src="/page.js"></script>',
                ];
        response.writeHead(200, { 'content-type': type }).end(body);
      }).listen(0, 'localhost');
      await new Promise((resolve) => site.once('listening', resolve));
      url = `http://localhost:${(site.address() as AddressInfo).port}`;
      const { id } = await operator.addApplication({ type: 'SPA', redirectUri: `${url}/callback` });
      const settings = {
        authority: `${server.url}/oidc`,
        client_id: id,
        redirect_uri: `${url}/callback`,
        scope: 'openid profile',
      };
      script = `
        const manager = new oidc.UserManager(${JSON.stringify(settings)});
        const say = (text) => { document.querySelector('h1').textContent = text; };
        if (location.pathname === '/callback')
          manager.signinRedirectCallback().then((user) => say('Back in ' + user.state), (error) => say(String(error)));
        else manager.signinRedirect({ state: location.hash.slice(1) }).catch((error) => say(String(error)));`;
    });
    after(() => site?.close());

    it('returns each tab to its own state', async () => {
      for (const [index, name] of ['one', 'two'].entries()) {
        await tabs[index]?.goto(`${url}/#${name}`);
        await tabs[index]?.getByLabel('Username').waitFor();
      }
      await signIn(tabs[0], ana);
      await tabs[0].getByRole('heading', { name: 'Back in one' }).waitFor();
      await tabs[1].reload();
      await tabs[1].getByRole('heading', { name: 'Back in two' }).waitFor();
      assert.deepEqual(visitor.complaints, []);
    });
  });
});
