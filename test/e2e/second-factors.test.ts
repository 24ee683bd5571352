import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { desktopScreen, eachScreen, openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { addPasskeyDevice, assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { operate } from '../support/operator.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { totpCode } from '../support/totp-app.ts';

describe('Second factors on the hosted pages', () => {
  let world: HostedSignIn;
  let visitor: Visitor;
  const clock = { time: Date.now(), now: () => clock.time };

  before(async () => {
    world = await openHostedSignIn({ world: { clock } });
    await world.operator.call('PATCH', '/api/sign-in-exp', {
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
    });
  });
  after(() => world?.close());
  afterEach(() => visitor?.close());

  const useFactors = (factors: string[], policy: string, more: object = {}) =>
    world.operator.call('PATCH', '/api/sign-in-exp', { mfa: { factors, policy }, ...more });
  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();
  /** Some time passes before the app shows a code, so that no code is one that was used. */
  const nextCode = (secret: string) => {
    clock.time += 60_000;
    return totpCode(secret, clock.time);
  };
  /** As it is typed into an app that has no camera. */
  const secretOn = async (page: Page) => ((await page.locator('#secret').textContent()) ?? '').replaceAll(/\s/g, '');
  const confirm = async (page: Page, label: string, code: string) => {
    await page.getByLabel(label, { exact: true }).fill(code);
    await page.getByRole('button', { name: 'Confirm' }).click();
  };

  for (const [screen, scripts, options] of [
    ['phone', 'on', phoneScreen],
    ['phone', 'off', { ...phoneScreen, javaScriptEnabled: false }],
    ['desktop', 'on', desktopScreen],
  ] as const) {
    it(`sets up a factor, asks for it and accepts a backup code, on a ${screen} with scripts ${scripts}`, async () => {
      await useFactors(['Totp', 'BackupCode'], 'Mandatory');
      const fit = scripts === 'on' ? (page: Page) => assertFits(page) : () => undefined;
      visitor = await openBrowser(options);
      const { page } = visitor;
      const ana = { username: `ana_${screen}_${scripts}`, password: goodPassword };
      await world.start(page, { first_screen: 'register' });
      await register(page, ana);

      await heading(page, 'Connect an authenticator app');
      await fit(page);
      assert.equal(await page.getByRole('button', { name: 'Not now' }).count(), 0);
      const secret = await secretOn(page);
      await page.getByLabel('Enter the code from the app').fill('000000');
      await page.getByRole('button', { name: 'Connect the app' }).click();
      await page.getByText(/code is wrong/).waitFor();
      assert.equal(await secretOn(page), secret);
      await page.getByLabel('Enter the code from the app').fill(nextCode(secret));
      await page.getByRole('button', { name: 'Connect the app' }).click();

      await heading(page, 'Save these codes');
      await fit(page);
      const codes = await page.locator('#codes code').allTextContents();
      await page.reload();
      assert.deepEqual(await page.locator('#codes code').allTextContents(), codes);
      await page.getByRole('button', { name: 'I have saved them' }).click();
      await world.arrives(page);

      await world.signOut(page);
      await world.start(page);
      await signIn(page, ana);
      await heading(page, 'Confirm it’s you');
      await fit(page);
      await confirm(page, 'Code', '000000');
      await page.getByText(/code is wrong/).waitFor();
      await fit(page);
      await confirm(page, 'Code', nextCode(secret));
      await world.arrives(page);

      await world.signOut(page);
      await world.start(page);
      await signIn(page, ana);
      await page.getByRole('link', { name: 'Backup codes' }).click();
      await fit(page);
      await confirm(page, 'Backup code', codes[4] ?? '');
      await world.arrives(page);
      if (scripts === 'on')
        assert.deepEqual(
          visitor.complaints.filter((text) => !/status of 4\d\d/.test(text)),
          [],
        );
    });
  }

  for (const scripts of ['on', 'off']) {
    const place = scripts === 'on' ? 'on a desktop' : 'on a phone with scripts off';
    it(`skips the factor in a browser until the user no longer trusts it or an organization refuses that, ${place}`, async () => {
      const trustedDevice = { enabled: true, validPeriodDays: 14 };
      await useFactors(['Totp'], 'NoPrompt', { trustedDevice });
      visitor = await openBrowser(scripts === 'on' ? {} : { ...phoneScreen, javaScriptEnabled: false });
      const { page } = visitor;
      const eva = { username: `eva_scripts_${scripts}`, password: goodPassword };
      const { id } = await world.operator.addUser(eva);
      const path = `/api/users/${id}/mfa-verifications`;
      const { secret } = await world.operator.call<{ secret: string }>('POST', path, { type: 'Totp' });
      await world.start(page);
      await signIn(page, eva);
      await heading(page, 'Confirm it’s you');
      const box = page.getByLabel('Trust this device for 14 days');
      assert.equal(await box.isChecked(), false);
      await box.check();
      await confirm(page, 'Code', '000000');
      await page.getByText(/code is wrong/).waitFor();
      if (scripts === 'on') await assertFits(page);
      assert.equal(await box.isChecked(), true, 'the tick is lost');
      await confirm(page, 'Code', nextCode(secret));
      await world.arrives(page);

      await world.signOut(page);
      await world.start(page);
      await signIn(page, eva);
      await world.arrives(page);

      const { call } = world.operator;
      await call('PATCH', '/api/account-center', { enabled: true, fields: { session: 'Edit', mfa: 'Edit' } });
      await page.goto(`${world.server.url}/account/sessions`);
      await page.getByLabel('Password', { exact: true }).fill(goodPassword);
      await page.getByRole('button', { name: 'Confirm' }).click();
      await page
        .locator('section', { hasText: 'Browsers that need no second factor' })
        .getByRole('button', { name: /^Remove/ })
        .click();
      await page.getByText('Removed.').waitFor();
      await world.signOut(page);
      await world.start(page);
      await signIn(page, eva);
      await box.check();
      await confirm(page, 'Code', nextCode(secret));
      await world.arrives(page);

      const strict = { name: 'Strict', isTrustedDeviceAllowed: false };
      const organization = await call<{ id: string }>('POST', '/api/organizations', strict);
      await call('POST', `/api/organizations/${organization.id}/users`, { userIds: [id] });
      await world.signOut(page);
      await world.start(page);
      await signIn(page, eva);
      await heading(page, 'Confirm it’s you');
      assert.equal(await page.getByRole('checkbox').count(), 0, 'the organization allows no trusted browser');
      await confirm(page, 'Code', nextCode(secret));
      await world.arrives(page);
      await useFactors(['Totp'], 'NoPrompt', { trustedDevice: { enabled: false } });
    });
  }

  for (const [screen, options] of eachScreen)
    it(`creates a passkey, and asks for it, on a ${screen}`, async () => {
      await useFactors(['WebAuthn', 'Totp', 'BackupCode'], 'PromptAtSignInAndSignUp');
      visitor = await openBrowser(options);
      const { page } = visitor;
      await addPasskeyDevice(visitor);
      const bea = { username: `bea_${screen}`, password: goodPassword };
      await world.start(page, { first_screen: 'register' });
      await register(page, bea);
      await heading(page, 'Protect your account');
      await assertFits(page);
      await page.getByRole('link', { name: 'Passkey' }).click();
      await heading(page, 'Create a passkey');
      await assertFits(page);
      await page.getByRole('button', { name: 'Create a passkey' }).click();
      await page.getByRole('button', { name: 'I have saved them' }).click();
      await world.arrives(page);

      await world.signOut(page);
      await world.start(page);
      await signIn(page, bea);
      await page.getByRole('button', { name: 'Use your passkey' }).waitFor();
      await assertFits(page);
      await page.getByRole('button', { name: 'Use your passkey' }).click();
      await world.arrives(page);
    });

  it('says what to do if a passkey is the only factor and scripts are off', async () => {
    await useFactors(['WebAuthn'], 'Mandatory');
    visitor = await openBrowser({ javaScriptEnabled: false });
    const { page } = visitor;
    await world.start(page, { first_screen: 'register' });
    await register(page, { username: 'cai_noscript', password: goodPassword });
    await page.getByText(/Passkeys need JavaScript, which is disabled/).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Create a passkey' }).isVisible(), false);
  });

  it('sets up and verifies factors with the keyboard alone, back and forth', async () => {
    await useFactors(['Totp', 'BackupCode'], 'PromptAtSignInAndSignUp');
    visitor = await openBrowser();
    const { page } = visitor;
    const { keyboard } = page;
    const dan = { username: 'dan_keys', password: goodPassword };
    const { id } = await world.operator.addUser(dan);
    const path = `/api/users/${id}/mfa-verifications`;
    const { secret } = await world.operator.call<{ secret: string }>('POST', path, { type: 'Totp' });
    await world.operator.call('POST', path, { type: 'BackupCode' });
    await world.start(page);
    await page.locator('#username:focus').waitFor();
    await keyboard.type(dan.username);
    await keyboard.press('Tab');
    await keyboard.type(dan.password);
    await keyboard.press('Enter');
    await heading(page, 'Confirm it’s you');
    await page.locator('#code:focus').waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await page.locator('[href*=BackupCode]:focus').waitFor();
    await keyboard.press('Enter');
    await page.waitForURL('**/mfa-verification/BackupCode*');
    await page.goBack();
    await page.waitForURL('**/mfa-verification/Totp*');
    await page.locator('#code').focus();
    await keyboard.type('000 000');
    await keyboard.press('Enter');
    await page.getByText(/code is wrong/).waitFor();
    await page.locator('#code:focus').waitFor();
    await keyboard.type(nextCode(secret));
    await keyboard.press('Enter');
    await world.arrives(page);
  });

  for (const [screen, options] of eachScreen)
    it(`asks for a skipped second factor after a long inactivity and names the reason, on a ${screen}`, async () => {
      // The clock of the test before has outlived its access token.
      const operator = await operate(world.server);
      const mfa = { factors: ['Totp'], policy: 'PromptAtSignInAndSignUp' };
      await operator.configure({ mfa, adaptiveMfa: { enabled: true } });
      visitor = await openBrowser(options);
      const { page } = visitor;
      const eva = { username: `eva_away_${screen}`, password: goodPassword };
      const { id } = await operator.addUser(eva);
      const path = `/api/users/${id}/mfa-verifications`;
      const { secret } = await operator.call<{ secret: string }>('POST', path, { type: 'Totp' });
      await operator.call('PATCH', `/api/users/${id}/logto-configs`, { mfa: { skipMfaOnSignIn: true } });
      await world.start(page);
      await signIn(page, eva);
      await world.arrives(page);
      await world.signOut(page);
      clock.time += 200 * 24 * 3_600_000;
      await world.start(page);
      await signIn(page, eva);
      await page.getByText('This sign-in looks unusual').waitFor();
      await assertFits(page);
      await confirm(page, 'Code', nextCode(secret));
      await world.arrives(page);
    });
});
