import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../support/browser.ts';
import { type ConsoleVisitor, inspect, openConsole, screens, signIn } from '../../support/console.ts';
import { manage } from '../../support/management.ts';
import { goodPassword } from '../../support/pages.ts';
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

const hour = 3_600_000;

describe('A long session of the Console', () => {
  let server: TestServer;
  let visitor: ConsoleVisitor;
  let passed = 0;
  /** Lets time pass at the server and in the browser. */
  const wait = async (milliseconds: number) => {
    passed += milliseconds;
    await visitor.page.clock.fastForward(milliseconds);
  };
  before(async () => {
    server = await startServer({ world: { clock: { now: () => Date.now() + passed } } });
    visitor = await openConsole(server);
    await visitor.page.clock.install();
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });

  it('renews the access token behind the page once it has expired', async () => {
    const { page } = visitor;
    await visitor.open('users');
    await page.getByText('No users yet').waitFor();
    await page.evaluate('window.isSamePage = true');
    for (const area of ['Applications', 'Users']) {
      await wait(hour);
      const renewed = page.waitForResponse(/\/t\/admin\/oidc\/token$/);
      await page.getByRole('link', { name: area, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: area }).waitFor();
      assert.match((await renewed).request().postData() ?? '', /grant_type=refresh_token/);
      await page.getByText(area === 'Users' ? 'No users yet' : 'Connect your first application').waitFor();
    }
    assert.equal(await page.evaluate('window.isSamePage'), true);
    assert.deepEqual(visitor.complaints, []);
  });

  it('asks to sign in once the session has ended elsewhere, and continues at the same address', async () => {
    const { page, context } = visitor;
    await visitor.open('applications?q=shop');
    await page.getByText('Nothing matches “shop”').waitFor();
    const other = await context.newPage();
    await other.goto(`${server.url}/t/admin/oidc/session/end`);
    await other.getByRole('button', { name: 'Sign out' }).click();
    await other.getByRole('button', { name: 'Sign out' }).waitFor({ state: 'detached' });
    await other.close();
    await wait(hour);
    await page.getByRole('button', { name: 'Clear search' }).last().click();
    await signIn(page);
    await page.getByText('Connect your first application').waitFor();
    assert.equal(page.url(), `${server.url}/console/t/default/applications`);
  });
});

describe('A user of the admin tenant without a role', () => {
  it('reads that the account has no access, and can sign in with another one', async () => {
    const server = await startServer();
    const visitor = await openConsole(server);
    const { page, context } = visitor;
    try {
      const admin = await manage(server, await server.app.tenancy.get('admin'));
      const guest = { username: 'guest', password: goodPassword, name: 'Gael Guest' };
      assert.equal((await admin.post('/api/users', guest)).status, 200);
      await context.clearCookies();
      await visitor.open('applications');
      await page.locator('[name=username]').fill(guest.username);
      await page.locator('[name=password]').fill(guest.password);
      await page.locator('button[type=submit]').first().click();
      await page.getByRole('heading', { name: 'You do not have access to this tenant' }).waitFor();
      await page.getByText('Gael Guest is signed in').waitFor();
      await inspect(page, 'no-access');
      await page.getByRole('button', { name: 'Use another account' }).click();
      await signIn(page);
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.ok(page.url().startsWith(`${server.url}/console/t/default/`), page.url());
      assert.deepEqual(visitor.complaints, []);
    } finally {
      await visitor.close();
      await server.close();
    }
  });
});
