import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBrowser, plainAddress } from '../../support/browser.ts';
import { openConsoleByLink, signIn } from '../../support/console.ts';
import { startServer, type TestServerOptions } from '../../support/server.ts';

/** Where people open the Console: its first administrator signs in, reads a list from the API, and signs in again. */
const addresses: [name: string, options: TestServerOptions, consoleAt: (url: string) => string][] = [
  ['below a path', { subPath: '/auth' }, (url) => `${url}/console`],
  ['at the plain http address of an IP', { host: plainAddress }, (url) => `${url}/console`],
  [
    'on an origin of the administrators',
    { adminHost: '127.0.0.1' },
    (url) => `${url.replace('localhost', '127.0.0.1')}/console`,
  ],
];

describe('The Console', () => {
  for (const [name, options, consoleAt] of addresses)
    it(`works ${name}`, async () => {
      const server = await startServer(options);
      const consoleUrl = consoleAt(server.url);
      const visitor = await openConsoleByLink(server);
      const { page } = visitor;
      try {
        assert.ok(page.url().startsWith(`${consoleUrl}/t/default/`), page.url());
        assert.equal(await page.evaluate('isSecureContext'), options.host !== plainAddress);
        await page.goto(`${consoleUrl}/t/default/applications`);
        await page.getByText('Connect your first application').waitFor();
        await page.getByRole('button', { name: /^Account of/ }).click();
        await page.getByRole('menuitem', { name: 'Sign out' }).click();
        await signIn(page);
        await page.getByRole('heading', { level: 1 }).waitFor();
        assert.ok(page.url().startsWith(`${consoleUrl}/t/default/`), page.url());
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
        await server.close();
      }
    });

  // security: admin-address
  it('is not offered at the root of the endpoint if administrators have an origin of their own', async () => {
    const server = await startServer({ adminHost: '127.0.0.1' });
    const visitor = await openBrowser();
    const { page } = visitor;
    try {
      await page.goto(server.url);
      assert.equal(page.url(), `${server.url}/`);
      assert.doesNotMatch(await page.content(), /console|127\.0\.0\.1/i);
      await page.goto(server.url.replace('localhost', '127.0.0.1'));
      await page.locator('[name=username]').waitFor();
      assert.equal(new URL(page.url()).hostname, '127.0.0.1');
    } finally {
      await visitor.close();
      await server.close();
    }
  });
});
