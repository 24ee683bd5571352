import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage, requestToken } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names = (rows: { name: string }[]) => rows.map(({ name }) => name).sort();

describe('API resources and their permissions', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const create = async (indicator: string) => (await api.post('/api/resources', { name: 'API', indicator })).body;

  it('creates, reads, updates and deletes API resources', async () => {
    const created = await api.post('/api/resources', { name: 'Orders', indicator: 'https://orders.test/api' });
    assert.equal(created.status, 201);
    assert.deepEqual([created.body.isDefault, created.body.accessTokenTtl, created.body.scopes], [false, 3600, []]);
    const path = `/api/resources/${created.body.id}`;
    const changed = await api.patch(path, { name: 'All orders', accessTokenTtl: 60 });
    assert.deepEqual([changed.body.name, changed.body.accessTokenTtl], ['All orders', 60]);
    assert.equal((await api.delete(path)).status, 204);
    assertRefused(await api.get(path), 404, 'entity.not_exists_with_id');
  });

  it('finds API resources by a part of their name or indicator', async () => {
    const create = async (name: string, indicator: string) => api.post('/api/resources', { name, indicator });
    await create('Deliveries', 'https://search.test/parcels');
    await create('Parcel prices', 'https://search.test/prices');
    const found = async (query: string) => names((await api.get(`/api/resources?${query}`)).body);
    assert.deepEqual(await found('search=%25parcel%25'), ['Deliveries', 'Parcel prices']);
    assert.deepEqual(await found('search=%25DELIVER%25&includeScopes=true'), ['Deliveries']);
    assert.deepEqual(await found('search.indicator=%25/prices'), ['Parcel prices']);
    assertRefused(await api.get('/api/resources?search=%5C'), 400, 'request.invalid_input');
    assert.deepEqual(await found('search=%5C%5C'), []);
    const page = await api.get('/api/resources?search=%25parcel%25&page=2&page_size=1');
    assert.deepEqual([names(page.body), page.headers.get('total-number')], [['Parcel prices'], '2']);
    assertRefused(await api.get('/api/resources?search.secret=x'), 400, 'request.invalid_input');
  });

  it('requires a unique indicator, an absolute URI that is not reserved for the server', async () => {
    await create('https://taken.test');
    assertRefused(
      await api.post('/api/resources', { name: 'x', indicator: 'https://taken.test' }),
      422,
      'resource.resource_identifier_in_use',
    );
    for (const indicator of [
      'orders',
      'https://x.test/#a',
      '',
      'urn:logto:organization:1',
      'https://acme.logto.app/api',
      'https://a b',
    ]) {
      assertRefused(await api.post('/api/resources', { name: 'x', indicator }), 400, 'guard.invalid_input');
    }
  });

  it('allows at most one default API resource', async () => {
    const [first, second] = [await create('https://first.test'), await create('https://second.test')];
    assert.equal((await api.patch(`/api/resources/${first.id}/is-default`, { isDefault: true })).body.isDefault, true);
    await api.patch(`/api/resources/${second.id}/is-default`, { isDefault: true });
    const { body } = await api.get('/api/resources');
    assert.deepEqual(
      (body as { isDefault: boolean; id: string }[]).filter((each) => each.isDefault).map((each) => each.id),
      [second.id],
    );
  });

  it('requires unique permission names without spaces', async () => {
    const { id } = await create('https://scopes.test');
    const path = `/api/resources/${id}/scopes`;
    const created = await api.post(path, { name: 'read:orders', description: 'Read' });
    assert.equal(created.status, 201);
    assertRefused(await api.post(path, { name: 'read:orders' }), 422, 'scope.name_exists');
    assertRefused(await api.post(path, { name: 'read orders' }), 400, 'scope.name_with_space');
    assertRefused(await api.post(path, { name: 'read"' }), 400, 'guard.invalid_input');
    assert.equal((await api.patch(`${path}/${created.body.id}`, { name: 'read' })).body.name, 'read');
    const other = await create('https://other.test');
    const misplaced = `/api/resources/${other.id}/scopes/${created.body.id}`;
    assertRefused(await api.patch(misplaced, { name: 'stolen' }), 404, 'entity.not_exists_with_id');
    assertRefused(await api.delete(misplaced), 404, 'entity.not_exists_with_id');
    const { body } = await api.get('/api/resources?includeScopes=true');
    assert.deepEqual(
      names((body as { id: string; scopes: { name: string }[] }[]).find((each) => each.id === id)?.scopes ?? []),
      ['read'],
    );
    assert.equal((await api.delete(`${path}/${created.body.id}`)).status, 204);
    assert.deepEqual((await api.get(path)).body, []);
  });

  it('rejects changes to the Management API', async () => {
    const path = '/api/resources/management-api';
    assert.equal((await api.get(path)).body.indicator, 'https://default.logto.app/api');
    assertRefused(await api.delete(path), 400, 'resource.cannot_delete_management_api');
    assertRefused(await api.post(`${path}/scopes`, { name: 'more' }), 400, 'resource.cannot_modify_management_api');
    assertRefused(await api.delete(`${path}/scopes/management-api-all`), 400, 'resource.cannot_modify_management_api');
  });
});

