import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const names = (rows: { name: string }[]) => rows.map(({ name }) => name).sort();
const unknownId = 'entity.relation_foreign_key_not_found';

describe('Just-in-time membership of organizations', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const create = async (path: string, body: object) => {
    const reply = await api.post(path, body);
    assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply.body));
    return reply.body;
  };
  const organizationsOf = async (userId: string) => {
    const { body } = await api.get(`/api/users/${userId}/organizations`);
    return body.map(({ name, organizationRoles }: { name: string; organizationRoles: { name: string }[] }) => [
      name,
      names(organizationRoles),
    ]);
  };

  it('adds users to an organization by the domain of their email address', async () => {
    const { id } = await create('/api/organizations', { name: 'Domains' });
    const domains = `/api/organizations/${id}/jit/email-domains`;
    const added = await api.post(domains, { emailDomain: 'Acme.test' });
    assert.deepEqual(
      [added.status, added.body],
      [201, { tenantId: 'default', organizationId: id, emailDomain: 'acme.test' }],
    );
    const repeated = await api.post(domains, { emailDomain: 'acme.test' });
    assertRefused(repeated, 422, 'entity.unique_integrity_violation');
    assert.deepEqual(repeated.body.data, { field: 'emailDomain' });
    assertRefused(await api.post(domains, { emailDomain: 'ada@acme.test' }), 400, 'guard.invalid_input');
    const none = '/api/organizations/none/jit/email-domains';
    assertRefused(await api.get(none), 404, 'entity.not_exists_with_id');
    assertRefused(await api.post(none, { emailDomain: 'b.test' }), 422, unknownId);
    assertRefused(await api.put(none, { emailDomains: ['b.test'] }), 422, unknownId);
    assert.equal((await api.put(domains, { emailDomains: ['b.test', 'c.test'] })).status, 204);
    const listed = async () =>
      (await api.get(domains)).body.map(({ emailDomain }: { emailDomain: string }) => emailDomain);
    assert.deepEqual(await listed(), ['b.test', 'c.test']);
    assert.equal((await api.delete(`${domains}/B.test`)).status, 204);
    assertRefused(await api.delete(`${domains}/b.test`), 404, 'entity.not_found');
    assert.deepEqual(await listed(), ['c.test']);
  });

  it('assigns user roles to just-in-time members', async () => {
    const { id } = await create('/api/organizations', { name: 'Defaults' });
    const guest = await create('/api/organization-roles', { name: 'Guest of defaults' });
    const robot = await create('/api/organization-roles', { name: 'Robot of defaults', type: 'MachineToMachine' });
    const roles = `/api/organizations/${id}/jit/roles`;
    assert.equal((await api.post(roles, { organizationRoleIds: [guest.id] })).status, 201);
    assertRefused(await api.post(roles, { organizationRoleIds: [robot.id] }), 422, 'entity.db_constraint_violated');
    assertRefused(await api.put(roles, { organizationRoleIds: ['none'] }), 422, unknownId);
    assert.deepEqual(names((await api.get(roles)).body), ['Guest of defaults']);
    assert.equal((await api.delete(`${roles}/${guest.id}`)).status, 204);
    assertRefused(await api.delete(`${roles}/${guest.id}`), 422, 'entity.not_found');
    assert.equal((await api.put(roles, { organizationRoleIds: [guest.id] })).status, 204);
    assertRefused(await api.get('/api/organizations/none/jit/roles'), 404, 'entity.not_exists_with_id');
  });

  it('lists no enterprise connectors, and rejects unknown ones', async () => {
    const { id } = await create('/api/organizations', { name: 'Enterprise' });
    const connectors = `/api/organizations/${id}/jit/sso-connectors`;
    assert.deepEqual((await api.get(connectors)).body, []);
    assertRefused(await api.post(connectors, { ssoConnectorIds: ['none'] }), 422, unknownId);
    assertRefused(await api.put(connectors, { ssoConnectorIds: ['none'] }), 422, unknownId);
    assert.equal((await api.put(connectors, { ssoConnectorIds: [] })).status, 204);
    assertRefused(await api.delete(`${connectors}/none`), 422, 'entity.not_found');
  });

  // security: unproved-addresses, organization-strangers
  it('adds a just-in-time member once the email address is verified, not before', async () => {
    const { id } = await create('/api/organizations', { name: 'Joined' });
    await create('/api/organizations', { name: 'Closed' });
    const guest = await create('/api/organization-roles', { name: 'Guest' });
    await api.post(`/api/organizations/${id}/jit/email-domains`, { emailDomain: 'joined.test' });
    await api.post(`/api/organizations/${id}/jit/roles`, { organizationRoleIds: [guest.id] });
    const joined = [['Joined', ['Guest']]];

    const made = await create('/api/users', { primaryEmail: 'Ada@JOINED.test' });
    assert.deepEqual(await organizationsOf(made.id), joined);
    const other = await create('/api/users', { primaryEmail: 'ada@joined.test.evil.test' });
    assert.deepEqual(await organizationsOf(other.id), []);

    const { users } = server.app;
    const { db } = server.tenant;
    const typed = await db.transaction((tx) => users.create(tx, { primaryEmail: 'typed@joined.test' }));
    assert.deepEqual(await organizationsOf(typed.id), []);
    await db.transaction((tx) =>
      users.update(tx, typed.id, { primaryEmail: 'typed@joined.test', isEmailVerified: true }),
    );
    assert.deepEqual(await organizationsOf(typed.id), joined);

    // Who is a member already keeps the roles they have.
    await api.put(`/api/organizations/${id}/users/${typed.id}/roles`, { organizationRoleIds: [] });
    await db.transaction((tx) => users.update(tx, typed.id, { primaryEmail: 'b@joined.test', isEmailVerified: true }));
    assert.deepEqual(await organizationsOf(typed.id), [['Joined', []]]);
  });
});
