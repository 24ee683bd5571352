import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { PageView, PasswordRule, SignInView } from '@aldaba/contract/pages';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { leavingViews, option, sampleFrame, sampleViews } from './testing/views.ts';

const plainSignIn: SignInView = {
  kind: 'sign-in',
  appId: 'app',
  identifiers: ['username'],
  form: 'password',
  social: [],
  terms: 'none',
};

describe('Forms in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  let scripted: BrowserContext;
  let plain: BrowserContext;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
    [scripted, plain] = await Promise.all([browser.newContext(), browser.newContext({ javaScriptEnabled: false })]);
  });
  after(() => Promise.all([browser.close(), server.close()]));
  beforeEach(() => {
    server.posted.length = 0;
    server.asked.length = 0;
  });

  const open = async (view: PageView, context = scripted): Promise<Page> => {
    const page = await context.newPage();
    server.shown.set('/page', { frame: sampleFrame(), view });
    await page.goto(`${server.origin}/page`);
    return page;
  };

  for (const scripts of ['on', 'off']) {
    const context = () => (scripts === 'on' ? scripted : plain);

    it(`posts the fields of the password sign-in with scripts ${scripts}`, async () => {
      const page = await open(plainSignIn, context());
      await page.fill('#username', 'ana');
      await page.fill('#password', ' päss “word” ');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/sign-in');
      const [post] = server.posted;
      assert.deepEqual(post?.fields, { app_id: 'app', username: 'ana', password: ' päss “word” ' });
    });

    it(`posts a social button to its connector, with the terms, with scripts ${scripts}`, async () => {
      const social = [option('Web', 'wechat'), option('Web', 'github')];
      const page = await open({ ...plainSignIn, social, terms: 'checkbox' }, context());
      await page.check(scripts === 'on' ? '#terms' : '#terms-github-web');
      await page.click('li[data-target=github] button');
      await page.waitForURL('**/sign-in/social/github-web');
      assert.deepEqual(server.posted[0]?.fields, { app_id: 'app', terms: 'yes' });
    });

    it(`posts which consent button was pressed with scripts ${scripts}`, async () => {
      for (const decision of ['accept', 'deny']) {
        server.posted.length = 0;
        const page = await open(sampleViews.consent, context());
        await page.click(`button[value=${decision}]`);
        await page.waitForURL('**/consent');
        assert.deepEqual(server.posted[0]?.fields, { app_id: 'app', xsrf: 'one-time', decision });
      }
    });

    it(`lets the user decline to sign out with scripts ${scripts}`, async () => {
      const page = await open(sampleViews.endSession, context());
      await page.click('button:not([name])');
      await page.waitForURL('**/confirm');
      assert.deepEqual(server.posted[0]?.fields, { xsrf: 'one-time' });
    });

    it(`focuses the field with an error with scripts ${scripts}`, async () => {
      const page = await open(sampleViews.signIn, context());
      await page.locator('#password:focus').waitFor();
      const described = await page.getAttribute('#password', 'aria-describedby');
      assert.ok(described?.split(' ').includes('password-error'));
      assert.equal(await page.textContent('#password-error'), sampleViews.signIn.error.message);
    });
  }

  it('submits a response to the application and an automatic sign-out once, without a click', async () => {
    const page = await open({ ...leavingViews.formPost, action: `${server.origin}/callback` });
    await page.waitForURL('**/callback');
    await open(leavingViews.endSessionAuto).then((leaving) => leaving.waitForURL('**/confirm'));
    assert.deepEqual(
      server.posted.map(({ fields }) => fields),
      [
        { code: 'c', state: 's' },
        { xsrf: 'one-time', logout: 'yes' },
      ],
    );
  });

  it('waits for the button to send the response to the application with scripts off', async () => {
    const page = await open({ ...leavingViews.formPost, action: `${server.origin}/callback` }, plain);
    await page.click('button');
    await page.waitForURL('**/callback');
    assert.deepEqual(server.posted[0]?.fields, { code: 'c', state: 's' });
  });

  it('shows an error next to an empty field, focuses it and posts nothing', async () => {
    const page = await open(plainSignIn);
    await page.fill('#username', 'ana');
    await page.click('.primary');
    assert.equal(await page.textContent('#password-error'), 'Enter your password.');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'password');
    await page.fill('#password', 'x');
    assert.equal(await page.isVisible('#password-error'), false);
    assert.deepEqual(server.posted, []);
  });

  it('rejects two different new passwords before they are posted', async () => {
    const page = await open({ kind: 'setup', token: 'one-time', passwordRules: [] });
    await page.fill('#username', 'admin');
    await page.fill('#password', 'first');
    await page.fill('#confirmPassword', 'second');
    await page.click('.primary');
    assert.equal(await page.textContent('#confirmPassword-error'), 'The passwords do not match.');
    assert.deepEqual(server.posted, []);
  });

  it('marks each password rule that the page can check as soon as it is met, also in text', async () => {
    const passwordRules: PasswordRule[] = [
      { text: 'at least 8 characters', check: { minLength: 8 } },
      { text: 'at least 3 kinds', check: { minTypes: 3 } },
      { text: 'not contain your name' },
    ];
    const page = await open({ kind: 'setup', token: 'one-time', passwordRules });
    const met = () => page.locator('#password-rules .met').allTextContents();
    assert.deepEqual(await met(), []);
    await page.fill('#password', 'tulips under stone');
    assert.deepEqual(await met(), ['at least 8 characters(done)']);
    await page.fill('#password', 'Tulip 1');
    assert.deepEqual(await met(), ['at least 3 kinds(done)']);
    // One character each, however many units they take.
    await page.fill('#password', '🌷🌷🌷🌷🌷🌷🌷');
    assert.deepEqual(await met(), []);
    await page.fill('#password', 'Tulips 12');
    assert.equal((await met()).length, 2);
    await page.fill('#password', '');
    assert.deepEqual(await met(), []);
  });

  it('shows the password rules as a plain list with scripts off', async () => {
    const passwordRules: PasswordRule[] = [{ text: 'at least 8 characters', check: { minLength: 8 } }];
    const page = await open({ kind: 'setup', token: 'one-time', passwordRules }, plain);
    assert.deepEqual(await page.locator('#password-rules li').allTextContents(), ['at least 8 characters']);
    assert.equal(await page.locator('#password-rules .live').count(), 0);
  });

  it('focuses a rejected username and asks for the password again', async () => {
    const refused = { field: 'username', code: 'user.username_already_in_use', message: 'It is taken.' } as const;
    const views: PageView[] = [
      {
        kind: 'register',
        appId: 'app',
        form: 'username',
        social: [],
        terms: 'none',
        passwordRules: [],
        error: refused,
      },
      { kind: 'setup', token: 'one-time', passwordRules: [], error: refused },
      {
        kind: 'continue',
        appId: 'app',
        missing: ['username', 'password'],
        questions: [],
        passwordRules: [],
        error: refused,
      },
    ];
    for (const view of views) {
      const page = await open(view);
      assert.equal(await page.textContent('#username-error'), 'It is taken. Then enter the password again.', view.kind);
      assert.equal(await page.evaluate(() => document.activeElement?.id), 'username', view.kind);
      await page.close();
    }
    const alone = await open({
      kind: 'continue',
      appId: 'app',
      missing: ['username'],
      questions: [],
      passwordRules: [],
      error: refused,
    });
    assert.equal(await alone.textContent('#username-error'), 'It is taken.');
  });

  it('shows and hides the password', async () => {
    const page = await open(plainSignIn);
    await page.fill('#username', 'ana');
    await page.fill('#password', 'secret');
    const type = () => page.getAttribute('#password', 'type');
    await page.click('.reveal');
    assert.equal(await type(), 'text');
    assert.equal(await page.getAttribute('.reveal', 'aria-label'), 'Hide password');
    await page.click('.reveal');
    assert.equal(await type(), 'password');
  });

  it('shows the password and checks what is sent on every page with a form', async () => {
    const page = await scripted.newPage();
    for (const [name, view] of Object.entries(sampleViews)) {
      server.shown.set('/page', { frame: sampleFrame(), view });
      await page.goto(`${server.origin}/page`);
      const left = await page
        .locator('form:not(.social form, .passkey), .reveal')
        .evaluateAll((parts) =>
          parts.filter((part) => (part instanceof HTMLFormElement ? !part.noValidate : part.hasAttribute('hidden'))),
        );
      assert.equal(left.length, 0, name);
    }
  });

  it('submits once on a double click, and enables the page again when the user returns to it', async () => {
    server.answer = { status: 204, headers: {}, body: '' };
    const page = await open(plainSignIn);
    await page.fill('#username', 'ana');
    await page.fill('#password', 'secret');
    await page.dblclick('.primary');
    await page.waitForSelector('form[aria-busy=true]');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    assert.equal(await page.locator('form[aria-busy=true]').count(), 0);
    assert.equal(server.posted.length, 1);
    server.answer = { status: 200, headers: { 'content-type': 'text/html' }, body: '' };
  });

  it('loads everything on a page under its own policy', async () => {
    const page = await scripted.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    for (const view of Object.values(sampleViews)) {
      server.shown.set('/page', { frame: sampleFrame(), view });
      await page.goto(`${server.origin}/page`);
      await page.waitForLoadState('load');
    }
    assert.deepEqual(complaints, []);
  });

  it('loads the sign-in page in three requests, or four with a logo', async () => {
    const page = await scripted.newPage();
    const frame = sampleFrame({ logoUrl: '/logo.svg' });
    server.shown.set('/page', { frame, view: sampleViews.signIn });
    await page.goto(`${server.origin}/page`, { waitUntil: 'networkidle' });
    assert.equal(server.asked.length, 4, server.asked.join(' '));
  });
});
