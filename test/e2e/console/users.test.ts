import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { experienceClient } from '../../support/agent.ts';
import { inspect, onPhoneWidth, openConsole, screens } from '../../support/console.ts';
import { type Manager, manage } from '../../support/management.ts';
import { operate } from '../../support/operator.ts';
import { startServer, type TestServer } from '../../support/server.ts';

/** States whose layout on a phone is another. */
const differing = ['create', 'profile', 'list', 'organizations', 'identity', 'factors', 'sessions', 'logs'];

describe('Users in the Console', () => {
  let server: TestServer;
  let manager: Manager;
  before(async () => {
    server = await startServer();
    manager = await manage(server);
  });
  after(() => server?.close());

  for (const screen of ['desktop', 'phone'] as const)
    it(`are created with a password that signs them in, found, edited and deleted on a ${screen}`, async () => {
      const visitor = await openConsole(server, screens[screen]);
      const { page } = visitor;
      const look = async (name: string) => {
        if (screen === 'desktop' || differing.includes(name)) await inspect(page, `users-${name}-${screen}`);
      };
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

  it('have a page that gives and takes roles, memberships, identities, factors, sessions and tokens', async () => {
    const { id } = await prepareUser(server, manager);
    const visitor = await openConsole(server);
    const { page } = visitor;
    const look = async (name: string) => {
      await inspect(page, `users-${name}-desktop`);
      if (differing.includes(name)) await onPhoneWidth(page, () => inspect(page, `users-${name}-phone`));
    };
    const open = (tab: string) => visitor.open(`users/${id}/${tab}`);
    try {
      await open('roles');
      await changeRoles(page, look);
      assert.deepEqual((await manager.get(`/api/users/${id}/roles`)).body, []);
      await open('organizations');
      await changeMemberships(page, look);
      assert.deepEqual((await manager.get(`/api/users/${id}/organizations`)).body, []);
      await open('identities');
      await unlinkIdentity(page, look);
      assert.deepEqual((await manager.get(`/api/users/${id}`)).body.identities, {});
      await open('mfa');
      await changeFactors(page, look);
      assert.deepEqual((await manager.get(`/api/users/${id}/mfa-verifications`)).body, []);
      await signInTwice(server);
      await open('sessions');
      await endSessions(page, look);
      assert.deepEqual((await manager.get(`/api/users/${id}/sessions`)).body.sessions, []);
      assert.deepEqual((await manager.get(`/api/users/${id}/grants`)).body.grants, []);
      await open('logs');
      await page.getByRole('row').nth(2).waitFor();
      await look('logs');
      for (const name of ['Kept', 'export/2026'])
        await manager.post(`/api/users/${id}/personal-access-tokens`, { name });
      await open('tokens');
      const created = await changeTokens(page, look);
      const [kept, token, ...others] = (await manager.get(`/api/users/${id}/personal-access-tokens`)).body;
      assert.deepEqual([kept?.name, token?.name, token?.value, others], ['Kept', 'Nightly report', created, []]);
      // The browser also reports the refused name.
      assert.deepEqual(
        visitor.complaints.filter((text) => !/status of 422 .*personal-access-tokens/.test(text)),
        [],
      );
    } finally {
      await visitor.close();
    }
  });
});

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const password = 'correct horse battery 1';

/** A user with a WeChat account, and what can be assigned to a user. */
async function prepareUser(server: TestServer, manager: Manager): Promise<{ id: string }> {
  await (await operate(server)).connectWechat();
  const { id } = (await manager.post('/api/users', { username: 'ana', name: 'Ana Ruiz', password })).body;
  await manager.put(`/api/users/${id}/identities/wechat`, {
    userId: 'o6_bmasdasdsad6_2sgVt7hMZOPfL',
    details: { id: 'o6_bmasdasdsad6_2sgVt7hMZOPfL', name: '安娜' },
  });
  // Tokens as a provider issued them once.
  await server.tenant.db.raw(
    `insert into secrets (tenant_id, id, user_id, type, value_sealed, key_sealed, metadata, connector_id, target, identity_id)
     select 'default', 'tokens', $1, 'federated_token_set', '', '', $2, id, 'wechat', 'o6_bmasdasdsad6_2sgVt7hMZOPfL'
     from connectors where tenant_id = 'default' limit 1`,
    [id, JSON.stringify({ scope: 'snsapi_userinfo', expiresAt: 1_900_000_000, hasRefreshToken: true })],
  );
  // More than one page of a picker has.
  for (let number = 1; number <= 24; number += 1)
    await manager.post('/api/roles', { name: `Reader ${number}`, description: 'Reads reports', type: 'User' });
  await manager.post('/api/roles', { name: 'Writer', description: 'Writes reports', type: 'User' });
  await manager.post('/api/organizations', { name: 'Acme Works' });
  for (const name of ['Member', 'Treasurer']) await manager.post('/api/organization-roles', { name });
  return { id };
}

/** As browsers sign in. */
async function signInTwice({ url, tenant }: TestServer): Promise<void> {
  const app = experienceClient(url);
  for (let number = 0; number < 2; number += 1) await app.redeem(await app.signIn('ana', password));
  await tenant.db.raw("update sessions set user_agent = $2, ip = '203.0.113.9' where tenant_id = $1", [
    tenant.id,
    firefox,
  ]);
}

/** Chooses in the menu of a row and confirms. */
async function confirmInMenu(page: Page, row: string, action: string): Promise<void> {
  await page
    .getByRole('button', { name: `Actions for ${row}` })
    .first()
    .click();
  await page.getByRole('menuitem', { name: action }).click();
  await page.getByRole('dialog', { name: action }).getByRole('button', { name: action }).click();
  await page.getByRole('dialog', { name: action }).waitFor({ state: 'detached' });
}

async function changeRoles(page: Page, look: Look): Promise<void> {
  await page.getByText('No roles yet').waitFor();
  await page.getByRole('button', { name: 'Assign roles' }).click();
  const dialog = page.getByRole('dialog', { name: 'Assign roles' });
  await dialog.getByRole('combobox', { name: 'Roles', exact: true }).fill('writ');
  await page.getByRole('option', { name: 'Writer' }).click();
  await dialog.getByRole('combobox', { name: 'Roles', exact: true }).fill('reader 24');
  await page.getByRole('option', { name: 'Reader 24' }).click();
  await page.keyboard.press('Tab');
  // Found by another search, and still named.
  await dialog.getByText('Writer').waitFor();
  await look('assign-roles');
  await dialog.getByRole('button', { name: 'Assign roles' }).click();
  await page.getByText('Writes reports').waitFor();
  await confirmInMenu(page, 'Writer', 'Remove role');
  await confirmInMenu(page, 'Reader 24', 'Remove role');
  await page.getByText('No roles yet').waitFor();
}

async function changeMemberships(page: Page, look: Look): Promise<void> {
  await page.getByRole('button', { name: 'Add to organizations' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add to organizations' });
  await dialog.getByRole('combobox', { name: 'Organizations', exact: true }).click();
  await page.getByRole('option', { name: 'Acme Works' }).click();
  await dialog.getByRole('combobox', { name: 'Organization roles (optional)' }).click();
  await page.getByRole('option', { name: 'Member' }).click();
  await page.keyboard.press('Tab');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('cell', { name: 'Member' }).waitFor();
  await page.getByRole('button', { name: 'Actions for Acme Works' }).click();
  await page.getByRole('menuitem', { name: 'Change roles' }).click();
  const roles = page.getByRole('dialog', { name: 'Roles in Acme Works' });
  await roles.getByRole('combobox', { name: 'Organization roles', exact: true }).click();
  await page.getByRole('option', { name: 'Treasurer' }).click();
  await page.keyboard.press('Tab');
  await roles.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'Member, Treasurer' }).waitFor();
  await look('organizations');
  await confirmInMenu(page, 'Acme Works', 'Remove from organization');
  await page.getByText('Not a member of any organization').waitFor();
}

async function unlinkIdentity(page: Page, look: Look): Promise<void> {
  await page.getByText('o6_bmasdasdsad6_2sgVt7hMZOPfL').waitFor();
  await page.getByText('Refreshed when needed').waitFor();
  await look('identities');
  await page.getByRole('button', { name: 'Actions for WeChat' }).click();
  await page.getByRole('menuitem', { name: 'Show details' }).click();
  const details = page.getByRole('dialog', { name: 'WeChat' });
  await details.getByText('snsapi_userinfo').waitFor();
  await look('identity');
  await details.getByRole('button', { name: 'Close' }).click();
  await details.waitFor({ state: 'detached' });
  await confirmInMenu(page, 'WeChat', 'Delete stored tokens');
  await page.getByText('Refreshed when needed').waitFor({ state: 'detached' });
  await confirmInMenu(page, 'WeChat', 'Unlink identity');
  await page.getByText('No social identities').waitFor();
}

async function changeFactors(page: Page, look: Look): Promise<void> {
  await page.getByText('No second factor').waitFor();
  await page.getByRole('button', { name: 'Add factor' }).click();
  await page.getByRole('menuitem', { name: 'Authenticator app' }).click();
  const app = page.getByRole('dialog', { name: 'Add an authenticator app' });
  await app.getByRole('button', { name: 'Add', exact: true }).click();
  const added = page.getByRole('dialog', { name: 'Authenticator app added' });
  await added.getByRole('img', { name: 'QR code' }).waitFor();
  await look('authenticator');
  await added.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'Add factor' }).click();
  await page.getByRole('menuitem', { name: 'Backup codes' }).click();
  const codes = page.getByRole('dialog', { name: 'Add backup codes' });
  await codes.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('dialog', { name: 'Backup codes added' }).getByRole('button', { name: 'Done' }).click();
  await page.getByText('10 codes left').waitFor();
  await look('factors');
  await confirmInMenu(page, 'Authenticator app', 'Remove factor');
  await page.getByText('No second factor').waitFor();
}

