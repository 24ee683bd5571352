import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { findRoot } from '../../server/src/root.ts';
import { eachScreen, openBrowser, phoneScreen, plainAddress, type Visitor } from '../support/browser.ts';
import { addPasskeyDevice, assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { startServer } from '../support/server.ts';

const folder = join(findRoot(process.env), '.cache/screenshots/passkeys');

describe('Passkeys on the hosted pages', () => {
  let world: HostedSignIn;
  let visitor: Visitor;

  before(async () => {
    await mkdir(folder, { recursive: true });
    world = await openHostedSignIn();
  });
  after(() => world?.close());
  afterEach(() => visitor?.close());

  const configure = (passkeySignIn: object) => world.operator.call('PATCH', '/api/sign-in-exp', { passkeySignIn });
  const look = (page: Page, name: string) =>
    assertFits(page, (colorScheme) => page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) }));
  const button = (page: Page) => page.getByRole('button', { name: 'Sign in with a passkey' });

  for (const [screen, options] of eachScreen)
    it(`creates the passkey that is offered, and signs in with its button, on a ${screen}`, async () => {
      await configure({ enabled: true, showPasskeyButton: true, allowAutofill: false });
      visitor = await openBrowser(options);
      const { page } = visitor;
      await addPasskeyDevice(visitor);
      await world.start(page, { first_screen: 'register' });
      await register(page, { username: `ana_${screen}`, password: goodPassword });
      await page.getByRole('heading', { name: 'Sign in faster next time' }).waitFor();
      await look(page, `offer-${screen}`);
      await page.getByRole('button', { name: 'Create a passkey' }).click();
      await world.arrives(page);
      await world.signOut(page);
      await world.start(page);
      await button(page).waitFor();
      await look(page, `sign-in-${screen}`);
      await button(page).click();
      await world.arrives(page);
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`signs in with a suggestion of the browser, and on the page of the password, on a ${screen}`, async () => {
      await configure({ enabled: true, showPasskeyButton: false, allowAutofill: true });
      visitor = await openBrowser(options);
      const { page } = visitor;
      const username = `bea_${screen}`;
      await world.start(page, { first_screen: 'register' });
      await addPasskeyDevice(visitor);
      await register(page, { username, password: goodPassword });
      await page.getByRole('button', { name: 'Create a passkey' }).click();
      await world.arrives(page);
      await world.signOut(page);
      // The virtual device stands for a user who chooses the first suggestion.
      await world.start(page);
      await world.arrives(page);
      await world.signOut(page);

      await configure({ enabled: true, showPasskeyButton: true, allowAutofill: false });
      const path = '/api/sign-in-exp';
      const { signIn: before } = await world.operator.call<{ signIn: { methods: object[] } }>('GET', path);
      const byCode = { identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: true };
      await world.operator.configure({ signIn: { methods: [...before.methods, byCode] } });
      await world.start(page);
      await page.locator('[name=username]').fill(username);
      await page.locator('[name=username]').press('Enter');
      await page.waitForURL('**/sign-in/password?*');
      await button(page).waitFor();
      await look(page, `password-${screen}`);
      await button(page).click();
      await world.arrives(page);
      await world.operator.configure({ signIn: before });
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`says that no passkey was used when the user cancels, and offers one after the password once, on a ${screen}`, async () => {
      await configure({ enabled: true, showPasskeyButton: true, allowAutofill: false });
      const dan = { username: `dan_${screen}`, password: goodPassword };
      await world.operator.addUser(dan);
      visitor = await openBrowser(options);
      const { page } = visitor;
      await addPasskeyDevice(visitor);
      await world.start(page);
      await button(page).click();
      await page.getByText('No passkey was used').waitFor();
      await look(page, `none-${screen}`);
      await signIn(page, dan);
      await page.getByRole('heading', { name: 'Sign in faster next time' }).waitFor();
      await look(page, `offer-after-sign-in-${screen}`);
      await page.getByRole('button', { name: 'Not now' }).click();
      await world.arrives(page);
      await world.signOut(page);
      await world.start(page);
      await signIn(page, dan);
      await world.arrives(page);
    });

  it('shows no button when scripts are off', async () => {
    await configure({ enabled: true, showPasskeyButton: true, allowAutofill: true });
    visitor = await openBrowser({ javaScriptEnabled: false });
    const { page } = visitor;
    await world.start(page);
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    assert.equal(await button(page).isVisible(), false);
  });

  it('creates the first administrator with a passkey, who signs in to the Console with it', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    await addPasskeyDevice(visitor);
    await page.goto(await world.server.app.createAdminLink());
    const create = page.getByRole('button', { name: 'Use a passkey instead' });
    await create.waitFor();
    await look(page, 'setup');
    await create.click();
    await page.getByText('Fill this in to continue.').waitFor();
    await page.locator('[name=username]').fill('root');
    await create.click();
    await page.waitForURL('**/console/t/default/**');
    await page.locator('nav').first().waitFor({ state: 'attached' });
    await visitor.context.clearCookies();
    // The virtual device answers what the field of the name suggests.
    await page.goto(`${world.server.url}/console`);
    await page.waitForURL('**/console/t/**');
    await page.locator('nav').first().waitFor({ state: 'attached' });
  });

  it('creates an administrator with a password alone at an address without passkeys, and says why', async () => {
    const plain = await startServer({ host: plainAddress });
    visitor = await openBrowser(phoneScreen);
    const { page } = visitor;
    await page.goto(await plain.app.createAdminLink());
    await page.getByText('At this address the account needs a password').waitFor();
    await look(page, 'setup-plain');
    assert.equal(await page.getByRole('button', { name: /passkey/ }).count(), 0);
    await plain.close();
  });
});
