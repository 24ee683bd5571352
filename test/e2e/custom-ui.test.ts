import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { authorization } from '../support/authorization.ts';
import { openBrowser, type Visitor } from '../support/browser.ts';
import { arrivalAt, type Landing, startLanding } from '../support/landing.ts';
import { type Manager, manage } from '../support/management.ts';
import { type Operator, operate } from '../support/operator.ts';
import { goodPassword } from '../support/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { uploadFile } from '../support/upload.ts';
import { zip } from '../support/zip.ts';

/** A small app as an operator could write it: one page, one script, one style sheet, the Experience API. */
const indexHtml = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Acme sign-in</title>
<link rel="stylesheet" href="/assets/style.css"><script type="module" src="/assets/app-4f9a1c2e.js"></script>
<script>document.title = 'an inline script ran'</script></head>
<body><form><label>Name <input name="name"></label><label>Password <input name="password" type="password"></label>
<button>Come in</button><p role="alert"></p></form></body></html>`;
const appScript = `
const call = async (method, path, body) => {
  const answer = await fetch('/api/experience' + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const value = text === '' ? {} : JSON.parse(text);
  if (!answer.ok) throw new Error(value.code);
  return value;
};
document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const { name, password } = Object.fromEntries(new FormData(event.target));
  const way = location.pathname === '/register' ? 'Register' : 'SignIn';
  try {
    await call('PUT', '', { interactionEvent: way });
    const path = way === 'Register' ? '/verification/new-password-identity' : '/verification/password';
    const proof = await call('POST', path, { identifier: { type: 'username', value: name }, password });
    await call('POST', '/identification', { verificationId: proof.verificationId });
    location.assign((await call('POST', '/submit')).redirectTo);
  } catch (error) {
    document.querySelector('[role=alert]').textContent = error.message;
  }
});
`;
const archive = zip([
  { name: 'index.html', content: indexHtml },
  { name: 'assets/app-4f9a1c2e.js', content: appScript },
  { name: 'assets/style.css', content: 'button { color: rgb(1, 2, 3) }' },
]);

describe('Custom sign-in page in a browser', () => {
  let server: TestServer;
  let operator: Operator;
  let api: Manager;
  let app: Landing;
  let clientId: string;
  let visitor: Visitor;
  const ana = { username: 'ana_custom', password: goodPassword };

  before(async () => {
    server = await startServer();
    operator = await operate(server);
    api = await manage(server);
    await operator.addUser(ana);
    app = await startLanding();
    ({ id: clientId } = await operator.addApplication({ type: 'SPA', redirectUri: `${app.url}/callback` }));
    const { body } = await uploadFile(api, '/api/sign-in-exp/default/custom-ui-assets', { bytes: archive });
    await api.patch('/api/sign-in-exp', { customUiAssets: { id: body.customUiAssetId, createdAt: Date.now() } });
  });
  after(async () => {
    app?.close();
    await server?.close();
  });
  afterEach(() => visitor?.close());

  const start = (extra: Record<string, string> = {}) =>
    authorization({ endpoint: server.url, clientId, redirectUri: `${app.url}/callback`, extra });
  const fill = async (name: string, password: string) => {
    const { page } = visitor;
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Come in' }).click();
  };

  // security: custom-pages
  it('signs a user in through the Experience API, and runs no script that the policy does not allow', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const request = start();
    await page.goto(request.url);
    assert.equal(await page.title(), 'Acme sign-in');
    const color = await page.getByRole('button').evaluate((button) => getComputedStyle(button).color);
    assert.equal(color, 'rgb(1, 2, 3)');
    const refused = visitor.complaints.filter((complaint) => complaint.includes('Content Security Policy'));
    assert.equal(refused.length, 1, visitor.complaints.join('\n'));

    await fill(ana.username, 'not the password');
    await page.getByText('session.invalid_credentials').waitFor();
    await fill(ana.username, ana.password);
    const { searchParams } = await arrivalAt(page, request.redirectUri);
    assert.ok(searchParams.get('code'));
    assert.equal(searchParams.get('state'), request.state);
  });

  it('registers a user whom the app sends to registration', async () => {
    visitor = await openBrowser();
    const { page } = visitor;
    const request = start({ first_screen: 'register' });
    await page.goto(request.url);
    await fill('bea_custom', goodPassword);
    const { searchParams } = await arrivalAt(page, request.redirectUri);
    assert.ok(searchParams.get('code'));
    assert.ok((await operator.users()).some(({ username }) => username === 'bea_custom'));
  });
});
