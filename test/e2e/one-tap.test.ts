import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { eachScreen, openBrowser, type Visitor } from '../support/browser.ts';
import { googleCredential } from '../support/google.ts';
import { assertFits, type HostedSignIn, openHostedSignIn } from '../support/hosted-sign-in.ts';
import { goodPassword, signIn } from '../support/pages.ts';

const client = { clientId: 'the-client', clientSecret: 'a client secret of the tests' };

/**
 * Plays Google's script, which this machine cannot load: reads the attributes that the page has for it, shows a button
 * instead of Google's frame, and posts what the user chose, with a token that is in a cookie too.
 */
const googleScript = `(() => {
  const { client_id, login_uri, nonce } = document.getElementById('g_id_onload').dataset;
  const button = document.createElement('button');
  button.textContent = 'Continue as Mei';
  button.onclick = async () => {
    const query = new URLSearchParams({ client_id, nonce });
    const credential = await (await fetch('https://accounts.google.com/gsi/issue?' + query)).text();
    document.cookie = 'g_csrf_token=of-the-script; path=/';
    const form = Object.assign(document.createElement('form'), { method: 'post', action: login_uri });
    for (const [name, value] of Object.entries({ credential, g_csrf_token: 'of-the-script' }))
      form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    document.body.append(form);
    form.submit();
  };
  document.querySelector('main').append(button);
})();`;

describe('Google One Tap in a browser', () => {
  let hosted: HostedSignIn;
  let visitor: Visitor;
  before(async () => {
    hosted = await openHostedSignIn();
    const { operator } = hosted;
    await operator.call('PATCH', '/api/configs/sandbox', { enabled: true });
    const config = { ...client, oneTap: { isEnabled: true } };
    await operator.call('POST', '/api/connectors', { connectorId: 'google-universal', config });
    await operator.configure({
      socialSignInConnectorTargets: ['google'],
      socialSignIn: { automaticAccountLinking: false, skipRequiredIdentifiers: true },
    });
  });
  after(() => hosted?.close());
  afterEach(() => visitor?.close());

  for (const [screen, options] of eachScreen)
    it(`signs a user in with what the script of Google posts, under the page’s strict policy, on a ${screen}`, async () => {
      visitor = await openBrowser(options);
      const { page } = visitor;
      await page.route('https://accounts.google.com/gsi/**', async (route) => {
        const { pathname, searchParams } = new URL(route.request().url());
        if (pathname === '/gsi/client') return route.fulfill({ contentType: 'text/javascript', body: googleScript });
        assert.equal(searchParams.get('client_id'), client.clientId);
        const body = await googleCredential(hosted.server, { client, nonce: searchParams.get('nonce') ?? undefined });
        return route.fulfill({ body, headers: { 'access-control-allow-origin': '*' } });
      });
      await hosted.start(page);
      const button = page.getByRole('button', { name: 'Continue as Mei' });
      await button.waitFor();
      await assertFits(page);
      await button.click();
      await hosted.arrives(page);
      const users = await hosted.operator.users();
      assert.deepEqual(
        users.map(({ identities }) => identities.google?.userId),
        ['sandbox-mei'],
      );
      assert.deepEqual(visitor.complaints, []);
    });

  it('leaves the page as it is where the script cannot be loaded', async () => {
    const ana = { username: 'ana_one_tap', password: goodPassword };
    await hosted.operator.addUser(ana);
    visitor = await openBrowser();
    const { page } = visitor;
    await page.route('https://accounts.google.com/**', (route) => route.abort());
    await hosted.start(page);
    await page.getByRole('button', { name: 'Continue with Google' }).waitFor();
    await signIn(page, ana);
    await hosted.arrives(page);
  });
});
