import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const adminOrigin = 'https://admin.example.com';

describe('Cross-origin requests', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer({ environment: { ADMIN_ENDPOINT: `${adminOrigin}/console-of-aldaba` } });
    api = await manage(server);
  });
  after(() => server.close());

  const call = async (origin: string, path = '/api/users', method = 'GET') => {
    const { status, headers } = await api.send(method, path, {
      headers: {
        origin,
        ...(method === 'OPTIONS'
          ? { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization,content-type' }
          : {}),
      },
    });
    assert.equal(headers.get('access-control-allow-credentials'), null);
    assert.match(headers.get('vary') ?? '', /Origin/);
    return { status, headers, allowed: headers.get('access-control-allow-origin') };
  };
  const own = () => [new URL(server.url).origin, adminOrigin];
  const others = () => [
    'null',
    'https://admin.example.com:8443',
    'http://admin.example.com',
    'https://admin.example.com.evil.test',
    'https://evil-admin.example.com',
    'https://ADMIN.example.com',
    new URL(server.url).origin.replace('localhost', '127.0.0.1'),
  ];

  // security: cross-origin-calls
  it('lets pages read the Management API if their origin is exactly one of the server’s own', async () => {
    for (const origin of own()) {
      const { status, allowed, headers } = await call(origin);
      assert.deepEqual([status, allowed], [200, origin]);
      assert.equal(headers.get('access-control-expose-headers'), '*');
    }
    for (const origin of others()) assert.equal((await call(origin)).allowed, null, origin);
  });

  it('answers a preflight request with what the Console sends, and only to the Console’s origins', async () => {
    for (const origin of own()) {
      assert.equal((await call(origin, '/me', 'OPTIONS')).allowed, origin);
      const { status, allowed, headers } = await call(origin, '/api/users/some-id', 'OPTIONS');
      assert.deepEqual([status, allowed], [204, origin]);
      assert.match(headers.get('access-control-allow-methods') ?? '', /PATCH/);
      assert.equal(headers.get('access-control-allow-headers'), 'authorization,content-type');
    }
    for (const origin of others()) {
      const { allowed, headers } = await call(origin, '/api/users/some-id', 'OPTIONS');
      assert.deepEqual([allowed, headers.get('access-control-allow-methods')], [null, null], origin);
    }
  });

  it('lets the Console read error responses', async () => {
    const { status, allowed } = await call(adminOrigin, '/api/users/nobody');
    assert.deepEqual([status, allowed], [404, adminOrigin]);
  });

  it('lets pages of any origin call the Account API, without the browser’s cookies', async () => {
    for (const path of ['/api/my-account', '/api/verifications/password']) {
      const { status, allowed } = await call('https://anybody.test', path, 'OPTIONS');
      assert.deepEqual([status, allowed], [204, 'https://anybody.test']);
    }
    for (const path of ['/api/my-accounts', '/api/users?/api/my-account', '/api/experience', '/me'])
      assert.equal((await call('https://anybody.test', path, 'OPTIONS')).allowed, null, path);
  });
});
