import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openBrowser } from '../support/browser.ts';
import { type ExampleApp, planExample, startExample } from '../support/examples.ts';
import { operate } from '../support/operator.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Single-page app with the published @logto/browser on its own origin', () => {
  let server: TestServer;
  let app: ExampleApp;
  let appId: string;

  before(async () => {
    server = await startServer();
    const operator = await operate(server);
    await operator.call('PATCH', '/api/account-center', { enabled: true, fields: { username: 'ReadOnly' } });
    const { port, url } = await planExample();
    ({ id: appId } = await operator.addApplication({
      type: 'SPA',
      redirectUri: `${url}/callback`,
      postLogoutUri: `${url}/`,
    }));
    app = await startExample('spa/serve.js', { port, endpoint: server.url, appId });
  });
  after(async () => {
    await app?.stop();
    await server?.close();
  });

  it('registers, refreshes twice, keeps the user after a reload, signs out and signs in again', async () => {
    const visitor = await openBrowser();
    const { page } = visitor;
    const person = { username: 'ana_spa', password: goodPassword };
    const hello = page.getByRole('heading', { name: `Hello, ${person.username}` });
    const refreshToken = () =>
      page.evaluate<string>(`Object.entries(localStorage).find(([key]) => key.endsWith(':refreshToken'))[1]`);

    await page.goto(app.url);
    await page.getByRole('button', { name: 'Create an account' }).click();
    await register(page, person);
    await hello.waitFor();
    assert.match((await page.locator('pre').textContent()) ?? '', /"username": "ana_spa"/);

    const tokens = [await refreshToken()];
    for (const round of [1, 2]) {
      await page.getByRole('button', { name: 'Refresh the tokens' }).click();
      await page.waitForFunction(
        `!${JSON.stringify(tokens)}.includes(Object.entries(localStorage).find(([key]) => key.endsWith(':refreshToken'))[1])`,
      );
      await page.getByText('The tokens were refreshed.').waitFor();
      tokens.push(await refreshToken());
      assert.equal(new Set(tokens).size, round + 1, 'a public client gets a new refresh token each time');
    }
    // The Account API takes the token that the SDK has for no API, from any page.
    const account = await page.evaluate<{ username?: string }>(`(async () => {
      const [, stored] = Object.entries(localStorage).find(([key]) => key.endsWith(':accessToken'));
      const [{ token }] = Object.values(JSON.parse(stored));
      const answer = await fetch(${JSON.stringify(`${server.url}/api/my-account`)}, { headers: { authorization: 'Bearer ' + token } });
      return answer.json();
    })()`);
    assert.equal(account.username, person.username);
    await page.reload();
    await hello.waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    assert.equal(page.url(), `${app.url}/`);

    await page.getByRole('button', { name: 'Sign in' }).click();
    await signIn(page, person);
    await hello.waitFor();
    assert.deepEqual(visitor.complaints, []);
    await visitor.close();
  });

  it('hides responses from pages of origins that are not registered for the app', async () => {
    const visitor = await openBrowser();
    const { port } = await planExample();
    const stranger = await startExample('spa/serve.js', { port, endpoint: server.url, appId });
    try {
      const body = JSON.stringify(`client_id=${appId}&grant_type=refresh_token&refresh_token=x`);
      const ask = `fetch(${JSON.stringify(`${server.url}/oidc/token`)}, { method: 'POST', body: new URLSearchParams(${body}) })
        .then(({ status }) => status, () => 'unreadable')`;
      await visitor.page.goto(stranger.url);
      assert.equal(await visitor.page.evaluate(ask), 'unreadable');
      await visitor.page.goto(app.url);
      assert.equal(await visitor.page.evaluate(ask), 400);
    } finally {
      await stranger.stop();
      await visitor.close();
    }
  });
});
