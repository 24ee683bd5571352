import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { SignInView } from '@aldaba/contract/pages';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { option, sampleFrame } from './testing/views.ts';

type System = 'ios' | 'android';

interface App {
  nativeTargets?: string[];
  universal?: boolean;
  callbackLink?: string;
  postMessage?: boolean;
}

/** The object as the apps build it. It records what it is given in `window.sent`. */
const bridgeSource = (system: System, app: App): string => `{
  platform: '${system}',
  getPostMessage: () => ${app.postMessage === false ? 'undefined' : '(data) => { (window.sent ??= []).push(data); }'},
  supportedConnector: { universal: ${app.universal ?? false}, nativeTargets: ${JSON.stringify(app.nativeTargets ?? [])} },
  callbackLink: ${app.callbackLink === undefined ? 'undefined' : JSON.stringify(app.callbackLink)},
}`;

/**
 * iOS: a lexical constant at document start, no property of window. Android: a property of window, here at document
 * start.
 */
const injection = (system: System, app: App): string =>
  system === 'ios'
    ? `const logtoNativeSdk = ${bridgeSource(system, app)};`
    : `window.logtoNativeSdk = ${bridgeSource(system, app)};`;

const wechatWeb = option('Web', 'wechat');
const wechatNative = option('Native', 'wechat');
const alipayNative = option('Native', 'alipay');
const githubUniversal = option('Universal', 'github');
const wechatUniversal = option('Universal', 'wechat');
const googleWeb = option('Web', 'google');
const everything = [wechatWeb, wechatNative, alipayNative, githubUniversal, wechatUniversal, googleWeb];
const link = 'logto-callback://com.example.app/web';

const view = (social = everything, more: Partial<SignInView> = {}): SignInView => ({
  kind: 'sign-in',
  appId: 'app',
  identifiers: [],
  form: 'none',
  social,
  terms: 'none',
  ...more,
});

