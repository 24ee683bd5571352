import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names = (rows: { name: string }[]) => rows.map(({ name }) => name);

describe('Organization template', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const create = async (path: string, body: object) => {
    const reply = await api.post(path, body);
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    return reply.body;
  };

  it('creates, finds, updates and deletes organization permissions', async () => {
    const scope = await create('/api/organization-scopes', { name: 'read:invoices', description: 'See invoices.' });
    assert.deepEqual(scope, {
      tenantId: 'default',
      id: scope.id,
      name: 'read:invoices',
      description: 'See invoices.',
    });
    await create('/api/organization-scopes', { name: '100%' });
    const taken = await api.post('/api/organization-scopes', { name: '100%' });
    assertRefused(taken, 422, 'entity.unique_integrity_violation');
    assert.deepEqual(taken.body.data, { field: 'name' });
    assert.deepEqual(names((await api.get('/api/organization-scopes?q=INVOICE')).body), ['read:invoices']);
    assert.deepEqual(names((await api.get('/api/organization-scopes?q=%25')).body), ['100%']);
    const page = await api.get('/api/organization-scopes?page=2&page_size=1');
    assert.deepEqual([names(page.body), page.headers.get('total-number')], [['100%'], '2']);
    const path = `/api/organization-scopes/${scope.id}`;
    assert.equal((await api.patch(path, { description: null })).body.description, null);
    assert.equal((await api.get(path)).body.name, 'read:invoices');
    assert.equal((await api.delete(path)).status, 204);
    for (const reply of [await api.get(path), await api.patch(path, { name: 'x' }), await api.delete(path)])
      assertRefused(reply, 404, 'entity.not_exists_with_id');
  });

  it('creates roles with permissions of the organization and of APIs', async () => {
    const read = await create('/api/organization-scopes', { name: 'read' });
    const write = await create('/api/organization-scopes', { name: 'write' });
    const resource = await create('/api/resources', { name: 'Orders', indicator: 'https://orders.test' });
    const ship = await create(`/api/resources/${resource.id}/scopes`, { name: 'ship' });
    const role = await create('/api/organization-roles', {
      name: 'Clerk',
      organizationScopeIds: [read.id],
      resourceScopeIds: [ship.id],
    });
    assert.deepEqual(role, { tenantId: 'default', id: role.id, name: 'Clerk', description: null, type: 'User' });
    const [listed] = (await api.get('/api/organization-roles?q=cler')).body;
    assert.deepEqual(listed, {
      ...role,
      scopes: [{ id: read.id, name: 'read' }],
      resourceScopes: [{ id: ship.id, name: 'ship', resource: { id: resource.id, name: 'Orders' } }],
    });

    const scopes = `/api/organization-roles/${role.id}/scopes`;
    const given = async () => names((await api.get(scopes)).body);
    assert.equal((await api.post(scopes, { organizationScopeIds: [write.id, read.id] })).status, 201);
    assert.deepEqual(await given(), ['read', 'write']);
    assert.equal((await api.put(scopes, { organizationScopeIds: [write.id] })).status, 204);
    assert.deepEqual(await given(), ['write']);
    assert.equal((await api.delete(`${scopes}/${write.id}`)).status, 204);
    assertRefused(await api.delete(`${scopes}/${write.id}`), 422, 'entity.not_found');
    assertRefused(
      await api.post(scopes, { organizationScopeIds: ['nothing'] }),
      422,
      'entity.relation_foreign_key_not_found',
    );

    const resourceScopes = `/api/organization-roles/${role.id}/resource-scopes`;
    assert.equal((await api.get(resourceScopes)).body[0].resourceId, resource.id);
    assert.equal((await api.put(resourceScopes, { scopeIds: [] })).status, 204);
    assert.deepEqual((await api.get(resourceScopes)).body, []);
    assert.equal((await api.post(resourceScopes, { scopeIds: [ship.id] })).status, 201);
    assert.equal((await api.delete(`${resourceScopes}/${ship.id}`)).status, 204);

    const path = `/api/organization-roles/${role.id}`;
    assert.equal((await api.patch(path, { name: 'Manager' })).body.name, 'Manager');
    assert.equal((await api.delete(path)).status, 204);
    for (const reply of [await api.get(path), await api.get(scopes), await api.get(resourceScopes)])
      assertRefused(reply, 404, 'entity.not_exists_with_id');
  });

  it('lists the roles of one type alone', async () => {
    await create('/api/organization-roles', { name: 'Night shift', type: 'User' });
    await create('/api/organization-roles', { name: 'Night robot', type: 'MachineToMachine' });
    const found = async (type: string) => names((await api.get(`/api/organization-roles?q=night&type=${type}`)).body);
    assert.deepEqual(await found('User'), ['Night shift']);
    assert.deepEqual(await found('MachineToMachine'), ['Night robot']);
  });

  // security: organization-rights
  it('never grants the Management API through an organization role, to users or machines', async () => {
    const code = 'role.management_api_scopes_not_assignable_to_user_role';
    const scopeIds = ['management-api-all'];
    assertRefused(await api.post('/api/organization-roles', { name: 'Sneaky', resourceScopeIds: scopeIds }), 422, code);
    const human = await create('/api/organization-roles', { name: 'Human' });
    const machine = await create('/api/organization-roles', { name: 'Machine', type: 'MachineToMachine' });
    assertRefused(await api.post(`/api/organization-roles/${human.id}/resource-scopes`, { scopeIds }), 422, code);
    assertRefused(await api.put(`/api/organization-roles/${human.id}/resource-scopes`, { scopeIds }), 422, code);
    const draft = { name: 'Robot', type: 'MachineToMachine', resourceScopeIds: scopeIds };
    assertRefused(await api.post('/api/organization-roles', draft), 422, code);
    assertRefused(await api.post(`/api/organization-roles/${machine.id}/resource-scopes`, { scopeIds }), 422, code);
    assertRefused(await api.put(`/api/organization-roles/${machine.id}/resource-scopes`, { scopeIds }), 422, code);
  });
});