describe('Roles', () => {
  let server: TestServer;
  let api: Manager;
  let scopes: { id: string; name: string }[];
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const { body: resource } = await api.post('/api/resources', { name: 'Orders', indicator: 'https://orders.test' });
    scopes = [];
    for (const name of ['read', 'write', 'delete'])
      scopes.push((await api.post(`/api/resources/${resource.id}/scopes`, { name })).body);
  });
  after(() => server.close());

  const scopeId = (name: string) => scopes.find((scope) => scope.name === name)?.id;

  it('creates roles with permissions, and updates them', async () => {
    const created = await api.post('/api/roles', { name: 'Clerk', description: 'c', scopeIds: [scopeId('read')] });
    assert.equal(created.status, 200);
    const path = `/api/roles/${created.body.id}`;
    assertRefused(await api.post('/api/roles', { name: 'Clerk', description: 'c' }), 422, 'role.name_in_use');
    assertRefused(
      await api.post('/api/roles', { name: 'x', description: 'c', scopeIds: ['none'] }),
      404,
      'entity.relation_foreign_key_not_found',
    );
    assert.deepEqual(
      (await api.get('/api/roles?search=x')).body,
      [],
      'a role that could not be made in full is not made',
    );
    assert.equal((await api.patch(path, { name: 'Chief clerk' })).body.name, 'Chief clerk');

    const added = await api.post(`${path}/scopes`, { scopeIds: [scopeId('write')] });
    assert.equal(added.status, 201);
    assert.deepEqual(names(added.body), ['write']);
    assertRefused(await api.post(`${path}/scopes`, { scopeIds: [scopeId('write')] }), 422, 'role.scope_exists');
    const { body: listed } = await api.get(`${path}/scopes`);
    assert.deepEqual(names(listed), ['read', 'write']);
    assert.equal(listed[0].resource.indicator, 'https://orders.test');
    assert.equal((await api.delete(`${path}/scopes/${scopeId('read')}`)).status, 204);
    assertRefused(await api.delete(`${path}/scopes/${scopeId('read')}`), 404, 'entity.not_found');
    assert.equal((await api.delete(path)).status, 204);
    assertRefused(await api.get(path), 404, 'entity.not_exists_with_id');
  });

  it('lists the users and applications of a role', async () => {
    const { body: role } = await api.post('/api/roles', { name: 'Held', description: 'h' });
    const { body: user } = await api.post('/api/users', { name: 'Holder' });
    assert.equal((await api.post(`/api/roles/${role.id}/users`, { userIds: [user.id] })).status, 201);
    assertRefused(await api.post(`/api/roles/${role.id}/users`, { userIds: [user.id] }), 422, 'role.user_exists');
    assertRefused(
      await api.post(`/api/roles/${role.id}/users`, { userIds: ['nobody'] }),
      404,
      'entity.relation_foreign_key_not_found',
    );
    const [held] = (await api.get('/api/roles?search=Held')).body;
    assert.deepEqual(
      [held.usersCount, held.featuredUsers, held.applicationsCount],
      [1, [{ id: user.id, name: 'Holder', avatar: null }], 0],
    );
    assert.deepEqual((await api.get(`/api/roles?search=Held&excludeUserId=${user.id}`)).body, []);
    assert.equal((await api.delete(`/api/roles/${role.id}/users/${user.id}`)).status, 204);
  });

  // security: third-parties
  it('never grants the Management API through a user role', async () => {
    const scopeIds = ['management-api-all'];
    const code = 'role.management_api_scopes_not_assignable_to_user_role';
    assertRefused(await api.post('/api/roles', { name: 'Sneaky', description: 's', scopeIds }), 422, code);
    const { body: role } = await api.post('/api/roles', { name: 'Human', description: 'h' });
    assertRefused(await api.post(`/api/roles/${role.id}/scopes`, { scopeIds }), 422, code);
    assert.equal(
      (await api.post('/api/roles', { name: 'Machines', description: 'm', type: 'MachineToMachine', scopeIds })).status,
      200,
    );
    assertRefused(
      await api.post('/api/roles', { name: '#internal:mine', description: 'i' }),
      403,
      'role.internal_role_violation',
    );
  });

  it('applies changed roles to an application’s permissions at once', async () => {
    const { body: app } = await api.post('/api/applications', { name: 'Robot', type: 'MachineToMachine' });
    const { body: role } = await api.post('/api/roles', {
      name: 'Robots',
      description: 'r',
      type: 'MachineToMachine',
      scopeIds: [scopeId('read')],
    });
    const granted = async () => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: app.id,
        client_secret: app.secret,
        resource: 'https://orders.test',
        scope: 'read write delete',
      });
      const response = await fetch(`${server.url}/oidc/token`, { method: 'POST', body });
      return ((await response.json()) as { scope?: string }).scope ?? '';
    };
    assert.equal(await granted(), '');
    await api.post(`/api/applications/${app.id}/roles`, { roleIds: [role.id] });
    assert.equal(await granted(), 'read');
    await api.post(`/api/roles/${role.id}/scopes`, { scopeIds: [scopeId('write')] });
    assert.equal(await granted(), 'read write');
    await api.delete(`/api/applications/${app.id}/roles/${role.id}`);
    assert.equal(await granted(), '');
    assert.equal((await requestToken(server.url, app)).status, 200);
  });
});
