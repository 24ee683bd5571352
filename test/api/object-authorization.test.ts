import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, type RouteContract } from '@aldaba/contract';
import fc from 'fast-check';
import { Client } from 'pg';
import type { Keys } from '../../server/src/oidc/keys.ts';
import { adminTenantId } from '../../server/src/tenancy/address.ts';
import { movableClock } from '../support/clock.ts';
import { manage, managerWith, type Reply } from '../support/management.ts';
import { machineToken, type Planted, plant } from '../support/planted.ts';
import { bodyNamesRows, bodyWith, pathWith, rowsIn, walkOf } from '../support/route-requests.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Random requests per route and property. */
const runs = 4;
const nameOf = ({ method, path }: RouteContract) => `${method} ${path}`;
const guarded = allRoutes.filter(({ access }) => access !== 'anonymous');
const managed = allRoutes.filter(({ access }) => access === 'management');
/** Written with a delay or by any request: the audit log, queued jobs, counters. */
const volatile = new Set(['logs', 'logs_other', 'jobs', 'daily_active_users', 'attempt_limits', 'interactions']);

// security: tenant-isolation
describe('Object authorization', () => {
  let server: TestServer;
  let planted: Planted[];
  const clock = movableClock(-7200_000);
  /** Tokens of a tenant that may not manage it, by what they are. */
  const wrong = new Map<Planted, Record<string, string>>();

  before(async () => {
    server = await startServer({
      world: { clock, outbound: async () => new Response('thanks') },
    });
    const tenants = [];
    for (const id of ['acme', 'globex']) tenants.push(await server.app.tenancy.create({ id, name: id }));
    const expired = new Map<string, string>();
    for (const tenant of tenants) expired.set(tenant.id, (await manage(server, tenant)).token);
    clock.ahead = 0;
    planted = [];
    for (const tenant of tenants) planted.push(await plant(server, tenant));
    for (const one of planted)
      wrong.set(one, { ...(await wrongTokensOf(one)), expired: expired.get(one.tenant.id) ?? '' });
  });
  after(() => server.close());

  const wrongTokensOf = async (one: Planted) => {
    const { tenant, ids } = one;
    // The app shows less of its keys than they can do.
    const keys = server.app.keys as unknown as Pick<Keys, 'sign'>;
    const sign = (claims: Record<string, unknown>, type = 'at+jwt') => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: tenant.issuer, sub: ids.userId, aud: tenant.managementIndicator, scope: 'all', iat: now };
      return keys.sign(tenant, { ...usual, exp: now + 3600, ...claims }, type ? { type } : {});
    };
    return {
      anonymous: '',
      'a machine without a role': await machineToken(one),
      'an ID token': one.tokens.id_token,
      'an opaque token': one.tokens.access_token,
      'a refresh token': one.tokens.refresh_token,
      'a user’s token for another resource': await sign({ aud: `https://${one.mark}.example.com/api` }),
      'a token for two resources': await sign({ aud: [tenant.managementIndicator, 'https://other.example.com'] }),
      'a token without an audience': await sign({ aud: undefined }),
      'a third party’s token without the scope': await sign({ client_id: ids.thirdPartyId, scope: 'openid email' }),
      'a third party’s token for an organization': await sign({ aud: `urn:logto:organization:${ids.organizationId}` }),
      'a JWT of another type': await sign({}, 'JWT'),
      'a logout token': await sign({}, 'logout+jwt'),
      'a scope that only begins alike': await sign({ scope: 'all:read allow' }),
      'the manager of the admin tenant without a role here': await adminToken(),
    };
  };
  const adminToken = async () => {
    const tenant = await server.app.tenancy.get(adminTenantId);
    return (await manage(server, tenant)).token;
  };

  /** A digest of every row of a tenant, by table. */
  const digestOf = async ({ tenant }: Planted): Promise<Record<string, string>> => {
    const digest: Record<string, string> = {};
    for (const table of await tenantTables()) {
      const [row] = await server.app.database.system.raw<{ digest: string }>(
        `select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as digest from ${table} t where tenant_id = $1`,
        [tenant.id],
      );
      digest[table] = row?.digest ?? '';
    }
    return digest;
  };
  const tenantTables = async () => {
    const rows = await server.app.database.system.raw<{ name: string }>(
      `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
       where n.nspname = 'aldaba' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    );
    return rows.map(({ name }) => name).filter((name) => !volatile.has(name));
  };
  /** Runs `attack`; afterwards not one row of the tenant may differ. */
  const withoutChangeOf = async (victim: Planted, attack: () => Promise<void>) => {
    const before = await digestOf(victim);
    assert.ok(Object.values(before).filter(Boolean).length > 30, 'hardly anything was planted');
    await attack();
    assert.deepEqual(await digestOf(victim), before);
  };
  const assertTellsNothing = (reply: Reply, victim: Planted, what: string) => {
    const text = JSON.stringify(reply.body) + JSON.stringify([...reply.headers]);
    assert.ok(!text.includes(victim.mark), `${what} shows what ${victim.tenant.id} has: ${text}`);
  };
  const send = (at: Planted, token: string, route: RouteContract, [path, body]: [string, unknown]) =>
    managerWith(at.tenant.baseUrl, token).send(route.method, path, body === undefined ? {} : { body });
  const pairs = () => [planted, planted.toReversed()] as [Planted, Planted][];

  // security: third-parties
  it('rejects every caller without a token that has the permission', async () => {
    for (const [victim, stranger] of pairs())
      await withoutChangeOf(victim, async () => {
        const callers = { ...wrong.get(victim), 'a manager of another tenant': stranger.api.token };
        for (const route of guarded) {
          const caller = fc.constantFrom(...Object.entries(callers));
          const idsOf = fc.constantFrom(victim.ids, stranger.ids);
          const property = fc.asyncProperty(caller, idsOf, async ([who, token], ids) => {
            const reply = await send(victim, token, route, [pathWith(route, ids), bodyWith(route, ids)]);
            const what = `${nameOf(route)} by ${who}`;
            const refusals = route.access === 'management' ? [401, 403] : [400, 401, 403, 404];
            assert.ok(refusals.includes(reply.status), `${what} was answered with ${reply.status}`);
            assertTellsNothing(reply, victim, what);
            assertTellsNothing(reply, stranger, what);
          });
          await fc.assert(property, { numRuns: runs });
        }
      });
  });

  it('rejects every kind of wrong token for every object', async () => {
    const [victim, stranger] = planted as [Planted, Planted];
    const callers = { ...wrong.get(victim), 'a manager of another tenant': stranger.api.token };
    for (const [who, token] of Object.entries(callers)) {
      const { status } = await managerWith(victim.tenant.baseUrl, token).get(`/api/users/${victim.ids.userId}`);
      assert.ok(status === 401 || status === 403, `${who} was answered with ${status}`);
    }
  });

  /** Every route, by the manager of another tenant with ids of the victim. */
  const reachForOthers = async (): Promise<void> => {
    const reached: string[] = [];
    for (const [victim, stranger] of pairs())
      await withoutChangeOf(victim, async () => {
        for (const route of managed) {
          const { count, isLast } = rowsIn(route);
          const places = [
            ...(count > 0 ? ['path'] : []),
            ...(count > 1 && isLast ? ['end of the path'] : []),
            ...(bodyNamesRows(route) ? ['body'] : []),
          ];
          for (const place of places) {
            const path = pathWith(
              route,
              place === 'path' ? victim.ids : stranger.ids,
              place === 'body' ? stranger.ids : victim.ids,
            );
            const body = bodyWith(route, place === 'body' ? victim.ids : stranger.ids);
            const reply = await send(stranger, stranger.api.token, route, [path, body]);
            const what = `${nameOf(route)} with an id of another tenant in the ${place}`;
            // A list of what hangs on an unknown id is empty rather than missing in some places of the wire contract.
            const isEmpty = route.method === 'GET' && /^(\[\]|\{"\w+":\[\]\})$/.test(JSON.stringify(reply.body));
            if (
              (reply.status < 400 && !isEmpty) ||
              (reply.status >= 500 && reply.status !== 501) ||
              reply.body?.code === 'guard.invalid_input'
            )
              reached.push(`${what}: ${reply.status} ${JSON.stringify(reply.body)}`);
            assertTellsNothing(reply, victim, what);
          }
        }
      });
    assert.deepEqual(reached, []);
  };

  /** Every list and search, by the manager of another tenant, for what the victim has. */
  const searchForOthers = async (): Promise<void> => {
    for (const [victim, stranger] of pairs()) {
      const { ids } = victim;
      const filters = [
        `?search=%25${victim.mark}%25&q=${victim.mark}&includeScopes=true&includeExecutionStats=true`,
        `?userId=${ids.userId}&applicationId=${ids.webId}&hookId=${ids.hookId}&organizationId=${ids.organizationId}&inviterId=${ids.userId}`,
        `?excludeRoleId=${ids.roleId}&excludeOrganizationId=${ids.organizationId}`,
      ];
      const lists = allRoutes.filter(({ method, path }) => method === 'GET' && !path.includes(':'));
      for (const route of lists)
        for (const filter of ['', ...filters]) {
          const reply = await send(stranger, stranger.api.token, route, [`${route.path}${filter}`, undefined]);
          // A filter comes back in the links to other pages; what matters is the list.
          const text = JSON.stringify(reply.body);
          assert.ok(!text.includes(victim.mark), `${nameOf(route)}${filter} shows ${victim.tenant.id}: ${text}`);
        }
    }
  };

  it('rejects the administrator of another tenant who knows the IDs', reachForOthers);

  it('omits objects of other tenants from lists and searches', searchForOthers);

  // security: tenant-isolation
  it('protects objects of other tenants by the SQL statements alone while row-level security is off', async () => {
    const owner = new Client({ connectionString: server.databaseUrl });
    await owner.connect();
    const wall = async (state: 'disable' | 'enable') => {
      for (const table of await tenantTables())
        await owner.query(`alter table aldaba.${table} ${state} row level security`);
    };
    try {
      await wall('disable');
      const [one, other] = planted as [Planted, Planted];
      const seen = await one.tenant.db.raw('select 1 from users where tenant_id = $1', [other.tenant.id]);
      assert.ok(seen.length > 0, 'the wall still stands');
      await reachForOthers();
      await searchForOthers();
    } finally {
      await wall('enable');
      await owner.end();
    }
  });

  // security: leaked-secrets
  it('returns every object to the administrator of its tenant, except for secrets that the server keeps', async () => {
    const [own] = planted as [Planted];
    const walk = walkOf(allRoutes);
    /** Routes of objects that this server does not have: the connector is one for SAML, without a directory to sync. */
    const absent = new Set([
      '/api/sso-connectors/:id/sync',
      '/api/users/:userId/sso-identities/:ssoConnectorId',
      '/api/systems/application',
      '/api/applications/:id/protected-app-metadata/custom-domains',
    ]);
    /** Digests of passwords, what is sealed in the database, and the private half of a key. */
    const keptSecrets = /\$argon2|"v1\.[\w-]{40}|"d":"[\w-]{43}"|"(?:p|q|dp|dq|qi)":"[\w-]{40}/;
    /** Answer with a sealed value by design: the page that the caller may post back for a minute. */
    const sealed = new Set(['/api/sign-in-exp/preview']);
    /** The team is changed by its administrators alone, whose tokens are of the admin tenant. */
    const isOfTeam = (route: RouteContract, { body }: Reply) =>
      route.path.startsWith('/api/team/') && body?.code === 'team.administrators_only';
    const shown: string[] = [];
    const closed: string[] = [];
    let succeeded = 0;
    for (const route of walk) {
      const reply = await send(own, own.api.token, route, [pathWith(route, own.ids), bodyWith(route, own.ids)]);
      const isClosed =
        ([401, 403, 500].includes(reply.status) && !isOfTeam(route, reply)) ||
        reply.body?.code === 'guard.invalid_input' ||
        (route.method === 'GET' && reply.status !== 200 && !absent.has(route.path));
      if (isClosed) closed.push(`${nameOf(route)}: ${reply.status} ${JSON.stringify(reply.body)}`);
      if (!sealed.has(route.path) && keptSecrets.test(JSON.stringify(reply.body))) shown.push(nameOf(route));
      if (reply.status < 300) succeeded += 1;
    }
    assert.deepEqual(closed, []);
    assert.deepEqual(shown, []);
    assert.ok(succeeded / walk.length > 0.8, `only ${succeeded} of ${walk.length} requests did something`);
  });
});
