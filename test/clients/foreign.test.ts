import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { type ForeignClient, shownUser, startForeignClient } from '../support/foreign-clients.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { freePort } from '../support/programs.ts';
import { startServer, type TestServer } from '../support/server.ts';

const person = { username: 'ana_foreign', password: goodPassword };
const email = 'ana@example.com';

describe('Other vendors’ clients with their default settings', () => {
  let server: TestServer;
  let operator: Operator;
  let userId: string;
  let folder: string;

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    const user = await operator.call<{ id: string }>('POST', '/api/users', { ...person, primaryEmail: email });
    userId = user.id;
    folder = await mkdtemp(join(tmpdir(), 'aldaba-clients-'));
  });
  after(async () => {
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Registers the program as an application with only its callback, and starts it. */
  const start = async (
    program: string,
    { callback = '/callback', type = 'Traditional' as 'Traditional' | 'SPA' } = {},
  ): Promise<ForeignClient> => {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const redirectUri = `${url}${callback}`;
    const { id, secret } = await operator.addApplication({ type, redirectUri, postLogoutUri: `${url}/` });
    return startForeignClient(program, {
      port,
      issuer: `${server.url}/oidc`,
      clientId: id,
      clientSecret: secret,
      environment: { DATABASE: join(folder, `${id}.sqlite`) },
    });
  };

  /** Signs in through the program and returns what it knows of the user then. */
  const enter = async (client: ForeignClient, press?: (page: Page) => Promise<void>) => {
    const visitor = await openBrowser();
    try {
      await visitor.page.goto(`${client.url}/sign-in`);
      await press?.(visitor.page);
      await signIn(visitor.page, person);
      return await shownUser(visitor.page, client);
    } finally {
      await visitor.close();
      await client.stop();
    }
  };
  const pressProvider = (page: Page) => page.getByRole('button', { name: /aldaba/i }).click();

  it('signs in with openid-client 5, which accepts only RS256, and refreshes without prompt=consent', async () => {
    const user = await enter(await start('openid-client-5.js'));
    assert.equal(user['sub'], userId);
    assert.equal((user['userinfo'] as Record<string, unknown>)['email'], email);
  });

  it('signs in with openid-client 6, refreshes, reads user info, introspects and revokes', async () => {
    const user = await enter(await start('openid-client-6.js'));
    assert.equal(user['sub'], userId);
    assert.equal((user['userinfo'] as Record<string, unknown>)['username'], person.username);
    assert.equal(user['active'], true);
  });

  it('signs in with passport-openidconnect', async () => {
    const user = await enter(await start('passport-openidconnect.js'));
    assert.equal(user['sub'], userId);
  });

  it('signs in with Auth.js', async () => {
    const user = await enter(await start('auth-js.js', { callback: '/auth/callback/aldaba' }), pressProvider);
    assert.equal(user['sub'], userId);
    assert.equal(user['email'], email);
  });

  it('signs in with next-auth 4', async () => {
    const user = await enter(await start('next-auth-4.js', { callback: '/api/auth/callback/aldaba' }), pressProvider);
    assert.equal(user['sub'], userId);
    assert.equal(user['email'], email);
  });

  it('signs in with express-openid-connect', async () => {
    const user = await enter(await start('express-openid-connect.js'));
    assert.equal(user['sub'], userId);
    assert.equal(user['email'], email);
  });

  it('signs in with Authlib in Flask', async () => {
    const user = await enter(await start('authlib_flask.py'));
    assert.equal(user['sub'], userId);
    assert.equal((user['userinfo'] as Record<string, unknown>)['email'], email);
  });

  it('signs in with mozilla-django-oidc, which creates the account by the email address', async () => {
    const user = await enter(await start('mozilla_django.py', { callback: '/oidc/callback/' }));
    assert.deepEqual(user, { email });
  });

  it('signs in with oidc-client-ts, renews silently and signs out', async () => {
    const client = await start('oidc-client-ts.js', { type: 'SPA' });
    const { id } = client;
    await operator.call('PATCH', `/api/applications/${id}`, {
      oidcClientMetadata: {
        redirectUris: [`${client.url}/callback`, `${client.url}/silent`],
        postLogoutRedirectUris: [`${client.url}/`],
      },
    });
    const visitor = await openBrowser();
    const { page } = visitor;
    try {
      await page.goto(client.url);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await signIn(page, person);
      const first = await shownUser(page, client);
      assert.equal(first['sub'], userId);
      assert.equal(first['email'], email, 'user info is merged into the profile');

      await page.getByRole('button', { name: 'Renew' }).click();
      const renewed = page.locator('#user').filter({ hasNotText: String(first['accessToken']) });
      await renewed.or(page.locator('#error:not(:empty)')).first().waitFor({ state: 'attached' });
      assert.notEqual((await shownUser(page, client))['accessToken'], first['accessToken']);

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.waitForURL(`${client.url}/`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByLabel('Username').waitFor();
    } finally {
      await visitor.close();
      await client.stop();
    }
  });
});
