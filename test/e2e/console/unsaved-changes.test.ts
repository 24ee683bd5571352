import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ConsoleVisitor, inspect, openConsole } from '../../support/console.ts';
import { operate } from '../../support/operator.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('Unsaved changes in the Console', () => {
  let server: TestServer;
  let visitor: ConsoleVisitor;
  let settings: string;
  before(async () => {
    server = await startServer();
    const { id } = await (await operate(server)).addApplication({
      type: 'SPA',
      name: 'Web shop',
      redirectUri: 'https://shop.example.com/callback',
    });
    settings = `applications/${id}/settings`;
    visitor = await openConsole(server);
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });
  const name = () => visitor.page.getByLabel('Name', { exact: true });
  const question = () => visitor.page.getByRole('dialog', { name: 'Leave without saving?' });

  /** Comes to the settings from the list, so that there is a page to go back to, and changes the name. */
  async function change(to: string): Promise<void> {
    await visitor.open('applications');
    await visitor.page.getByRole('link', { name: /^Web shop/ }).click();
    await name().fill(to);
    await visitor.page.getByText('1 unsaved change').waitFor();
  }

  it('stay when the administrator follows a link or goes back and then chooses to stay', async () => {
    const { page } = visitor;
    await change('Flower shop');
    const address = page.url();
    const ways = [
      () => page.getByRole('link', { name: 'Users' }).click(),
      () => page.evaluate('history.back()'),
      () => page.getByRole('link', { name: 'Endpoints' }).click(),
    ];
    for (const leave of ways) {
      await leave();
      await question().waitFor();
      await page.keyboard.press('Escape');
      await question().waitFor({ state: 'detached' });
      assert.equal(page.url(), address);
      assert.equal(await name().inputValue(), 'Flower shop');
    }
    await page.getByRole('link', { name: 'Users' }).click();
    await question().waitFor();
    await inspect(page, 'unsaved-changes');
    await question().getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL(/\/users$/);
    await visitor.open(settings);
    assert.equal(await name().inputValue(), 'Web shop');
  });

  it('let the browser ask before the page is reloaded', async () => {
    const { page } = visitor;
    await change('Flower shop');
    const asked = page.waitForEvent('dialog');
    const reloaded = page.evaluate('location.reload()');
    const dialog = await asked;
    assert.equal(dialog.type(), 'beforeunload');
    await dialog.dismiss();
    await reloaded;
    assert.equal(await name().inputValue(), 'Flower shop');
    await page.getByRole('button', { name: 'Discard' }).click();
    assert.equal(await name().inputValue(), 'Web shop');
  });

  it('are saved by Ctrl-S, and leaving asks no more', async () => {
    const { page } = visitor;
    await change('Flower shop');
    await page.keyboard.press('Control+s');
    await page.getByRole('heading', { level: 1, name: 'Flower shop' }).waitFor();
    await page.getByText('1 unsaved change').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Users' }).click();
    await page.waitForURL(/\/users$/);
    await page.reload();
    await visitor.open(settings);
    await page.getByRole('heading', { level: 1, name: 'Flower shop' }).waitFor();
  });
});
