import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect, openConsole, screens } from '../../support/console.ts';
import { startServer, type TestServer } from '../../support/server.ts';

for (const screen of ['desktop', 'phone'] as const) {
  describe(`Applications in the Console on a ${screen}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer();
    });
    after(() => server?.close());

    it('are created, found, renamed and deleted', async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = (name: string) => inspect(page, `applications-${name}-${screen}`);
      try {
        await visitor.open('applications');
        await page.getByText('Connect your first application').waitFor();
        await look('empty');
        await page.getByRole('link', { name: 'Create application' }).first().click();
        await page.getByRole('button', { name: 'Without framework' }).click();
        const dialog = page.getByRole('dialog', { name: 'Create application' });
        await dialog.getByRole('button', { name: 'Create application' }).click();
        await dialog.getByText('Enter a value.').waitFor();
        await look('create');
        await dialog.getByLabel('Name').fill('Web shop');
        await dialog.getByRole('radio', { name: /Single-page app/ }).click();
        await dialog.getByRole('button', { name: 'Create application' }).click();
        await page.getByRole('heading', { level: 1, name: 'Web shop' }).waitFor();

        await page.getByLabel('Redirect URIs 1', { exact: true }).fill('nonsense');
        await page.getByText('Enter a whole address').waitFor();
        await page.getByLabel('Redirect URIs 1', { exact: true }).fill('https://shop.example.com/callback');
        await page.getByLabel('Name', { exact: true }).fill('Flower shop');
        await page.getByText('2 unsaved changes').waitFor();
        await look('settings');
        await page.keyboard.press('Control+s');
        await page.getByRole('heading', { level: 1, name: 'Flower shop' }).waitFor();
        await page.getByText('unsaved change').waitFor({ state: 'detached' });

        await page.reload();
        await page.getByRole('heading', { level: 1, name: 'Flower shop' }).waitFor();
        assert.equal(
          await page.getByLabel('Redirect URIs 1', { exact: true }).inputValue(),
          'https://shop.example.com/callback',
        );
        await page.getByRole('main').getByRole('link', { name: 'Applications' }).first().click();
        await page.getByRole('searchbox').fill('flower');
        await page.waitForURL(/q=flower/);
        await page.getByRole('link', { name: /Flower shop/ }).waitFor();
        await look('list');
        await page.getByRole('searchbox').fill('tulips');
        await page.getByText('Nothing matches “tulips”').waitFor();
        await page.getByRole('button', { name: 'Clear search' }).last().click();

        await page.getByRole('button', { name: 'Actions for Flower shop' }).click();
        await page.getByRole('menuitem', { name: 'Delete application' }).click();
        const confirm = page.getByRole('dialog', { name: 'Delete application' });
        assert.equal(await confirm.getByRole('button', { name: 'Delete application' }).isDisabled(), true);
        await confirm.getByLabel('Type Flower shop to confirm').fill('Flower shop');
        await confirm.getByRole('button', { name: 'Delete application' }).click();
        await page.getByText('Connect your first application').waitFor();
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
      }
    });
  });
}
