import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { barriers } from '../support/accessibility.ts';
import { authorization } from '../support/authorization.ts';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { assertFits } from '../support/hosted-sign-in.ts';
import { arrivalAt, type Landing, startLanding } from '../support/landing.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, signIn } from '../support/pages.ts';
import { openPostOffice, type PostOffice } from '../support/post-office.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
const newPassword = 'a lantern by the harbour';

describe('Codes on the hosted pages', () => {
  let post: PostOffice;
  let server: TestServer;
  let operator: Operator;
  let app: Landing;
  let clientId: string;
  let visitor: Visitor;
  const clock = { time: Date.now(), now: () => clock.time };
  before(async () => {
    post = await openPostOffice();
    server = await startServer({ environment: post.environment, world: { clock } });
    operator = await operate(server);
    await post.addEmail(operator);
    await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
    app = await startLanding();
    ({ id: clientId } = await operator.addApplication({ type: 'SPA', redirectUri: `${app.url}/callback` }));
  });
  after(async () => {
    app?.close();
    await server?.close();
    await post?.close();
  });
  afterEach(() => visitor?.close());

  const begin = async (extra: Record<string, string> = {}) => {
    const request = authorization({ endpoint: server.url, clientId, redirectUri: `${app.url}/callback`, extra });
    await visitor.page.goto(request.url);
    return request;
  };
  const addUser = (username: string) =>
    operator.call('POST', '/api/users', { username, primaryEmail: `${username}@example.com`, password: goodPassword });
  /** Waits for a page, and asserts that it is accessible. */
  const meet = async (heading: string) => {
    await visitor.page.getByRole('heading', { name: heading }).waitFor();
    assert.deepEqual(await barriers(visitor.page), [], heading);
    // No content overflows a narrow screen.
    assert.ok(await visitor.page.evaluate('document.documentElement.scrollWidth <= innerWidth'), heading);
  };
  const look = (page: Page, name: string) =>
    assertFits(page, async (colorScheme) => {
      if (pictures) await page.screenshot({ path: `${pictures}/codes-${name}-${colorScheme}.png`, fullPage: true });
    });
  const press = (name: string) => visitor.page.getByRole('button', { name, exact: true }).click();
  /** Seconds until another code is offered, once the page counts them. */
  const left = async () => {
    await visitor.page.getByText(/^Send another code in \d+\ss$/).waitFor();
    return Number(await visitor.page.locator('form.send-again').getAttribute('data-after'));
  };
  const arrives = async ({ redirectUri }: { redirectUri: string }) =>
    assert.ok((await arrivalAt(visitor.page, redirectUri)).searchParams.get('code'));

  for (const [screen, options] of eachScreen)
    it(`replaces a forgotten password with a code that was sent again, on a ${screen}`, async () => {
      const name = `ana_codes_${screen}`;
      await addUser(name);
      visitor = await openBrowser(options);
      const { page } = visitor;
      const request = await begin();
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await meet('Forgot your password?');
      await page.getByLabel('Email').fill('ana');
      await press('Send the code');
      await page.getByText('Enter a valid email address, for example name@example.com.').waitFor();
      await page.getByLabel('Email').fill(`${name}@example.com`);
      await press('Send the code');
      await meet('Check your email');
      await page.getByText(`${name}@example.com`).waitFor();
      const first = await post.codeTo(`${name}@example.com`);
      assert.equal(await left(), 30);
      await look(page, `waits-${screen}`);
      clock.time += 12_000;
      await page.reload();
      assert.equal(await left(), 18, 'the wait goes on');
      clock.time += 60_000;
      await page.getByLabel('Code').fill(first === '111111' ? '222222' : '111111');
      await press('Continue');
      await page.getByText('The code is wrong.').waitFor();
      await meet('Check your email');
      await look(page, `again-${screen}`);
      await press('Send another code');
      await page.getByText('We sent another code.').waitFor();
      await look(page, `resent-${screen}`);
      await page.getByLabel('Code').fill(await post.codeTo(`${name}@example.com`));
      await press('Continue');
      await meet('Choose a new password');
      await page.getByLabel('Choose a password').fill('short');
      await press('Change the password');
      await page.getByText(/too short/).waitFor();
      await page.getByLabel('Choose a password').fill(newPassword);
      await press('Change the password');
      await page.getByText('Your password was changed.').waitFor();
      await meet('Sign in to');
      await signIn(page, { username: name, password: newPassword });
      await arrives(request);
    });

  describe('as a second factor', () => {
    let connector: string;
    before(async () => {
      connector = await post.addPhone(operator);
      const factors = ['EmailVerificationCode', 'PhoneVerificationCode'];
      await operator.configure({ mfa: { factors, policy: 'Mandatory' } });
    });
    after(async () => {
      await operator.configure({ mfa: { factors: [], policy: 'NoPrompt' } });
      await operator.call('DELETE', `/api/connectors/${connector}`);
    });

    for (const [screen, options] of eachScreen)
      it(`by text message and by email, on a ${screen}`, async () => {
        const name = `eve_codes_${screen}`;
        const phone = screen === 'phone' ? '34600000001' : '34600000002';
        const address = `${name}@example.com`;
        await operator.call('POST', '/api/users', {
          username: name,
          primaryEmail: address,
          primaryPhone: phone,
          password: goodPassword,
        });
        visitor = await openBrowser(options);
        const { page } = visitor;
        const request = await begin();
        await signIn(page, { username: name, password: goodPassword });
        await meet('Confirm it’s you');
        await look(page, `factor-${screen}`);
        await press('Send the code');
        assert.equal(await left(), 30);
        await look(page, `factor-sent-${screen}`);
        const first = await post.codeTo(phone);
        clock.time += 12_000;
        await page.reload();
        assert.equal(await left(), 18, 'the wait goes on');
        await page.getByLabel('Code').fill(first === '111111' ? '222222' : '111111');
        await press('Confirm');
        await page.getByText('The code is wrong.').waitFor();
        assert.equal(await left(), 18, 'a wrong code makes no message faster');
        await look(page, `factor-wrong-${screen}`);
        clock.time += 18_000;
        await page.reload();
        await press('Send another code');
        assert.equal(await left(), 30);
        assert.notEqual(await post.codeTo(phone), first);

        clock.time += 7_000;
        await page.getByRole('link', { name: 'Code by email' }).click();
        await page.getByRole('button', { name: 'Send the code' }).waitFor();
        await page.goBack();
        assert.equal(await left(), 23, 'also after the back button');
        await page.getByRole('link', { name: 'Code by email' }).click();
        await press('Send the code');
        assert.equal(await left(), 30, 'each address has a wait of its own');
        await look(page, `factor-email-${screen}`);
        await page.getByLabel('Code').fill(await post.codeTo(address));
        await press('Confirm');
        await arrives(request);
      });
  });

  it('replaces a forgotten password with the keyboard alone', async () => {
    await addUser('eva_codes');
    visitor = await openBrowser();
    const { page } = visitor;
    const { keyboard } = page;
    const focuses = (what: string) => page.locator(`${what}:focus`).waitFor({ state: 'attached' });
    const request = await begin();
    await focuses('#username');
    for (let count = 0; count < 8; count += 1) {
      if ((await page.locator('.forgot:focus').count()) > 0) break;
      await keyboard.press('Tab');
    }
    await focuses('.forgot');
    await keyboard.press('Enter');
    await focuses('#address');
    await keyboard.type('eva_codes@example.com');
    await keyboard.press('Enter');
    await focuses('#code');
    await keyboard.type(await post.codeTo('eva_codes@example.com'));
    await keyboard.press('Enter');
    await focuses('#password');
    await keyboard.type(newPassword);
    await keyboard.press('Enter');
    await page.getByText('Your password was changed.').waitFor();
    await focuses('#username');
    await keyboard.type('eva_codes');
    await keyboard.press('Tab');
    await keyboard.type(newPassword);
    await keyboard.press('Enter');
    await arrives(request);
  });

  for (const [screen, options] of eachScreen)
    it(`registers a user by email address, and signs the user in with it, on a ${screen}`, async () => {
      const address = `mia_${screen}@example.com`;
      await operator.call('PATCH', '/api/sign-in-exp', {
        signIn: {
          methods: [{ identifier: 'email', password: false, verificationCode: true, isPasswordPrimary: false }],
        },
        signUp: { identifiers: ['email'], password: false, verify: true, secondaryIdentifiers: [] },
      });
      visitor = await openBrowser(options);
      const { page } = visitor;
      for (const [extra, title] of [
        [{ first_screen: 'register' }, 'Create your'],
        [{ prompt: 'login' }, 'Sign in to'],
      ] as const) {
        const request = await begin(extra);
        await meet(title);
        await page.getByLabel('Email').fill(address);
        await press('Continue');
        await meet('Check your email');
        await page.goBack();
        await meet(title);
        await page.goForward();
        await page.getByLabel('Code').fill(await post.codeTo(address));
        await press('Continue');
        await arrives(request);
      }
      const people = await operator.call<{ primaryEmail: string | null }[]>('GET', '/api/users');
      assert.equal(people.filter(({ primaryEmail }) => primaryEmail === address).length, 1);
      assert.deepEqual(visitor.complaints, []);
    });
});
