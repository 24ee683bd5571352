import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../../support/browser.ts';
import { inspect, openConsoleByLink, screens, signIn, takeScreenshots } from '../../support/console.ts';
import { manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('The Console', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  it('signs an administrator in, keeps them signed in after a reload, and signs them out', async () => {
    const visitor = await openConsoleByLink(server);
    const { page } = visitor;
    try {
      const heading = page.getByRole('heading', { level: 1 });
      await heading.waitFor();
      assert.match(page.url(), /\/console\/t\/default\//, 'the one-time link ends in the Console, signed in');
      await page.reload();
      await heading.waitFor();
      const stored = await page.evaluate(
        'JSON.stringify([Object.values(localStorage), Object.values(sessionStorage)])',
      );
      assert.doesNotMatch(String(stored), /eyJ|access_token|refresh_token/);
      await inspect(page, 'shell');
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder(/^Find pages/).fill('app');
      await page.getByRole('button', { name: 'Applications' }).waitFor();
      await inspect(page, 'palette');
      await page.keyboard.press('Enter');
      await page.waitForURL(/applications$/);
      await page.getByRole('button', { name: /^Account of/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
      await takeScreenshots(page, 'account-menu');
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.locator('[name=username]').waitFor();
      assert.deepEqual(visitor.complaints, []);
    } finally {
      await visitor.close();
    }
  });

  it('returns to the address that was opened once the administrator has signed in', async () => {
    const visitor = await openBrowser(screens.phone);
    try {
      const address = `${server.url}/console/t/default/applications?q=shop`;
      await visitor.page.goto(address);
      await signIn(visitor.page);
      await visitor.page.getByRole('heading', { level: 1 }).waitFor();
      assert.equal(visitor.page.url(), address);
      assert.deepEqual(visitor.complaints, []);
    } finally {
      await visitor.close();
    }
  });

  it('says that the server cannot be reached, and shows the page once it answers again', async () => {
    const visitor = await openBrowser(screens.desktop);
    const { page, context } = visitor;
    const unreachable = page.getByRole('main').getByText('The server did not answer');
    const retry = page.getByRole('button', { name: 'Try again' });
    const manager = await manage(server);
    await manager.post('/api/users', { username: 'grace' });
    try {
      await page.goto(`${server.url}/console/t/default/applications`);
      await signIn(page);
      await page.getByRole('heading', { level: 1, name: 'Applications' }).waitFor();
      await context.setOffline(true);
      await page.getByRole('link', { name: 'Users', exact: true }).click();
      await unreachable.waitFor();
      await inspect(page, 'unreachable-script');
      await context.setOffline(false);
      await retry.click();
      await page.getByRole('link', { name: 'grace' }).waitFor();
      // The script of the page is there now, and its data is not.
      await context.setOffline(true);
      await page.getByRole('searchbox').fill('ada');
      await unreachable.waitFor();
      await inspect(page, 'unreachable-data');
      await context.setOffline(false);
      await retry.click();
      await page.getByText('Nothing matches').waitFor();
    } finally {
      await visitor.close();
    }
  });

  it('says that an address shows nothing, and leads back', async () => {
    const visitor = await openBrowser(screens.phone);
    const { page } = visitor;
    try {
      await page.goto(`${server.url}/console/t/default/nothing`);
      await signIn(page);
      const heading = page.getByRole('heading', { level: 1, name: 'This page does not exist' });
      for (const path of ['t/default/nothing', 't/default/applications/nothing/settings', 'nothing']) {
        await page.goto(`${server.url}/console/${path}`);
        await heading.waitFor();
        await inspect(page, `unknown-${path.replaceAll('/', '-')}`);
      }
      await page.getByRole('link', { name: 'Go to the start' }).click();
      await page.waitForURL(/\/t\/default\/./);
    } finally {
      await visitor.close();
    }
  });
});