async function endSessions(page: Page, look: Look): Promise<void> {
  await page.getByText('Firefox on Linux').first().waitFor();
  await look('sessions');
  await page.getByRole('link', { name: 'Applications', exact: true }).last().click();
  await page
    .getByRole('link', { name: /Demo app/ })
    .first()
    .waitFor();
  await confirmInMenu(page, 'Demo app', 'Revoke access');
  await page.getByRole('link', { name: 'Sessions', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign out everywhere' });
  await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByText('Not signed in anywhere').waitFor();
}

async function changeTokens(page: Page, look: Look): Promise<string> {
  await page.getByRole('button', { name: 'Create token' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Create token' });
  await dialog.getByLabel('Name').fill('Nightly export');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  const created = page.getByRole('dialog', { name: 'Token created' });
  const value = (await created.locator('code').textContent()) ?? '';
  await created.getByRole('button', { name: 'Done' }).click();
  // Not the button of the dialog, which may still be closing.
  await page.getByRole('main').getByRole('button', { name: 'Create token' }).click();
  await dialog.getByLabel('Name').fill('Nightly export');
  await dialog.getByRole('button', { name: 'Create token' }).click();
  await dialog.getByText(/already/).waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Actions for Nightly export' }).click();
  await page.getByRole('menuitem', { name: 'Rename token' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename token' });
  await rename.getByLabel('Name').fill('Nightly report');
  await rename.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nightly report').waitFor();
  await look('tokens');
  await page.getByRole('button', { name: 'Actions for export/2026' }).click();
  await page.getByRole('menuitem', { name: 'Delete token' }).click();
  const doom = page.getByRole('dialog', { name: 'Delete token' });
  const confirm = doom.getByRole('button', { name: 'Delete token' });
  await doom.getByLabel('Type export/2026 to confirm').fill('Nightly report');
  assert.equal(await confirm.isDisabled(), true);
  await doom.getByLabel('Type export/2026 to confirm').fill('export/2026');
  await confirm.click();
  await page.getByText('export/2026', { exact: true }).waitFor({ state: 'detached' });
  return value;
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
  // A new tenant's users sign in with a username.
  const notAccepted = dialog.getByText('The sign-in page does not accept it with a password');
  await notAccepted.first().waitFor();
  assert.equal(await notAccepted.count(), 2, 'for the email address and the phone number');
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
  await page.getByLabel('JSON object').fill('[1]');
  await page.getByText('3 unsaved changes').waitFor();
  await page.keyboard.press('Control+s');
  await page.getByText('Enter a JSON object').waitFor();
  await page.getByLabel('JSON object').fill('{"plan":"gold"}');
  await look('profile');
  await page.keyboard.press('Control+s');
  await page.getByText('unsaved change').waitFor({ state: 'detached' });
}

async function filter(page: Page, name: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
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
  await filter(page, 'Status', 'Active');
  await page.getByText('Nothing matches').waitFor();
  await filter(page, 'Status', 'Suspended');
  await page.waitForURL(/status=suspended/);
  await filter(page, 'Created', 'Created in the last 7 days');
  await page.waitForURL(/created=7/);
  await filter(page, 'MFA', 'Without MFA');
  await filter(page, 'Order', 'Last sign-in first');
  await page.waitForURL(/mfa=no.*sort=-lastSignInAt/);
  // She has never signed in; the second choice takes the filter back.
  await filter(page, 'Signed in', 'Signed in within the last 7 days');
  await page.getByText('Nothing matches').waitFor();
  await filter(page, 'Signed in', 'Signed in within the last 7 days');
  await page.reload();
  await page.getByRole('link', { name: /Mei Lin/ }).waitFor();
  await look('list');
  await page.getByRole('button', { name: 'Actions for Mei Lin 林美' }).click();
  await page.getByRole('menuitem', { name: 'Reactivate user' }).click();
  const reactivate = page.getByRole('dialog', { name: 'Reactivate user' });
  await reactivate.getByRole('button', { name: 'Reactivate user' }).click();
  await page.getByText('Nothing matches').waitFor();
  await filter(page, 'Status', 'Active');
  await page.getByRole('link', { name: /Mei Lin/ }).waitFor();
}

async function deleteUser(page: Page): Promise<void> {
  await page.getByRole('link', { name: /Mei Lin/ }).click();
  await page.getByRole('button', { name: 'Delete user' }).click();
  const confirm = page.getByRole('dialog', { name: 'Delete user' });
  await confirm.getByLabel('Type Mei Lin 林美 to confirm').fill('Mei Lin 林美');
  await confirm.getByRole('button', { name: 'Delete user' }).click();
  await page.getByText('No users yet').waitFor();
}
