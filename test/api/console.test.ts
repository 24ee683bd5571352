import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { managementScopes } from '@aldaba/contract';
import { authorization } from '../support/authorization.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Answer {
  status: number;
  policy: string;
  location: string | undefined;
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
          location: response.headers.location,
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
      const { permissions, ...settings } = settingsOf(page);
      assert.deepEqual(settings, {
        endpoint: server.url,
        adminUrl: `${server.url}/t/admin`,
        clientId: 'admin-console',
      });
      assert.deepEqual(permissions, ['all', ...managementScopes.map(({ name }) => name)]);
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

  /** Opens a path of the server by one of its names. */
  const openAs = (host: string, path: string) => {
    const { port } = server.app.http.server.address() as { port: number };
    return open(`http://127.0.0.1:${port}${path}`, host);
  };

  it('is served on the admin origin and may call both', async () => {
    const page = await openAs('admin.example.com', '/manage/console/t/default/users');
    assert.equal(page.status, 200);
    assert.equal(baseOf(page), '/manage/console/');
    assert.match(page.policy, /connect-src 'self' https:\/\/id\.example\.com https:\/\/admin\.example\.com;/);
    const { permissions: _, ...settings } = settingsOf(page);
    assert.deepEqual(settings, {
      endpoint: 'https://id.example.com',
      adminUrl: 'https://admin.example.com/manage',
      clientId: 'admin-console',
    });
  });

  // security: admin-address
  it('signs in on the admin origin alone, because tenants run scripts of their own on the other', async () => {
    for (const path of ['/console', '/console/t/default/users?q=a', '/console/silent-callback.html']) {
      const { status, location } = await openAs('id.example.com', path);
      assert.deepEqual([status, location], [302, `https://admin.example.com/manage${path}`]);
    }
    const begin = async (redirectUri: string) => {
      const extra = { prompt: 'none' };
      const endpoint = 'https://admin.example.com/manage';
      const { url } = authorization({ endpoint, clientId: 'admin-console', redirectUri, extra });
      return openAs('admin.example.com', url.slice('https://admin.example.com'.length));
    };
    for (const page of ['callback', 'silent-callback.html']) {
      const refused = await begin(`https://id.example.com/console/${page}`);
      assert.deepEqual([refused.status, refused.location], [400, undefined]);
      const known = await begin(`https://admin.example.com/manage/console/${page}`);
      assert.match(known.location ?? '', /\?error=login_required/);
    }
  });
});
