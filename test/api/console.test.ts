import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { authorization } from '../support/authorization.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Answer {
  status: number;
  policy: string;
  html: string;
}

/** Opens an address as a browser does; `host` is what a proxy passes on. */
const open = (url: string, host?: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const headers = { accept: 'text/html', ...(host ? { host } : {}) };
    httpRequest(url, { headers }, (response) => {
      let html = '';
      response.setEncoding('utf8').on('data', (part) => {
        html += part;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          policy: String(response.headers['content-security-policy']),
          html,
        }),
      );
    })
      .on('error', reject)
      .end();
  });

/** What the server wrote into the page for the Console's script. */
const settingsOf = ({ html }: Answer) =>
  JSON.parse((/name="aldaba-console" content="([^"]*)"/.exec(html)?.[1] ?? '').replaceAll('&quot;', '"'));
const baseOf = ({ html }: Answer) => /<base href="([^"]*)"/.exec(html)?.[1];

describe('The page of the Console', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ subPath: '/auth' });
    await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
  });
  after(() => server?.close());

  it('is the same at every address below /console, also under a sub-path', async () => {
    for (const path of ['/console', '/console/t/default/applications', '/console/callback?code=x']) {
      const page = await open(`${server.url}${path}`);
      assert.equal(page.status, 200, path);
      assert.equal(baseOf(page), '/auth/console/');
      assert.deepEqual(settingsOf(page), {
        endpoint: server.url,
        adminUrl: `${server.url}/t/admin`,
        clientId: 'admin-console',
      });
    }
  });

  it('runs no inline script and sends nothing to other origins', async () => {
    const { policy, html } = await open(`${server.url}/console`);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, new RegExp(`connect-src 'self' ${new URL(server.url).origin};`));
    for (const [, content] of html.matchAll(/<script[^>]*>([^<]*)<\/script>/g)) assert.equal(content, '');
  });

  it('has no address below the path of another tenant', async () => {
    for (const tenant of ['acme', 'admin'])
      assert.equal((await open(`${server.url}/t/${tenant}/console`)).status, 404, tenant);
  });

  it('belongs to an application that the admin tenant alone has', async () => {
    const redirectUri = `${server.url}/console/callback`;
    const begin = (endpoint: string) => {
      const { url } = authorization({ endpoint, clientId: 'admin-console', redirectUri, extra: { prompt: 'none' } });
      return fetch(url, { redirect: 'manual' });
    };
    const answer = await begin(`${server.url}/t/admin`);
    assert.match(answer.headers.get('location') ?? '', /\/auth\/console\/callback\?error=login_required/);
    for (const other of [server.url, `${server.url}/t/acme`]) {
      const { status, headers } = await begin(other);
      assert.deepEqual([status, headers.get('location')], [400, null], other);
    }
  });
});

describe('The page of the Console with an admin origin of its own', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({
      environment: { ENDPOINT: 'https://id.example.com', ADMIN_ENDPOINT: 'https://admin.example.com/manage' },
    });
  });
  after(() => server?.close());

  it('is served on both origins and may call both', async () => {
    const node = new URL(server.url);
    const port = (server.app.http.server.address() as { port: number }).port;
    for (const [host, base] of [
      ['id.example.com', '/console/'],
      ['admin.example.com', '/manage/console/'],
    ] as const) {
      const page = await open(`http://127.0.0.1:${port}${base}t/default/users`, host);
      assert.equal(page.status, 200, `${host} ${node.host}`);
      assert.equal(baseOf(page), base);
      assert.match(page.policy, /connect-src 'self' https:\/\/id\.example\.com https:\/\/admin\.example\.com;/);
      assert.deepEqual(settingsOf(page), {
        endpoint: 'https://id.example.com',
        adminUrl: 'https://admin.example.com/manage',
        clientId: 'admin-console',
      });
    }
  });
});
