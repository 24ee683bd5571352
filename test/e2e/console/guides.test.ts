import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { assertFits, type ConsoleVisitor, inspect, openConsole, screens } from '../../support/console.ts';
import { environmentIn, planFlask, visitFlask } from '../../support/flask.ts';
import { type Manager, manage } from '../../support/management.ts';
import { operate } from '../../support/operator.ts';
import { goodPassword, signIn } from '../../support/pages.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const teaLogo = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>';
const user = { username: 'ana_reader', password: goodPassword, name: 'Ana Reader' };

/** States whose layout on a phone is another. */
const differing = ['get-started', 'library', 'created', 'secrets', 'branding', 'dashboard'];

for (const screen of ['desktop', 'phone'] as const) {
  describe(`The guides of the Console on a ${screen}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer();
    });
    after(() => server?.close());

    it('lead from the card of Flask to an app whose first sign-in the guide shows', async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = async (name: string) => {
        if (screen === 'desktop' || differing.includes(name)) await inspect(page, `guides-${name}-${screen}`);
      };
      const { port } = await planFlask();
      try {
        await page.getByRole('heading', { level: 1, name: 'Get started' }).waitFor();
        await page.getByText(/^0 of \d done$/).waitFor();
        await look('get-started');
        await createFromLibrary(visitor, look);
        await (await operate(server)).addUser(user);
        await page.getByText('Waiting for your first sign-in').waitFor();
        await look('created');
        if (screen === 'phone') await assertFits(page);
        await page.getByLabel('Your app runs at').fill(`http://localhost:${port}`);
        for (const address of ['Redirect URI', 'Post sign-out redirect URI']) await register(page, address);
        const values = await readEnvironment(page);
        assert.equal(values.LOGTO_ENDPOINT, server.url);
        await assertColored(page, values);
        await assertNotKept(page, values.LOGTO_APP_SECRET ?? '');
        await visitFlask({ port, values }, async (reader) => {
          await signIn(reader, user);
          await reader.getByText(user.name).first().waitFor();
        });
        await page.getByText('Ana Reader signed in').first().waitFor();
        await page.evaluate('scrollTo(0, 0)');
        await look('signed-in');
        if (screen === 'desktop') {
          await replaceSecret(page, look);
          await returnToGuide(page);
          await walkTabs(page, look);
        } else await lookAtTabs(page, look);
        await seeDashboard(visitor, look);
        // An application without branding of its own has none to get, which the browser reports.
        const unexpected = visitor.complaints.filter((complaint) => !/404 .*\/sign-in-experience\)$/.test(complaint));
        assert.deepEqual(unexpected, []);
      } finally {
        await visitor.close();
      }
    });
  });
}

