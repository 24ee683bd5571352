import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { authorization } from '../support/authorization.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('New server', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server?.close());
  const open = (path: string, accept = 'text/html') => fetch(`${server.url}${path}`, { headers: { accept } });
  const attributes = (html: string, name: string) =>
    [...html.matchAll(new RegExp(`${name}="([^"]*)"`, 'g'))].map(([, value]) => value ?? '');

  it('leads a browser from its root to the Console, and returns 404 to programs', async () => {
    const page = await open('/');
    assert.equal(page.status, 200);
    assert.equal(page.url, `${server.url}/console`);
    const html = await page.text();
    for (const [, file] of html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g))
      assert.equal((await open(`/console/${file}`)).status, 200, file);
    const answer = await open('/', 'application/json');
    assert.equal(answer.status, 404);
    assert.equal(((await answer.json()) as { code: string }).code, 'request.not_found');
  });

  it('shows a welcome page with working links at the root of another tenant', async () => {
    await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const page = await open('/t/acme/');
    assert.equal(page.status, 200);
    const html = await page.text();
    const links = attributes(html, '<a class="way" href');
    for (const way of ['/demo-app', '/api/status/ready', '/oidc/.well-known/openid-configuration'])
      assert.ok(
        links.some((link) => link.endsWith(way)),
        way,
      );
    for (const link of links) assert.equal((await open(link)).status, 200, link);
  });

  it('names the server’s address, not the product, when a user signs out', async () => {
    const html = await (await open('/oidc/session/end')).text();
    assert.match(html, new RegExp(`Sign out of ${new URL(server.url).host}\\?`));
    assert.doesNotMatch(html, /Sign out of Aldaba/);
  });

  it('follows the dark scheme of the system on its pages from the start', async () => {
    assert.match(await (await open('/unknown-session')).text(), /<meta name="color-scheme" content="light dark"/);
  });
});

describe('Page for an unregistered redirect URI', () => {
  const received = 'https://elsewhere.example/callback';
  const page = async (server: TestServer) =>
    (await fetch(authorization({ endpoint: server.url, clientId: 'demo-app', redirectUri: received }).url)).text();

  it('shows the received redirect URI on a developer’s machine', async () => {
    const server = await startServer();
    try {
      assert.match(await page(server), /elsewhere\.example/);
    } finally {
      await server.close();
    }
  });

  it('hides the received redirect URI on a server that others reach', async () => {
    const server = await startServer({ environment: { ENDPOINT: 'https://id.example.com' } });
    try {
      const html = await page(server);
      assert.match(html, /redirect_uri did not match/);
      assert.doesNotMatch(html, /elsewhere\.example/);
    } finally {
      await server.close();
    }
  });
});
