import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { inspect, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

for (const screen of ['desktop', 'phone'] as const) {
  describe(`Users in the Console on a ${screen}`, () => {
    let server: TestServer;
    let manager: Manager;
    before(async () => {
      server = await startServer();
      manager = await manage(server);
    });
    after(() => server?.close());

    it('are created with a password that signs them in, found, edited, suspended and deleted', async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = (name: string) => inspect(page, `users-${name}-${screen}`);
      try {
        await visitor.open('users');
        const { id, password } = await createUser(page, look);
        const checked = await manager.post(`/api/users/${id}/password/verify`, { password });
        assert.equal(checked.status, 204);
        await editProfile(page, look);
        const { body: saved } = await manager.get(`/api/users/${id}`);
        assert.deepEqual(
          [saved.username, saved.profile, saved.customData],
          ['mei', { nickname: 'Lin' }, { plan: 'gold' }],
        );
        await suspendAndFind(page, look);
        await deleteUser(page);
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
      }
    });
  });
}

type Look = (name: string) => Promise<void>;

async function createUser(page: Page, look: Look): Promise<{ id: string; password: string }> {
  await page.getByText('No users yet').waitFor();
  await look('empty');
  await page.getByRole('button', { name: 'Create user' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Create user' });
  await dialog.getByRole('button', { name: 'Create user' }).click();
  await dialog.getByText('Enter a username, an email address or a phone number.').waitFor();
  await dialog.getByLabel('Email address').fill('mei.lin@example.com');
  await dialog.getByLabel('Full name').fill('Mei Lin 林美');
  await look('create');
  await dialog.getByRole('button', { name: 'Create user' }).click();
  const created = page.getByRole('dialog', { name: 'User created' });
  const password = (await created.locator('code').textContent()) ?? '';
  await look('password');
  await created.getByRole('button', { name: 'Open user' }).click();
  await page.getByRole('heading', { level: 1, name: 'Mei Lin 林美' }).waitFor();
  const id = /users\/(\w+)\/profile/.exec(page.url())?.[1] ?? '';
  return { id, password };
}

async function editProfile(page: Page, look: Look): Promise<void> {
  await page.getByLabel('Username', { exact: true }).fill('mei');
  await page.getByLabel('Nickname').fill('Lin');
  await page.getByLabel('Custom data').fill('[1]');
  await page.getByText('3 unsaved changes').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByText('Enter a JSON object').waitFor();
  await page.getByLabel('Custom data').fill('{"plan":"gold"}');
  await look('profile');
  await page.keyboard.press('Control+s');
  await page.getByText('unsaved change').waitFor({ state: 'detached' });
}

async function suspendAndFind(page: Page, look: Look): Promise<void> {
  await page.getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Suspend user' }).click();
  const suspend = page.getByRole('dialog', { name: 'Suspend user' });
  await suspend.getByRole('button', { name: 'Suspend user' }).click();
  await page.getByText('Suspended', { exact: true }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Users' }).first().click();
  await page.getByRole('searchbox').fill('mei.lin');
  await page.waitForURL(/q=mei/);
  await page.getByRole('link', { name: /Mei Lin/ }).waitFor();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Active' }).click();
  await page.getByText('Nothing matches').waitFor();
  await page.getByRole('combobox', { name: 'Status' }).click();
  await page.getByRole('option', { name: 'Suspended' }).click();
  await page.waitForURL(/status=suspended/);
  await page.reload();
  await page.getByRole('link', { name: /Mei Lin/ }).waitFor();
  await look('list');
}

async function deleteUser(page: Page): Promise<void> {
  await page.getByRole('link', { name: /Mei Lin/ }).click();
  await page.getByRole('button', { name: 'Delete user' }).click();
  const confirm = page.getByRole('dialog', { name: 'Delete user' });
  await confirm.getByLabel('Type Mei Lin 林美 to confirm').fill('Mei Lin 林美');
  await confirm.getByRole('button', { name: 'Delete user' }).click();
  await page.getByText('No users yet').waitFor();
}
