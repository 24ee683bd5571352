import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, type Visitor } from '../../support/browser.ts';
import { sandboxPhone, screens } from '../../support/console.ts';
import { environmentIn, planFlask, visitFlask } from '../../support/flask.ts';
import { type Keyboard, keyboardOf } from '../../support/keyboard.ts';
import { goodPassword } from '../../support/pages.ts';
import { startServer, type TestServer } from '../../support/server.ts';

/** The story of a new team, from the one-time link to users who sign in, with keys alone. */
describe('By keyboard alone', () => {
  let server: TestServer;
  let visitor: Visitor;
  let page: Page;
  let keyboard: Keyboard;
  before(async () => {
    server = await startServer();
    visitor = await openBrowser(screens.desktop);
    page = visitor.page;
    keyboard = keyboardOf(page);
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const heading = (name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

  it('the first administrator creates an account and passes over the navigation', async () => {
    await page.goto(await server.app.createAdminLink());
    await keyboard.type(page.locator('[name=username]'), 'anna');
    await keyboard.type(page.locator('[name=password]'), goodPassword);
    await keyboard.type(page.locator('[name=confirmPassword]'), goodPassword);
    await page.keyboard.press('Enter');
    await heading('Get started');
    await keyboard.press(page.getByRole('link', { name: 'Skip to content' }));
    assert.equal(await page.evaluate('document.activeElement.id'), 'content');
  });

  it('a Flask app is created with its guide, and a user signs in to it', async () => {
    await keyboard.press(page.getByRole('main').getByRole('link', { name: /Create an application/ }));
    await heading('Create application');
    await keyboard.type(page.getByRole('searchbox', { name: 'Search guides' }), 'flask');
    await keyboard.press(button(/^Flask/));
    const dialog = page.getByRole('dialog', { name: 'Create Flask application' });
    await keyboard.type(dialog.getByLabel('Name'), 'Tea shop');
    await page.keyboard.press('Enter');
    await page.getByText('“Tea shop” is created').waitFor();

    const { port } = await planFlask();
    await keyboard.type(page.getByLabel('Your app runs at'), `http://localhost:${port}`);
    for (const label of ['Redirect URI', 'Post sign-out redirect URI']) {
      const control = page.locator('form').filter({ has: page.getByLabel(label, { exact: true }) });
      await keyboard.press(control.getByRole('button', { name: 'Add' }));
      await control.getByText('Registered').waitFor();
    }
    const code = page.locator('figure').filter({ hasText: '.env' }).first();
    await keyboard.press(code.getByRole('button', { name: 'Show secret' }));
    await code.getByText(/LOGTO_APP_SECRET=\w/).waitFor();
    await visitFlask({ port, values: await environmentIn(code) }, async (reader, url) => {
      const keys = keyboardOf(reader);
      await keys.press(reader.getByRole('link', { name: 'Create an account' }));
      await keys.type(reader.getByLabel('Username'), 'ana_reader');
      await keys.type(reader.getByLabel('Choose a password'), goodPassword);
      await reader.keyboard.press('Enter');
      await reader.getByText('ana_reader').first().waitFor();
      assert.equal(new URL(reader.url()).origin, url);
    });
    await page
      .getByText(/ signed in/)
      .first()
      .waitFor();
  });

  it('WeChat is added, and a user signs in with it on the phone of the sandbox', async () => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/^Find pages/).waitFor();
    await page.keyboard.type('connect');
    await button('Connectors').waitFor();
    await page.keyboard.press('Enter');
    await heading('Connectors');
    await keyboard.press(button('Add social connector').first());
    const dialog = page.getByRole('dialog', { name: 'Add social connector' });
    await keyboard.press(dialog.getByRole('radio', { name: 'WeChat' }), 'Space');
    await keyboard.press(dialog.getByRole('radio', { name: /Native/ }), 'Space');
    await keyboard.press(dialog.getByRole('button', { name: 'Next' }));
    await heading('Add WeChat');
    await keyboard.type(page.getByLabel('App ID'), 'wx0123456789abcdef');
    await keyboard.type(page.getByLabel('App Secret'), 'a secret of the tests');
    await keyboard.type(page.getByLabel('Universal Links'), 'https://app.example.com/wechat/');
    await keyboard.press(button('Save and done'));
    await heading('WeChat');

    await keyboard.press(page.getByRole('link', { name: 'Try it' }));
    await keyboard.press(page.getByRole('switch', { name: 'Show on the sign-in page' }), 'Space');
    await page.getByText('In use', { exact: true }).waitFor();
    await keyboard.press(page.getByRole('switch', { name: 'Sandbox' }), 'Space');
    const { phone, app, wechat, mei } = sandboxPhone(page);
    await keyboard.press(app.getByRole('button', { name: 'Sign in' }));
    await keyboard.press(app.getByRole('button', { name: 'Continue with WeChat' }));
    await wechat.waitFor();
    await keyboard.reach(phone.getByRole('radio', { checked: true }));
    for (let step = 0; step < 8 && !(await mei.isChecked()); step += 1) await page.keyboard.press('ArrowDown');
    await keyboard.press(phone.getByRole('button', { name: 'Allow' }));
    await keyboard.type(app.getByLabel('Username'), 'lin_xiaomei');
    await page.keyboard.press('Enter');
    await app.getByText('lin_xiaomei').first().waitFor();
    assert.deepEqual(visitor.complaints, []);
  });
});
