import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { openBrowser, type Visitor } from '../../support/browser.ts';
import { inspect, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const password = 'tulips under stone';

for (const screen of ['desktop', 'phone'] as const) {
  describe(`The team in the Console on a ${screen}`, () => {
    let server: TestServer;
    before(async () => {
      server = await startServer();
    });
    after(() => server?.close());
    // On the phone, the states whose layout differs.
    const differing = ['invite', 'pending', 'void', 'read-only', 'read-only-settings'];
    const look = async (page: Page, name: string) => {
      if (screen === 'desktop' || differing.includes(name)) await inspect(page, `team-${name}-${screen}`);
    };

    it('grows by a link, shows a reading colleague no changes, and loses a member who is removed', async () => {
      const anna = await openConsole(server, screens[screen]);
      const mei = await openBrowser(screens[screen]);
      try {
        await anna.open('team');
        const first = await invite(anna.page, (name) => look(anna.page, name));
        const renewed = await renew(anna.page, 'mei.lin@example.com');
        await mei.page.goto(first);
        assert.equal(await mei.page.locator('[name=username]').count(), 0);
        await mei.page.goto(renewed);
        await join(mei.page);
        await readOnly(mei, server, (name) => look(mei.page, name));

        await seeFirstStep(anna.page, server, (name) => look(anna.page, name));
        await anna.open('team');
        await giveFullAccess(anna.page, (name) => look(anna.page, name));
        await mei.page.reload();
        await mei.page.getByRole('link', { name: 'Create application' }).first().waitFor();
        await mei.page.goto(`${server.url}/console/t/default/team`);
        const link = await inviteByLink(mei.page);

        await suspend(server, 'mei.lin@example.com');
        await anna.open('team');
        await anna.page.getByRole('row', { name: /mei\.lin.*Suspended/ }).waitFor();
        await replaceVoidLink(anna.page, { link, colleague: mei.page, look: (name) => look(anna.page, name) });
        await remove(anna.page, 'mei.lin@example.com');
        await anna.page.getByRole('dialog').waitFor({ state: 'detached' });
        await anna.page.getByRole('row', { name: /mei\.lin/ }).waitFor({ state: 'detached' });
        await mei.page.goto(`${server.url}/console/t/default/team`);
        await mei.page.locator('[name=username]').waitFor();

        await remove(anna.page, 'anna');
        const refusal = anna.page.getByRole('dialog').getByRole('alert');
        assert.match((await refusal.textContent()) ?? '', /last administrator with full access/);
        assert.deepEqual(
          anna.complaints.filter((complaint) => !/status of 422/.test(complaint)),
          [],
        );
      } finally {
        await mei.close();
        await anna.close();
      }
    });
  });
}

type Look = (name: string) => Promise<void>;

async function invite(page: Page, look: Look): Promise<string> {
  await page.getByRole('row', { name: /anna/ }).waitFor();
  await page.getByRole('button', { name: 'Invite a colleague' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a colleague' });
  await dialog.getByLabel('Email address').fill('mei.lin');
  await dialog.getByRole('button', { name: 'Create invitation' }).click();
  await dialog.getByText('Enter an address like').waitFor();
  await dialog.getByLabel('Email address').fill('mei.lin@example.com');
  await dialog.getByRole('radio', { name: 'Read-only' }).check();
  await look('invite');
  await dialog.getByRole('button', { name: 'Create invitation' }).click();
  const created = page.getByRole('dialog', { name: 'Invitation created' });
  const link = (await created.locator('code').textContent()) ?? '';
  await look('link');
  await created.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('heading', { name: 'Pending invitations' }).waitFor();
  await look('pending');
  return link;
}

/** Invites anyone with the link. */
async function inviteByLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Invite a colleague' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create invitation' }).click();
  return readLink(page);
}

/** Reads the link that is shown once. */
async function readLink(page: Page): Promise<string> {
  const created = page.getByRole('dialog', { name: 'Invitation created' });
  const link = (await created.locator('code').textContent()) ?? '';
  await created.getByRole('button', { name: 'Done' }).click();
  await created.waitFor({ state: 'detached' });
  return link;
}

interface VoidLink {
  link: string;
  colleague: Page;
  look: Look;
}

/** The inviter is suspended: the link is marked, and a new one of another administrator works. */
async function replaceVoidLink(page: Page, { link, colleague, look }: VoidLink): Promise<void> {
  const row = page.getByRole('row', { name: /Anyone with the link/ });
  const mark = row.getByText('Link does not work');
  await mark.waitFor();
  await look('void');
  await colleague.goto(link);
  await colleague.getByText('This link was already used or has expired').waitFor();
  const renewed = await renew(page, 'Anyone with the link');
  await mark.waitFor({ state: 'detached' });
  await row.waitFor();
  await colleague.goto(renewed);
  await colleague.getByRole('heading', { name: 'Join the team of' }).waitFor();
}

