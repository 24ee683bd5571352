import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('Applications in the Console', () => {
  let server: TestServer;
  let visitor: ConsoleVisitor;
  before(async () => {
    server = await startServer();
  });
  afterEach(() => visitor?.close());
  after(() => server?.close());

  for (const screen of ['desktop', 'phone'] as const)
    it(`are created, found, renamed and deleted on a ${screen}`, async () => {
      visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = (name: string) => inspect(page, `applications-${name}-${screen}`);
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
      await page.getByLabel('Redirect URIs 1', { exact: true }).fill('shop://callback');
      await page.getByText('Other schemes are for native applications.').waitFor();
      await page.getByLabel('Redirect URIs 1', { exact: true }).fill('https://*.com/callback');
      await save(page);
      await page.getByText(/must not have a wildcard in the registrable domain/).waitFor();
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
      assert.deepEqual(unexpected(visitor), []);
    });

  for (const screen of ['desktop', 'phone'] as const)
    it(`are limited to users that match a rule on a ${screen}, with a warning before someone is locked out`, async () => {
      visitor = await openConsole(server, screens[screen]);
      const api = await manage(server);
      if (screen === 'desktop') await makeRoles(api);
      const path = await limitable(api);
      const { page } = visitor;
      const look = (name: string) => inspect(page, `application-access-${name}-${screen}`);
      await visitor.open(path('access'));
      await page.getByText('Every user of the tenant can use the application.').waitFor();
      await page.getByRole('switch', { name: 'Limit access' }).check();
      await page.getByText('No user can use the application: add a rule.').waitFor();
      await look('nobody');
      await pick(page, 'User roles', 'Reviewer 0042');
      await pick(page, 'Members of organizations', 'Works');
      await page.getByText('users with the chosen role').waitFor();
      await page.getByRole('button', { name: 'Add organization' }).click();
      await save(page);
      await page.getByText('Choose an organization and at least one role in each row.').waitFor();
      const rule = page.getByRole('group', { name: 'Rule 1' });
      await pick(rule, 'Organization', 'Works');
      await pick(rule, 'One of these roles', 'payer');
      await look('rules');
      await save(page);
      await page.getByText('unsaved change').waitFor({ state: 'detached' });
      const { body } = await api.get(path('/api'));
      assert.equal(body.userRoleIds.length, 1);
      assert.equal(body.organizationRoleRules[0].organizationRoleIds.length, 1);
      await page.reload();
      await page.getByText('Reviewer 0042').waitFor();
      assert.equal(await page.getByRole('switch', { name: 'Limit access' }).isChecked(), true);
      assert.deepEqual(unexpected(visitor), []);
    });
});

/** More roles than a picker shows at once, and an organization. */
async function makeRoles({ post }: Manager): Promise<void> {
  for (let number = 20; number < 45; number++)
    await post('/api/roles', { name: `Reviewer 00${number}`, description: 'Reads reviews' });
  await post('/api/organizations', { name: 'Works' });
  await post('/api/organization-roles', { name: 'payer', type: 'User' });
  await post('/api/organization-roles', { name: 'payment robot', type: 'MachineToMachine' });
}

/** An application. Returns its addresses. */
async function limitable({ post }: Manager): Promise<(below: string) => string> {
  const { id } = (await post('/api/applications', { name: 'Payroll', type: 'SPA' })).body;
  return (below) => (below === '/api' ? `/api/applications/${id}/access-control` : `applications/${id}/${below}`);
}

/** What the browser complained about, without the refusal of the address with a wildcard. */
const unexpected = ({ complaints }: ConsoleVisitor) =>
  complaints.filter((complaint) => !/status of 400 .*\/api\/applications\/\w+\)$/.test(complaint));

/** Types into a picker and takes what the server finds. */
async function pick(within: Page | Locator, label: string, name: string): Promise<void> {
  const field = within
    .getByRole('combobox', { name: label })
    .or(within.getByRole('textbox', { name: label }))
    .first();
  await field.fill(name);
  const page = 'keyboard' in within ? within : within.page();
  await page.getByRole('option', { name }).click();
  // Closes the list, which covers what is below.
  await page.keyboard.press('Escape');
}

async function save(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
}
