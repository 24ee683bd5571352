import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { type ExampleApp, planExample, startExample } from '../support/examples.ts';
import { operate } from '../support/operator.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Express app with the published @logto/express, which sends its secret in the Authorization header', () => {
  let server: TestServer;
  let app: ExampleApp;

  before(async () => {
    server = await startServer();
    const operator = await operate(server);
    const { port, url } = await planExample();
    const redirectUri = `${url}/logto/sign-in-callback`;
    const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri, postLogoutUri: url });
    app = await startExample('express/server.js', { port, endpoint: server.url, appId: id, appSecret: secret });
  });
  after(async () => {
    await app?.stop();
    await server?.close();
  });

  it('registers, refreshes, shows user info, signs out and signs in again', async () => {
    const visitor = await openBrowser();
    const { page } = visitor;
    const person = { username: 'ana_express', password: goodPassword };
    const hello = page.getByRole('heading', { name: `Hello, ${person.username}` });

    await page.goto(app.url);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await register(page, person);
    await hello.waitFor();
    assert.match((await page.locator('pre').textContent()) ?? '', /"username": "ana_express"/);

    await page.getByRole('link', { name: 'Refresh the tokens' }).click();
    await page.getByRole('heading', { name: 'There is a new access token' }).waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await hello.waitFor();

    await page.getByRole('link', { name: 'Sign out' }).click();
    await page.getByText('You are not signed in.').waitFor();
    assert.equal(page.url(), `${app.url}/`);

    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, person);
    await hello.waitFor();
    assert.deepEqual(visitor.complaints, []);
    await visitor.close();
  });
});
