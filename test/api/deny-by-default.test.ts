import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, managementScopes, route } from '@aldaba/contract';
import { createAuthorize, type Guards } from '../../server/src/http/guards.ts';
import { createImplement } from '../../server/src/http/implement.ts';
import { createHttp } from '../../server/src/http/server.ts';
import type { Http } from '../../server/src/http/types.ts';
import { createLog } from '../../server/src/kernel/log.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Deny by default', () => {
  let server: TestServer;
  const log = createLog('silent');
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  const openGuard = async () => ({});
  const guards: Guards = {
    anonymous: openGuard,
    management: openGuard,
    interaction: openGuard,
    account: openGuard,
    me: openGuard,
    organization: openGuard,
  };
  /** Starts what `mount` adds to an HTTP server without routes, as the composition root does. */
  const start = async (mount: (http: Http) => void): Promise<void> => {
    const http = createHttp({ tenancy: server.app.tenancy, log, trustedProxies: [] });
    try {
      mount(http);
      await http.ready();
    } finally {
      await http.close();
    }
  };
  const contract = route({
    method: 'GET',
    path: '/api/secrets-of-others',
    operationId: 'ListSecretsOfOthers',
    tag: 'Secrets',
    summary: 'Never mounted',
    access: 'management',
    responses: { 204: null },
  });
  const mount = (access: unknown) => (http: Http) =>
    createImplement(http, { guards, log, checkResponses: true })(
      { ...contract, access } as typeof contract,
      async () => undefined,
    );

  it('starts with a contract whose access has a guard', () => start(mount('management')));

  // security: unguarded-routes
  it('does not start with a contract whose access has no guard', async () => {
    for (const access of [undefined, 'everybody', 'toString', '__proto__'])
      await assert.rejects(start(mount(access)), /GET \/api\/secrets-of-others declares no access/);
  });

  // security: partial-access
  it('asks for a permission of its own on a route whose tag no other route has', async () => {
    const authorizeWith = (scopes: readonly string[]) =>
      createAuthorize(
        { ...guards, management: async () => ({ scopes: new Set(scopes) }) },
        { ...contract, tag: 'New group' },
      )({} as never, server.tenant);
    await assert.rejects(authorizeWith(managementScopes.map(({ name }) => name)), { code: 'auth.forbidden' });
    await assert.rejects(authorizeWith(['write:new-group']), { code: 'auth.forbidden' });
    for (const scope of ['read:new-group', 'all'])
      assert.deepEqual((await authorizeWith([scope])).scopes, new Set([scope]));
  });

  // security: unguarded-routes
  it('does not start with a route under /api that was mounted without its contract', async () => {
    for (const path of [
      '/api',
      '/api/leak',
      '/api/users/:id/leak',
      '/api/*',
      '/api*',
      '/*',
      '*',
      '/:anything',
      '/:a/leak',
    ])
      await assert.rejects(
        start((http) => void http.get(path, async () => 'leaked')),
        /declares no access/,
        path,
      );
  });

  // security: unguarded-routes
  it('does not start with a route under /api that was mounted in a scope of its own without its contract', async () => {
    const scoped = (http: Http) =>
      void http.register(
        async (scope) => {
          scope.post('/leak', async () => 'leaked');
        },
        { prefix: '/api' },
      );
    await assert.rejects(start(scoped), /POST \/api\/leak declares no access/);
  });

  it('starts with pages, and with a plain route under /api that declares anonymous access', () =>
    start((http) => {
      http.get('/sign-in', async () => 'page');
      http.get('/apidocs', async () => 'page');
      http.get('/api/open', { config: { access: 'anonymous' } }, async () => 'open');
    }));

  // security: social-linking, unguarded-routes, script-isolation
  it('allows access without a permission to what is read before a sign-in, sign-in steps and own accounts only', () => {
    const opened = {
      // The logout of a provider brings a token that the provider signed.
      anonymous:
        /^(GET (\/\.well-known\/webauthn$|\/api\/(\.well-known\/|status(\/ready)?$|authn\/hasura$|swagger\.json$))|POST \/api\/authn\/single-sign-on\/oidc\/:connectorId\/backchannel-logout$)/,
      interaction: /^[A-Z]+ \/api\/(experience|interaction)(\/|$)/,
      account: /^[A-Z]+ \/api\/(my-account|verifications)(\/|$)/,
      me: /^[A-Z]+ \/me(\/|$)/,
      organization: /^[A-Z]+ \/api\/organizations\/:id\/(members|roles|invitations|claimed-domains|logs)(\/|$)/,
    };
    const wrong = allRoutes.filter(({ access, method, path }) => {
      const places = Object.entries(opened).filter(([, place]) => place.test(`${method} ${path}`));
      return access !== (places[0]?.[0] ?? 'management');
    });
    assert.deepEqual(
      wrong.map(({ operationId, access }) => `${operationId}: ${access}`),
      [],
    );
  });

  it('mounts every declared route', () => {
    const missing = allRoutes.filter(({ method, path: url }) => !server.app.http.hasRoute({ method, url }));
    assert.deepEqual(
      missing.map(({ operationId }) => operationId),
      [],
    );
  });
});
