import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('API reference in a browser', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it('shows the operations of the chosen document without a policy violation', async () => {
    const visitor = await openBrowser();
    try {
      await visitor.page.goto(`${server.url}/api/reference`);
      await visitor.page.locator('#operations-tag-Applications').click();
      await visitor.page.locator('[id$="-CreateApplication"]').waitFor();
      assert.equal(await visitor.page.locator('nav a[aria-current]').textContent(), 'Management API');
      await visitor.page.getByRole('link', { name: 'Experience API' }).click();
      await visitor.page.getByText('Aldaba Experience API').waitFor();
      await visitor.page.locator('.opblock-tag').first().waitFor();
      assert.deepEqual(visitor.complaints, []);
    } finally {
      await visitor.close();
    }
  });
});
