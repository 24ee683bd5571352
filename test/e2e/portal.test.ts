import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, phoneScreen, type Visitor } from '../support/browser.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { keyboardOf } from '../support/keyboard.ts';
import { scimClient } from '../support/scim.ts';

const createToken: Record<string, string> = { en: 'Create a token', es: 'Crear un token', 'zh-CN': '创建令牌' };

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;

describe('Portal of an organization in a browser', () => {
  let hosted: HostedSignIn;
  let visitor: Visitor;
  const dns = new Map<string, string[][]>();
  before(async () => {
    hosted = await openHostedSignIn({ world: { resolveTxt: async (name) => dns.get(name) ?? [] } });
    await hosted.operator.call('PATCH', '/api/sign-in-exp', {
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
    });
    if (pictures) await mkdir(pictures, { recursive: true });
  });
  after(() => hosted?.close());
  afterEach(() => visitor?.close());

  /** An organization with a member and a role, and a link to its portal. */
  const prepare = async (name: string, draft: object = {}) => {
    const { operator } = hosted;
    const { id } = await operator.call<{ id: string }>('POST', '/api/organizations', { name });
    const username = `ada_${id}`;
    const ada = await operator.addUser({ username, password: 'correct horse battery 1', name: 'Ada Lovelace' });
    await operator.call('POST', `/api/organizations/${id}/users`, { userIds: [ada.id] });
    const role = { name: `Editor ${id}`, description: 'Writes and publishes articles.' };
    await operator.call('POST', '/api/organization-roles', role);
    const link = { invitationUrl: 'https://app.example.com/join', ...draft };
    const { url } = await operator.call<{ url: string }>('POST', `/api/organizations/${id}/portal-links`, link);
    return { id, url, role: role.name };
  };
  const keep = (page: Page, name: string) => (colorScheme: 'light' | 'dark') =>
    pictures
      ? page.screenshot({ path: join(pictures, `${name}-${colorScheme}.png`), fullPage: true })
      : Promise.resolve();
  const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();
  const publish = async (id: string, domain: string) => {
    const path = `/api/organizations/${id}/domains/${domain}`;
    const { record } = await hosted.operator.call<{ record: { name: string; value: string } }>('GET', path);
    dns.set(record.name, [[record.value]]);
  };

  /** Creates a token on the page of the directory, which is open. */
  const newDirectory = async (page: Page, name: string, submit: string) => {
    await page.locator('#name').fill(name);
    await page.getByRole('button', { name: submit, exact: true }).click();
    return scimClient(hosted.server.url, (await page.locator('#token-value').innerText()).trim());
  };

  it('verifies a domain, connects a directory, changes roles and removes a member, on a phone with scripts off', async () => {
    visitor = await openBrowser({ ...phoneScreen, javaScriptEnabled: false });
    const { page } = visitor;
    const { id, url, role } = await prepare('Acme & Sons');
    await page.goto(url);
    await heading(page, 'Set up Acme & Sons');
    await page.getByRole('button', { name: 'Open the portal' }).click();
    await heading(page, 'Acme & Sons');

    await page.getByRole('link', { name: 'Domains' }).click();
    await page.getByLabel('Domain', { exact: true }).fill('phone.example');
    await page.getByRole('button', { name: 'Add domain' }).click();
    await page.getByText('The domain was added. Verify it next.').waitFor();
    await page.getByRole('button', { name: 'Check the record' }).click();
    await page.getByText('No TXT record with this value was found').waitFor();
    await publish(id, 'phone.example');
    await page.getByRole('button', { name: 'Check the record' }).click();
    await page.getByText('This domain belongs to your organization.').waitFor();
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('link', { name: 'Back' }).click();

    await page.getByRole('link', { name: 'Directory sync' }).click();
    const directory = await newDirectory(page, 'Entra ID', 'Create a token');
    assert.equal((await directory.get('/Users')).status, 200);
    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('link', { name: 'Entra ID' }).click();
    await page.getByText('Delete the token').first().click();
    await page.getByRole('button', { name: 'Delete the token' }).click();
    await page.getByText('No token has been created yet.').waitFor();
    assert.equal((await directory.get('/Users')).status, 401);
    await page.getByRole('link', { name: 'Back' }).click();

    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('link', { name: 'Ada Lovelace' }).click();
    await page.getByLabel(role).check();
    await page.getByRole('button', { name: 'Save roles' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByText('Remove from the organization').first().click();
    await page.getByRole('button', { name: 'Remove from the organization' }).click();
    await page.getByText('Removed.').waitFor();
    const { operator } = hosted;
    assert.deepEqual(await operator.call('GET', `/api/organizations/${id}/users`), []);

    await page.getByRole('link', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Close the portal' }).click();
    await heading(page, 'This link no longer works');
    await page.goto(url);
    await heading(page, 'This link no longer works');
  });

  it('works with the keyboard alone', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const { id, url } = await prepare('Keyboard');
    const { press, type } = keyboardOf(page);
    await page.goto(url);
    await press(page.getByRole('button', { name: 'Open the portal' }));
    await heading(page, 'Keyboard');
    await press(page.getByRole('link', { name: 'Domains' }));
    await heading(page, 'Domains');
    await type(page.getByLabel('Domain', { exact: true }), 'keyboard.example');
    await page.keyboard.press('Enter');
    await heading(page, 'keyboard.example');
    await press(page.getByText('Remove the domain').first());
    await press(page.getByRole('button', { name: 'Remove the domain' }));
    await page.getByText('No domain has been added yet.').waitFor();
    assert.deepEqual(await hosted.operator.call('GET', `/api/organizations/${id}/domains`), []);
    assert.deepEqual(visitor.complaints, []);
  });

  it('says until when a confirmation by email counts, and asks for another one before it ends', async () => {
    visitor = await openBrowser(phoneScreen);
    const { page } = visitor;
    const { tenant } = hosted.server;
    for (const [locale, until, again] of [
      ['en', 'confirmed by email until', 'The confirmation by email expires.'],
      ['es', 'se confirmó por correo', 'La confirmación por correo caduca.'],
      ['zh-CN', '邮件确认的有效期至', '邮件确认即将过期'],
    ] as const) {
      const { id, url } = await prepare(`Confirmed ${locale}`, { locale });
      const domain = `confirmed-${locale.toLowerCase()}.example`;
      await hosted.operator.call('POST', `/api/organizations/${id}/domains`, { domain });
      const change = (set: string) =>
        tenant.db.raw(`update organization_domains set ${set} where tenant_id = $1 and domain = $2`, [
          tenant.id,
          domain,
        ]);
      const day = "interval '1 day'";
      await change(`verified_at = now(), verified_by = 'email', next_check_at = now() + 166 * ${day}`);
      await page.goto(url);
      await page.locator('button[type=submit]').click();
      await page.locator('a[href$="/portal/domains"]').click();
      await page.getByRole('link', { name: domain }).click();
      await page.getByText(until).waitFor();
      // The record replaces the confirmation; a new code is not needed yet.
      assert.equal(await page.locator('form[action$="/check"]').count(), 1);
      assert.equal(await page.locator('form[action$="/send"]').count(), 0);
      await assertFits(page, keep(page, `portal-confirmed-${locale}`));
      await change('missing_since = now()');
      await page.reload();
      await page.getByText(again).waitFor();
      assert.equal(await page.locator('form[action$="/send"]').count(), 1);
      await assertFits(page, keep(page, `portal-expiring-${locale}`));
    }
    assert.deepEqual(visitor.complaints, []);
  });

  for (const [name, screen] of [
    ['phone', phoneScreen],
    ['desktop', {}],
  ] as const)
    it(`fits a ${name}, light and dark, in every language`, async () => {
      visitor = await openBrowser(screen);
      const { page } = visitor;
      for (const locale of ['en', 'es', 'zh-CN']) {
        const { id, url } = await prepare(`Acme ${name} ${locale}`, { locale });
        const seen = (what: string) => assertFits(page, keep(page, `portal-${what}-${name}-${locale}`));
        await page.goto(url);
        await seen('start');
        await page.locator('button[type=submit]').click();
        await page.locator('a[href$="/portal/domains"]').waitFor();
        await seen('home');
        const domain = `${name}-${locale.toLowerCase()}.example`;
        await hosted.operator.call('POST', `/api/organizations/${id}/domains`, { domain });
        await page.goto(`${hosted.server.url}/portal/directory`);
        await seen('no-directory');
        const directory = await newDirectory(page, 'Microsoft Entra ID', createToken[locale] ?? '');
        await page.locator('.guide summary').first().click();
        await seen('directory-value');
        await directory.post('/Groups', { displayName: 'Engineering and research of all subsidiaries' });
        for (const part of [`domains/${domain}`, 'domains', 'directory', 'members', 'invitations', 'audit-logs']) {
          await page.goto(`${hosted.server.url}/portal/${part}`);
          await seen(part.replace('/', '-').replace(domain, 'one'));
        }
        for (const part of ['tokens', 'groups']) {
          await page.goto(`${hosted.server.url}/portal/directory`);
          await page.locator(`a[href*="/directory/${part}/"]`).click();
          await seen(`directory-${part}`);
        }
        await page.goto(`${hosted.server.url}/portal/members`);
        await page.locator('.ways a').first().click();
        await page.locator('summary').click();
        await seen('member');
      }
      assert.deepEqual(visitor.complaints, []);
    });
});
