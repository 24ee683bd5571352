import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, type Visitor } from '../support/browser.ts';
import { type FlaskApp, planFlask, startFlask } from '../support/flask.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** The claims and the user info that the example's home page shows, and what its session holds. */
const profileOf = async (page: Page, flask: FlaskApp): Promise<Record<string, unknown>> => {
  const response = await page.request.get(`${flask.url}/userinfo`);
  assert.equal(response.status(), 200);
  return response.json();
};

const promises = (kind: string, prepare: (operator: Operator) => Promise<FlaskApp>) => {
  describe(`Flask app with the published Python package, ${kind}`, () => {
    let server: TestServer;
    let operator: Operator;
    let flask: FlaskApp;
    let visitor: Visitor;
    const username = 'ana_flask';

    before(async () => {
      server = await startServer();
      operator = await operate(server);
      flask = await prepare(operator);
    });
    after(async () => {
      await flask?.stop();
      await server?.close();
    });
    beforeEach(async () => {
      visitor = await openBrowser();
    });
    afterEach(async () => {
      await visitor.close();
      assert.deepEqual(visitor.complaints, []);
    });

    const hello = (page: Page) => page.getByRole('heading', { name: `Hello, ${username}` });
    const createAccount = async (page: Page) => {
      await page.goto(flask.url);
      await page.getByRole('link', { name: 'Create an account' }).click();
      await register(page, { username, password: goodPassword });
      await hello(page).waitFor();
    };

    it('registers a user, and reads the user’s claims', async () => {
      const { page } = visitor;
      await createAccount(page);
      const [user] = await operator.users();
      const profile = await profileOf(page, flask);
      assert.equal(profile.sub, user?.id);
      assert.equal(profile.username, username);
      assert.equal(await page.getByRole('row', { name: 'iss' }).getByRole('cell').textContent(), `${server.url}/oidc`);
    });

    it('signs in with the password, refreshes the tokens, signs out, and is asked again', async () => {
      const { page } = visitor;
      await page.goto(`${flask.url}/sign-in`);
      await signIn(page, { username, password: goodPassword });
      await hello(page).waitFor();

      await page.getByRole('link', { name: 'Refresh the tokens' }).click();
      await page.getByText('There is a new access token.').waitFor();
      await page.getByRole('link', { name: 'Refresh the tokens' }).click();
      await hello(page).waitFor();
      assert.equal((await profileOf(page, flask)).username, username);

      await page.getByRole('link', { name: 'Sign out' }).click();
      await page.getByText('You are not signed in.').waitFor();
      assert.equal(page.url(), `${flask.url}/`);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('Username').waitFor();
    });

    it('starts at registration with interactionMode="signUp", where the user can still sign in', async () => {
      const { page } = visitor;
      await page.goto(`${flask.url}/sign-in?mode=signUp`);
      await page.getByRole('button', { name: 'Create account' }).waitFor();
      await page.getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, { username, password: goodPassword });
      await hello(page).waitFor();
      assert.equal((await operator.users()).length, 1);
    });

    it('signs in without a form while the session at Aldaba is active', async () => {
      const { page, context } = visitor;
      await page.goto(`${flask.url}/sign-in`);
      await signIn(page, { username, password: goodPassword });
      await hello(page).waitFor();
      await context.clearCookies({ name: 'flask_wechat' });
      await page.goto(flask.url);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await hello(page).waitFor();
    });

    it('explains the error if the callback is opened without a sign-in', async () => {
      const { page } = visitor;
      const response = await page.goto(`${flask.url}/callback?code=x&state=y`);
      assert.equal(response?.status(), 400);
      await page.getByRole('alert').getByText('Sign-in session not found').waitFor();
      visitor.complaints.length = 0;
    });
  });
};

promises('confidential: it sends its secret in the body', async (operator) => {
  const { port, redirectUri, postLogoutUri } = await planFlask();
  const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri, postLogoutUri });
  return startFlask({ port, endpoint: operator.endpoint, appId: id, appSecret: secret });
});

promises('public: the package sends the text "None" for a secret', async (operator) => {
  const { port, redirectUri, postLogoutUri } = await planFlask();
  const { id } = await operator.addApplication({ type: 'Native', redirectUri, postLogoutUri });
  return startFlask({ port, endpoint: operator.endpoint, appId: id });
});
