import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createCaches } from '../../server/src/store/cache.ts';
import { adminTenantId } from '../../server/src/tenancy/address.ts';
import { createTenancy, type Tenant } from '../../server/src/tenancy/service.ts';
import { assertRefused, type Manager, manage, managerWith, requestToken } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const indicator = 'https://acme.logto.app/api';

describe('Tenants created later', () => {
  let server: TestServer;
  let acme: Tenant;
  let admin: Tenant;
  let adminApi: Manager;
  before(async () => {
    server = await startServer();
    const { tenancy } = server.app;
    acme = await tenancy.create({ id: 'acme', name: 'Acme' });
    admin = await tenancy.get(adminTenantId);
    adminApi = await manage(server, admin);
  });
  after(() => server.close());

  /** A machine of the tenant whose role there has the permission `all` on acme's API. */
  const machineIn = async (tenant: Tenant, api: Manager, resourceId: string) => {
    const { body: machine } = await api.post('/api/applications', { name: 'Robot', type: 'MachineToMachine' });
    const { body: scopes } = await api.get(`/api/resources/${resourceId}/scopes`);
    const draft = { name: `Acme keeper ${machine.id}`, description: 'Keeps Acme.', type: 'MachineToMachine' };
    const { body: role } = await api.post('/api/roles', { ...draft, scopeIds: [scopes[0].id] });
    await api.post(`/api/applications/${machine.id}/roles`, { roleIds: [role.id] });
    const { body } = await requestToken(tenant.baseUrl, machine, indicator);
    assert.equal(body.scope, 'all', JSON.stringify(body));
    return body.access_token as string;
  };

  // security: own-tokens
  it('accepts tokens of the admin tenant that are valid for the managed tenant only', async () => {
    const { body: resources } = await adminApi.get('/api/resources');
    const resource = resources.find((candidate: { indicator: string }) => candidate.indicator === indicator);
    const token = await machineIn(admin, adminApi, resource?.id ?? '');
    assert.equal((await managerWith(acme.baseUrl, token).get('/api/users')).status, 200);
    for (const elsewhere of [server.url, admin.baseUrl])
      assertRefused(await managerWith(elsewhere, token).get('/api/users'), 401, 'auth.unauthorized');
  });

  it('lists a tenant, with permissions, for callers that may manage it only', async () => {
    const { body: resources } = await adminApi.get('/api/resources');
    const resource = resources.find((candidate: { indicator: string }) => candidate.indicator === indicator);
    const token = await machineIn(admin, adminApi, resource?.id ?? '');
    const listed = { id: 'acme', name: 'Acme', endpoint: acme.baseUrl, apiIndicator: indicator, scopes: ['all'] };
    assert.deepEqual((await managerWith(acme.baseUrl, token).get('/api/tenants')).body, [listed]);
    const own = await manage(server);
    const { body } = await own.get('/api/tenants');
    assert.deepEqual(
      body.map(({ id, scopes }: { id: string; scopes: string[] }) => [id, scopes]),
      [['default', ['all']]],
    );
    assertRefused(await managerWith(acme.baseUrl, own.token).get('/api/tenants'), 401, 'auth.unauthorized');
  });

  // security: own-tokens
  it('rejects resources of other tenants with the managed tenant’s indicator or a look-alike', async () => {
    const own = await manage(server);
    for (const lookalike of [indicator, `${indicator}/`, indicator.toUpperCase(), 'https://acme.logto.app:443/api'])
      assertRefused(
        await own.post('/api/resources', { name: 'Look-alike', indicator: lookalike }),
        400,
        'guard.invalid_input',
      );
    const { status } = await own.post('/api/resources', {
      name: 'Orders',
      indicator: 'https://orders.example.com/api',
    });
    assert.equal(status, 201);
  });

  // security: own-tokens
  it('rejects tokens of a third tenant, even if they name the managed tenant’s API', async () => {
    const own = await manage(server);
    const { db } = server.tenant;
    // No API makes such a resource: it is in the database of a tenant that turned bad.
    await db.raw('insert into resources (tenant_id, id, name, indicator) values ($1, $2, $2, $3)', [
      db.tenantId,
      'stolen',
      indicator,
    ]);
    await db.raw("insert into scopes (tenant_id, id, resource_id, name) values ($1, 'stolen-all', 'stolen', 'all')", [
      db.tenantId,
    ]);
    const token = await machineIn(server.tenant, own, 'stolen');
    assertRefused(await managerWith(acme.baseUrl, token).get('/api/users'), 401, 'auth.unauthorized');
  });

  it('accepts users with the managed tenant’s role in the admin tenant as administrators', async () => {
    const { body: roles } = await adminApi.get('/api/roles?type=User');
    const role = roles.find(({ name }: { name: string }) => name === 'acme:admin');
    const { body: scopes } = await adminApi.get(`/api/roles/${role?.id}/scopes`);
    assert.deepEqual(
      scopes.map((scope: { name: string; resource: { indicator: string } }) => [scope.name, scope.resource.indicator]),
      [['all', indicator]],
    );
  });
});

describe('Tenants whose creation failed', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  /** Creates a tenant twice, where registering it in the admin tenant fails at first. Returns the registered ids. */
  const createTwice = async (id: string) => {
    const { database } = server.app;
    const told: string[] = [];
    let fails = true;
    const tenancy = createTenancy({
      database,
      caches: await createCaches(database, Date.now),
      addresses: { endpoint: server.url },
      seeds: [],
      managedSeed: async (_tx, tenantId) => {
        if (fails) throw new Error('the connection was lost');
        told.push(tenantId);
      },
    });
    await assert.rejects(tenancy.create({ id, name: id }), /connection was lost/);
    fails = false;
    assert.equal((await tenancy.create({ id, name: id })).id, id);
    return told;
  };

  it('registers a tenant in the admin tenant when a retry creates it', async () => {
    assert.deepEqual(await createTwice('torn'), ['torn']);
  });

  it('names every existing tenant in an admin tenant that is created again', async () => {
    await server.app.database.system.raw('delete from tenants where id = $1', [adminTenantId]);
    assert.ok((await createTwice(adminTenantId)).includes(server.tenant.id));
  });
});
