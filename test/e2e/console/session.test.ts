import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../support/browser.ts';
import { type ConsoleVisitor, openConsole, screens } from '../../support/console.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('The session of the Console', () => {
  let server: TestServer;
  let visitor: ConsoleVisitor;
  before(async () => {
    server = await startServer();
    visitor = await openConsole(server);
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });
  const failure = () => visitor.page.getByRole('button', { name: 'Try again' }).first();

  it('stops and says so if the server refuses the sign-in, instead of starting the next one', async () => {
    const address = `${server.url}/console/t/nothing/applications`;
    await visitor.page.goto(address);
    await failure().waitFor();
    assert.equal(visitor.page.url(), address);
  });

  it('does not sign in again and again if the API refuses a token that is new', async () => {
    const { page } = visitor;
    let signIns = 0;
    page.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === page.mainFrame() && /\/oidc\/auth/.test(request.url()))
        signIns += 1;
    });
    const body = JSON.stringify({ code: 'auth.unauthorized', message: 'Sign in.' });
    await page.route('**/api/applications?*', (route) =>
      route.fulfill({ status: 401, contentType: 'application/json', body }),
    );
    await visitor.open('applications');
    await failure().waitFor();
    assert.equal(signIns, 0);
    await page.unroute('**/api/applications?*');
  });

  it('asks the server again when the browser brings back a page from its history', async () => {
    await visitor.open('applications');
    await visitor.page.getByRole('heading', { level: 1 }).waitFor();
    const reloaded = visitor.page.waitForEvent('domcontentloaded');
    await visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    await reloaded;
    await visitor.page.getByRole('heading', { level: 1 }).waitFor();
  });

  it('stays on the server if its address has further slashes in front', async () => {
    const other = await openBrowser(screens.desktop);
    try {
      await other.page.goto(`${server.url.replace('localhost', '127.0.0.1')}//console/t/default/applications`);
      await other.page.locator('[name=username]').waitFor();
      assert.equal(new URL(other.page.url()).host, new URL(server.url).host);
    } finally {
      await other.close();
    }
  });
});
