import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { FrameLocator } from 'playwright-core';
import { findPersona } from '../../connectors/sandbox/index.ts';
import { barriers } from '../support/accessibility.ts';
import { openBrowser, type Visitor } from '../support/browser.ts';
import { type FlaskApp, planFlask, startFlask } from '../support/flask.ts';
import { type Operator, operate } from '../support/operator.ts';
import { openPhone } from '../support/phone.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('WeChat sandbox on a simulated phone', () => {
  let server: TestServer;
  let operator: Operator;
  let flask: FlaskApp;
  let visitor: Visitor;
  const mei = findPersona('mei');
  assert.ok(mei);

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.connectWechat();
    const { port, redirectUri, postLogoutUri } = await planFlask();
    const { id, secret } = await operator.addApplication({ type: 'Traditional', redirectUri, postLogoutUri });
    flask = await startFlask({ port, endpoint: server.url, appId: id, appSecret: secret });
  });
  after(async () => {
    await flask?.stop();
    await server?.close();
  });
  afterEach(async () => {
    await visitor.close();
    await operator.deleteUsers();
  });

  /** Opens the Flask app on the sandbox's phone and returns what its frame shows. */
  const openOnPhone = async (phone: 'Android' | 'iPhone'): Promise<FrameLocator> => {
    visitor = await openBrowser({ viewport: { width: 1280, height: 960 } });
    const { page } = visitor;
    await page.goto(`${server.url}/sandbox`);
    await page.getByLabel('Sign-in address of your app').fill(`${flask.url}/sign-in`);
    await page.getByLabel(phone).check();
    await page.getByRole('button', { name: 'Open on the phone' }).click();
    return page.frameLocator('#frame');
  };

  for (const phone of ['Android', 'iPhone'] as const) {
    it(`signs a user in with the WeChat button on ${phone}`, async () => {
      const screen = await openOnPhone(phone);
      await screen.getByRole('button', { name: 'Continue with WeChat' }).click();
      const card = visitor.page.getByRole('dialog', { name: 'Sign in with WeChat' });
      await card.getByText(operator.wechatApp.appId).waitFor();
      assert.deepEqual(await barriers(visitor.page), []);
      await card.getByRole('radio', { name: mei.nickname }).check();
      await card.getByRole('button', { name: 'Allow' }).click();
      await screen.getByRole('heading', { name: 'One last step' }).waitFor();
      await screen.getByLabel('Username').fill('lin_xiaomei');
      await screen.getByRole('button', { name: 'Continue' }).click();
      await screen.getByRole('heading', { name: `Hello, ${mei.nickname}` }).waitFor();
      assert.equal((await operator.users()).length, 1);
      assert.deepEqual(visitor.complaints, []);
    });

    it(`shows a declined WeChat sign-in in the page on ${phone}`, async () => {
      const screen = await openOnPhone(phone);
      await screen.getByRole('button', { name: 'Continue with WeChat' }).click();
      await visitor.page.getByRole('button', { name: 'Refuse' }).click();
      await screen
        .getByRole('alert')
        .getByText(/canceled or not allowed/)
        .waitFor();
      assert.deepEqual(await operator.users(), []);
    });
  }

  it('shows the whole phone without scrolling on a screen of phone width', async () => {
    visitor = await openBrowser({ viewport: { width: 390, height: 844 } });
    const { page } = visitor;
    await page.goto(`${server.url}/sandbox`);
    const box = await page.getByRole('region', { name: 'Phone' }).boundingBox();
    assert.ok(box && box.y + box.height <= 844 && box.height >= 416, JSON.stringify(box));
    assert.ok(box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
    assert.deepEqual(await barriers(page), []);
    await page.getByLabel('Sign-in address of your app').fill(`${flask.url}/sign-in`);
    await page.getByRole('button', { name: 'Open on the phone' }).click();
    await page.frameLocator('#frame').getByRole('button', { name: 'Continue with WeChat' }).click();
    const allow = await page.getByRole('button', { name: 'Allow' }).boundingBox();
    assert.ok(allow && allow.y + allow.height <= box.y + box.height, JSON.stringify({ allow, box }));
  });

  it('lets an operator see how a failure of WeChat looks', async () => {
    const screen = await openOnPhone('Android');
    await screen.getByRole('button', { name: 'Continue with WeChat' }).click();
    await visitor.page.getByLabel('What WeChat’s servers answer afterwards').selectOption('token_40163');
    await visitor.page.getByRole('button', { name: 'Allow' }).click();
    await screen
      .getByRole('alert')
      .getByText(/sign-in with WeChat was already used or has expired/)
      .waitFor();
    assert.deepEqual(await operator.users(), []);
  });
});

describe('Tenant without the sandbox', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  // security: sandbox
  it('serves neither the phone page, nor its files, nor the simulated WeChat', async () => {
    for (const path of ['/sandbox', '/sandbox/phone.js', '/sandbox/bridge-ios.js']) {
      const answer = await fetch(`${server.url}${path}`);
      await answer.body?.cancel();
      assert.equal(answer.status, 404, path);
    }
    const approval = await fetch(`${server.url}/sandbox/wechat/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ appId: 'wx1', persona: 'mei', outcome: 'success' }),
    });
    assert.equal(approval.status, 404);
    assert.equal((await approval.json()).code, 'sandbox.not_enabled');
  });
});

describe('Tenant with WeChat sign-in only', () => {
  let server: TestServer;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.connectWechat();
    await operator.call('PATCH', '/api/sign-in-exp', {
      signUp: { identifiers: [], password: false, verify: false },
      signIn: { methods: [] },
    });
  });
  after(() => server?.close());

  it('shows the button and no form in the app, and signs the user in', async () => {
    const phone = await openPhone({ platform: 'ios' });
    phone.person(({ appId }) => operator.approveAtWechat({ appId, persona: 'mei', outcome: 'success' }));
    await phone.page.goto(`${server.url}/demo-app`);
    await phone.page.getByRole('button', { name: 'Sign in' }).tap();
    const button = phone.page.getByRole('button', { name: 'Continue with WeChat' });
    await button.waitFor();
    assert.equal(await phone.page.locator('input:not([type=hidden])').count(), 0);
    await button.tap();
    await phone.page.getByRole('table').waitFor();
    assert.equal((await operator.users()).length, 1);
    await phone.close();
  });

  it('explains in a browser that the account can be used in the app', async () => {
    const visitor = await openBrowser();
    await visitor.page.goto(`${server.url}/demo-app`);
    await visitor.page.getByRole('button', { name: 'Sign in' }).click();
    await visitor.page.getByText('Open this in the app').waitFor();
    await visitor.close();
  });
});
