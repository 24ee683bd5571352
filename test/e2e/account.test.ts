import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { desktopScreen, eachScreen, openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { addPasskeyDevice, assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { keyboardOf } from '../support/keyboard.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { pngOf } from '../support/picture.ts';
import { openPostOffice, type PostOffice } from '../support/post-office.ts';
import { totpCode } from '../support/totp-app.ts';

const fields = Object.fromEntries(
  'name avatar profile email phone password username social customData mfa passkey session'
    .split(' ')
    .map((name) => [name, 'Edit']),
);
/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;

describe('Account page in a browser', () => {
  let hosted: HostedSignIn;
  let visitor: Visitor;
  let post: PostOffice;
  const clock = { time: Date.now(), now: () => clock.time };
  before(async () => {
    post = await openPostOffice();
    hosted = await openHostedSignIn({ environment: post.environment, world: { clock } });
    const { operator } = hosted;
    await post.addEmail(operator);
    await post.addPhone(operator);
    await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    await operator.call('POST', '/api/connectors', {
      connectorId: 'github-universal',
      config: { clientId: 'the-client', clientSecret: 'a client secret of the tests' },
    });
    await operator.call('PATCH', '/api/account-center', { enabled: true, fields, deletionGraceDays: 14 });
    await operator.call('PATCH', '/api/sign-in-exp', {
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
      mfa: { factors: ['Totp', 'WebAuthn', 'BackupCode'], policy: 'NoPrompt' },
      socialSignInConnectorTargets: ['github'],
    });
  });
  after(async () => {
    await hosted?.close();
    await post?.close();
  });
  afterEach(() => visitor?.close());

  const create = async (username: string) => {
    await hosted.operator.addUser({ username, password: goodPassword, name: 'Ana María' });
    return { username, password: goodPassword };
  };
  const open = (page: Page, part = '') => page.goto(`${hosted.server.url}/account${part}`);
  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();
  const look = (page: Page, name: string) =>
    assertFits(page, async (colorScheme) => {
      if (pictures) await page.screenshot({ path: `${pictures}/account-${name}-${colorScheme}.png`, fullPage: true });
    });
  /** Seconds until another code is offered, once the page counts them. */
  const left = async (page: Page) => {
    await page.getByText(/^Send another code in \d+\ss$/).waitFor();
    return Number(await page.locator('form.send-again').getAttribute('data-after'));
  };
  /** A reload does not begin the wait for another code again. */
  const keepsWait = async (page: Page) => {
    assert.equal(await left(page), 30);
    clock.time += 12_000;
    await page.reload();
    assert.equal(await left(page), 18);
  };
  const prove = async (page: Page) => {
    await page.getByLabel('Password', { exact: true }).fill(goodPassword);
    await page.getByRole('button', { name: 'Confirm' }).click();
  };

  for (const [screen, options] of eachScreen)
    it(`signs in, sets a factor up and asks for the deletion, on a ${screen} with scripts ${screen === 'phone' ? 'off' : 'on'}`, async () => {
      visitor = await openBrowser({ ...options, javaScriptEnabled: screen !== 'phone' });
      const { page } = visitor;
      const ana = await create(`ana_factor_${screen}`);
      await open(page);
      await signIn(page, ana);
      await heading(page, 'Ana María');
      await page.getByRole('link', { name: 'Profile' }).click();
      await page.getByLabel('First name').fill('Ana');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      await page.getByRole('link', { name: 'Back' }).click();

      await page.getByRole('link', { name: 'Second factors and passkeys' }).click();
      await heading(page, 'Confirm it’s you');
      await prove(page);
      await page.getByRole('link', { name: 'Authenticator app' }).click();
      const secret = ((await page.locator('#secret').textContent()) ?? '').replaceAll(/\s/g, '');
      await page.getByLabel('Enter the code from the app').fill(totpCode(secret, clock.time));
      await page.getByRole('button', { name: 'Connect the app' }).click();
      await page.getByText('Saved.').waitFor();
      await page.getByRole('button', { name: 'Remove: Authenticator app' }).waitFor();

      await open(page, '/delete');
      await page.getByRole('button', { name: 'Delete my account' }).click();
      await page.getByText(/Your account will be deleted on/).waitFor();
      await page.getByRole('button', { name: 'Keep my account' }).click();
      await page.getByText(/The deletion was canceled/).waitFor();
    });

  for (const [screen, options] of eachScreen)
    it(`schedules the deletion of the account and cancels it, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      const ana = await create(`ana_deletes_${screen}`);
      await open(page);
      await signIn(page, ana);
      await page.getByRole('link', { name: 'Delete the account' }).click();
      await prove(page);
      await look(page, `delete-${screen}`);
      await page.getByRole('button', { name: 'Delete my account' }).click();
      await page.getByText(/Your account will be deleted on/).waitFor();
      await look(page, `scheduled-${screen}`);
      await page.getByRole('button', { name: 'Keep my account' }).click();
      await page.getByText(/The deletion was canceled/).waitFor();
      await look(page, `kept-${screen}`);
    });

  for (const [screen, options] of eachScreen)
    it(`creates a passkey, proves the ownership with it and renames it, by keyboard on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      await addPasskeyDevice(visitor);
      const keyboard = keyboardOf(page);
      await open(page, '/factors');
      await signIn(page, await create(`ana_key_${screen}`));
      await keyboard.type(page.getByLabel('Password', { exact: true }), goodPassword);
      await keyboard.press(page.getByRole('button', { name: 'Confirm' }));
      await keyboard.press(page.getByRole('link', { name: 'Passkey' }));
      await heading(page, 'Create a passkey');
      await keyboard.press(page.getByRole('button', { name: 'Create a passkey' }));
      await page.getByText('Saved.').waitFor();
      await page.context().clearCookies({ name: '_account.proof' });
      await open(page, '/proof?next=factors&method=passkey');
      await keyboard.press(page.getByRole('button', { name: 'Use your passkey' }));
      await page.getByText(/^Confirmed\./).waitFor();
      await keyboard.type(page.getByLabel(/^New name/), 'Key of Ana');
      await page.keyboard.press('Enter');
      await keyboard.press(page.getByRole('button', { name: 'Remove: Key of Ana' }));
      await page.getByText('Removed.').waitFor();
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`changes the picture, username, email address, password and backup codes, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const saved = () => page.getByText('Saved.').waitFor();
      await open(page, '/profile');
      await signIn(page, await create(`ana_all_${screen}`));
      await page
        .getByLabel('Picture')
        .setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(pngOf({})) });
      await press('Upload');
      await saved();
      await page.locator('img.portrait').waitFor();
      await press('Remove the picture');
      await page.getByText('Removed.').waitFor();

      await open(page, '/username');
      await prove(page);
      await page.getByLabel('Username').fill('ana.with spaces');
      await press('Save');
      await page.locator('#username-error').waitFor();
      const username = `ana_new_${screen}`;
      await page.getByLabel('Username').fill(username);
      await press('Save');
      await saved();

      await open(page, '/email');
      const address = `ana_${screen}@example.com`;
      await page.getByLabel('Email').fill(address);
      await press('Send the code');
      await page.getByLabel('Code').fill('000000');
      await press('Save');
      await page.getByText(/code is wrong/).waitFor();
      await page.getByLabel('Code').fill(await post.codeTo(address));
      await press('Save');
      await saved();

      await open(page, '/password');
      const password = 'a lantern by the harbour';
      await page.getByLabel('Choose a password').fill('short');
      await press('Save');
      await page.getByText(/too short/).waitFor();
      await page.getByLabel('Choose a password').fill(password);
      await press('Save');
      await saved();
      await post.arrived(address, /password of your account was changed/);

      const { id } = (await hosted.operator.users()).find((user) => user.username === username) ?? {};
      await hosted.operator.call('POST', `/api/users/${id}/mfa-verifications`, { type: 'Totp' });
      await open(page, '/factors/codes');
      assert.equal(await page.locator('#codes code').count(), 10);
      await press('I have saved them');
      await saved();
      await press('Remove: Backup codes');
      await page.getByText('Removed.').waitFor();
      const unexpected = visitor.complaints.filter((complaint) => !/status of 4(00|22)/.test(complaint));
      assert.deepEqual(unexpected, []);
    });

  for (const [screen, options] of eachScreen)
    it(`adds a phone number by a code, changes it, proves the ownership with it and removes it, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
      const saved = () => page.getByText('Saved.').waitFor();
      const ana = await create(`ana_phone_${screen}`);
      const stored = async () => {
        const found = await hosted.operator.users();
        return found.find(({ username }) => username === ana.username)?.primaryPhone;
      };
      const [first, second] = screen === 'phone' ? ['34600000001', '34600000002'] : ['34600000003', '34600000004'];
      await open(page, '/phone');
      await signIn(page, ana);
      await prove(page);
      await page.getByLabel('Phone').fill('600');
      await press('Send the code');
      await page.locator('#address-error').waitFor();
      await look(page, `phone-refused-${screen}`);
      await page.getByLabel('Phone').fill(`+${first}`);
      await press('Send the code');
      await heading(page, 'Check your messages');
      await keepsWait(page);
      await look(page, `phone-code-${screen}`);
      const code = await post.codeTo(first);
      await page.getByLabel('Code').fill(code === '111111' ? '222222' : '111111');
      await press('Save');
      await page.getByText(/code is wrong/).waitFor();
      assert.equal(await left(page), 18, 'a wrong code makes no message faster');
      await look(page, `phone-wrong-${screen}`);
      clock.time += 18_000;
      await open(page, '/phone/code');
      await press('Send another code');
      await page.getByText('We sent another code.').waitFor();
      assert.equal(await left(page), 30);
      await look(page, `phone-again-${screen}`);
      await page.getByLabel('Code').fill(await post.codeTo(first));
      await press('Save');
      await saved();
      await page.getByText(`+${first}`, { exact: true }).waitFor();
      await look(page, `phone-saved-${screen}`);
      assert.equal(await stored(), first);

      await page.getByLabel('Phone').fill(`+${second}`);
      await press('Send the code');
      await page.getByLabel('Code').fill(await post.codeTo(second));
      await press('Save');
      await saved();
      assert.equal(await stored(), second);

      await page.context().clearCookies({ name: '_account.proof' });
      await open(page, '/proof?next=phone&method=phone');
      await press('Send the code');
      assert.equal(await left(page), 30);
      await look(page, `proof-code-${screen}`);
      await page.getByLabel('Code').fill(await post.codeTo(second));
      await press('Confirm');
      await page.getByText(/^Confirmed\./).waitFor();
      await page.getByRole('link', { name: 'Back' }).click();
      await page.getByRole('link', { name: `Phone +${second}` }).click();
      await press(`Remove: +${second}`);
      await page.getByText('Removed.').waitFor();
      assert.equal(await stored(), null);
    });

  for (const [screen, options] of eachScreen)
    it(`goes on with the wait for another code of a proof after a reload and the back button, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      const primaryEmail = `ana_waits_${screen}@example.com`;
      const ana = { username: `ana_waits_${screen}`, password: goodPassword };
      await hosted.operator.call('POST', '/api/users', { ...ana, primaryEmail });
      await open(page, '/email');
      await signIn(page, ana);
      await page.getByRole('link', { name: 'Code by email' }).click();
      await page.getByRole('button', { name: 'Send the code' }).click();
      await keepsWait(page);
      await open(page);
      await heading(page, ana.username);
      await page.goBack();
      assert.equal(await left(page), 18);
      clock.time += 18_000;
      await page.reload();
      await page.getByRole('button', { name: 'Send another code', exact: true }).click();
      assert.equal(await left(page), 30);
      await post.codeTo(primaryEmail);
      await page.getByLabel('Code').fill(await post.codeTo(primaryEmail));
      await page.getByRole('button', { name: 'Confirm' }).click();
      await page.getByText(/^Confirmed\./).waitFor();
    });

  for (const [screen, options] of eachScreen)
    it(`withdraws an app, ends another session, links a social account, downloads the data and changes the language, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      const ana = await create(`ana_others_${screen}`);
      const other = await openBrowser(phoneScreen);
      await other.page.goto(`${hosted.server.url}/demo-app`);
      await other.page.getByRole('button', { name: 'Sign in' }).click();
      await signIn(other.page, ana);
      await other.page.getByRole('table').waitFor();

      await open(page, '/applications');
      await signIn(page, ana);
      await prove(page);
      await page.getByRole('button', { name: /^Withdraw access/ }).click();
      await page.getByText('No app has access.').waitFor();

      await open(page, '/sessions');
      await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
      await page.getByText('Signed out.').waitFor();
      await open(other.page);
      await other.page.getByLabel('Username').waitFor();
      await other.close();

      await open(page, '/social');
      await page.getByRole('button', { name: 'Link GitHub' }).click();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('button', { name: 'Unlink: GitHub' }).click();
      await page.getByText('You have not linked an account yet.').waitFor();

      await open(page, '/data');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download your data' }).click(),
      ]);
      assert.match(await readFile(await download.path(), 'utf8'), new RegExp(`"${ana.username}"`));

      await open(page, '/language');
      await page.getByRole('radio', { name: 'Español' }).check();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('heading', { name: 'Idioma' }).waitFor();
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [name, screen] of [
    ['a phone', { ...phoneScreen, viewport: { width: 360, height: 740 } }],
    ['a desktop', desktopScreen],
  ] as const) {
    it(`is accessible and fits ${name}, in light and dark, with at most 4 requests and 30 kB`, async (test) => {
      visitor = await openBrowser(screen);
      const { page, context } = visitor;
      await open(page, '/profile');
      await signIn(page, await create(`ana_account_${screen.viewport.width}`));
      await heading(page, 'Profile');
      const session = await context.newCDPSession(page);
      await session.send('Network.enable');
      await session.send('Network.setCacheDisabled', { cacheDisabled: true });
      let [requests, weight] = [0, 0];
      session.on('Network.loadingFinished', ({ encodedDataLength }) => {
        requests += 1;
        weight += encodedDataLength;
      });
      await page.goto(`${hosted.server.url}/account`, { waitUntil: 'networkidle' });
      test.diagnostic(`${requests} requests, ${weight} bytes`);
      assert.ok(requests <= 4 && weight > 0 && weight <= 30_000, `${requests} requests, ${weight} bytes`);
      for (const part of [
        '',
        '/profile',
        '/proof?next=email',
        'prove',
        '/email',
        '/password',
        '/factors',
        '/factors/codes',
        '/social',
        '/sessions',
        '/applications',
        '/data',
        '/language',
        '/delete',
      ]) {
        if (part === 'prove') await prove(page);
        else await open(page, part);
        await assertFits(page, async (colorScheme) => {
          const file = `${part.replaceAll(/\W+/g, '-') || 'home'}-${screen.viewport.width}-${colorScheme}.png`;
          if (pictures) await page.screenshot({ path: `${pictures}/${file}`, fullPage: true });
        });
      }
      assert.deepEqual(visitor.complaints, []);
    });
  }
});
