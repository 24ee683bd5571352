import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { type ConsoleVisitor, inspect, onPhoneWidth, openConsole } from '../../support/console.ts';
import { keyboardOf } from '../../support/keyboard.ts';
import { type Manager, manage } from '../../support/management.ts';
import { startServer, type TestServer } from '../../support/server.ts';

describe('The settings of sign-in in the Console', () => {
  let server: TestServer;
  let api: Manager;
  let visitor: ConsoleVisitor;
  let page: Page;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    visitor = await openConsole(server);
    page = visitor.page;
  });
  after(async () => {
    await visitor?.close();
    await server?.close();
  });
  const look = async (name: string) => {
    await page.mouse.move(0, 0);
    await inspect(page, `${name}-desktop`);
    await onPhoneWidth(page, () => inspect(page, `${name}-phone`));
  };
  const choose = async (field: string, option: string) => {
    await page.getByRole('combobox', { name: field }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const save = async () => {
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^\d+ unsaved change/).waitFor({ state: 'detached' });
  };
  const field = (label: string) => page.getByLabel(label, { exact: true });
  /** A user who asked for the deletion of the account. */
  const addLeavingUser = async (name: string): Promise<string> => {
    const { body } = await api.post('/api/users', { name });
    await server.tenant.db.raw(
      `insert into account_deletions (tenant_id, user_id, requested_at, deletes_at)
       values ('default', $1, now(), now() + interval '14 days')`,
      [body.id],
    );
    return body.id;
  };

  it('open the account page part by part, and keep an account that its user asked to delete', async () => {
    const id = await addLeavingUser('Mei Lin');
    await visitor.open('account-center');
    await page.getByRole('switch', { name: 'Account page and Account API' }).check();
    for (const [part, control] of [
      ['Name', 'Edit'],
      ['Email address', 'View'],
    ] as const)
      await page.getByRole('radiogroup', { name: part, exact: true }).getByText(control, { exact: true }).click();
    await page.getByRole('switch', { name: 'Users can delete their account' }).check();
    await field('Days until an account is deleted').fill('400');
    await field('Origins 1').fill('shop');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a whole number from 1 to 365.').waitFor();
    await page.getByText('Enter a whole address').waitFor();
    await look('account-center-wrong');
    await field('Days until an account is deleted').fill('14');
    await field('Origins 1').fill('https://shop.example.com');
    await save();
    await page.getByText('There are no profile fields of your own yet.').waitFor();
    const { body } = await api.get('/api/account-center');
    assert.deepEqual(
      [body.enabled, body.fields.name, body.fields.email, body.fields.phone, body.deletionGraceDays],
      [true, 'Edit', 'ReadOnly', 'Off', 14],
    );
    assert.deepEqual(body.webauthnRelatedOrigins, ['https://shop.example.com']);

    await look('account-center');
    await page.getByRole('button', { name: 'Actions for Mei Lin' }).click();
    await page.mouse.move(0, 0);
    await inspect(page, 'account-center-menu');
    await page.getByRole('menuitem', { name: 'Keep account' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep account' }).click();
    await page.getByText('No accounts to be deleted').waitFor();
    assert.equal((await api.get(`/api/users/${id}/deletion`)).status, 404);
  });

  it('show some profile fields of the operator on the account page, in an order', async () => {
    for (const [name, label] of [
      ['shoe', 'Shoe size'],
      ['tea', 'Favorite tea'],
    ])
      await api.post('/api/custom-profile-fields', { name, label, type: 'Text', required: false });
    await visitor.open('account-center');
    const saved = async () => (await api.get('/api/account-center')).body.profileFields;
    await page.getByRole('switch', { name: 'All profile fields' }).uncheck();
    await page.getByRole('button', { name: 'Remove Shoe size' }).click();
    await page.getByRole('button', { name: 'Add profile field' }).click();
    await page.getByRole('menuitem', { name: 'Shoe size' }).click();
    await look('account-center-profile-fields');
    await save();
    assert.deepEqual(await saved(), [{ name: 'tea' }, { name: 'shoe' }]);
    await page.getByRole('switch', { name: 'All profile fields' }).check();
    await save();
    assert.equal(await saved(), null);
  });

  it('set second factors, who needs one and which browsers are trusted', async () => {
    await visitor.open('multi-factor');
    const [trusted, unusual] = ['Trusted browsers', 'Unusual sign-ins'].map((name) =>
      page.getByRole('switch', { name }),
    );
    assert.ok(trusted && unusual);
    assert.ok(await trusted.isDisabled(), 'nothing could be skipped');
    await page.getByRole('checkbox', { name: 'Backup codes' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/^Backup codes are/).waitFor();
    await look('multi-factor-refused');
    await page.getByRole('checkbox', { name: 'Authenticator app' }).check();
    await trusted.check();
    await unusual.check();
    await field('Days that a browser is trusted').fill('0');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a whole number from 1 to 365.').waitFor();
    await field('Days that a browser is trusted').fill('7');
    await choose('Setup of a second factor', 'Required at sign-in');
    await save();
    await look('multi-factor');
    const saved = async () => (await api.get('/api/sign-in-exp')).body;
    const { mfa, trustedDevice, adaptiveMfa } = await saved();
    assert.deepEqual(mfa.factors, ['Totp', 'BackupCode']);
    assert.deepEqual(
      [mfa.policy, trustedDevice, adaptiveMfa],
      ['PromptOnlyAtSignInMandatory', { enabled: true, validPeriodDays: 7 }, { enabled: true }],
    );
    for (const name of ['Backup codes', 'Authenticator app']) await page.getByRole('checkbox', { name }).uncheck();
    await save();
    const off = await saved();
    assert.deepEqual([off.mfa.factors, off.trustedDevice.enabled, off.adaptiveMfa.enabled], [[], false, false]);
  });

  it('protect passwords, limit attempts and refuse email addresses', async () => {
    for (const username of ['Lin', 'lin']) await api.post('/api/users', { username, password: 'tulips under stone' });
    await visitor.open('security');
    const usernames = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Usernames' }) });
    for (const kind of ['Lowercase letters', 'Uppercase letters', 'Underscore'])
      await usernames.getByRole('checkbox', { name: kind }).uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Allow letters or the underscore').waitFor();
    await usernames.getByRole('checkbox', { name: 'Lowercase letters' }).check();
    await usernames.getByLabel('Minimum length').fill('3');
    const cases = usernames.getByRole('switch', { name: 'Tell uppercase from lowercase' });
    await cases.uncheck();
    await usernames.getByText('1 username exists in more than one spelling').waitFor();
    assert.match((await usernames.getByRole('link', { name: 'lin' }).getAttribute('href')) ?? '', /users\?q=lin$/);
    await page.getByRole('button', { name: 'Save' }).click();
    await usernames.getByText('Some usernames differ only in case').waitFor();
    await look('security-usernames');
    await cases.check();
    const passwords = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Passwords' }) });
    await passwords.getByLabel('Minimum length').fill('12');
    await passwords.getByLabel('Maximum length').fill('10');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The maximum must not be below the minimum.').waitFor();
    await passwords.getByLabel('Maximum length').fill('64');
    await field('Words to refuse').fill('tulip\n\n tulip \nstone');
    await page.getByRole('switch', { name: 'Passwords expire' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a value.').waitFor();
    await look('security-wrong');
    await field('Days that a password lasts').fill('90');
    await field('Failed attempts within an hour').fill('5');
    await page.getByRole('switch', { name: 'Refuse disposable addresses' }).check();
    await field('Refused addresses').fill('@evil.example.com\n*@spam.example.com');
    await page.getByText('5 unsaved changes').waitFor();
    await page.getByRole('link', { name: 'Users' }).click();
    await page
      .getByRole('dialog', { name: 'Leave without saving?' })
      .getByRole('button', { name: 'Keep editing' })
      .click();
    await save();
    await look('security');
    const { body } = await api.get('/api/sign-in-exp');
    assert.deepEqual(
      [body.passwordPolicy.length, body.passwordPolicy.rejects.words, body.passwordExpiration.validPeriodDays],
      [{ min: 12, max: 64 }, ['tulip', 'stone'], 90],
    );
    assert.deepEqual(body.usernamePolicy, {
      caseSensitive: true,
      minLength: 3,
      maxLength: 128,
      allowedChars: { lowercase: true, uppercase: false, numbers: true, underscore: false },
    });
    assert.deepEqual(body.sentinelPolicy, { maxAttempts: 5 });
    assert.deepEqual(body.emailBlocklistPolicy.customBlocklist, ['@evil.example.com', '*@spam.example.com']);
  });

  it('can be set with keys alone, in the order of the page, and the focus comes back from dialogs', async () => {
    const keyboard = keyboardOf(page);
    /** The focus moves shortly after a dialog or menu is there, and after it is gone. */
    const focusIsOn = (control: Locator) => control.and(page.locator(':focus')).waitFor();
    await visitor.open('multi-factor');
    await page.getByRole('checkbox', { name: 'Backup codes' }).waitFor();
    await keyboard.press(page.getByRole('link', { name: 'Skip to content' }));
    await keyboard.press(page.getByRole('checkbox', { name: 'Authenticator app' }), 'Space');
    await keyboard.press(page.getByRole('combobox', { name: 'Setup of a second factor' }));
    const free = page.getByRole('option', { name: /^Users set one up on their own/ });
    for (let step = 0; step < 8 && (await free.getAttribute('data-combobox-selected')) === null; step += 1)
      await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await keyboard.press(page.getByRole('switch', { name: 'Trusted browsers' }), 'Space');
    await keyboard.type(field('Days that a browser is trusted'), '9');
    await page.keyboard.press('Enter');
    await page.getByText(/^\d+ unsaved change/).waitFor({ state: 'detached' });
    const { body } = await api.get('/api/sign-in-exp');
    assert.deepEqual(
      [body.mfa.factors, body.mfa.policy, body.trustedDevice.validPeriodDays],
      [['Totp'], 'NoPrompt', 9],
    );

    await keyboard.type(field('Days that a browser is trusted'), '8');
    await page.keyboard.press('Shift+Tab');
    const users = page.getByRole('link', { name: 'Users', exact: true });
    await users.press('Enter');
    const leave = page.getByRole('dialog', { name: 'Leave without saving?' });
    await focusIsOn(leave.getByRole('button', { name: 'Keep editing' }));
    await page.keyboard.press('Escape');
    await leave.waitFor({ state: 'detached' });
    await focusIsOn(users);
    await keyboard.press(page.getByRole('button', { name: 'Discard' }));

    await addLeavingUser('Jun Lin');
    await api.patch('/api/account-center', { enabled: true, fields: { name: 'Edit' } });
    await visitor.open('account-center');
    const parts = page.getByRole('radiogroup', { name: 'Name', exact: true });
    await parts.waitFor();
    await keyboard.reach(parts.getByRole('radio', { checked: true }));
    await page.keyboard.press('ArrowLeft');
    await page.getByText('1 unsaved change').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(/^\d+ unsaved change/).waitFor({ state: 'detached' });
    assert.equal((await api.get('/api/account-center')).body.fields.name, 'ReadOnly');
    const actions = page.getByRole('button', { name: 'Actions for Jun Lin' });
    await keyboard.press(actions);
    await focusIsOn(page.getByRole('menuitem', { name: 'Keep account' }));
    await page.keyboard.press('Enter');
    await focusIsOn(page.getByRole('dialog').getByRole('button', { name: 'Cancel' }));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await focusIsOn(actions);
  });

  it('name where users find help', async () => {
    await visitor.open('sign-in-experience/branding');
    await field('Support email (optional)').fill('help');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter an email address').waitFor();
    await field('Support email (optional)').fill('help@example.com');
    await field('Page for expired sign-ins (optional)').fill('https://example.com/start');
    await field('Page for expired sign-ins (optional)').scrollIntoViewIfNeeded();
    await inspect(page, 'sign-in-experience-support-desktop');
    await save();
    const { body } = await api.get('/api/sign-in-exp');
    assert.deepEqual(
      [body.supportEmail, body.supportWebsiteUrl, body.unknownSessionRedirectUrl],
      ['help@example.com', null, 'https://example.com/start'],
    );
  });

  it('allow pages of one’s own to load scripts and send requests elsewhere', async () => {
    await visitor.open('sign-in-experience/branding');
    const sent: string[] = [];
    page.on('request', (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
    await field('Scripts from elsewhere (optional) 1').fill("'unsafe-inline'");
    await page.getByText('Enter an origin').first().waitFor();
    await page.keyboard.press('Enter');
    await field('Scripts from elsewhere (optional) 1').fill('https://cdn.example.com');
    await page
      .getByRole('group')
      .filter({ hasText: 'Scripts from elsewhere' })
      .getByRole('button', { name: 'Add another' })
      .first()
      .click();
    await field('Requests to elsewhere (optional) 1').fill('*.example.com');
    await page.getByText('1 unsaved change').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText(/^\d+ unsaved change/).waitFor({ state: 'detached' });
    const saves = sent.filter((request) => request.startsWith('PATCH'));
    assert.equal(saves.length, 1, 'what is no origin is not sent');
    assert.deepEqual((await api.get('/api/sign-in-exp')).body.customUiCsp, {
      scriptSrc: ['https://cdn.example.com'],
      connectSrc: ['*.example.com'],
    });
    await field('Scripts from elsewhere (optional) 1').fill('');
    await save();
    const { customUiCsp } = (await api.get('/api/sign-in-exp')).body;
    assert.deepEqual(customUiCsp, { scriptSrc: [], connectSrc: ['*.example.com'] });
  });

  it('lead administrators to the page of their own account', async () => {
    await visitor.open('dashboard');
    await page.getByRole('button', { name: /^Account of/ }).click();
    await inspect(page, 'account-menu-desktop');
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
    await page.getByRole('menuitemradio', { name: 'System' }).click();
    const opened = visitor.context.waitForEvent('page');
    await page.getByRole('menuitem', { name: 'Your account' }).click();
    const account = await opened;
    await account.getByText('anna').first().waitFor();
    assert.match(account.url(), /\/t\/admin\/account/);
    await account
      .getByRole('link', { name: /Password/ })
      .first()
      .waitFor();
  });
});
