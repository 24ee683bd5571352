import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { sampleFrame } from './testing/views.ts';

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

describe('Demo app in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
    const oidc = `${server.origin}/oidc`;
    server.shown.set('/demo-app', { frame: sampleFrame(), view: { kind: 'demo-app', endpoint: server.origin } });
    server.json.set('/oidc/.well-known/openid-configuration', {
      issuer: oidc,
      authorization_endpoint: `${oidc}/auth`,
      token_endpoint: `${oidc}/token`,
      userinfo_endpoint: `${oidc}/me`,
      end_session_endpoint: `${oidc}/session/end`,
    });
    server.json.set('/oidc/auth', {});
    server.json.set('/oidc/session/end', {});
    server.json.set('/oidc/me', { sub: 'u1', email: null, picture: '<img src=x onerror=alert(1)>' });
  });
  after(() => Promise.all([browser.close(), server.close()]));

  const start = async (button: string): Promise<{ page: Page; asked: URLSearchParams }> => {
    const page = await browser.newPage();
    await page.goto(`${server.origin}/demo-app`);
    await page.click(`text="${button}"`);
    await page.waitForURL('**/oidc/auth?**');
    return { page, asked: new URL(page.url()).searchParams };
  };

  const answerTokens = (claims: object, more: object = {}): void => {
    const body = JSON.stringify({
      access_token: 'at',
      id_token: jwt(claims),
      token_type: 'Bearer',
      expires_in: 60,
      ...more,
    });
    server.answer = { status: 200, headers: { 'content-type': 'application/json' }, body };
  };

  it('signs in with PKCE, shows claims, renews, asks for the profile and signs out', async () => {
    const { page, asked } = await start('Sign in');
    assert.equal(asked.get('client_id'), 'demo-app');
    assert.equal(asked.get('redirect_uri'), `${server.origin}/demo-app`);
    const claims = {
      iss: `${server.origin}/oidc`,
      aud: 'demo-app',
      sub: 'u1',
      name: 'Ana <b>',
      nonce: asked.get('nonce'),
    };
    answerTokens(claims, { refresh_token: 'rt' });
    await page.goto(
      `${server.origin}/demo-app?code=c1&state=${asked.get('state')}&iss=${encodeURIComponent(claims.iss)}`,
    );
    await page.waitForSelector('text="Hello, Ana <b>"');
    assert.equal(new URL(page.url()).search, '');
    const { code, code_verifier = '' } = server.posted[0]?.fields ?? {};
    assert.equal(code, 'c1');
    assert.equal(createHash('sha256').update(code_verifier).digest('base64url'), asked.get('code_challenge'));

    await page.click('text="Refresh the tokens"');
    await page.waitForSelector('text="The app exchanged the refresh token for new tokens."');
    assert.equal(server.posted[1]?.fields.refresh_token, 'rt');
    await page.click('text="Get my profile"');
    await page.waitForSelector('text="<img src=x onerror=alert(1)>"');
    assert.equal(await page.textContent('h1'), 'Hello, Ana <b>');
    const heads = await page.locator('.claims tbody th').allTextContents();
    assert.ok(heads.includes('picture') && !heads.includes('email'), heads.join());
    assert.ok(!(await page.locator('.claims td').allTextContents()).includes('null'));

    await page.click('text="Sign out"');
    await page.waitForURL('**/oidc/session/end?**');
    const left = new URL(page.url()).searchParams;
    assert.equal(left.get('post_logout_redirect_uri'), `${server.origin}/demo-app`);
    await page.goto(`${server.origin}/demo-app`);
    await page.waitForSelector('text="Create an account"');
    assert.equal(await page.textContent('h1'), 'Try the sign-in');
    await page.close();
  });

  it('requests the registration page', async () => {
    const { page, asked } = await start('Create an account');
    assert.equal(asked.get('first_screen'), 'register');
    await page.close();
  });

  const refused: [name: string, query: (asked: URLSearchParams) => string, nonce: 'own' | 'foreign'][] = [
    ['a forged state', () => 'code=c&state=forged', 'own'],
    ['another issuer', (asked) => `code=c&state=${asked.get('state')}&iss=https://evil.example`, 'own'],
    ['a foreign ID token', (asked) => `code=c&state=${asked.get('state')}`, 'foreign'],
    ['an error', (asked) => `error=access_denied&state=${asked.get('state')}`, 'own'],
  ];
  for (const [name, query, nonce] of refused) {
    it(`rejects ${name} with a message, and stays signed out`, async () => {
      const { page, asked } = await start('Sign in');
      const claims = {
        iss: `${server.origin}/oidc`,
        aud: 'demo-app',
        sub: 'u1',
        nonce: nonce === 'own' ? asked.get('nonce') : 'x',
      };
      answerTokens(claims);
      await page.goto(`${server.origin}/demo-app?${query(asked)}`);
      await page.waitForSelector('#page-alert[data-code=demo]');
      assert.equal(await page.isVisible('text="Create an account"'), true);
      assert.equal(await page.evaluate(() => sessionStorage.getItem('aldaba.demo.tokens')), null);
      await page.close();
    });
  }
});
