import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { PageView, SecondFactorView } from '@aldaba/contract/pages';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { launchBrowser, type PageServer, startPageServer } from './testing/browser.ts';
import { sampleFrame, sampleViews } from './testing/views.ts';

const totp: SecondFactorView = { kind: 'second-factor', appId: 'app', factor: 'Totp', others: [] };
const passkeys = { create: sampleViews.bindPasskey, get: sampleViews.passkey };

describe('Codes and second factors in Chromium', () => {
  let browser: Browser;
  let server: PageServer;
  let origin: string;
  let scripted: BrowserContext;
  let plain: BrowserContext;
  before(async () => {
    [browser, server] = await Promise.all([launchBrowser(), startPageServer()]);
    // Passkeys belong to names of hosts, and browsers trust this one without HTTPS.
    origin = server.origin.replace('127.0.0.1', 'localhost');
    [scripted, plain] = await Promise.all([browser.newContext(), browser.newContext({ javaScriptEnabled: false })]);
  });
  after(() => Promise.all([browser.close(), server.close()]));
  beforeEach(() => {
    server.posted.length = 0;
  });

  const open = async (view: PageView, context = scripted): Promise<Page> => {
    const page = await context.newPage();
    server.shown.set('/page', { frame: sampleFrame(), view });
    await page.goto(`${origin}/page`);
    return page;
  };

  /** Which button of which page posts what to where. */
  const posts: [view: PageView, typed: Record<string, string>, button: string, to: string][] = [
    [sampleViews.signInByCode, { username: 'a@b.co' }, '.primary', '/sign-in/code'],
    [sampleViews.signInByAny, { username: 'ana' }, '.primary', '/sign-in/identifier'],
    [sampleViews.registerByEmail, { address: 'a@b.co', terms: 'yes' }, '.primary', '/register/code'],
    [sampleViews.continueAddress, { address: '+34600000000' }, '.primary', '/continue/address'],
    [sampleViews.forgotPassword, { address: 'a@b.co' }, '.primary', '/forgot-password'],
    [sampleViews.resetPassword, { password: 'secret' }, '.primary', '/forgot-password/reset'],
    [sampleViews.verificationCode, { code: '012345' }, '.primary', '/verification-code'],
    [{ ...sampleViews.verificationCode, resendAfter: 0 }, {}, '.plain-form button', '/verification-code/send'],
    [totp, { code: '012345' }, '.primary', '/mfa-verification/Totp'],
    [totp, { code: '012 345' }, '.primary', '/mfa-verification/Totp'],
    [{ ...totp, factor: 'BackupCode' }, { code: '0a1b2c3d4e' }, '.primary', '/mfa-verification/BackupCode'],
    [sampleViews.emailToSend, {}, '.primary', '/mfa-verification/EmailVerificationCode/send'],
    [sampleViews.phoneSent, { code: '012345' }, '.primary', '/mfa-verification/PhoneVerificationCode'],
    [
      { ...sampleViews.phoneSent, error: sampleViews.verificationCodeWrong.error },
      {},
      '.plain-form button',
      '/mfa-verification/PhoneVerificationCode/send',
    ],
    [sampleViews.chooseFactor, {}, '.plain-form button', '/mfa-binding/skip'],
    [sampleViews.chooseFactor, {}, '.ways button', '/mfa-binding/EmailVerificationCode'],
    [sampleViews.bindTotp, { code: '012345' }, '.primary', '/mfa-binding/Totp'],
    [sampleViews.bindTotp, {}, '.plain-form button', '/mfa-binding/skip'],
    [sampleViews.backupCodes, {}, '.primary', '/mfa-binding/BackupCode'],
  ];

  for (const scripts of ['on', 'off']) {
    it(`posts what was typed in every form to its own URL with scripts ${scripts}`, async () => {
      for (const [view, typed, button, to] of posts) {
        const page = await open(view, scripts === 'on' ? scripted : plain);
        for (const [name, value] of Object.entries(typed)) {
          await (name === 'terms' ? page.check('#terms') : page.fill(`#${name}`, value));
        }
        await page.click(button);
        await page.waitForURL(`${origin}${to}`);
        const { path, fields } = server.posted.pop() ?? {};
        // The script of the page takes blanks out of codes; without it the server does.
        const code = scripts === 'on' && typed.code ? { code: typed.code.replaceAll(' ', '') } : {};
        assert.deepEqual({ path, fields }, { path: to, fields: { app_id: 'app', ...typed, ...code } });
        await page.close();
      }
    });

    it(`asks for a code without a password, and sends the password with its identifier, with scripts ${scripts}`, async () => {
      const view = { ...sampleViews.signInPassword, identifier: 'ana@example.com' };
      const given = { app_id: 'app', terms: 'yes', username: 'ana@example.com' };
      const page = await open(view, scripts === 'on' ? scripted : plain);
      await page.click('button[formaction]');
      await page.waitForURL('**/sign-in/code');
      assert.deepEqual(server.posted.pop()?.fields, { ...given, password: '' });
      const again = await open(view, scripts === 'on' ? scripted : plain);
      await again.fill('#password', 'secret');
      await again.click('.primary');
      await again.waitForURL('**/sign-in');
      assert.deepEqual(server.posted.pop()?.fields, { ...given, password: 'secret' });
    });

    it(`links to the other pages with scripts ${scripts}`, async () => {
      const linksOf = async (view: PageView) => {
        const page = await open(view, scripts === 'on' ? scripted : plain);
        return page.locator('main a[href^="/"]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
      };
      assert.deepEqual(await linksOf(sampleViews.passkey), [
        '/mfa-verification/Totp?app_id=app',
        '/mfa-verification/BackupCode?app_id=app',
        '/sign-in?app_id=app', // start over with another account
      ]);
      assert.deepEqual(await linksOf(sampleViews.chooseAnother), ['/mfa-binding/Totp?app_id=app']);
      assert.deepEqual(await linksOf(sampleViews.bindPasskey), ['/mfa-binding?app_id=app']);
      assert.deepEqual(await linksOf(sampleViews.verificationCodeWrong), ['/continue?app_id=app']);
      assert.deepEqual(await linksOf(sampleViews.forgotPassword), ['/sign-in?app_id=app']);
    });
  }

  it('does not send a malformed code, because every code sent costs an attempt', async () => {
    const page = await open(totp);
    await page.fill('#code', '12 45');
    await page.click('.primary');
    assert.equal(await page.textContent('#code-error'), 'The code has six digits.');
    assert.deepEqual(server.posted, []);
  });

  it('accepts a code pasted from a sentence, with spaces', async () => {
    const page = await open(totp);
    await page.locator('#code').evaluate((field, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', text);
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }));
    }, 'Your code is 012 345. It counts for 10 minutes.');
    assert.equal(await page.inputValue('#code'), '012345');
  });

  it('turns digits of an Arabic keyboard into those of the code', async () => {
    const page = await open(totp);
    await page.locator('#code').pressSequentially('٠١٢٣٤٥');
    assert.equal(await page.inputValue('#code'), '012345');
  });

  it('copies the authenticator key and the backup codes in the form that users type', async () => {
    const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
    for (const [view, text] of [
      [sampleViews.bindTotp, sampleViews.bindTotp.secret],
      [sampleViews.backupCodes, sampleViews.backupCodes.codes.join('\n')],
    ] as const) {
      const page = await open(view, context);
      await page.click('.copy');
      await page.locator('.copy', { hasText: /^Copied$/ }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    }
    await context.close();
  });

  it('saves the backup codes as a file, even with scripts off', async () => {
    for (const context of [scripted, plain]) {
      const page = await open(sampleViews.backupCodes, context);
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[download]')]);
      assert.equal(download.suggestedFilename(), 'backup-codes.txt');
      const lines = (await readFile(await download.path(), 'utf8')).split('\n');
      assert.deepEqual(lines, ['Backup codes of Harbour', '', ...sampleViews.backupCodes.codes, '']);
    }
  });

  /**
   * A tab with a device that keeps passkeys and answers at once. `old`: a browser that does not speak WebAuthn's JSON.
   */
  const withDevice = async (old = false): Promise<{ page: Page; device: CDPSession; authenticatorId: string }> => {
    const page = await scripted.newPage();
    if (old) {
      await page.addInitScript(() => {
        for (const name of ['parseCreationOptionsFromJSON', 'parseRequestOptionsFromJSON'])
          Reflect.deleteProperty(PublicKeyCredential, name);
        Reflect.deleteProperty(PublicKeyCredential.prototype, 'toJSON');
      });
    }
    const device = await scripted.newCDPSession(page);
    await device.send('WebAuthn.enable');
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { page, device, authenticatorId };
  };

  const show = async (page: Page, view: PageView) => {
    server.shown.set('/page', { frame: sampleFrame(), view });
    await page.goto(`${origin}/page`);
  };
  const payload = () => JSON.parse(server.posted.pop()?.fields.payload ?? 'null');
  const clientDataOf = (answer: { response: { clientDataJSON: string } }) =>
    JSON.parse(Buffer.from(answer.response.clientDataJSON, 'base64url').toString());

  for (const old of [false, true]) {
    it(`creates and verifies a passkey in ${old ? 'an old browser that lacks JSON for it' : 'a browser of today'}`, async () => {
      const { page } = await withDevice(old);
      await show(page, passkeys.create);
      await page.click('.primary');
      await page.waitForURL('**/mfa-binding/WebAuthn');
      const made = payload();
      assert.equal(made.type, 'public-key');
      assert.equal(made.rawId, made.id);
      assert.ok(made.response.attestationObject);
      assert.deepEqual(made.response.transports, ['internal']);
      const { challenge } = passkeys.create.options;
      // Browsers may say more than that, and now and then do.
      const { type, challenge: signed, origin: signedFor } = clientDataOf(made);
      assert.deepEqual([type, signed, signedFor], ['webauthn.create', challenge, origin]);

      await show(page, passkeys.get);
      await page.click('.primary');
      await page.waitForURL('**/mfa-verification/WebAuthn');
      const shown = payload();
      assert.equal(shown.id, made.id);
      assert.equal(clientDataOf(shown).type, 'webauthn.get');
      assert.equal(shown.response.userHandle, passkeys.create.options.user.id);
      for (const part of ['authenticatorData', 'signature'])
        assert.match(shown.response[part], /^[A-Za-z0-9_-]+$/, part);

      await show(page, {
        ...passkeys.create,
        options: { ...passkeys.create.options, excludeCredentials: [{ type: 'public-key', id: made.id }] },
      });
      await page.click('.primary');
      await page.waitForSelector('#page-alert[data-code=known]');
      assert.deepEqual(server.posted, []);
      await page.close();
    });
  }

  it('explains a cancelled passkey prompt, and enables the button again', async () => {
    const { page, device, authenticatorId } = await withDevice();
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    const options = {
      ...passkeys.create.options,
      authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
    };
    await show(page, { ...passkeys.create, options });
    await page.click('.primary');
    await page.waitForSelector('#page-alert[data-code=cancelled]');
    assert.match((await page.textContent('#page-alert')) ?? '', /Try again/);
    assert.deepEqual(server.posted, []);
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.click('.primary');
    await page.waitForURL('**/mfa-binding/WebAuthn');
    assert.equal(payload().type, 'public-key');
    await page.close();
  });

  it('explains what to do if passkeys are not supported, and shows no button', async () => {
    const foreign = await scripted.newPage();
    await foreign.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
    const withoutScripts = await plain.newPage();
    for (const page of [foreign, withoutScripts]) {
      for (const view of Object.values(passkeys)) {
        await show(page, view);
        assert.equal(await page.isVisible('form.passkey'), false);
        assert.match((await page.textContent('.empty:visible')) ?? '', /choose another way/i);
      }
    }
  });
});
