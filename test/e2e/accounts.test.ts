import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { keyboardOf } from '../support/keyboard.ts';
import { goodPassword } from '../support/pages.ts';
import { openPostOffice, type PostOffice } from '../support/post-office.ts';

/** Folder for pictures of the pages, for people to look at. */
const pictures = process.env.ALDABA_TEST_PICTURES;
/** As the sandbox's Google knows her. */
const mei = { name: '林小梅', mail: 'mei@people.example' };
const ana = { name: 'Ana', mail: 'ana@people.example' };
const method = { identifier: 'email', password: true, verificationCode: true, isPasswordPrimary: true };

describe('Accounts that meet on the hosted pages', () => {
  let post: PostOffice;
  let hosted: HostedSignIn;
  let visitor: Visitor;
  let google: string;
  before(async () => {
    post = await openPostOffice();
    hosted = await openHostedSignIn({ environment: post.environment });
    const { operator } = hosted;
    await post.addEmail(operator);
    await operator.call('PATCH', '/api/configs/inbox', { enabled: false });
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    const config = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };
    ({ id: google } = await operator.call<{ id: string }>('POST', '/api/connectors', {
      connectorId: 'google-universal',
      config,
    }));
    await operator.configure({
      color: { primaryColor: '#5d34f2', darkPrimaryColor: '#7958ff', isDarkModeEnabled: true },
      signIn: { methods: [method] },
      signUp: { identifiers: ['email'], password: true, verify: true },
      socialSignInConnectorTargets: ['google'],
      socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
    });
  });
  after(async () => {
    await hosted?.close();
    await post?.close();
  });
  afterEach(async () => {
    await visitor?.close();
    await hosted.operator.deleteUsers();
  });

  const addUser = ({ name, mail }: typeof mei) =>
    hosted.operator.call<{ id: string }>('POST', '/api/users', { name, primaryEmail: mail, password: goodPassword });
  const look = (page: Page, name: string) =>
    assertFits(page, async (colorScheme) => {
      if (pictures) await page.screenshot({ path: `${pictures}/accounts-${name}-${colorScheme}.png`, fullPage: true });
    });
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor();
  const consentAtGoogle = async (page: Page) => {
    await hosted.start(page);
    await press(page, 'Continue with Google');
    await page.getByRole('radio', { name: mei.name }).check();
    await press(page, 'Allow');
  };
  const comeByGoogle = async (page: Page) => {
    await consentAtGoogle(page);
    await heading(page, 'Is this your account?');
  };
  const signIn = async (page: Page, mail: string) => {
    await page.getByLabel('Email').fill(mail);
    await press(page, 'Continue');
    await page.getByLabel('Password', { exact: true }).fill(goodPassword);
    await press(page, 'Sign in');
  };
  const linkedTo = async (id: string) =>
    (await hosted.operator.users()).find((user) => user.id === id)?.identities.google?.userId;

  for (const [screen, options] of eachScreen)
    it(`are linked after the password, by keyboard on a ${screen}, and not when the user goes another way`, async () => {
      const { id } = await addUser(mei);
      visitor = await openBrowser(options);
      const { page } = visitor;
      const keyboard = keyboardOf(page);
      await comeByGoogle(page);
      await page.getByText('m****@people.example').waitFor();
      await keyboard.press(page.getByRole('link', { name: 'Use another sign-in method' }));
      await signIn(page, mei.mail);
      await hosted.arrives(page);
      assert.equal(await linkedTo(id), undefined, 'the identity was left behind');
      await hosted.signOut(page);

      await comeByGoogle(page);
      await keyboard.press(page.getByRole('button', { name: 'Sign in to this account' }));
      const password = page.getByLabel('Password', { exact: true });
      await page.getByText('Sign in to your account to connect Google.').waitFor();
      await look(page, `proof-${screen}`);
      await keyboard.type(password, 'not the password');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText(/wrong/).waitFor();
      assert.equal(await linkedTo(id), undefined);
      await keyboard.type(password, goodPassword);
      await page.keyboard.press('Enter');
      await hosted.arrives(page);
      assert.equal(await linkedTo(id), 'sandbox-mei');
      await post.arrived(mei.mail, /social/i);
    });

  for (const [screen, options] of eachScreen)
    it(`are linked after a code, where no new account can be created, on a ${screen} with scripts ${screen === 'phone' ? 'off' : 'on'}`, async () => {
      const { id } = await addUser(mei);
      await hosted.operator.configure({ signInMode: 'SignIn' });
      visitor = await openBrowser({ ...options, javaScriptEnabled: screen !== 'phone' });
      const { page } = visitor;
      await comeByGoogle(page);
      assert.equal(await page.getByRole('button', { name: 'Create a new account' }).count(), 0);
      await press(page, 'Sign in to this account');
      await press(page, 'Send me a code instead');
      await heading(page, 'Check your email');
      await page.getByLabel('Code').fill(await post.codeTo(mei.mail));
      await press(page, 'Continue');
      await hosted.arrives(page);
      assert.equal(await linkedTo(id), 'sandbox-mei');
      await hosted.operator.configure({ signInMode: 'SignInAndRegister' });
    });

  for (const [screen, options] of eachScreen)
    it(`stay apart for a user who wants a new account, on a ${screen}`, async () => {
      const { id } = await addUser(mei);
      visitor = await openBrowser(options);
      const { page } = visitor;
      await comeByGoogle(page);
      await look(page, `link-${screen}`);
      await press(page, 'Create a new account');
      await hosted.arrives(page);
      assert.equal(await linkedTo(id), undefined);
      assert.equal((await hosted.operator.users()).length, 2);
      assert.deepEqual(visitor.complaints, []);
    });

  for (const [screen, options] of eachScreen)
    it(`are linked at once, and lead to an app of another origin, by the email of a provider that answers for it, on a ${screen}`, async () => {
      const { id } = await addUser(mei);
      await hosted.operator.call('PATCH', `/api/connectors/${google}`, { emailDomains: ['people.example'] });
      const socialSignIn = { automaticAccountLinking: true, skipRequiredIdentifiers: true };
      await hosted.operator.configure({ socialSignIn });
      visitor = await openBrowser(options);
      const { page } = visitor;
      await consentAtGoogle(page);
      await hosted.arrives(page);
      assert.equal(await linkedTo(id), 'sandbox-mei');
      assert.equal((await hosted.operator.users()).length, 1);
      assert.deepEqual(visitor.complaints, []);
      await hosted.operator.configure({ socialSignIn: { ...socialSignIn, automaticAccountLinking: false } });
      await hosted.operator.call('PATCH', `/api/connectors/${google}`, { emailDomains: [] });
    });

  for (const [screen, options] of eachScreen)
    it(`let the user choose one when a link names another address, and when the app asks for it, on a ${screen}`, async () => {
      await Promise.all([addUser(mei), addUser(ana)]);
      visitor = await openBrowser(options);
      const { page } = visitor;
      const own = page.getByRole('button', { name: ana.name });
      const other = page.getByRole('link', { name: 'Use another account' });
      const { token } = await hosted.operator.call<{ token: string }>('POST', '/api/one-time-tokens', {
        email: mei.mail,
      });
      const openLink = () => hosted.start(page, { one_time_token: token, login_hint: mei.mail });
      await hosted.start(page);
      await signIn(page, ana.mail);
      await hosted.arrives(page);

      await openLink();
      await heading(page, 'Choose an account');
      await own.getByText(ana.mail).waitFor();
      await other.getByText(mei.mail).waitFor();
      await look(page, `switch-${screen}`);
      await own.click();
      await hosted.arrives(page);
      await openLink();
      await other.click();
      await press(page, `Sign in as ${mei.mail}`);
      await hosted.arrives(page);

      const keyboard = keyboardOf(page);
      const ask = () => hosted.start(page, { prompt: 'select_account' });
      const current = page.getByRole('button', { name: mei.name });
      await ask();
      await current.getByText(mei.mail).waitFor();
      await look(page, `choose-${screen}`);
      await keyboard.press(current);
      await hosted.arrives(page);
      await ask();
      await keyboard.press(other);
      await signIn(page, ana.mail);
      await hosted.arrives(page);
      await ask();
      await own.waitFor();
      assert.deepEqual(visitor.complaints, []);
    });
});
