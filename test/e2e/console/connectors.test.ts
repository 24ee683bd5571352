import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findPersona } from '../../../connectors/sandbox/index.ts';
import { barriers } from '../../support/accessibility.ts';
import { openConsole, screens, takeScreenshots } from '../../support/console.ts';
import { connectorsFolder, type Mailbox, openMailbox } from '../../support/mailbox.ts';
import { startServer, type TestServer } from '../../support/server.ts';

for (const screen of ['desktop', 'phone'] as const) {
  describe(`Connectors in the Console on a ${screen}`, () => {
    let server: TestServer;
    let mailbox: Mailbox;
    let folder: Awaited<ReturnType<typeof connectorsFolder>>;
    before(async () => {
      mailbox = await openMailbox();
      folder = await connectorsFolder('@logto/connector-smtp');
      server = await startServer({ environment: { CONNECTORS_FOLDER: folder.path } });
    });
    after(async () => {
      await server?.close();
      await mailbox?.close();
      await folder?.remove();
    });

    it('are added, tried in the sandbox, tested and deleted', async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = async (name: string) => {
        assert.deepEqual(await barriers(page), [], name);
        await takeScreenshots(page, `connectors-${name}-${screen}`);
      };
      try {
        await visitor.open('connectors');
        await page.getByText('Let users sign in with WeChat').waitFor();
        await page.getByText('No connector of this kind is installed').waitFor();
        await look('empty');

        await page.getByRole('button', { name: 'Add social connector' }).first().click();
        const dialog = page.getByRole('dialog', { name: 'Add social connector' });
        await dialog.getByRole('radio', { name: 'WeChat' }).click();
        await dialog.getByRole('radio', { name: /Native/ }).waitFor();
        await look('choose');
        await dialog.getByRole('button', { name: 'Next' }).click();
        await page.getByRole('heading', { level: 1, name: 'Add WeChat' }).waitFor();
        await page.getByRole('heading', { name: 'Try it without WeChat first' }).waitFor();
        await page.getByLabel('App ID').fill('wx0123456789abcdef');
        await page.getByRole('button', { name: 'Save and done' }).click();
        await page.getByText('Enter a value.').waitFor();
        await look('add');
        await page.getByLabel('App Secret').fill('a secret of the tests');
        await page.getByLabel('Universal Links').fill('https://app.example.com/wechat/');
        await page.getByRole('button', { name: 'Save and done' }).click();
        await page.getByRole('heading', { level: 1, name: 'WeChat', exact: true }).waitFor();
        await page.getByText('Not in use').waitFor();
        assert.equal(await page.getByLabel('App ID').inputValue(), 'wx0123456789abcdef');
        assert.equal(await page.getByLabel('App Secret').getAttribute('type'), 'password');
        await look('settings');

        await page.getByRole('link', { name: 'Try it' }).click();
        await page.getByText('The phone starts right here').waitFor();
        await page.getByRole('switch', { name: 'Show on the sign-in page' }).click();
        await page.getByText('In use').waitFor();
        await page.getByRole('switch', { name: 'Sandbox' }).click();
        await page.getByText('iPhone').click();
        const phone = page.frameLocator('iframe[title="Phone"]');
        const app = phone.frameLocator('#frame');
        await app.getByRole('button', { name: 'Sign in' }).click();
        await app.getByRole('button', { name: 'Continue with WeChat' }).click();
        await phone.getByRole('dialog', { name: 'Sign in with WeChat' }).getByText('wx0123456789abcdef').waitFor();
        await look('try');
        await phone.getByRole('radio', { name: findPersona('mei')?.nickname ?? '' }).check();
        await phone.getByRole('button', { name: 'Allow' }).click();
        await app.getByRole('heading', { name: 'One last step' }).waitFor();

        await visitor.open('connectors');
        await page.getByRole('button', { name: 'Set up email' }).click();
        const services = page.getByRole('dialog', { name: 'Set up email' });
        await services.getByRole('radio', { name: 'SMTP' }).click();
        await services.getByRole('button', { name: 'Next' }).click();
        await page.getByRole('heading', { level: 1, name: 'Add SMTP' }).waitFor();
        await page.getByLabel('Email address').fill('anna@example.com');
        await page.getByRole('button', { name: 'Send', exact: true }).click();
        await page.getByText('Enter a value.').first().waitFor();
        await page.getByLabel('Host').fill('127.0.0.1');
        await page.getByLabel('Port').fill(String(mailbox.config['port']));
        await page.getByLabel(/^From email/i).fill('not an address');
        await page.getByRole('button', { name: 'Save and done' }).click();
        await page.getByText(/Invalid|mailbox|address/).last().waitFor();
        await look('refused');
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
      }
    });
  });
}