/** Replaces the link of the invitation, and returns the new one. */
async function renew(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Create a new link' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Create a new link' }).click();
  return readLink(page);
}

async function join(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Join the team of' }).waitFor();
  assert.equal(await page.locator('[name=username]').inputValue(), 'mei.lin@example.com');
  await page.locator('[name=password]').fill(password);
  await page.locator('[name=confirmPassword]').fill(password);
  await page.locator('button[type=submit]').first().click();
  await page.locator('nav').first().waitFor({ state: 'attached' });
}

/** A colleague who reads sees the pages without their buttons, whom to ask, and refusals of what is sent anyway. */
async function readOnly({ page }: Visitor, server: TestServer, look: Look): Promise<void> {
  await page.goto(`${server.url}/console/t/default/applications`);
  await page.getByText('You have read-only access. Ask anna for changes.').waitFor();
  await page.getByText('Nothing here yet').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Create application' }).count(), 0);
  await look('read-only');
  const manager = await manage(server);
  const { id } = (await manager.post('/api/applications', { name: 'Shop', type: 'Traditional' })).body;
  const isPhone = (page.viewportSize()?.width ?? 0) < 500;
  const none = async (path: string, shown: Locator, action: string | RegExp) => {
    await page.goto(`${server.url}/console/t/default/${path}`);
    await shown.first().waitFor();
    assert.equal(await page.getByRole('button', { name: action }).count(), 0, `${path}: ${action}`);
  };
  await none(`applications/${id}/settings`, page.getByLabel('Redirect URIs 1'), /^(Add another|Delete application)$/);
  assert.equal(await page.locator('form').getByRole('button', { name: 'Copy App ID' }).isEnabled(), true);
  await look('read-only-settings');
  if (!isPhone) await seeNothingToChange(manager, id, { none, page });
  await page.goto(`${server.url}/console/t/default/applications`);
}

type None = (path: string, shown: Locator, action: string | RegExp) => Promise<void>;

/** Further pages without buttons and secrets; on a phone they have the same. */
async function seeNothingToChange(
  manager: Manager,
  id: string,
  { none, page }: { none: None; page: Page },
): Promise<void> {
  await none('connectors', page.getByRole('heading', { name: 'Social', exact: true }), /^Add/);
  await none('dashboard', page.getByRole('heading', { name: 'Get started' }), 'Hide this list');
  const hidden = page.getByText('Hidden: colleagues with full access see it.');
  await none(`applications/${id}/secrets`, hidden, /^(Create secret|Show|Copy(?! App ID))/);
  const wechat = { connectorId: 'wechat-native', config: { appId: 'wx1', appSecret: 'b' } };
  const connector = (await manager.post('/api/connectors', wechat)).body;
  await none(`connectors/${connector.id}/settings`, hidden, /^(Show|Copy(?! Connector ID))/);
  await none(`applications/${id}/guide?guide=flask`, page.getByText('ask-a-colleague-with-full-access'), /^Show/);
}

/** The first steps know of the colleague; hidden, they come back when asked. */
async function seeFirstStep(page: Page, server: TestServer, look: Look): Promise<void> {
  await page.goto(`${server.url}/console/t/default/dashboard`);
  const step = page.getByRole('link', { name: /^Done Invite a colleague/ });
  await step.waitFor();
  await look('first-steps');
  await page.getByRole('button', { name: 'Hide this list' }).click();
  await page.getByRole('button', { name: 'Show Get started' }).click();
  await step.waitFor();
}

async function giveFullAccess(page: Page, look: Look): Promise<void> {
  await page.getByRole('button', { name: /mei\.lin/ }).click();
  await page.getByRole('menuitem', { name: 'Change access' }).click();
  const dialog = page.getByRole('dialog', { name: 'Change the access of mei.lin@example.com' });
  assert.equal(await dialog.getByRole('radio', { name: 'Read-only' }).isChecked(), true);
  await dialog.getByRole('radio', { name: 'Full access' }).check();
  await look('change');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /mei\.lin.*Full access/ }).waitFor();
}

/** An administrator of the admin tenant suspends the account. */
async function suspend(server: TestServer, email: string): Promise<void> {
  const api = await manage(server, await server.app.tenancy.get('admin'));
  const [user] = (await api.get(`/api/users?search=${encodeURIComponent(email)}`)).body;
  const { status } = await api.patch(`/api/users/${user?.id}/is-suspended`, { isSuspended: true });
  assert.equal(status, 200);
}

async function remove(page: Page, name: string): Promise<void> {
  await page
    .getByRole('button', { name: new RegExp(name) })
    .last()
    .click();
  await page.getByRole('menuitem', { name: 'Remove access' }).click();
  const dialog = page.getByRole('dialog', { name: `Remove ${name} from the team` });
  await dialog.getByRole('textbox').fill(name);
  await dialog.getByRole('button', { name: 'Remove access' }).click();
}
