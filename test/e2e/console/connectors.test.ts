import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { type ConsoleVisitor, inspect, openConsole, sandboxPhone, screens } from '../../support/console.ts';
import { type Mailbox, openMailbox } from '../../support/mailbox.ts';
import { startServer, type TestServer } from '../../support/server.ts';

/** Chooses a provider in the dialog of the list, and leads to the page that adds it. */
async function choose(page: Page, { button, provider }: { button: string; provider: string }): Promise<void> {
  await page.getByRole('button', { name: button }).first().click();
  const dialog = page.getByRole('dialog', { name: button });
  await dialog.getByRole('radio', { name: provider, exact: true }).click();
  await dialog.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('heading', { level: 1, name: `Add ${provider}` }).waitFor();
}

const save = (page: Page) => page.getByRole('button', { name: 'Save and done' }).click();

/** States whose layout on a phone is another. */
const differing = ['choose', 'add', 'try', 'list'];

for (const screen of ['desktop', 'phone'] as const) {
  describe(`Connectors in the Console on a ${screen}`, () => {
    let server: TestServer;
    let mailbox: Mailbox;
    let visitor: ConsoleVisitor;
    let page: Page;
    before(async () => {
      mailbox = await openMailbox();
      server = await startServer({ environment: mailbox.environment });
      visitor = await openConsole(server, screens[screen]);
      page = visitor.page;
    });
    after(async () => {
      await visitor?.close();
      await server?.close();
      await mailbox?.close();
    });
    const look = async (name: string) => {
      if (screen === 'desktop' || differing.includes(name)) await inspect(page, `connectors-${name}-${screen}`);
    };

    it('add WeChat for apps and save it', async () => {
      await visitor.open('connectors');
      await page.getByText('Let users sign in with WeChat').waitFor();
      await page.getByText('Until you set one up, messages arrive in the inbox.').first().waitFor();
      await look('empty');
      await page.getByRole('button', { name: 'Add social connector' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Add social connector' });
      const search = dialog.getByRole('searchbox', { name: 'Search providers' });
      await search.fill('micro');
      assert.deepEqual(await dialog.getByRole('radio').allInnerTexts(), ['Microsoft\nSign in with Microsoft.']);
      await search.fill('unheard of');
      await dialog.getByText('No provider has this name').waitFor();
      await search.fill('');
      await dialog.getByRole('radio', { name: 'WeChat' }).click();
      await dialog.getByRole('radio', { name: /Native/ }).waitFor();
      await look('choose');
      await dialog.getByRole('button', { name: 'Next' }).click();
      await page.getByRole('heading', { level: 1, name: 'Add WeChat' }).waitFor();
      await page.getByRole('heading', { name: 'Try it without WeChat first' }).waitFor();
      await page.getByLabel('App ID').fill('wx0123456789abcdef');
      await save(page);
      await page.getByText('Enter a value.').waitFor();
      await look('add');
      await page.getByLabel('App Secret').fill('a secret of the tests');
      await page.getByLabel('Universal Links').fill('https://app.example.com/wechat/');
      await save(page);
      await page.getByRole('heading', { level: 1, name: 'WeChat', exact: true }).waitFor();
      await page.getByText('Not in use').waitFor();
      assert.equal(await page.getByLabel('App ID').inputValue(), 'wx0123456789abcdef');
      assert.equal(await page.getByLabel('App Secret').getAttribute('type'), 'password');
      await look('settings');
    });

    it('sign a user in with WeChat on the sandbox’s phone, right beside the settings', async () => {
      await page.getByRole('link', { name: 'Try it' }).click();
      await page.getByText('The phone then starts here').waitFor();
      await look('try-off');
      await page.getByRole('switch', { name: 'Show on the sign-in page' }).click();
      await page.getByText('In use', { exact: true }).waitFor();
      await page.getByRole('switch', { name: 'Sandbox' }).click();
      await page.getByText('iPhone').click();
      const { phone, app, wechat, mei } = sandboxPhone(page);
      await app.getByRole('button', { name: 'Sign in' }).click();
      await app.getByRole('button', { name: 'Continue with WeChat' }).click();
      await wechat.getByText('wx0123456789abcdef').waitFor();
      await look('try');
      await mei.check();
      await phone.getByRole('button', { name: 'Allow' }).click();
      await app.getByRole('heading', { name: 'One last step' }).waitFor();
    });

    it('show what a connector refuses at its field', async () => {
      await visitor.open('connectors');
      await choose(page, { button: 'Add social connector', provider: 'OpenID Connect' });
      const redirectUri = `${server.url}/callback/${new URL(page.url()).searchParams.get('id')}`;
      await page.getByText(redirectUri).waitFor();
      await page.getByLabel('Name', { exact: true }).fill('Acme ID');
      await page.getByLabel('Target').fill('acme');
      await page.getByLabel('Client ID').fill('aldaba');
      await page.getByLabel('Client secret').fill('a secret of the tests');
      const issuer = page.getByLabel(/^Issuer/);
      await issuer.fill('login.example.com');
      await save(page);
      await page.getByText(/^The connector does not accept this: ./).waitFor();
      await page.locator('[data-path="config:issuer"][aria-invalid="true"]').waitFor();
      await page.locator('.cm-content').first().waitFor();
      await look('refused');
      await issuer.fill('https://login.example.com');
      const storage = page.getByRole('switch', { name: 'Store the provider’s tokens' });
      await storage.click();
      await save(page);
      await page.getByRole('heading', { level: 1, name: 'Acme ID' }).waitFor();
      await page.getByText(redirectUri).waitFor();
      assert.equal(await storage.isChecked(), true);
      await storage.click();
      await page.getByText('the tokens stored for this connector are deleted').waitFor();
      await look('tokens-deleted');
      await storage.click();
    });

    if (screen === 'desktop')
      it('set Google One Tap with switches, which come once it is on', async () => {
        await visitor.open('connectors');
        await choose(page, { button: 'Add social connector', provider: 'Google' });
        await page.getByLabel('Client ID').fill('1-a.apps.googleusercontent.com');
        await page.getByLabel('Client secret').fill('a secret of the tests');
        const auto = page.getByRole('switch', { name: 'Sign in without a click' });
        assert.equal(await auto.count(), 0);
        await page.getByRole('switch', { name: 'Google One Tap' }).check();
        await auto.check();
        await save(page);
        await page.getByRole('heading', { level: 1, name: 'Google', exact: true }).waitFor();
        await page.reload();
        await auto.waitFor();
        assert.equal(await auto.isChecked(), true);
        assert.equal(await page.getByRole('switch', { name: 'Also in browsers' }).isChecked(), false);
        await look('google');
      });

    it('set up email, and send a test with values that are not saved', async () => {
      await visitor.open('connectors');
      await choose(page, { button: 'Set up email', provider: 'SMTP' });
      const dots = page.locator('.cm-content').getByText('<password>', { exact: true }).last();
      assert.equal(
        await dots.evaluate((text) => getComputedStyle(text).getPropertyValue('-webkit-text-security')),
        'disc',
      );
      await page.getByLabel('Email address').fill('anna@example.com');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page.getByText('Enter a value.').first().waitFor();
      await page.getByLabel('Host', { exact: true }).fill('127.0.0.1');
      await page.getByLabel('Port', { exact: true }).fill('1');
      await page.getByLabel('From Email').fill('noreply@example.com');
      const send = page.getByRole('button', { name: 'Send', exact: true });
      await send.click();
      await page.getByRole('alert').waitFor();
      await look('test-failed');
      await page.getByLabel('Port', { exact: true }).fill(String(mailbox.config['port']));
      await send.click();
      await page.getByText('The service accepted the message to anna@example.com').waitFor();
      assert.equal(await mailbox.codeTo('anna@example.com'), '000000');
      await look('test-sent');
      await save(page);
      await page.getByRole('heading', { level: 1, name: 'SMTP' }).waitFor();
    });

    it('delete a connector once its name is typed, and say what depends on it', async () => {
      await visitor.open('connectors');
      await page.getByText('Acme ID').waitFor();
      await look('list');
      await page.getByRole('link', { name: /WeChat/ }).click();
      await page.getByRole('button', { name: 'Delete connector' }).click();
      const dialog = page.getByRole('dialog', { name: 'Delete connector' });
      await dialog.getByText('The button for WeChat disappears').waitFor();
      await look('delete');
      await dialog.getByRole('textbox').fill('WeChat');
      await dialog.getByRole('button', { name: 'Delete connector' }).click();
      await page.getByText('Acme ID').waitFor();
      await page.getByRole('link', { name: /WeChat/ }).waitFor({ state: 'detached' });
      // The refusals above are in the browser's console as well.
      assert.deepEqual(
        visitor.complaints.filter((complaint) => !/status of 4(00|22)/.test(complaint)),
        [],
      );
    });
  });
}
