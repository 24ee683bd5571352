import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { adminTenantId } from '../../server/src/tenancy/address.ts';
import { assertRefused, type Manager, manage, managerWith, requestToken } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Authentication of the Management API', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('rejects a request without a token', async () => {
    assertRefused(await managerWith(server.url, '').get('/api/users'), 401, 'auth.authorization_header_missing');
  });

  it('rejects authentication schemes other than Bearer', async () => {
    const headers = { authorization: 'Basic YTpi' };
    const reply = await managerWith(server.url, '').send('GET', '/api/users', { headers });
    assertRefused(reply, 401, 'auth.authorization_token_type_not_supported');
  });

  // security: own-tokens
  it('rejects malformed, truncated and modified tokens', async () => {
    const changed = `${api.token.slice(0, -4)}AAAA`;
    for (const token of ['garbage', 'a.b.c', api.token.slice(0, -1), changed, `${api.token}A`]) {
      assertRefused(await managerWith(server.url, token).get('/api/users'), 401, 'auth.unauthorized');
    }
  });

  it('rejects a token for the Management API without the permission', async () => {
    const { body: app } = await api.post('/api/applications', { name: 'No role', type: 'MachineToMachine' });
    const { body } = await requestToken(server.url, app);
    assertRefused(await managerWith(server.url, body.access_token).get('/api/users'), 403, 'auth.forbidden');
  });

  // security: own-tokens
  it('rejects a token for another API', async () => {
    await api.post('/api/resources', { name: 'Orders', indicator: 'https://orders.test' });
    const { body: app } = await api.post('/api/applications', { name: 'Orders client', type: 'MachineToMachine' });
    const { body } = await requestToken(server.url, app, 'https://orders.test');
    assertRefused(await managerWith(server.url, body.access_token).get('/api/users'), 401, 'auth.unauthorized');
  });

  // security: own-tokens
  it('rejects a token of another tenant, and accepts one of the admin tenant for this tenant', async () => {
    await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    assertRefused(await managerWith(`${server.url}/t/acme`, api.token).get('/api/users'), 401, 'auth.unauthorized');

    const admin = await server.app.tenancy.get(adminTenantId);
    const adminApi = await manage(server, admin);
    const { body: machine } = await adminApi.post('/api/applications', { name: 'Console', type: 'MachineToMachine' });
    const tokenOf = async () => (await requestToken(admin.baseUrl, machine)).body.access_token;
    assertRefused(await managerWith(server.url, await tokenOf()).get('/api/users'), 403, 'auth.forbidden');
    const role = {
      name: 'Manager of default',
      description: 'm',
      type: 'MachineToMachine',
      scopeIds: ['default-management-api-all'],
    };
    const { body: created } = await adminApi.post('/api/roles', role);
    await adminApi.post(`/api/applications/${machine.id}/roles`, { roleIds: [created.id] });
    assert.equal((await managerWith(server.url, await tokenOf()).get('/api/users')).status, 200);
    assertRefused(await managerWith(admin.baseUrl, await tokenOf()).get('/api/users'), 401, 'auth.unauthorized');
  });

  // security: tenant-isolation
  it('neither shows nor changes data of another tenant, even if its ID is known', async () => {
    const acme = await server.app.tenancy.create({ id: 'acme-two', name: 'Acme' });
    const user = await acme.db.transaction((tx) => server.app.users.create(tx, { username: 'acme_user' }));
    const application = await acme.db.transaction((tx) =>
      server.app.applications.create(tx, { name: 'App', type: 'SPA' }),
    );
    assertRefused(await api.get(`/api/users/${user.id}`), 404, 'entity.not_found');
    assertRefused(await api.delete(`/api/users/${user.id}`), 404, 'entity.not_found');
    assertRefused(
      await api.patch(`/api/applications/${application.id}`, { name: 'x' }),
      404,
      'entity.not_exists_with_id',
    );
    assert.equal((await server.app.users.get(acme.db, user.id)).username, 'acme_user');
  });

  it('grants access with isAdmin and removes it from the next token on', async () => {
    const { body: app } = await api.post('/api/applications', { name: 'Deputy', type: 'MachineToMachine' });
    assert.equal((await api.get(`/api/applications/${app.id}`)).body.isAdmin, false);
    await api.patch(`/api/applications/${app.id}`, { isAdmin: true });
    assert.equal((await api.get(`/api/applications/${app.id}`)).body.isAdmin, true);
    const { body: granted } = await requestToken(server.url, app);
    assert.equal(granted.scope, 'all');
    assert.equal((await managerWith(server.url, granted.access_token).get('/api/users')).status, 200);
    await api.patch(`/api/applications/${app.id}`, { isAdmin: false });
    assert.equal((await requestToken(server.url, app)).body.scope ?? '', '');
  });
});

describe('Conventions of the Management API', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    for (let index = 0; index < 25; index += 1) await api.post('/api/users', { name: `User ${index}` });
  });
  after(() => server.close());

  const links = (headers: Headers) =>
    Object.fromEntries(
      [...(headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url, relation]) => [relation, url]),
    );

  it('returns pages of 20 items, with the total and links to the other pages', async () => {
    const first = await api.get('/api/users?search=User%25');
    assert.equal(first.body.length, 20);
    assert.equal(first.headers.get('total-number'), '25');
    assert.deepEqual(Object.keys(links(first.headers)), ['first', 'next', 'last']);
    const next = await api.get((links(first.headers).next as string).slice(server.url.length));
    assert.equal(next.body.length, 5);
    assert.deepEqual(Object.keys(links(next.headers)), ['first', 'prev', 'last']);
    const names = new Set([...first.body, ...next.body].map((user) => user.name));
    assert.equal(names.size, 25, 'no user is on two pages, none is missing');
  });

  it('lets no cache keep an answer with personal data', async () => {
    const { headers } = await api.get('/api/users');
    assert.equal(headers.get('cache-control'), 'no-store');
  });

  it('rejects page numbers and sizes out of range', async () => {
    for (const query of ['page=0', 'page=x', 'page=-1', 'page_size=0', 'page_size=101', 'page=1&page=2', 'page=1.5']) {
      assertRefused(await api.get(`/api/users?${query}`), 400, 'guard.invalid_pagination');
    }
  });

  it('returns lists with optional pages whole and without headers, unless a page is requested', async () => {
    const whole = await api.get('/api/applications');
    assert.equal(whole.headers.get('total-number'), null);
    const page = await api.get('/api/applications?page=1&page_size=1');
    assert.equal(page.body.length, 1);
    assert.equal(page.headers.get('total-number'), String(whole.body.length));
  });

  it('names the invalid part of a request', async () => {
    const reply = await api.post('/api/users', { username: '1st', primaryEmail: 'nobody' });
    assertRefused(reply, 400, 'guard.invalid_input');
    assert.match(reply.body.message, /username/);
    assert.match(reply.body.message, /primaryEmail/);
  });

  it('returns 404 for undefined paths', async () => {
    assertRefused(await api.get('/api/nothing-here'), 404, 'request.not_found');
  });
});
