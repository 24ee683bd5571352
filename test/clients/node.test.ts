import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import NodeClient, { type LogtoConfig } from '@logto/node';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { arrivalAt, type Landing, startLanding } from '../support/landing.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const person = { username: 'ana_node', password: goodPassword };

/** The SDK with a storage in memory; `wentTo` is where it sent the browser last. */
const openClient = (config: LogtoConfig) => {
  const kept = new Map<string, string>();
  const browser = { wentTo: '' };
  const client = new NodeClient(config, {
    storage: {
      getItem: async (key) => kept.get(key) ?? null,
      setItem: async (key, value) => void kept.set(key, value),
      removeItem: async (key) => void kept.delete(key),
    },
    navigate: (url) => {
      browser.wentTo = url;
    },
  });
  return { client, browser, kept };
};

describe('Published @logto/node', () => {
  let server: TestServer;
  let operator: Operator;
  let site: Landing;
  let redirectUri: string;
  let postLogoutUri: string;

  before(async () => {
    site = await startLanding();
    redirectUri = `${site.url}/callback`;
    postLogoutUri = `${site.url}/goodbye`;
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(person);
  });
  after(async () => {
    await server?.close();
    site.close();
  });

  const enter = async (page: Page, { client, browser }: ReturnType<typeof openClient>) => {
    await client.signIn({ redirectUri });
    await page.goto(browser.wentTo);
    await signIn(page, person);
    await client.handleSignInCallback((await arrivalAt(page, redirectUri)).href);
  };

  const wholeLife = async (config: LogtoConfig) => {
    const visitor = await openBrowser();
    const { page } = visitor;
    const opened = openClient(config);
    const { client, browser, kept } = opened;
    await enter(page, opened);
    assert.equal(await client.isAuthenticated(), true);
    const claims = await client.getIdTokenClaims();
    assert.equal(claims.username, person.username);
    assert.equal(claims.aud, config.appId);
    const profile = await client.fetchUserInfo();
    assert.equal(profile.sub, claims.sub);
    // The user has none of these: the SDK does without, where the wire of Logto has null.
    for (const told of [claims, profile])
      for (const name of ['name', 'picture', 'email', 'phone_number']) assert.equal(name in told, false, name);

    const before = await client.getAccessToken();
    await client.clearAccessToken();
    assert.notEqual(await client.getAccessToken(), before);
    assert.equal((await client.fetchUserInfo()).username, person.username);

    const refreshToken = kept.get('refreshToken');
    assert.ok(refreshToken);
    await client.signOut(postLogoutUri);
    await page.goto(browser.wentTo);
    await arrivalAt(page, postLogoutUri);
    assert.deepEqual(visitor.complaints, []);
    await visitor.close();
    return refreshToken;
  };

  it('signs in, refreshes, reads user info and signs out as a confidential app', async () => {
    const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri, postLogoutUri });
    await wholeLife({ endpoint: server.url, appId: id, appSecret: secret });
  });

  it('does the same as a public app, whose refresh token is revoked at sign-out', async () => {
    const { id } = await operator.addApplication({ type: 'Native', redirectUri, postLogoutUri });
    const refreshToken = await wholeLife({ endpoint: server.url, appId: id });
    const answer = await fetch(`${server.url}/oidc/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: id, refresh_token: refreshToken }),
    });
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).error, 'invalid_grant');
  });

  it('fails with a wrong secret', async () => {
    const { id } = await operator.addApplication({ type: 'Traditional', redirectUri, postLogoutUri });
    const { page, close } = await openBrowser();
    try {
      await assert.rejects(enter(page, openClient({ endpoint: server.url, appId: id, appSecret: 'not the secret' })), {
        code: 'oidc.invalid_client',
      });
    } finally {
      await close();
    }
  });
});
