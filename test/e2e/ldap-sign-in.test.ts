import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../support/accessibility.ts';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { type Directory, startDirectory } from '../support/directory.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const email = 'ada@acme.example';

describe('Sign-in with the password of a directory in a browser', () => {
  let hosted: HostedSignIn;
  let directory: Directory;
  let visitor: Visitor;
  before(async () => {
    directory = await startDirectory();
    await directory.add('ada');
    hosted = await openHostedSignIn({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    await hosted.operator.call('POST', '/api/sso-connectors', {
      ...{ providerName: 'LDAP', connectorName: 'Acme staff', config: directory.config, domains: ['acme.example'] },
    });
    await hosted.operator.configure({
      singleSignOnEnabled: true,
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
    });
  });
  after(async () => {
    await hosted?.close();
    await directory?.close();
  });
  afterEach(() => visitor?.close());

  const look = (page: Page, name: string) =>
    assertFits(page, async (colorScheme) => {
      if (pictures) await page.screenshot({ path: `${pictures}/ldap-${name}-${colorScheme}.png`, fullPage: true });
    });

  for (const screen of ['desktop', 'phone'] as const)
    it(`refuses a wrong password and accepts the right one, by keyboard, on a ${screen}`, async () => {
      visitor = await openBrowser(screen === 'phone' ? phoneScreen : {});
      const { page } = visitor;
      await hosted.start(page);
      await page.getByRole('link', { name: 'Single sign-on' }).click();
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Email').press('Enter');
      await page.getByRole('heading', { name: 'Sign in to Acme staff' }).waitFor();
      await page.getByText(email).waitFor();
      const password = page.getByLabel('Password', { exact: true });
      assert.equal(await password.evaluate((field) => field === document.activeElement), true, 'the field has focus');
      await look(page, `password-${screen}`);
      if (screen === 'desktop') assert.deepEqual(await barriers(page), []);
      await page.keyboard.type('not the password');
      await page.keyboard.press('Enter');
      await page.getByText('The name or the password is wrong').waitFor();
      await look(page, `refused-${screen}`);
      assert.equal(await password.inputValue(), '');
      await password.fill('password of ada');
      await password.press('Enter');
      await hosted.arrives(page);
    });
});
