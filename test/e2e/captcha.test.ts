import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { openPostOffice, type PostOffice } from '../support/post-office.ts';

interface LoggedEntry {
  payload: { result: string };
}

describe('The captcha of the hosted pages', () => {
  let world: HostedSignIn;
  let visitor: Visitor;
  let post: PostOffice;
  before(async () => {
    post = await openPostOffice();
    world = await openHostedSignIn({ environment: post.environment });
    await post.addEmail(world.operator);
    await world.operator.call('PUT', '/api/captcha-provider', { config: { type: 'ProofOfWork' } });
    await world.operator.call('PATCH', '/api/sign-in-exp', { captchaPolicy: { enabled: true } });
  });
  after(async () => {
    await world?.close();
    await post?.close();
  });
  afterEach(() => visitor?.close());

  let passed = 0;
  /** One captcha more was solved, and none failed. */
  const assertSolved = async () => {
    const key = 'Interaction.Create.Captcha';
    const solved = await world.operator.call<LoggedEntry[]>('GET', `/api/logs?logKey=${key}`);
    passed += 1;
    assert.deepEqual(
      solved.map(({ payload }) => payload.result),
      Array(passed).fill('Success'),
    );
  };
  for (const [screen, options] of eachScreen)
    it(`solves itself, and the sign-in goes on when it was sent before that, on a ${screen}`, async () => {
      const ana = { username: `ana_captcha_${screen}`, password: goodPassword };
      await world.operator.addUser(ana);
      visitor = await openBrowser(options);
      const { page } = visitor;
      await world.start(page);
      await signIn(page, ana);
      await world.arrives(page);
      await assertSolved();
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`is solved before an account is created and before a code for a new password is sent, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      await world.start(page, { first_screen: 'register' });
      await register(page, { username: `eva_captcha_${screen}`, password: goodPassword });
      await world.arrives(page);
      await assertSolved();
      await visitor.context.clearCookies();
      const primaryEmail = `mia_captcha_${screen}@example.com`;
      await world.operator.call('POST', '/api/users', { primaryEmail, password: goodPassword });
      await world.start(page);
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByLabel('Email').fill(primaryEmail);
      await page.getByRole('button', { name: 'Send the code' }).click();
      await page.getByLabel('Code').fill(await post.codeTo(primaryEmail));
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('Choose a password').waitFor();
      await assertSolved();
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`tells users without scripts what to do, on a ${screen}`, async () => {
      visitor = await openBrowser({ ...options, javaScriptEnabled: false });
      const { page } = visitor;
      await world.start(page);
      // `getByText` passes over <noscript>, also where it is shown.
      const told = page.locator('noscript .notice');
      assert.ok(await told.isVisible());
      assert.match((await told.textContent()) ?? '', /JavaScript.* Turn it on/);
    });
});
