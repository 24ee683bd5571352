import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { baseUrlOf, locate } from './address.ts';

const root = { endpoint: 'http://localhost:3001' };
const subPath = { endpoint: 'https://example.com/auth' };
const split = { endpoint: 'https://id.example.com', adminEndpoint: 'https://admin.example.com' };

describe('finding the tenant of a request', () => {
  const table: [string, Parameters<typeof locate>, ReturnType<typeof locate>][] = [
    [
      'the default tenant at the root',
      [root, 'localhost:3001', '/oidc/auth?a=1'],
      { tenantId: 'default', path: '/oidc/auth?a=1' },
    ],
    ['a tenant by its path', [root, 'localhost:3001', '/t/acme/sign-in'], { tenantId: 'acme', path: '/sign-in' }],
    ['a tenant path without more', [root, 'localhost:3001', '/t/acme'], { tenantId: 'acme', path: '/' }],
    ['a tenant path with a query only', [root, 'localhost:3001', '/t/acme?x=1'], { tenantId: 'acme', path: '/?x=1' }],
    [
      'a doubled slash of a client configured with a trailing one',
      [root, 'x', '//oidc/token'],
      { tenantId: 'default', path: '/oidc/token' },
    ],
    ['a doubled slash below a tenant', [root, 'x', '/t/acme//oidc/token'], { tenantId: 'acme', path: '/oidc/token' }],
    [
      'the path of the endpoint',
      [subPath, 'example.com', '/auth/oidc/token'],
      { tenantId: 'default', path: '/oidc/token' },
    ],
    ['the endpoint itself', [subPath, 'example.com', '/auth'], { tenantId: 'default', path: '/' }],
    [
      'a path that only begins like the endpoint',
      [subPath, 'example.com', '/authors'],
      { tenantId: 'default', path: '/authors' },
    ],
    [
      'a path that a proxy has shortened',
      [subPath, 'inner', '/oidc/token'],
      { tenantId: 'default', path: '/oidc/token' },
    ],
    [
      'a tenant below the path of the endpoint',
      [subPath, 'example.com', '/auth/t/acme/x'],
      { tenantId: 'acme', path: '/x' },
    ],
    ['the admin origin', [split, 'admin.example.com', '/oidc/token'], { tenantId: 'admin', path: '/oidc/token' }],
    ['another path that begins with t', [root, 'x', '/terms'], { tenantId: 'default', path: '/terms' }],
    ['a tenant name that cannot exist', [root, 'x', '/t/ACME/x'], { tenantId: 'default', path: '/t/ACME/x' }],
  ];
  for (const [name, input, expected] of table) {
    it(name, () => assert.deepEqual(locate(...input), expected));
  }

  it('leads back: the base URL of every tenant locates that tenant', () => {
    for (const addresses of [root, subPath, split]) {
      for (const tenantId of ['default', 'admin', 'acme']) {
        const url = new URL(`${baseUrlOf(addresses, tenantId)}/oidc/jwks`);
        assert.deepEqual(locate(addresses, url.host, url.pathname), { tenantId, path: '/oidc/jwks' });
      }
    }
  });
});
