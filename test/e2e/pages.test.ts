import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Authorization, authorization } from '../support/authorization.ts';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { arrivalAt, type Landing, startLanding } from '../support/landing.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword, register, signIn } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Hosted pages', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: Visitor;
  let app: Landing;
  let clientId: string;
  const ana = { username: 'ana_pages', password: goodPassword };

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    await operator.addUser(ana);
    app = await startLanding();
    ({ id: clientId } = await operator.addApplication({ type: 'SPA', redirectUri: `${app.url}/callback` }));
  });
  after(async () => {
    app?.close();
    await server?.close();
  });
  afterEach(() => visitor?.close());

  const start = (extra: Record<string, string> = {}) =>
    authorization({ endpoint: server.url, clientId, redirectUri: `${app.url}/callback`, extra });
  /** The browser is back at the app, with a code for the request. */
  const arrives = async ({ redirectUri, state }: Authorization) => {
    const { searchParams } = await arrivalAt(visitor.page, redirectUri);
    assert.ok(searchParams.get('code'));
    assert.equal(searchParams.get('state'), state);
  };

  for (const [screen, options] of eachScreen)
    describe(`Hosted pages without scripts, on a ${screen}`, () => {
      beforeEach(async () => {
        visitor = await openBrowser({ ...options, javaScriptEnabled: false });
      });

      it('registers a user and signs the user out again', async () => {
        const { page } = visitor;
        const request = start({ first_screen: 'register' });
        await page.goto(request.url);
        await register(page, { username: `noscript_${screen}`, password: goodPassword });
        await arrives(request);
        assert.ok((await operator.users()).some(({ username }) => username === `noscript_${screen}`));

        await page.goto(`${server.url}/oidc/session/end`);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
        await page.goto(start().url);
        await page.getByLabel('Username').waitFor();
      });

      it('signs in after a wrong password, whose error equals that of a wrong name and which is not kept in the page', async () => {
        const { page } = visitor;
        const request = start();
        await page.goto(request.url);
        const said: (string | null)[] = [];
        for (const wrong of [
          { ...ana, password: 'not the password' },
          { username: 'nobody_at_all', password: goodPassword },
        ]) {
          await signIn(page, wrong);
          said.push(await page.getByRole('alert').textContent());
          assert.equal(await page.getByLabel('Username').inputValue(), wrong.username);
          assert.equal(await page.getByLabel('Password', { exact: true }).inputValue(), '');
        }
        assert.match(said[0] ?? '', /wrong/);
        assert.equal(said[0], said[1]);
        await signIn(page, ana);
        await arrives(request);
      });

      it('shows errors of a new account next to the fields', async () => {
        const { page } = visitor;
        await page.goto(start({ first_screen: 'register' }).url);
        await register(page, { username: ana.username, password: goodPassword });
        await page.getByText(/taken/).waitFor();
        await register(page, { username: 'somebody_new', password: 'short' });
        await page.getByText(/too short/).waitFor();
        await register(page, { username: 'somebody_new', password: 'password123' });
        await page.getByText('This password is common').waitFor();
        assert.equal(await page.getByLabel('Choose a password').inputValue(), '');
        assert.ok(!(await operator.users()).some(({ username }) => username === 'somebody_new'));
      });
    });

  it('completes registration with the keyboard alone', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const { keyboard } = page;
    const request = start();
    await page.goto(request.url);
    await page.locator('#username:focus').waitFor();
    await keyboard.type(ana.username);
    await keyboard.press('Tab');
    await keyboard.type('not the password');
    await keyboard.press('Enter');
    await page.getByRole('alert').getByText(/wrong/).waitFor();
    await page.locator('#password:focus').waitFor();
    await keyboard.type(ana.password);
    await keyboard.press('Tab');
    await page.locator('[aria-controls=password]:focus').waitFor();
    await keyboard.press('Space');
    assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('type'), 'text');
    // Over the link of a forgotten password.
    await keyboard.press('Tab');
    await page.locator('.forgot:focus').waitFor();
    await keyboard.press('Tab');
    await page.locator('[type=submit]:focus').waitFor();
    await keyboard.press('Enter');
    await arrives(request);
  });

  describe('Language of the hosted pages', () => {
    const titles = { en: 'Sign in', es: 'Iniciar sesión', 'zh-CN': '登录' };
    const cases: { what: string; locale: string; uiLocales?: string; expected: keyof typeof titles }[] = [
      { what: 'that the app asks for', locale: 'en-US', uiLocales: 'zh-CN', expected: 'zh-CN' },
      {
        what: 'that the app asks for, first known one first',
        locale: 'en-US',
        uiLocales: 'tlh es-MX en',
        expected: 'es',
      },
      { what: 'of the browser', locale: 'es-AR', expected: 'es' },
      { what: 'of the browser, Chinese of Singapore included', locale: 'zh-SG', expected: 'zh-CN' },
      { what: 'that the tenant falls back to', locale: 'sw-KE', expected: 'en' },
    ];
    for (const { what, locale, uiLocales, expected } of cases) {
      it(what, async () => {
        visitor = await openBrowser({ locale });
        const { page } = visitor;
        await page.goto(start(uiLocales ? { ui_locales: uiLocales } : {}).url);
        await page.getByRole('button', { name: titles[expected], exact: true }).waitFor();
        assert.equal(await page.locator('html').getAttribute('lang'), expected);
      });
    }

    it('shows error messages in the language of the page', async () => {
      visitor = await openBrowser({ locale: 'es-ES' });
      const { page } = visitor;
      await page.goto(start().url);
      await page.getByLabel('Nombre de usuario').fill(ana.username);
      await page.getByLabel('Contraseña', { exact: true }).fill('esta no es');
      await page.getByRole('button', { name: 'Iniciar sesión', exact: true }).click();
      await page
        .getByRole('alert')
        .getByText(/contraseña/)
        .waitFor();
    });
  });

  it('asks a user with an unknown sign-in to start again, also when a form is sent', async () => {
    visitor = await openBrowser();
    const { page, context } = visitor;
    await page.goto(`${server.url}/sign-in`);
    await page.getByRole('heading', { name: 'This page has expired' }).waitFor();
    await page.goto(start().url);
    await page.getByLabel('Username').waitFor();
    await context.clearCookies();
    await signIn(page, ana);
    await page.getByRole('heading', { name: 'This page has expired' }).waitFor();
  });

  it('shows an error page, and never redirects, for an unregistered redirect URI', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const stranger = authorization({ endpoint: server.url, clientId, redirectUri: `${app.url}.example.com/callback` });
    const response = await page.goto(stranger.url);
    assert.equal(response?.status(), 400);
    await page.getByRole('heading', { name: 'Something went wrong' }).waitFor();
    assert.ok(page.url().startsWith(server.url));
    await page.getByText('oidc.invalid_redirect_uri').waitFor();
  });

  it('continues where the user was after the Back button', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const request = start();
    await page.goto(request.url);
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    await page.goBack();
    await signIn(page, ana);
    await arrives(request);
  });

  it('asks again with prompt=login, and starts a new session each time', async () => {
    visitor = await openBrowser();
    const { page, context } = visitor;
    const sessions = new Set<string | undefined>();
    for (const [round, extra] of [{}, { prompt: 'login' }, { prompt: 'login consent' }].entries()) {
      const request = start(extra);
      await page.goto(request.url);
      await signIn(page, ana);
      await arrives(request);
      sessions.add((await context.cookies()).find(({ name }) => name === '_session')?.value);
      assert.equal(sessions.size, round + 1);
    }
  });
});

describe('Demo app', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());

  for (const [screen, options] of eachScreen)
    it(`registers, shows claims, asks for the profile, refreshes, signs out and signs in, on a ${screen}`, async () => {
      const visitor = await openBrowser(options);
      const { page } = visitor;
      const person = { username: `ana_demo_${screen}`, password: goodPassword };
      await page.goto(`${server.url}/demo-app`);
      await page.getByRole('button', { name: 'Create an account' }).click();
      await register(page, person);
      await page.getByRole('rowheader', { name: 'username', exact: true }).waitFor();
      assert.equal(new URL(page.url()).search, '', 'the code is out of the address');
      await page.getByRole('button', { name: 'Get my profile' }).click();
      await page.getByRole('table').nth(1).waitFor();
      await page.getByRole('button', { name: 'Refresh the tokens' }).click();
      await page.getByRole('listitem').nth(4).waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('button', { name: 'Sign in' }).click();
      await signIn(page, person);
      await page.getByRole('rowheader', { name: 'username', exact: true }).waitFor();
      assert.deepEqual(visitor.complaints, []);
      await visitor.close();
    });
});
