import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Addresses, baseUrlOf, createLocator, type RequestAddress } from './address.ts';
import { resemblesOwnIndicator } from './management-indicator.ts';

const root = { endpoint: 'http://localhost:3001' };
const subPath = { endpoint: 'https://example.com/auth' };
const split = { endpoint: 'https://id.example.com', adminEndpoint: 'https://admin.example.com' };

const locate = (addresses: Addresses, host: string, url: string, forwarded: Partial<RequestAddress> = {}) =>
  createLocator(addresses)({ host, url, ...forwarded });

// security: own-tokens
describe('Indicators that could be mistaken for a Management API', () => {
  for (const indicator of [
    'https://default.logto.app/api',
    'https://default.logto.app/api/',
    'https://default.logto.app//api',
    'https://DEFAULT.logto.app/api',
    'https://default.LOGTO.app/API',
    'https://default.logto.app:443/api',
    'https://default.logto.app:8443/api',
    'http://default.logto.app/api',
    'https://default.logto.app./api',
    'https://default.logto.app/api?',
    'https://default.logto.app/api?x=1',
    'https://default.logto.app/x/../api',
    'https://default.logto.app/%61pi',
    'https://user@another-tenant.logto.app/api',
    'https://admin.logto.app/me',
    'https://Admin.logto.app:443//me/',
  ])
    it(`reserves the indicator ${indicator}`, () => assert.equal(resemblesOwnIndicator(indicator), true));
  for (const indicator of [
    'https://default.logto.app/orders',
    'https://api.example.com/api',
    'https://default.logto.app.example.com/api',
    'urn:example:api',
    'not a URL',
  ])
    it(`does not reserve the indicator ${indicator}`, () => assert.equal(resemblesOwnIndicator(indicator), false));
});

describe('Finding the tenant of a request', () => {
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
    ...(
      [
        [root, 'x', '/.well-known/oauth-authorization-server/oidc', 'default'],
        [root, 'x', '/.well-known/oauth-authorization-server/oidc/?a=1', 'default'],
        [root, 'x', '//.well-known/oauth-authorization-server/oidc', 'default'],
        [root, 'x', '/.well-known/oauth-authorization-server/t/acme/oidc', 'acme'],
        [subPath, 'example.com', '/.well-known/oauth-authorization-server/auth/oidc', 'default'],
        [subPath, 'example.com', '/.well-known/oauth-authorization-server/auth/t/acme/oidc', 'acme'],
        [split, 'admin.example.com', '/.well-known/oauth-authorization-server/oidc', 'admin'],
        [root, 'x', '/oidc//.well-known/oauth-authorization-server', 'default'],
        [root, 'x', '//oidc//.well-known/oauth-authorization-server', 'default'],
        [root, 'x', '/t/acme/oidc//.well-known/oauth-authorization-server', 'acme'],
        [subPath, 'example.com', '/auth//oidc//.well-known/oauth-authorization-server', 'default'],
      ] as const
    ).map(([addresses, host, url, tenantId]): (typeof table)[number] => [
      `${host}${url}`,
      [addresses, host, url],
      { tenantId, path: `/oidc/.well-known/oauth-authorization-server${/\?.*/.exec(url)?.[0] ?? ''}` },
    ]),
    ['another path that begins with t', [root, 'x', '/terms'], { tenantId: 'default', path: '/terms' }],
    ['a tenant name that cannot exist', [root, 'x', '/t/ACME/x'], { tenantId: 'default', path: '/t/ACME/x' }],
  ];
  for (const [name, input, expected] of table) {
    it(name, () => assert.deepEqual(locate(...input), expected));
  }

  it('locates every tenant by its own base URL', () => {
    for (const addresses of [root, subPath, split]) {
      for (const tenantId of ['default', 'admin', 'acme']) {
        const url = new URL(`${baseUrlOf(addresses, tenantId)}/oidc/jwks`);
        assert.deepEqual(locate(addresses, url.host, url.pathname), { tenantId, path: '/oidc/jwks' });
      }
    }
  });

  // security: admin-address
  it('serves the admin tenant on its own origin only, whatever the spelling of host and path', () => {
    const endpoints: Addresses[] = [
      { endpoint: 'https://id.example.com', adminEndpoint: 'https://admin.example.com' },
      { endpoint: 'https://id.example.com/auth', adminEndpoint: 'https://admin.example.com/console' },
      { endpoint: 'https://id.example.com', adminEndpoint: 'https://ADMIN.example.com:8443' },
      { endpoint: 'https://id.example.com', adminEndpoint: 'https://id.example.com:8443' },
      { endpoint: 'http://id.example.com:3001', adminEndpoint: 'http://[2001:db8::1]:3002' },
    ];
    const paths = ['/t/admin', '/t/admin/oidc/token', '//t/admin/x', '/t/admin?x', '/auth/t/admin/api/users'];
    const hosts = [
      'id.example.com',
      'ID.example.com.',
      'id.example.com:443',
      '10.0.0.1',
      'localhost:3001',
      'evil.test',
      '',
    ];
    for (const addresses of endpoints) {
      for (const host of hosts) {
        for (const url of paths) {
          const { tenantId } = locate(addresses, host, url);
          assert.notEqual(tenantId, 'admin', `${host} ${url}`);
          // Below another path than the endpoint's, it is not a tenant's path.
          if (!url.startsWith('/auth') || addresses.endpoint.endsWith('/auth'))
            assert.equal(tenantId, undefined, `${host} ${url}`);
        }
      }
      const { host, hostname, pathname } = new URL(addresses.adminEndpoint as string);
      const spellings = [host, host.toUpperCase()];
      if (!hostname.startsWith('[')) spellings.push(host.replace(hostname, `${hostname}.`));
      const isSameHost = hostname === new URL(addresses.endpoint).hostname;
      if (!isSameHost) spellings.push(hostname, `${hostname}:443`, `${hostname}:80`);
      for (const spelling of spellings) {
        const found = locate(addresses, spelling, `${pathname === '/' ? '' : pathname}/oidc/token`);
        assert.deepEqual(found, { tenantId: 'admin', path: '/oidc/token' }, spelling);
        assert.equal(locate(addresses, spelling, '/t/acme/x').tenantId, 'admin', spelling);
      }
    }
  });

  // security: admin-address
  it('trusts a forwarded host only of a proxy that replaced the host, and a forwarded port only to choose between two ports', () => {
    const inner = { forwardedHost: 'Admin.example.com:8443' };
    assert.equal(locate(split, 'aldaba:3001', '/', inner).tenantId, 'admin');
    assert.equal(locate(split, 'aldaba:3001', '/', { forwardedHost: 'id.example.com' }).tenantId, 'default');
    // nginx forwards the client's X-Forwarded-Host.
    assert.equal(locate(split, 'id.example.com', '/', inner).tenantId, 'default');
    assert.equal(locate(split, 'admin.example.com', '/', { forwardedHost: 'id.example.com' }).tenantId, 'admin');
    const ports = { endpoint: 'https://id.example.com', adminEndpoint: 'https://id.example.com:8443' };
    assert.equal(locate(ports, 'id.example.com', '/', { forwardedPort: '8443' }).tenantId, 'admin');
    assert.equal(locate(ports, 'id.example.com', '/', { forwardedPort: '443' }).tenantId, 'default');
    assert.equal(locate(ports, 'id.example.com:443', '/', { forwardedPort: '8443' }).tenantId, 'default');
  });

  it('serves the admin tenant under its path if it has no own origin', () => {
    assert.deepEqual(locate(root, 'x', '/t/admin/oidc/token'), { tenantId: 'admin', path: '/oidc/token' });
  });
});
