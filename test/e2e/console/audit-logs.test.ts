import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { inspect, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage, requestToken } from '../../support/management.ts';
import { visit } from '../../support/page-agent.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const password = 'tulips under stone';
const chrome =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';

describe('Audit logs in the Console', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
    await happen(server, await manage(server));
  });
  after(() => server?.close());

  for (const screen of ['desktop', 'phone'] as const)
    it(`tell what happened, to whom and why it failed, filtered by the address, on a ${screen}`, async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      // On the phone, the states whose layout differs.
      const look = async (name: string) => {
        if (screen === 'desktop' || ['list', 'range', 'entry'].includes(name))
          await inspect(page, `audit-logs-${name}-${screen}`);
      };
      try {
        await visitor.open('applications/demo-app/logs');
        await seeSignIns(page, screen);
        await look('application');
        await filter(page, { look, screen });
        await readEntry(page, look);
        assert.deepEqual(visitor.complaints, []);
      } finally {
        await visitor.close();
      }
    });
});

/** A refused and a completed sign-in of two users, of whom one is then deleted; a machine with a wrong secret. */
async function happen(server: TestServer, manager: Manager): Promise<void> {
  const names = { ada: 'Ada Lovelace', mei: '林美' };
  for (const [username, name] of Object.entries(names)) {
    const { body: user } = await manager.post('/api/users', { username, name, password });
    const person = await visit(server);
    await person.post('/sign-in', { username, password: 'not the password' }, { 'user-agent': chrome });
    await person.arrive(await person.post('/sign-in', { username, password }, { 'user-agent': chrome }));
    if (username === 'mei') await manager.delete(`/api/users/${user.id}`);
  }
  const { body: machine } = await manager.post('/api/applications', { name: 'Night run', type: 'MachineToMachine' });
  await requestToken(server.url, { id: machine.id, secret: 'wrong' });
  await requestToken(server.url, { id: machine.id, secret: machine.secret });
}

async function seeSignIns(page: Page, screen: string): Promise<void> {
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  await row('Signed in with password').first().waitFor();
  await row('Password check failed').filter({ hasText: 'Wrong account or password' }).first().waitFor();
  if (screen === 'phone') return;
  await row('Signed in with password').filter({ hasText: 'Deleted user' }).waitFor();
  await row('Signed in with password').filter({ hasText: 'Chrome' }).first().waitFor();
  await page.getByRole('link', { name: 'Ada Lovelace' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor();
  await page.goBack();
  await row('Signed in with password').first().waitFor();
}

type Look = (name: string) => Promise<void>;

/** Opens the area, by keyboard on the desktop, and narrows the list. */
async function filter(page: Page, { look, screen }: { look: Look; screen: string }): Promise<void> {
  const rows = page.getByRole('row');
  if (screen === 'desktop') {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(/^Find pages/).fill('audit');
    await page.getByRole('button', { name: 'Audit logs' }).waitFor();
    await page.keyboard.press('Enter');
  } else {
    await page.getByRole('button', { name: 'Open navigation' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'Audit logs' }).click();
  }
  await page.getByRole('heading', { level: 1, name: 'Audit logs' }).waitFor();
  await rows.filter({ hasText: 'Machine token refused' }).first().waitFor();
  await look('list');
  if (screen === 'desktop') {
    await page.getByRole('combobox', { name: 'Result' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Failed' }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
  } else await choose(page, 'Result', { option: 'Failed' });
  await page.waitForURL(/result=Error/);
  await rows.filter({ hasText: 'Signed in' }).first().waitFor({ state: 'detached' });
  await choose(page, 'Event', { words: 'password ver', option: 'Password verified' });
  await page.waitForURL(/event=Interaction.SignIn.Verification.Password.Submit/);
  await rows.filter({ hasText: 'Machine token refused' }).first().waitFor({ state: 'detached' });
  await choose(page, 'User', { words: 'ada', option: 'Ada Lovelace' });
  await page.getByText('Nothing matches the filters').waitFor();
  await page.reload();
  await page.getByText('Nothing matches the filters').waitFor();
  // The address has the ID; the field shows the name.
  const user = page.getByRole('combobox', { name: 'User' });
  while ((await user.inputValue()) !== 'Ada Lovelace');
  await page.getByRole('button', { name: 'Show everything' }).click();
  await choose(page, 'Time', { option: 'From … to …' });
  await page.getByLabel('From', { exact: true }).fill('2020-01-01T08:00');
  await page.getByLabel('To', { exact: true }).fill('2020-01-01T07:00');
  await page.getByText('Choose an end after the start.').waitFor();
  await look('range');
  await page.getByLabel('To', { exact: true }).fill('2020-01-01T09:00');
  await page.getByText('Nothing matches the filters').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
}

async function choose(page: Page, name: string, { words, option }: { words?: string; option: string }): Promise<void> {
  const field = page.getByRole('combobox', { name, exact: true });
  await field.click();
  if (words) await field.fill(words);
  await page.getByRole('option', { name: option }).first().click();
}

async function readEntry(page: Page, look: Look): Promise<void> {
  await page
    .getByRole('link', { name: /Password check failed/ })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: 'Password check failed' }).waitFor();
  await page.getByRole('alert').getByText('Wrong account or password').waitFor();
  await page.getByText('session.invalid_credentials').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Demo app' }).waitFor();
  const steps = page.getByRole('region', { name: 'Steps of this sign-in' });
  await steps.getByRole('link', { name: 'Signed in with password' }).waitFor();
  await look('entry');
  await page.getByRole('button', { name: 'JSON' }).click();
  await page.getByText('"key": "Interaction.SignIn.Verification.Password.Submit"').first().waitFor();
  await look('json');
  await steps.getByRole('link', { name: 'Signed in with password' }).click();
  await page.getByRole('heading', { level: 1, name: 'Signed in with password' }).waitFor();
  await page.getByRole('link', { name: 'Same event' }).click();
  await page.waitForURL(/audit-logs\?event=Interaction.SignIn.Submit/);
}
