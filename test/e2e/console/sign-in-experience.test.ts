import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { authorization } from '../../support/authorization.ts';
import { type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage } from '../../support/management.ts';
import { openPhone } from '../../support/phone.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { zip } from '../../support/zip.ts';

const teaLogo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>';

/** States whose layout on a phone is another. */
const differing = ['methods', 'social', 'branding', 'languages'];

for (const screen of ['desktop', 'phone'] as const) {
  describe(`The sign-in experience in the Console on a ${screen}`, () => {
    let server: TestServer;
    let api: Manager;
    let visitor: ConsoleVisitor;
    let page: Page;
    before(async () => {
      server = await startServer();
      api = await manage(server);
      for (const connector of [
        { connectorId: 'github-universal', config: { clientId: 'a', clientSecret: 'b' } },
        { connectorId: 'wechat-native', config: { appId: 'wx1', appSecret: 'b' } },
      ])
        assert.equal((await api.post('/api/connectors', connector)).status, 200);
      visitor = await openConsole(server, screens[screen]);
      page = visitor.page;
    });
    after(async () => {
      await visitor?.close();
      await server?.close();
    });

    const look = async (name: string) => {
      if (screen === 'phone' && !differing.includes(name)) return;
      // What opened under the pointer may show its tooltip.
      await page.mouse.move(0, 0);
      await page.getByRole('tooltip').waitFor({ state: 'detached' });
      await inspect(page, `sign-in-experience-${name}-${screen}`);
    };
    /** Reads the preview, which is beside the form on a desktop and in a sheet on a phone. */
    const inPreview = async (read: (frame: FrameLocator) => Promise<void>, name?: string) => {
      if (screen === 'phone') await page.getByRole('button', { name: 'Preview', exact: true }).click();
      await read(page.frameLocator('iframe[data-shown]'));
      if (name) await look(name);
      if (screen === 'desktop') return;
      await page.getByRole('button', { name: 'Close preview' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    const choose = async (field: string, option: string) => {
      await page.getByRole('combobox', { name: field }).click();
      await page.getByRole('option', { name: option, exact: true }).click();
    };
    const addButton = async (provider: string) => {
      await page.getByRole('button', { name: 'Add social button' }).click();
      await page.getByRole('menuitem', { name: provider }).click();
    };
    /** New accounts have a username and a password, as in a new tenant. */
    const reset = async () => {
      const signUp = { identifiers: ['username'], password: true, verify: false, secondaryIdentifiers: [] };
      const methods = [{ identifier: 'username', password: true, verificationCode: false, isPasswordPrimary: true }];
      assert.equal((await api.patch('/api/sign-in-exp', { signUp, signIn: { methods } })).status, 200);
    };
    const save = async () => {
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText(/^\d+ unsaved change/).waitFor({ state: 'detached' });
    };
    /** Uploads a logo and pages of one's own. Returns the address of the logo. */
    const upload = async (): Promise<string> => {
      const files = page.locator('input[type=file]');
      await files.first().setInputFiles({ name: 'tea.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(teaLogo) });
      await page.getByRole('button', { name: 'Remove: Logo', exact: true }).waitFor();
      const archive = Buffer.from(zip([{ name: 'index.html', content: '<title>Pages of our own</title>' }]));
      await files.last().setInputFiles({ name: 'pages.zip', mimeType: 'application/zip', buffer: archive });
      await page.getByText('Uploaded pages', { exact: true }).waitFor();
      return page.getByLabel('Logo', { exact: true }).inputValue();
    };
    it('offers social sign-in only, in an order, and shows it before and after it is saved', async () => {
      await visitor.open('sign-in-experience');
      await page.waitForURL(/sign-in-experience\/methods$/);
      await inPreview((frame) => frame.getByRole('button', { name: 'Sign in', exact: true }).waitFor());
      await look('methods');
      // Codes go to the inbox, so the sign-in page offers them.
      for (const recovery of ['Code by email', 'Code by text message'])
        assert.ok(await page.getByRole('checkbox', { name: recovery }).isChecked(), recovery);
      await choose('Sign-up identifier', 'Not applicable');
      await addButton('WeChat');
      // Existing users have passwords, for which the page has no form now.
      const hidden = page.getByText('the page has social buttons and no password form');
      await hidden.waitFor();
      await inPreview((frame) => frame.locator('[name=password]').waitFor({ state: 'detached' }));
      await page.getByRole('button', { name: 'Remove Username' }).click();
      await hidden.waitFor({ state: 'detached' });
      await addButton('GitHub');
      const handle = (provider: string) => page.getByRole('button', { name: `Move ${provider}: drag` });
      if (screen === 'desktop') await handle('GitHub').dragTo(handle('WeChat'));
      else await handle('GitHub').press('ArrowUp');
      await page.getByText('GitHub is now number 1 of 2').waitFor();
      await page.getByText('3 unsaved changes').waitFor();
      await inPreview(async (frame) => {
        await frame.getByRole('button', { name: 'Continue with GitHub' }).waitFor();
        assert.equal(await frame.getByRole('button', { name: 'Continue with WeChat' }).isVisible(), false);
        await page.locator('label').filter({ hasText: /^App$/ }).click();
        await frame.getByRole('button', { name: 'Continue with WeChat' }).waitFor();
      }, 'social');
      await save();
      const { body: saved } = await api.get('/api/sign-in-exp');
      assert.deepEqual(saved.signUp.identifiers, []);
      assert.deepEqual(saved.socialSignInConnectorTargets, ['github', 'wechat']);
      const phone = await openPhone({ platform: 'ios' });
      try {
        await phone.page.goto(authorization({ endpoint: server.url }).url);
        await phone.page.getByRole('button', { name: 'Continue with WeChat' }).waitFor();
        assert.equal(await phone.page.locator('[name=identifier], [name=username]').count(), 0);
      } finally {
        await phone.close();
      }
    });

    it('says at its place what a setting lacks, and where to get it', async () => {
      await api.patch('/api/configs/inbox', { enabled: false });
      await visitor.open('sign-in-experience/methods');
      await choose('Sign-up identifier', 'Email address');
      await page.getByRole('alert').getByText('Codes by email need an email connector.').waitFor();
      await page.getByRole('link', { name: 'Add an email connector' }).waitFor();
      await look('refused');
      await page.getByRole('button', { name: 'Discard' }).click();
      await page.getByRole('alert').waitFor({ state: 'detached' });
    });

    if (screen === 'desktop')
      it('offers passkeys in each way that is switched on, and previews what users see of them', async () => {
        await reset();
        await visitor.open('sign-in-experience/methods');
        const [passkeys, button, suggestions] = [
          'Sign in with a passkey',
          'Button on the sign-in page',
          'Suggestions in the identifier field',
        ].map((name) => page.getByRole('switch', { name })) as [Locator, Locator, Locator];
        const shown = page.frameLocator('iframe[data-shown]');
        const offer = shown.getByRole('button', { name: 'Sign in with a passkey' });
        assert.deepEqual([await button.isDisabled(), await suggestions.isDisabled()], [true, true]);
        await passkeys.check();
        await offer.waitFor();
        assert.deepEqual([await button.isChecked(), await suggestions.isChecked()], [true, true]);
        // Scrolled, a handle lies half below the tabs, which axe takes for a small target.
        await page.evaluate('scrollTo(0, 0)');
        await look('passkeys');
        await button.uncheck();
        await offer.waitFor({ state: 'hidden' });
        await choose('Screen', 'Set up passkey');
        await shown.getByRole('heading', { name: 'Sign in faster next time' }).waitFor();
        await save();
        const saved = async () => (await api.get('/api/sign-in-exp')).body.passkeySignIn;
        assert.deepEqual(await saved(), { enabled: true, showPasskeyButton: false, allowAutofill: true });
        await button.check();
        await suggestions.uncheck();
        await save();
        assert.deepEqual(await saved(), { enabled: true, showPasskeyButton: true, allowAutofill: false });
        await passkeys.uncheck();
        await page.getByText('Users cannot reach this page').waitFor();
        await save();
        assert.equal((await saved()).enabled, false);
      });

    if (screen === 'desktop')
      it('speaks a language that is added, in the preview at once, and no more once it is removed', async () => {
        await reset();
        await visitor.open('sign-in-experience/languages');
        await page.getByRole('button', { name: 'Add language' }).click();
        const dialog = page.getByRole('dialog', { name: 'Add a language' });
        await dialog.getByLabel('Language tag').fill('dutch!');
        await page.keyboard.press('Enter');
        await dialog.getByText('Enter a language tag such as nl').waitFor();
        await dialog.getByLabel('Language tag').fill('ZH_cn');
        await page.keyboard.press('Enter');
        await dialog.getByText('This language is in the list already.').waitFor();
        await dialog.getByLabel('Language tag').fill('NL');
        await page.keyboard.press('Enter');
        await dialog.waitFor({ state: 'detached' });
        const phrases = page.getByRole('combobox', { name: 'Language of the phrases' });
        assert.equal(await phrases.inputValue(), 'Nederlands');
        await page.getByRole('searchbox', { name: 'Search phrases' }).fill('signIn.submit');
        await page.getByRole('textbox', { name: 'Your text for signIn.submit' }).fill('Inloggen');
        const shown = page.frameLocator('iframe[data-shown]');
        await shown.getByRole('button', { name: 'Inloggen' }).waitFor();
        assert.equal(await shown.locator('html').getAttribute('lang'), 'nl');
        await save();
        assert.deepEqual(
          (await api.get('/api/custom-phrases')).body.map((each: { languageTag: string }) => each.languageTag),
          ['nl'],
        );
        const remove = page.getByRole('button', { name: 'Remove language' });
        await choose('Fallback language', 'Nederlands');
        await remove.waitFor({ state: 'detached' });
        await choose('Fallback language', 'English');
        await remove.click();
        await shown.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
        await save();
        assert.deepEqual((await api.get('/api/custom-phrases')).body, []);
      });

    it('asks new users for a profile field, and shows it in the preview', async () => {
      await reset();
      await visitor.open('sign-in-experience/profile');
      await page.getByText('No profile fields yet.').waitFor();
      await page.getByRole('button', { name: 'Add profile field' }).click();
      const dialog = page.getByRole('dialog', { name: 'Add profile field' });
      await dialog.getByLabel('Label').fill('Favorite flower');
      await dialog.getByLabel('Key').fill('1flower');
      await dialog.getByRole('button', { name: 'Add profile field' }).click();
      await dialog.getByText('A field name has up to 128 letters').waitFor();
      await dialog.getByLabel('Key').fill('flower');
      await look('profile-field');
      await dialog.getByRole('button', { name: 'Add profile field' }).click();
      await page.getByRole('button', { name: /^Favorite flower/ }).waitFor();
      await dialog.waitFor({ state: 'detached' });
      await inPreview(async (frame) => {
        await choose('Screen', 'Missing details');
        await frame.getByLabel('Favorite flower').waitFor();
      }, 'profile');
      const fields = async () => (await api.get('/api/custom-profile-fields')).body;
      assert.equal((await fields())[0]?.required, true);
      if (screen === 'phone') return;
      await page.getByRole('checkbox', { name: 'Favorite flower: Ask at sign-up' }).uncheck();
      await page.frameLocator('iframe[data-shown]').getByLabel('Favorite flower').waitFor({ state: 'detached' });
      await save();
      assert.deepEqual((await api.get('/api/sign-in-exp')).body.signUpProfileFields, []);
      await page.getByRole('button', { name: /^Favorite flower/ }).click();
      const edit = page.getByRole('dialog', { name: 'Edit profile field' });
      assert.equal(await edit.getByLabel('Key').isDisabled(), true);
      await edit.getByLabel('Label').fill('Flower');
      await edit.getByRole('checkbox', { name: 'Required' }).uncheck();
      await edit.getByRole('button', { name: 'Save' }).click();
      await page.getByRole('button', { name: /^Flower/ }).waitFor();
      assert.deepEqual(
        (await fields()).map(({ name, label, required }) => ({ name, label, required })),
        [{ name: 'flower', label: 'Flower', required: false }],
      );
      await page.getByRole('button', { name: 'Remove Flower' }).click();
      const doom = page.getByRole('dialog', { name: 'Delete profile field' });
      await doom.getByLabel('Type flower to confirm').fill('flower');
      await doom.getByRole('button', { name: 'Delete profile field' }).click();
      await page.getByText('No profile fields yet.').waitFor();
      assert.deepEqual(await fields(), []);
    });

    if (screen === 'desktop')
      it('asks for the chosen profile fields in the order of the list when it changes', async () => {
        const names = ['tea', 'shoe', 'hat'];
        for (const name of names)
          await api.post('/api/custom-profile-fields', { name, label: name, type: 'Text', required: false });
        const signUpProfileFields = [{ name: 'tea' }, { name: 'shoe' }];
        assert.equal((await api.patch('/api/sign-in-exp', { signUpProfileFields })).status, 200);
        await visitor.open('sign-in-experience/profile');
        await page.getByRole('button', { name: 'Move tea down' }).click();
        await save();
        const { body } = await api.get('/api/sign-in-exp');
        assert.deepEqual(body.signUpProfileFields, [{ name: 'shoe' }, { name: 'tea' }]);
        for (const name of names) await api.delete(`/api/custom-profile-fields/${name}`);
        await api.patch('/api/sign-in-exp', { signUpProfileFields: null });
      });

    if (screen === 'desktop')
      it('keeps the order and the settings of the parts of a profile field that is changed', async () => {
        const part = (name: string, more: object) => ({ name, type: 'Text', enabled: true, required: true, ...more });
        const parts = [part('familyName', { label: 'Clan' }), part('givenName', { config: { maxLength: 40 } })];
        const field = { name: 'whole', label: 'Name', type: 'Fullname', required: true, config: { parts } };
        assert.equal((await api.post('/api/custom-profile-fields', field)).status, 201);
        await visitor.open('sign-in-experience/profile');
        await page.getByRole('button', { name: /^Name/ }).click();
        const edit = page.getByRole('dialog', { name: 'Edit profile field' });
        await edit.getByRole('checkbox', { name: 'Given name' }).uncheck();
        await edit.getByRole('button', { name: 'Save' }).click();
        await edit.waitFor({ state: 'detached' });
        const [saved] = (await api.get('/api/custom-profile-fields')).body;
        assert.deepEqual(saved?.config.parts, [
          parts[0],
          { ...parts[1], enabled: false },
          { name: 'middleName', type: 'Text', enabled: false, required: false },
        ]);
        assert.equal((await api.delete('/api/custom-profile-fields/whole')).status, 204);
      });

    it('previews a color and a phrase that are not saved, across its tabs', async () => {
      await reset();
      await visitor.open('sign-in-experience/branding');
      await page.getByLabel('Brand color', { exact: true }).fill('#ffd400');
      await page.getByText(/Links in this color have too little contrast \(1\.4:1/).waitFor();
      await page.getByRole('textbox', { name: 'Style sheet' }).fill('.view-sign-in h1 { color: rgb(1, 2, 3) }');
      const logo = await upload();
      await look('branding');
      await page.getByRole('link', { name: 'Languages' }).click();
      await page.getByText('4 unsaved changes').waitFor();
      await page.getByRole('searchbox', { name: 'Search phrases' }).fill('signIn.title');
      await page.getByRole('textbox', { name: 'Your text for signIn.title' }).fill('Come in');
      await page.getByText('Your text does not have {name}').waitFor();
      await inPreview(async (frame) => {
        await frame.getByRole('heading', { name: 'Come in' }).waitFor();
        const color = await frame.locator('h1').evaluate((title) => getComputedStyle(title).color);
        assert.equal(color, 'rgb(1, 2, 3)');
        await frame.locator(`img[src="${logo}"]`).waitFor();
        const button = frame.locator('button[type=submit]').first();
        const fill = await button.evaluate((element) => getComputedStyle(element).backgroundColor);
        assert.equal(fill, 'rgb(255, 212, 0)');
        await page.getByRole('button', { name: 'Show in dark mode' }).click();
        await frame.locator('meta[name=color-scheme][content=dark]').waitFor({ state: 'attached' });
        await page.getByRole('button', { name: 'Show in light mode' }).click();
        await frame.locator('meta[name=color-scheme][content=light]').waitFor({ state: 'attached' });
      }, 'languages');
      assert.notEqual((await api.get('/api/sign-in-exp')).body.color.primaryColor, '#ffd400');
      await save();
      await page.reload();
      await page.getByRole('searchbox', { name: 'Search phrases' }).fill('signIn.title');
      assert.equal(await page.getByRole('textbox', { name: 'Your text for signIn.title' }).inputValue(), 'Come in');
      const { body: saved } = await api.get('/api/sign-in-exp');
      assert.deepEqual([saved.color.primaryColor, saved.branding.logoUrl], ['#ffd400', logo]);
      // The browser complains about refusals too, although the page shows them at their fields.
      assert.deepEqual(
        visitor.complaints.filter((complaint) => !/status of 4(00|22)/.test(complaint)),
        [],
      );
      await page.goto(authorization({ endpoint: server.url }).url);
      assert.equal(await page.title(), 'Pages of our own');
      if (screen === 'phone') return;
      await visitor.open('sign-in-experience/branding');
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByText('Uploaded pages', { exact: true }).waitFor({ state: 'detached' });
      await save();
      await page.goto(authorization({ endpoint: server.url }).url);
      await page.getByRole('heading', { name: 'Come in' }).waitFor();
    });
  });
}