/** Finds Flask in the library by words and category, and creates an application with it. */
async function createFromLibrary({ page, open }: ConsoleVisitor, look: (name: string) => Promise<void>): Promise<void> {
  await open('applications');
  await page.getByRole('link', { name: 'Create application' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Create application' }).waitFor();
  await page.getByRole('button', { name: /^Express/ }).waitFor();
  await look('library');
  await assertFits(page);
  await page.getByRole('searchbox', { name: 'Search guides' }).fill('python');
  await page.getByRole('checkbox', { name: 'Traditional web' }).check();
  await page.waitForURL(/category=traditional/);
  await page.getByRole('button', { name: /^Express/ }).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('button', { name: /^Machine-to-machine/ }).count(), 0);
  await page.getByRole('button', { name: /^Flask/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Create Flask application' });
  await dialog.getByLabel('Name').fill('Tea shop');
  await page.keyboard.press('Enter');
  await page.getByText('“Tea shop” is created').waitFor();
}

async function register(page: Page, label: string): Promise<void> {
  const control = page.locator('form').filter({ has: page.getByLabel(label, { exact: true }) });
  await control.getByRole('button', { name: 'Add' }).click();
  await control.getByText('Registered').waitFor();
}

/** Shows the secret in the code of `.env`, and reads what the file says. */
async function readEnvironment(page: Page): Promise<Record<string, string>> {
  const block = page.locator('figure').filter({ hasText: '.env' }).first();
  assert.doesNotMatch(await block.innerText(), /LOGTO_APP_SECRET=\w/);
  await block.getByRole('button', { name: 'Show secret' }).click();
  return environmentIn(block);
}

/** Code has its colors, and the values in it their own mark, which no color cuts. */
async function assertColored(page: Page, values: Record<string, string>): Promise<void> {
  const block = (name: string) => page.locator('figure').filter({ hasText: name }).first();
  await block('app.py').locator('[data-color=keyword]', { hasText: 'import' }).first().waitFor();
  await block('.env').locator('[data-color=name]', { hasText: 'LOGTO_APP_ID' }).waitFor();
  assert.deepEqual(await block('.env').locator('mark').allInnerTexts(), Object.values(values));
}

/** On a phone they do the same; their layout is another. */
async function lookAtTabs(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const tabs = page.getByRole('navigation', { name: 'Sections' });
  await tabs.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: /^Show / }).waitFor();
  await look('secrets');
  await tabs.getByRole('link', { name: 'Branding' }).click();
  await page.getByRole('textbox', { name: 'Style sheet' }).waitFor();
  await look('branding');
}

/** The guide is still there after other pages, until another is to be chosen. */
async function returnToGuide(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Guide' }).click();
  await page.waitForURL(/guide=flask$/);
  await page.getByRole('heading', { name: 'Install the packages' }).waitFor();
  await page.getByText('app.py: add at the end').first().waitFor();
  await page.getByRole('button', { name: 'Choose another guide' }).click();
  await page.getByRole('heading', { name: 'Choose a guide' }).waitFor();
}

/** What the first sign-in left behind, and how the application looks to its users. */
async function walkTabs(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const tabs = page.getByRole('navigation', { name: 'Sections' });
  await tabs.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('ID token lifetime (seconds)').fill('600');
  await page.getByLabel('Back-channel logout URI').fill('https://shop.example.com/logout');
  await page.getByText('2 unsaved changes').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('2 unsaved changes').waitFor({ state: 'detached' });
  await page.reload();
  assert.equal(await page.getByLabel('ID token lifetime (seconds)').inputValue(), '600');
  await tabs.getByRole('link', { name: 'Branding' }).click();
  await page.getByLabel('Display name').fill('Tea for all');
  await page.getByText('Empty: the tenant has none either.').first().waitFor();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: 'tea.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(teaLogo) });
  await page.getByRole('button', { name: 'Remove: Logo', exact: true }).waitFor();
  await page.getByLabel('Brand color', { exact: true }).fill('#ffd400');
  await page.getByText(/too little contrast/).waitFor();
  await page.getByRole('textbox', { name: 'Style sheet' }).fill('body { letter-spacing: 0.01em }');
  await page.getByText('4 unsaved changes').waitFor();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('4 unsaved changes').waitFor({ state: 'detached' });
  await page.reload();
  assert.equal(await page.getByLabel('Display name').inputValue(), 'Tea for all');
  assert.equal(await page.getByLabel('Brand color', { exact: true }).inputValue(), '#ffd400');
  await page.getByText('letter-spacing').waitFor();
  await look('branding');
  await tabs.getByRole('link', { name: 'Access control' }).click();
  await page.getByRole('switch', { name: 'Limit access' }).check();
  const warning = page.getByText('Ana Reader used the application lately and matches no rule');
  await warning.waitFor();
  await look('locked-out');
  await page.getByRole('combobox', { name: 'Users', exact: true }).fill('ana');
  await page.getByRole('option', { name: /Ana Reader/ }).click();
  await page.keyboard.press('Escape');
  await warning.waitFor({ state: 'detached' });
  await page.getByText('1 user by name').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.getByText('Every user of the tenant can use the application.').waitFor();
  await tabs.getByRole('link', { name: 'Logs' }).click();
  await page.getByText('Tokens issued at sign-in').first().waitFor();
  await look('logs');
  await tabs.getByRole('link', { name: 'Sessions and grants' }).click();
  await page.getByText('Ana Reader').waitFor();
  await page.getByText(/Name and picture/).waitFor();
  await look('grants');
  await page.getByRole('button', { name: 'Actions for Ana Reader' }).click();
  await page.getByRole('menuitem', { name: 'Revoke grant' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke grant' });
  await dialog.getByText('The tokens of Ana Reader').waitFor();
  await dialog.getByRole('button', { name: 'Revoke grant' }).click();
  await page.getByText('No user is signed in').waitFor();
}

/** The list of first steps has filled itself; hidden, it stays away. */
async function seeDashboard({ page, open }: ConsoleVisitor, look: (name: string) => Promise<void>): Promise<void> {
  await open('');
  await page.getByText(/^2 of \d done$/).waitFor();
  await page.getByText('Ana Reader').waitFor();
  await look('first-steps');
  await page.getByRole('button', { name: 'Hide this list' }).click();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
  assert.equal(await page.getByText('First steps').count(), 0);
  await look('dashboard');
}

/** Adds a second secret, and deletes the first one by its name. */
async function replaceSecret(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  await page.getByRole('link', { name: 'Endpoints' }).click();
  await page.getByText(/\/oidc\/token$/).waitFor();
  await look('endpoints');
  await page.getByRole('link', { name: 'Secrets' }).click();
  await page.getByRole('button', { name: 'Create secret' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create secret' });
  await dialog.getByLabel('Name').fill('Production');
  await dialog.getByRole('button', { name: 'Create secret' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Show Production' }).waitFor();
  await look('secrets');
  const menus = page.getByRole('button', { name: /^Actions for/ });
  assert.equal(await menus.count(), 2);
  const first = page.getByRole('button', { name: /^Actions for (?!Production)/ });
  const name = (await first.getAttribute('aria-label'))?.replace('Actions for ', '') ?? '';
  await first.click();
  await page.getByRole('menuitem', { name: 'Delete secret' }).click();
  const confirm = page.getByRole('dialog', { name: 'Delete secret' });
  await confirm.getByLabel(`Type ${name} to confirm`).fill(name);
  await confirm.getByRole('button', { name: 'Delete secret' }).click();
  await first.waitFor({ state: 'detached' });
  assert.equal(await menus.count(), 1);
}

/** A secret is in memory alone. */
async function assertNotKept(page: Page, secret: string): Promise<void> {
  assert.match(secret, /^\w{16,}$/);
  assert.ok(!page.url().includes(secret));
  const kept = await page.evaluate<string>(
    'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, history.state])',
  );
  assert.ok(!kept.includes(secret));
}

/** More APIs than a list of choices shows at once. Returns the ID of the last one, which has a permission. */
async function manyApis(post: Manager['post']): Promise<string> {
  for (let number = 0; number < 25; number++)
    await post('/api/resources', { name: `Service ${number}`, indicator: `https://service-${number}.example.com` });
  const { id } = (await post('/api/resources', { name: 'Orders', indicator: 'https://orders.example.com' })).body;
  await post(`/api/resources/${id}/scopes`, { name: 'read:orders', description: 'Reads orders' });
  return id;
}

describe('Tabs of applications of other kinds in the Console', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  it('assign roles to a machine, and permissions to a third-party application', async () => {
    const { post, get } = await manage(server);
    const role = await post('/api/roles', { name: 'Reader', type: 'MachineToMachine', description: 'Reads orders' });
    assert.equal(role.status, 200);
    const create = async (draft: object) => String((await post('/api/applications', draft)).body.id);
    const machine = await create({ name: 'Nightly job', type: 'MachineToMachine' });
    const partner = await create({ name: 'Partner', type: 'Traditional', isThirdParty: true });
    const orders = await manyApis(post);
    const visitor = await openConsole(server);
    const { page } = visitor;
    try {
      await visitor.open(`applications/${machine}/roles`);
      await page.getByText('No roles yet').waitFor();
      await page.getByRole('button', { name: 'Assign roles' }).click();
      const dialog = page.getByRole('dialog', { name: 'Assign roles' });
      await dialog
        .getByRole('combobox', { name: 'Roles' })
        .or(dialog.getByRole('textbox', { name: 'Roles' }))
        .click();
      await page.getByRole('option', { name: 'Reader' }).click();
      // Closes the list, which covers the button.
      await page.keyboard.press('Tab');
      await dialog.getByRole('button', { name: 'Assign roles' }).click();
      await page.getByRole('cell', { name: /^Reader/ }).waitFor();
      await inspect(page, 'application-roles');
      await page.getByRole('button', { name: 'Actions for Reader' }).click();
      await page.getByRole('menuitem', { name: 'Remove role' }).click();
      await page.getByText('Nightly job loses the permissions of Reader').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove role' }).click();
      await page.getByText('No roles yet').waitFor();

      await visitor.open(`applications/${partner}/permissions`);
      await page.getByRole('checkbox', { name: 'profile' }).check();
      await page.getByRole('checkbox', { name: 'email' }).check();
      const apis = page.getByRole('combobox', { name: 'Add an API' });
      await apis.first().fill('orders');
      await page.getByRole('option', { name: /^Orders/ }).click();
      await page.getByRole('combobox', { name: 'Orders' }).fill('read');
      await page.getByRole('option', { name: /^read:orders/ }).click();
      await page.keyboard.press('Escape');
      await page.getByRole('listbox').waitFor({ state: 'detached' });
      await inspect(page, 'application-permissions-chosen');
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('unsaved change').waitFor({ state: 'detached' });
      await page.getByRole('checkbox', { name: 'email' }).uncheck();
      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await page.getByText('1 unsaved change').waitFor({ state: 'detached' });
      await inspect(page, 'application-permissions');
      const { body } = await get(`/api/applications/${partner}/user-consent-scopes`);
      assert.deepEqual(body.userScopes, ['profile']);
      assert.deepEqual(
        body.resourceScopes.map(({ resource, scopes }) => [resource.id, scopes.map(({ name }) => name)]),
        [[orders, ['read:orders']]],
      );
      assert.deepEqual(visitor.complaints, []);
    } finally {
      await visitor.close();
    }
  });
});
