import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, type ErrorCode, type RouteContract } from '@aldaba/contract';
import { createAdministrator, managerOf } from '../support/administrator.ts';
import type { Manager } from '../support/management.ts';
import { type Ids, type Planted, plant } from '../support/planted.ts';
import { bodyWith, pathWith, rowsIn } from '../support/route-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Ids of the form of real ones that no row has. */
const unknown: Ids = new Proxy({} as Ids, {
  get: (_, name) => (name === 'other' ? unknown : 'nosuchid0000'),
});
const routes = allRoutes.filter((route) => route.access === 'management' && rowsIn(route).count > 0);

describe('Unknown IDs', () => {
  let server: TestServer;
  let planted: Planted;
  /** A person who administers the default tenant: programs do not change teams. */
  let administrator: Manager;
  before(async () => {
    server = await startServer({ world: { outbound: async () => new Response('thanks') } });
    planted = await plant(server, await server.app.tenancy.create({ id: 'acme', name: 'acme' }));
    administrator = await managerOf(server, await createAdministrator(server, 'root'));
  });
  after(() => server.close());

  const ask = async (route: RouteContract, path: string) => {
    const body = bodyWith(route, planted.ids);
    const query = route.pagination === 'required' ? '?page=1' : '';
    const api = route.path.startsWith('/api/team/') ? administrator : planted.api;
    return api.send(route.method, path + query, body === undefined ? {} : { body });
  };

  for (const route of routes) {
    it(`returns a not-found error for an unknown ID at ${route.method} ${route.path}`, async () => {
      const paths = new Set([pathWith(route, unknown), pathWith(route, unknown, planted.ids)]);
      for (const path of paths) {
        if (!path.includes('nosuchid0000')) continue;
        const { status, body } = await ask(route, path);
        const code = String(body?.code) as ErrorCode;
        // Routes about a member of an organization say that there is no such member; a grant has the wire's own code.
        assert.match(
          code,
          /not_(?:exists?|found)|require_membership|^oidc\.invalid_grant$/,
          `${path}: ${status} ${JSON.stringify(body)}`,
        );
        // 404, or what the wire has for this route instead.
        assert.equal(
          status,
          route.statuses?.[code] ?? (code === 'organization.require_membership' ? 422 : 404),
          `${path}: ${code}`,
        );
      }
    });
  }
});
