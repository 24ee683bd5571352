import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allRoutes, managementScopes, permissionOf, type RouteContract } from '@aldaba/contract';
import type { Tenant } from '../../server/src/tenancy/index.ts';
import { assertRefused, type Manager, manage, managerWith, requestToken } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names: string[] = managementScopes.map(({ name }) => name);
const managed = allRoutes.filter(({ access }) => access === 'management');

describe('Permissions of the Management API', () => {
  let server: TestServer;
  let api: Manager;
  /** A machine-to-machine application whose role holds every permission but `all`. */
  let machine: { id: string; secret: string };

  before(async () => {
    server = await startServer();
    api = await manage(server);
    machine = await machineWith(names);
  });
  after(() => server.close());

  const scopeIds = async (wanted: readonly string[], resourceId = 'management-api'): Promise<string[]> => {
    const { body } = await api.get(`/api/resources/${resourceId}/scopes`);
    const found = body.filter(({ name }: { name: string }) => wanted.includes(name));
    assert.equal(found.length, wanted.length);
    return found.map(({ id }: { id: string }) => id);
  };
  const machineWith = async (scopes: readonly string[]) => {
    const role = await api.post('/api/roles', {
      name: `Role ${Math.random()}`,
      description: 'A role',
      type: 'MachineToMachine',
      scopeIds: await scopeIds(scopes),
    });
    assert.equal(role.status, 200, JSON.stringify(role.body));
    const created = await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' });
    const { id, secret } = created.body;
    assert.equal((await api.post(`/api/applications/${id}/roles`, { roleIds: [role.body.id] })).status, 201);
    return { id, secret, roleId: role.body.id };
  };
  const tokenFor = async (client: { id: string; secret: string }, scope: string, tenant: Tenant = server.tenant) => {
    const { body } = await requestToken(server.url, client, tenant.managementIndicator, scope);
    return { token: body.access_token as string, scope: body.scope as string };
  };
  const managerFor = async (scope: string): Promise<Manager> => {
    const granted = await tokenFor(machine, scope);
    assert.equal(granted.scope, scope);
    return managerWith(server.url, granted.token);
  };
  /** A request that changes nothing: no such row, no body. */
  const call = ({ method, path }: RouteContract, manager: Manager) =>
    manager.send(method, path.replaceAll(/:\w+/g, 'unknown'));
  const isForbidden = async (route: RouteContract, manager: Manager): Promise<boolean> => {
    const { status, body } = await call(route, manager);
    assert.notEqual(status, 401, route.operationId);
    return status === 403 && body.code === 'auth.forbidden';
  };

  // security: partial-access
  it('accepts a token with the permission of the route, and rejects one with any other permission', async () => {
    const wrong: string[] = [];
    for (const [permission, routes] of Map.groupBy(managed, (route) => permissionOf(route) ?? '')) {
      const others = names.filter((name) => name !== permission).join(' ');
      const [own, rest] = [await managerFor(permission), await managerFor(others)];
      for (const route of routes) {
        if (await isForbidden(route, own)) wrong.push(`${route.operationId} refuses ${permission}`);
        if (!(await isForbidden(route, rest))) wrong.push(`${route.operationId} takes what is not ${permission}`);
        if (await isForbidden(route, api)) wrong.push(`${route.operationId} refuses all`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.ok(managed.length > 200, 'every route was asked');
  });

  // security: partial-access
  it('lets a token with read:users list users and do nothing else', async () => {
    const reader = await managerFor('read:users');
    assert.equal((await reader.get('/api/users')).status, 200);
    assertRefused(await reader.get('/api/roles'), 403, 'auth.forbidden');
    assertRefused(await reader.post('/api/users', { username: 'mallory' }), 403, 'auth.forbidden');
    assertRefused(await reader.get('/api/users/unknown?includePasswordHash=true'), 403, 'auth.forbidden');
    assertRefused(await reader.get('/api/users/export?includePasswordHash=true'), 403, 'auth.forbidden');
  });

  it('have groups whose names differ in more than case, hyphens or a plural', () => {
    const groups = new Set(names.map((name) => name.replace(/^\w+:/, '')));
    const spellings = Map.groupBy(groups, (group) => group.toLowerCase().replaceAll('-', '').replace(/s$/, ''));
    assert.deepEqual(
      [...spellings.values()].filter((same) => same.length > 1),
      [],
    );
  });

  it('grants only the permissions that the roles of the application hold', async () => {
    const reader = await machineWith(['read:users', 'read:roles']);
    assert.equal((await tokenFor(reader, 'read:users write:users all')).scope, 'read:users');
  });

  it('grants single permissions on request to an application that holds all', async () => {
    const { token, scope } = await tokenFor(
      await (async () => {
        const { body } = await api.post('/api/applications', { name: 'Everything', type: 'MachineToMachine' });
        assert.equal((await api.patch(`/api/applications/${body.id}`, { isAdmin: true })).status, 200);
        return body;
      })(),
      'read:users',
    );
    assert.equal(scope, 'read:users');
    assertRefused(await managerWith(server.url, token).get('/api/roles'), 403, 'auth.forbidden');
  });

  // security: partial-access
  it('ignores permissions of the same name on a resource of the operator', async () => {
    const resource = await api.post('/api/resources', { name: 'Orders', indicator: 'https://orders.example.com' });
    const { body: all } = await api.post(`/api/resources/${resource.body.id}/scopes`, { name: 'all' });
    const client = await machineWith(['read:users']);
    assert.equal((await api.post(`/api/roles/${client.roleId}/scopes`, { scopeIds: [all.id] })).status, 201);
    const { body } = await requestToken(server.url, client, 'https://orders.example.com', 'all read:users');
    assert.equal(body.scope, 'all');
  });

  // security: partial-access
  it('does not let a permission lead to further permissions', async () => {
    const writer = await managerFor('read:applications write:applications write:roles');
    const full = await machineWith(['read:users']);
    const [allId] = await scopeIds(['all']);
    const forbidden = [
      writer.patch(`/api/applications/${machine.id}`, { isAdmin: true }),
      writer.post(`/api/applications/${machine.id}/roles`, { roleIds: ['management-api-access'] }),
      writer.put(`/api/applications/${machine.id}/roles`, { roleIds: [full.roleId] }),
      writer.post('/api/roles/management-api-access/applications', { applicationIds: [machine.id] }),
      writer.post(`/api/roles/${full.roleId}/scopes`, { scopeIds: [allId] }),
      writer.post('/api/roles', { name: 'Own', description: 'A role', type: 'MachineToMachine', scopeIds: [allId] }),
      writer.get(`/api/applications/${full.id}/secrets`),
      writer.post(`/api/applications/${full.id}/secrets`, { name: 'mine' }),
    ];
    for (const refused of await Promise.all(forbidden)) assertRefused(refused, 403, 'auth.forbidden');
  });

  it('allows creating and assigning roles that grant nothing of the Management API', async () => {
    const writer = await managerFor('read:applications write:applications write:roles');
    const created = await writer.post('/api/applications', { name: 'Shop', type: 'MachineToMachine' });
    const { body: role } = await writer.post('/api/roles', {
      name: 'Shop',
      description: 'A role',
      type: 'MachineToMachine',
    });
    const given = await writer.post(`/api/applications/${created.body.id}/roles`, { roleIds: [role.id] });
    const secrets = await writer.get(`/api/applications/${created.body.id}/secrets`);
    assert.deepEqual([created.status, given.status, secrets.status], [200, 201, 200]);
  });

  // security: partial-access
  it('requires the permission all to change the admin tenant, whose users administer the others', async () => {
    const admin = await server.app.tenancy.get('admin');
    const full = await manage(server, admin);
    const { body: scopes } = await full.get('/api/resources/management-api/scopes');
    const wanted = scopes
      .filter(({ name }: { name: string }) => /:users$/.test(name))
      .map(({ id }: { id: string }) => id);
    const { body: role } = await full.post('/api/roles', {
      name: 'Users',
      description: 'A role',
      type: 'MachineToMachine',
      scopeIds: wanted,
    });
    const { body: client } = await full.post('/api/applications', { name: 'Users', type: 'MachineToMachine' });
    await full.post(`/api/applications/${client.id}/roles`, { roleIds: [role.id] });
    const { body } = await requestToken(admin.baseUrl, client, admin.managementIndicator, 'read:users write:users');
    assert.equal(body.scope, 'read:users write:users');
    const users = managerWith(admin.baseUrl, body.access_token);
    assert.equal((await users.get('/api/users')).status, 200);
    assertRefused(await users.post('/api/users', { username: 'mallory' }), 403, 'auth.forbidden');
  });

  it('defines the permissions on every Management API, also on those of the admin tenant', async () => {
    const rows = await server.app.database.system.raw<{ tenant_id: string; resource_id: string; names: string[] }>(
      `select tenant_id, resource_id, array_agg(name order by name collate "C") as names from scopes
        where resource_id ~ 'management-api$' group by 1, 2 order by 1, 2`,
    );
    assert.ok(rows.length >= 3);
    for (const row of rows) assert.deepEqual(row.names, ['all', ...names], `${row.tenant_id} ${row.resource_id}`);
  });

  describe('that the contract declares since the last start', () => {
    const q = () => server.app.database.system;
    const scopesOf = async (resourceId: string) =>
      (
        await q().raw<{ name: string }>('select name from scopes where resource_id = $1 order by name collate "C"', [
          resourceId,
        ])
      ).map(({ name }) => name);
    /** The rows of a database whose last start knew neither `read:users` nor `write:users`. */
    const forget = async () => {
      await q().raw("delete from scopes where name ~ ':users$'");
      await q().raw(
        `update tenant_settings set value = (select jsonb_agg(name) from jsonb_array_elements_text(value) as name
          where name !~ ':users$') where tenant_id = 'admin' and key = 'management-scopes'`,
      );
    };

    it('are added to the Management APIs of all tenants, and to no other API', async () => {
      const { body: similar } = await api.post('/api/resources', {
        name: 'Similar',
        indicator: 'https://a.b.logto.app/api',
      });
      await forget();
      assert.ok(!(await scopesOf('management-api')).includes('read:users'));
      await server.restart();
      for (const id of ['management-api', 'default-management-api'])
        assert.deepEqual([...new Set(await scopesOf(id))], ['all', ...names], id);
      assert.deepEqual(await scopesOf(similar.id), []);
      api = await manage(server);
      const reader = await machineWith(['read:users']);
      assert.equal((await tokenFor(reader, 'read:users')).scope, 'read:users');
    });

    it('are looked for only once', async () => {
      await q().raw("delete from scopes where name = 'write:users'");
      await server.restart();
      assert.ok(!(await scopesOf('management-api')).includes('write:users'), 'the start only read the setting');
    });
  });
});
