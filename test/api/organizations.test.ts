import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const ids = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
const names = (rows: { name: string }[]) => rows.map(({ name }) => name).sort();
const absent = 'entity.not_exists_with_id';
const notMember = 'organization.require_membership';
const unknownId = 'entity.relation_foreign_key_not_found';

let server: TestServer;
let api: Manager;
const create = async (path: string, body: object) => {
  const reply = await api.post(path, body);
  assert.ok(reply.status === 200 || reply.status === 201, JSON.stringify(reply.body));
  return reply.body;
};
const addOrganization = (body: object = {}) => create('/api/organizations', { name: 'Acme', ...body });
const addUser = (username: string, body: object = {}) => create('/api/users', { username, ...body });
const addRole = (body: object) => create('/api/organization-roles', body);

describe('Organizations', () => {
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('creates, reads, updates, finds and deletes organizations', async () => {
    const color = { primaryColor: '#112233' };
    const branding = { logoUrl: 'https://acme.test/logo.png' };
    const made = await addOrganization({ customData: { plan: 'gold' }, isMfaRequired: true, color, branding });
    assert.equal(made.id.length, 12);
    assert.deepEqual(made, {
      tenantId: 'default',
      id: made.id,
      name: 'Acme',
      description: null,
      customData: { plan: 'gold' },
      isMfaRequired: true,
      isTrustedDeviceAllowed: true,
      color,
      branding,
      customCss: null,
      createdAt: made.createdAt,
    });
    const path = `/api/organizations/${made.id}`;
    const changed = (await api.patch(path, { description: 'Customer', customData: {}, isMfaRequired: false })).body;
    assert.deepEqual(changed, { ...made, description: 'Customer', customData: {}, isMfaRequired: false });
    assert.deepEqual((await api.get(path)).body, changed);
    assert.equal((await api.post('/api/organizations', { name: '' })).status, 400);
    await addOrganization({ name: 'Other' });
    assert.deepEqual(names((await api.get('/api/organizations?q=aCm')).body), ['Acme']);
    const page = await api.get('/api/organizations?page=1&page_size=1');
    assert.deepEqual([page.body.length, page.headers.get('total-number')], [1, '2']);
    assert.equal((await api.delete(path)).status, 204);
    for (const reply of [await api.get(path), await api.patch(path, { name: 'x' }), await api.delete(path)])
      assertRefused(reply, 404, absent);
  });

  it('adds and removes users as members', async () => {
    const { id } = await addOrganization({ name: 'Members' });
    const users = `/api/organizations/${id}/users`;
    const [ada, bob, eve] = [await addUser('ada', { name: 'Ada L.' }), await addUser('bob'), await addUser('eve')];
    const added = await api.post(users, { userIds: [ada.id, bob.id] });
    assert.deepEqual([added.status, added.body], [201, { userIds: [ada.id, bob.id] }]);
    assert.equal((await api.post(users, { userIds: [ada.id] })).status, 201);
    assertRefused(await api.post(users, { userIds: ['nobody'] }), 422, unknownId);
    assertRefused(await api.put(users, { userIds: [eve.id, 'nobody'] }), 422, unknownId);
    assertRefused(await api.post('/api/organizations/none/users', { userIds: [ada.id] }), 422, unknownId);
    assertRefused(await api.put('/api/organizations/none/users', { userIds: [] }), 422, unknownId);
    assertRefused(await api.get('/api/organizations/none/users'), 404, absent);
    const list = await api.get(users);
    assert.deepEqual([ids(list.body), list.headers.get('total-number')], [ids([ada, bob]), '2']);
    assert.deepEqual(list.body[0].organizationRoles, []);
    assert.deepEqual(ids((await api.get(`${users}?q=lovelace`)).body), []);
    assert.deepEqual(ids((await api.get(`${users}?q=ada%20l`)).body), [ada.id]);
    assert.deepEqual(ids((await api.get(`/api/users?excludeOrganizationId=${id}`)).body), [eve.id]);

    const [listed] = (await api.get('/api/organizations?q=members&showFeatured=true')).body;
    assert.deepEqual([listed.usersCount, ids(listed.featuredUsers)], [2, ids([ada, bob])]);

    assert.equal((await api.put(users, { userIds: [bob.id, eve.id] })).status, 204);
    assert.deepEqual(ids((await api.get(users)).body), ids([bob, eve]));
    assert.equal((await api.delete(`${users}/${bob.id}`)).status, 204);
    assertRefused(await api.delete(`${users}/${bob.id}`), 422, notMember);
    await api.delete(`/api/users/${eve.id}`);
    assert.deepEqual((await api.get(users)).body, []);
  });

  it('assigns roles to members by ID and by name', async () => {
    const { id } = await addOrganization({ name: 'Roles' });
    const [user, stranger] = [await addUser('member'), await addUser('stranger')];
    const scope = await create('/api/organization-scopes', { name: 'see' });
    const reader = await addRole({ name: 'Reader', organizationScopeIds: [scope.id] });
    const writer = await addRole({ name: 'Writer', organizationScopeIds: [scope.id] });
    const robot = await addRole({ name: 'Robot', type: 'MachineToMachine' });
    await api.post(`/api/organizations/${id}/users`, { userIds: [user.id] });
    const roles = `/api/organizations/${id}/users/${user.id}/roles`;
    const held = async () => names((await api.get(roles)).body);

    const given = await api.post(roles, { organizationRoleIds: [reader.id], organizationRoleNames: ['Writer'] });
    assert.deepEqual([given.status, given.body.organizationRoleIds], [201, [reader.id, writer.id]]);
    assert.deepEqual(await held(), ['Reader', 'Writer']);
    assert.deepEqual(names((await api.get(`/api/organizations/${id}/users/${user.id}/scopes`)).body), ['see']);
    const [member] = (await api.get(`/api/organizations/${id}/users?organizationRoleId=${writer.id}`)).body;
    assert.deepEqual(names(member.organizationRoles), ['Reader', 'Writer']);
    assert.deepEqual((await api.get(`/api/organizations/${id}/users?organizationRoleId=${robot.id}`)).body, []);
    const [organization] = (await api.get(`/api/users/${user.id}/organizations`)).body;
    assert.deepEqual([organization.id, names(organization.organizationRoles)], [id, ['Reader', 'Writer']]);
    assertRefused(await api.get('/api/users/nobody/organizations'), 404, 'entity.not_found');

    assert.equal((await api.put(roles, { organizationRoleNames: ['Writer'] })).status, 204);
    assert.deepEqual(await held(), ['Writer']);
    assertRefused(await api.post(roles, { organizationRoleNames: ['None'] }), 422, 'organization.role_names_not_found');
    assertRefused(await api.post(roles, { organizationRoleIds: ['none'] }), 422, unknownId);
    assertRefused(await api.post(roles, { organizationRoleIds: [robot.id] }), 422, 'entity.db_constraint_violated');
    assertRefused(
      await api.patch(`/api/organization-roles/${writer.id}`, { type: 'MachineToMachine' }),
      422,
      'entity.db_constraint_violated',
    );
    assert.equal((await api.delete(`${roles}/${writer.id}`)).status, 204);
    assertRefused(await api.delete(`${roles}/${writer.id}`), 404, 'entity.not_found');

    const several = `/api/organizations/${id}/users/roles`;
    const both = { userIds: [user.id, stranger.id], organizationRoleIds: [reader.id] };
    assertRefused(await api.post(several, both), 422, notMember);
    assert.deepEqual(await held(), []);
    assert.equal((await api.post(several, { ...both, userIds: [user.id] })).status, 201);
    assert.deepEqual(await held(), ['Reader']);
    const strange = `/api/organizations/${id}/users/${stranger.id}`;
    for (const reply of [
      await api.get(`${strange}/roles`),
      await api.get(`${strange}/scopes`),
      await api.put(`${strange}/roles`, { organizationRoleIds: [reader.id] }),
      await api.delete(`${strange}/roles/${reader.id}`),
    ])
      assertRefused(reply, 422, notMember);

    // Who leaves and comes back starts without roles.
    await api.delete(`/api/organizations/${id}/users/${user.id}`);
    await api.post(`/api/organizations/${id}/users`, { userIds: [user.id] });
    assert.deepEqual(await held(), []);
  });

  it('adds machine-to-machine applications with roles of their own kind', async () => {
    const { id } = await addOrganization({ name: 'Machines' });
    const machine = await create('/api/applications', { name: 'Robot', type: 'MachineToMachine' });
    const web = await create('/api/applications', { name: 'Web', type: 'SPA' });
    const human = await addRole({ name: 'Human' });
    const worker = await addRole({ name: 'Worker', type: 'MachineToMachine' });
    const applications = `/api/organizations/${id}/applications`;
    assert.equal((await api.post(applications, { applicationIds: [machine.id] })).status, 201);
    assertRefused(await api.post(applications, { applicationIds: [web.id] }), 422, 'entity.db_constraint_violated');
    assertRefused(await api.post(applications, { applicationIds: ['none'] }), 422, unknownId);
    const roles = `${applications}/${machine.id}/roles`;
    assert.equal((await api.post(roles, { organizationRoleIds: [worker.id] })).status, 201);
    assertRefused(await api.post(roles, { organizationRoleIds: [human.id] }), 422, 'entity.db_constraint_violated');
    assert.deepEqual(names((await api.get(roles)).body), ['Worker']);
    const [listed] = (await api.get(applications)).body;
    assert.deepEqual([listed.id, names(listed.organizationRoles)], [machine.id, ['Worker']]);
    const [organization] = (await api.get(`/api/applications/${machine.id}/organizations`)).body;
    assert.deepEqual([organization.id, names(organization.organizationRoles)], [id, ['Worker']]);
    assertRefused(await api.get('/api/applications/none/organizations'), 404, absent);
    const others = (await api.get(`/api/applications?excludeOrganizationId=${id}`)).body;
    assert.ok(others.length > 0 && !ids(others).includes(machine.id));

    assert.equal((await api.put(roles, { organizationRoleIds: [] })).status, 204);
    assertRefused(await api.delete(`${roles}/${worker.id}`), 404, 'entity.not_found');
    const several = { applicationIds: [machine.id], organizationRoleIds: [worker.id] };
    assert.equal((await api.post(`${applications}/roles`, several)).status, 201);
    assert.equal((await api.delete(`${roles}/${worker.id}`)).status, 204);
    assert.equal((await api.delete(`${applications}/${machine.id}`)).status, 204);
    assertRefused(await api.delete(`${applications}/${machine.id}`), 422, notMember);
    assertRefused(await api.get(roles), 422, notMember);
    assert.equal((await api.put(applications, { applicationIds: [machine.id] })).status, 204);
    assert.equal((await api.put(applications, { applicationIds: [] })).status, 204);
    assert.deepEqual((await api.get(applications)).body, []);
  });

  // security: organization-rights
  it('shows organizations in their own tenant only, whatever IDs a request names', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const foreign = (await admin.post('/api/organizations', { name: 'Foreign' })).body;
    const foreignUser = (await admin.post('/api/users', { username: 'foreigner' })).body;
    const foreignRole = (await admin.post('/api/organization-roles', { name: 'Foreign role' })).body;
    await admin.post(`/api/organizations/${foreign.id}/users`, { userIds: [foreignUser.id] });
    const { id } = await addOrganization({ name: 'Own' });
    const own = await addUser('own');
    await api.post(`/api/organizations/${id}/users`, { userIds: [own.id] });

    const path = `/api/organizations/${foreign.id}`;
    const refused: [Promise<Parameters<typeof assertRefused>[0]>, number, string][] = [
      [api.get(path), 404, absent],
      [api.patch(path, { name: 'Taken' }), 404, absent],
      [api.delete(path), 404, absent],
      [api.get(`${path}/users`), 404, absent],
      [api.get(`${path}/applications`), 404, absent],
      [api.post(`${path}/users`, { userIds: [own.id] }), 422, unknownId],
      [api.put(`${path}/users`, { userIds: [own.id] }), 422, unknownId],
      [api.delete(`${path}/users/${foreignUser.id}`), 422, notMember],
      [api.get(`${path}/users/${foreignUser.id}/roles`), 422, notMember],
      [api.post(`/api/organizations/${id}/users`, { userIds: [foreignUser.id] }), 422, unknownId],
      [
        api.post(`/api/organizations/${id}/users/${own.id}/roles`, { organizationRoleIds: [foreignRole.id] }),
        422,
        unknownId,
      ],
      [api.get(`/api/organization-roles/${foreignRole.id}`), 404, absent],
      [api.get(`/api/users/${foreignUser.id}/organizations`), 404, 'entity.not_found'],
    ];
    for (const [reply, status, code] of refused) assertRefused(await reply, status, code);
    assert.deepEqual(names((await api.get('/api/organizations?q=foreign')).body), []);
    assert.equal((await admin.get(path)).body.name, 'Foreign');
    assert.deepEqual(ids((await admin.get(`${path}/users`)).body), [foreignUser.id]);
  });
});
