import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { findPersona, oidcIssuer } from '../../connectors/sandbox/index.ts';
import { barriers } from '../support/accessibility.ts';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { type Operator, operate } from '../support/operator.ts';
import { startServer, type TestServer } from '../support/server.ts';

const client = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };

describe('Sign-in through a provider in a browser', () => {
  let server: TestServer;
  let operator: Operator;
  let visitor: Visitor;
  const mei = findPersona('mei');
  assert.ok(mei);

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    const posted = { ...client, issuer: oidcIssuer, authRequestOptionalConfig: { responseMode: 'form_post' } };
    for (const connector of [
      { connectorId: 'google-universal', config: client },
      { connectorId: 'github-universal', config: client },
      { connectorId: 'oidc', config: posted, metadata: { target: 'acme', name: { en: 'Acme ID' } } },
    ])
      await operator.call('POST', '/api/connectors', connector);
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    await operator.call('PATCH', '/api/sign-in-exp', {
      socialSignInConnectorTargets: ['google', 'github', 'acme'],
      signUp: { identifiers: [], password: false, verify: false },
    });
  });
  after(() => server?.close());
  afterEach(async () => {
    await visitor.close();
    await operator.deleteUsers();
  });

  const openSignIn = async (name: string) => {
    await visitor.page.goto(`${server.url}/demo-app`);
    await visitor.page.getByRole('button', { name: 'Sign in' }).click();
    await visitor.page.getByRole('button', { name: `Continue with ${name}` }).click();
  };

  // Acme ID answers with a form that the browser posts, as Apple does.
  for (const [name, provider, [screen, options]] of [
    ['Google', 'Google', eachScreen[0]],
    ['GitHub', 'GitHub', eachScreen[1]],
    ['Acme ID', 'OpenID Connect', eachScreen[0]],
    ['Acme ID', 'OpenID Connect', eachScreen[1]],
  ] as const) {
    it(`signs a user in through ${name} under the page’s strict policy, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      await openSignIn(name);
      await page.getByRole('heading', { name: `Sign in with ${provider}` }).waitFor();
      assert.deepEqual(await barriers(page), []);
      await page.getByRole('radio', { name: mei.nickname }).check();
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('table').waitFor();
      assert.equal((await operator.users())[0]?.name, mei.nickname);
      assert.deepEqual(visitor.complaints, []);
    });
  }

  for (const [screen, options] of eachScreen)
    it(`shows a user’s denial on the sign-in page, by keyboard on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      await openSignIn('GitHub');
      const refuse = page.getByRole('button', { name: 'Refuse' });
      await refuse.waitFor();
      assert.deepEqual(await barriers(page), []);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true);
      await refuse.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('The sign-in with GitHub was declined').waitFor();
      assert.deepEqual(await operator.users(), []);
    });
});