describe('Social buttons in a native web view, in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  const contexts: BrowserContext[] = [];
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
  });
  after(() => Promise.all([browser.close(), server.close()]));
  beforeEach(async () => {
    server.posted.length = 0;
    const body = JSON.stringify({
      redirectTo: 'wechat://?app_id=1&state=2',
      callbackUri: `${server.origin}/callback/social/x`,
    });
    server.answer = { status: 200, headers: { 'content-type': 'application/json' }, body };
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });

  /** A fresh page; `script` runs at top level before the page's own. */
  const open = async (shown: SignInView, script?: string): Promise<Page> => {
    const context = await browser.newContext();
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    if (script !== undefined) {
      // Not addInitScript: that wraps the script in a function, where a constant would not be lexical and global.
      const session = await context.newCDPSession(page);
      await session.send('Page.enable');
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source: script });
    }
    server.shown.set('/page', { frame: sampleFrame(), view: shown });
    await page.goto(`${server.origin}/page`);
    return page;
  };
  const buttons = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.social li')]
        .filter((item) => item.offsetParent !== null)
        .map(({ dataset }) => `${dataset.target} ${dataset.platform}`),
    );
  const sent = (page: Page) => page.evaluate(() => (window as unknown as { sent?: object[] }).sent ?? []);
  const shownAlert = (page: Page, code: string) => page.waitForSelector(`#page-alert[data-code="${code}"]`);

  const table: [name: string, system: System | undefined, app: App, expected: string[]][] = [
    ['a browser', undefined, {}, ['wechat Web', 'github Universal', 'google Web']],
    ...(['ios', 'android'] as const).flatMap((system): [string, System, App, string[]][] => [
      [`${system} with WeChat`, system, { nativeTargets: ['wechat'] }, ['wechat Native']],
      [
        `${system} with everything`,
        system,
        { nativeTargets: ['wechat', 'alipay'], universal: true, callbackLink: link },
        ['wechat Native', 'alipay Native', 'github Universal'],
      ],
      [
        `${system} without WeChat installed`,
        system,
        { universal: true, callbackLink: link },
        ['github Universal', 'wechat Universal'],
      ],
      [`${system} without a callback link`, system, { universal: true, nativeTargets: ['alipay'] }, ['alipay Native']],
      [
        `${system} that takes no messages`,
        system,
        { postMessage: false, nativeTargets: ['wechat'], universal: true },
        [],
      ],
    ]),
  ];
  for (const [name, system, app, expected] of table) {
    it(`shows ${expected.join(', ') || 'nothing'} to ${name}`, async () => {
      const page = await open(view(), system && injection(system, app));
      assert.deepEqual(await buttons(page), expected);
      assert.equal(await page.isVisible('#no-way'), expected.length === 0);
    });
  }

  it('reads the iOS constant although it is not a property of window', async () => {
    const page = await open(view(), injection('ios', { nativeTargets: ['wechat'] }));
    assert.equal(await page.evaluate(() => 'logtoNativeSdk' in window), false);
    assert.deepEqual(await buttons(page), ['wechat Native']);
  });

  it('detects an Android bridge that is added after the page has loaded', async () => {
    const page = await open(view([wechatNative]));
    assert.equal(await page.isVisible('#no-way'), true);
    await page.evaluate(`window.logtoNativeSdk = ${bridgeSource('android', { nativeTargets: ['wechat'] })}; undefined`);
    await page.waitForSelector('.social li:visible');
    assert.equal(await page.isVisible('#no-way'), false);
  });

  for (const system of ['ios', 'android'] as const) {
    it(`requests JSON from the server and passes an object to the app on ${system}`, async () => {
      const page = await open(view([wechatNative]), injection(system, { nativeTargets: ['wechat'] }));
      await page.click('.social button');
      while (!(await page.evaluate(() => 'sent' in window)));
      assert.deepEqual(server.posted, [
        { path: '/sign-in/social/wechat-native', accept: 'application/json', fields: { app_id: 'app' } },
      ]);
      assert.deepEqual(await sent(page), [JSON.parse(server.answer.body)]);
      assert.equal(new URL(page.url()).pathname, '/page');
    });

    it(`shows what the app reports and enables the button again on ${system}`, async () => {
      const page = await open(view([wechatNative]), injection(system, { nativeTargets: ['wechat'] }));
      await page.click('.social button');
      while (!(await page.evaluate(() => 'sent' in window)));
      await page.evaluate(() => window.postMessage({ type: 'error', code: 'authentication_failed', socialCode: '-2' }));
      await shownAlert(page, 'authentication_failed');
      assert.match((await page.textContent('[role=alert]')) ?? '', /canceled or not allowed/);
      await page.click('.social button');
      while ((await page.evaluate(() => (window as unknown as { sent: object[] }).sent.length)) !== 2);
    });
  }

  it('shows a specific or the general message for every error code of the apps', async () => {
    const page = await open(view([wechatNative]), injection('android', { nativeTargets: ['wechat'] }));
    for (const code of [
      'insufficient_information',
      'unknown_social_scheme',
      'invalid_json',
      'invalid_redirect_to',
      'brand_new',
    ]) {
      await page.evaluate((reported) => window.postMessage({ type: 'error', code: reported }, location.origin), code);
      await shownAlert(page, code);
      assert.notEqual(await page.textContent('#page-alert p'), '');
    }
  });

  it('ignores counters, other messages and other origins', async () => {
    const page = await open(view([wechatNative]), injection('ios', { nativeTargets: ['wechat'] }));
    await page.evaluate(() => {
      for (const data of [1, 'error', null, [], { type: 'other', code: 'x' }]) window.postMessage(data);
      const foreign = { data: { type: 'error', code: 'foreign' }, origin: 'https://evil.example' };
      dispatchEvent(new MessageEvent('message', foreign));
      window.postMessage({ type: 'error', code: 'last' });
    });
    await shownAlert(page, 'last');
    assert.equal(await page.locator('#page-alert[data-code=foreign]').count(), 0);
  });

  it('sends the app’s callback link with a universal button', async () => {
    const app = { universal: true, callbackLink: link };
    const page = await open(view([githubUniversal]), injection('android', app));
    await page.click('.social button');
    while (!(await page.evaluate(() => 'sent' in window)));
    assert.deepEqual(server.posted[0]?.fields, { app_id: 'app', native_callback: link });
  });

  it('requires agreement to the terms first, and sends it', async () => {
    const page = await open(
      view([wechatNative], { terms: 'checkbox' }),
      injection('ios', { nativeTargets: ['wechat'] }),
    );
    await page.click('.social button');
    assert.equal(await page.isVisible('#terms-error'), true);
    assert.equal(server.posted.length, 0);
    await page.check('#terms');
    await page.click('.social button');
    while (!(await page.evaluate(() => 'sent' in window)));
    assert.deepEqual(server.posted[0]?.fields, { app_id: 'app', terms: 'yes' });
  });

  it('shows the message of a server error, and explains a response without JSON and a lost network', async () => {
    const page = await open(view([wechatNative]), injection('android', { nativeTargets: ['wechat'] }));
    server.answer = {
      status: 400,
      headers: {},
      body: JSON.stringify({ code: 'session.not_found', message: 'Start again, please.' }),
    };
    await page.click('.social button');
    await shownAlert(page, 'session.not_found');
    assert.equal(await page.textContent('#page-alert p'), 'Start again, please.');
    server.answer = { status: 502, headers: {}, body: '<h1>Bad gateway</h1>' };
    await page.click('.social button');
    await shownAlert(page, 'failed');
    await page.context().setOffline(true);
    await page.click('.social button');
    await shownAlert(page, 'offline');
    assert.deepEqual(await sent(page), []);
  });
});
