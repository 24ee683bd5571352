import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const added = 3;

describe('Pages of lists', () => {
  let server: TestServer;
  let api: Manager;
  /** Lists with at least three items. */
  let paths: string[];
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const create = async (path: string, body: object) => {
      const reply = await api.post(path, body);
      assert.ok(reply.status < 300, `${path}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    };
    const user = await create('/api/users', { username: 'ada' });
    const resource = await create('/api/resources', { name: 'Orders', indicator: 'https://orders.test' });
    const role = await create('/api/roles', { name: 'Clerk', description: 'Clerk' });
    for (let index = 0; index < added; index += 1) {
      const { id: organizationId } = await create('/api/organizations', { name: `Organization ${index}` });
      await create(`/api/organizations/${organizationId}/users`, { userIds: [user.id] });
      const scope = await create(`/api/resources/${resource.id}/scopes`, { name: `scope-${index}` });
      await create(`/api/roles/${role.id}/scopes`, { scopeIds: [scope.id] });
      await create('/api/users', { username: `user${index}` });
      await create('/api/resources', { name: `Resource ${index}`, indicator: `https://${index}.test` });
      await create('/api/roles', { name: `Role ${index}`, description: 'Role' });
      await create('/api/applications', { name: `App ${index}`, type: 'SPA' });
      await create('/api/hooks', {
        name: `Hook ${index}`,
        events: ['User.Created'],
        config: { url: 'https://a.test' },
      });
      await create('/api/one-time-tokens', { email: `user${index}@a.test` });
      await create('/api/organization-roles', { name: `role-${index}` });
      await create('/api/organization-scopes', { name: `scope-${index}` });
    }
    paths = [
      ...['users', 'resources', 'roles', 'applications', 'hooks', 'one-time-tokens', 'logs'],
      ...['organizations', 'organization-roles', 'organization-scopes', `users/${user.id}/organizations`],
      ...[`resources/${resource.id}/scopes`, `roles/${role.id}/scopes`],
    ].map((path) => `/api/${path}`);
  });
  after(() => server.close());

  const totalOn = async (path: string, query: string) => {
    const { status, headers } = await api.get(`${path}?${query}`);
    assert.equal(status, 200);
    return Number(headers.get('total-number'));
  };

  it('report the same total on the first page, on the last page and after it', async () => {
    for (const path of paths) {
      const total = await totalOn(path, 'page=1&page_size=1');
      assert.ok(total >= added, `${path}: ${total}`);
      assert.equal(await totalOn(path, 'page=1&page_size=100'), total, `${path}: whole list in one page`);
      assert.equal(await totalOn(path, `page=${total}&page_size=1`), total, `${path}: last page`);
      assert.equal(await totalOn(path, 'page=90&page_size=100'), total, `${path}: after the last page`);
    }
  });

  it('are counted only if a page does not show that it is the last', async () => {
    const { organizations, database, tenancy } = server.app;
    const { db } = await tenancy.get('default');
    const statements = async (slice: { limit: number; offset: number }) => {
      const before = database.statements.count;
      const { total } = await organizations.list(db, { showFeatured: false }, slice);
      assert.equal(total, added);
      return database.statements.count - before;
    };
    assert.equal(await statements({ limit: 100, offset: 0 }), 1, 'a page with room for more');
    assert.equal(await statements({ limit: 2, offset: 2 }), 1, 'a last page that is not full');
    assert.equal(await statements({ limit: 2, offset: 0 }), 2, 'a full page');
    assert.equal(await statements({ limit: 2, offset: 10 }), 2, 'an empty page after the last');
  });
});
