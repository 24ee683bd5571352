import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { assertScimError, directoryOf, organizationWith, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

const off = { op: 'replace', path: 'active', value: false };
const on = { op: 'replace', path: 'active', value: true };

describe('The directory of an organization', () => {
  let server: TestServer;
  let api: Manager;
  let acmeId: string;
  let globexId: string;
  let acme: ScimClient;
  let globex: ScimClient;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const { baseUrl } = server.tenant;
    acmeId = await organizationWith(server, api, 'Acme', 'acme.example');
    globexId = await organizationWith(server, api, 'Globex', 'globex.example');
    acme = await directoryOf(api, baseUrl, acmeId);
    globex = await directoryOf(api, baseUrl, globexId);
  });
  after(() => server.close());

  const membersOf = async (id: string): Promise<string[]> =>
    (await api.get(`/api/organizations/${id}/users?page_size=100`)).body.map((user: { id: string }) => user.id);
  const account = async (id: string) => (await api.get(`/api/users/${id}`)).body;
  const addUser = async (user: object): Promise<string> => (await api.post('/api/users', user)).body.id;
  const join = (organizationId: string, userId: string) =>
    api.post(`/api/organizations/${organizationId}/users`, { userIds: [userId] });

  it('creates accounts that are members, with addresses of the verified domains only', async () => {
    const { status, body } = await acme.post('/Users', person('new@acme.example', { displayName: 'New' }));
    assert.equal(status, 201, JSON.stringify(body));
    assert.deepEqual(await membersOf(acmeId), [body.id]);
    const created = await account(body.id);
    assert.deepEqual([created.primaryEmail, created.username, created.name], ['new@acme.example', null, 'New']);
    // The answer is the same whether or not the address has an account.
    await addUser({ primaryEmail: 'known@elsewhere.example' });
    const known = await acme.post('/Users', person('known@elsewhere.example'));
    const unknown = await acme.post('/Users', person('unknown@elsewhere.example'));
    assertScimError(known, 400, 'invalidValue');
    assert.deepEqual(known.body, unknown.body);
    const withoutAddress = await acme.post('/Users', person('badge-17'));
    assert.equal(withoutAddress.status, 201);
    assert.deepEqual((await account(withoutAddress.body.id)).username, null);
  });

  // security: directory-walls, tenant-isolation
  it('neither sees nor changes users of other organizations', async () => {
    const { body: theirs } = await globex.post('/Users', person('secret@globex.example', { externalId: 'g-1' }));
    const loner = await addUser({ primaryEmail: 'loner@example.com', username: 'loner' });
    const before = [await account(theirs.id), await account(loner)];
    for (const id of [theirs.id, loner]) {
      assertScimError(await acme.get(`/Users/${id}`), 404);
      assertScimError(await acme.put(`/Users/${id}`, person('mine@acme.example')), 404);
      assertScimError(await acme.patch(`/Users/${id}`, off), 404);
      assertScimError(await acme.delete(`/Users/${id}`), 404);
      assert.deepEqual(await acme.find(`id eq "${id}"`), []);
      const member = { op: 'add', path: 'members', value: [{ value: id }] };
      const { body: group } = await acme.post('/Groups', { displayName: `Group ${id}` });
      assertScimError(await acme.patch(`/Groups/${group.id}`, member), 400, 'invalidValue');
      assertScimError(await globex.get(`/Groups/${group.id}`), 404);
      assertScimError(await globex.patch(`/Groups/${group.id}`, member), 404);
      assertScimError(await globex.delete(`/Groups/${group.id}`), 404);
    }
    for (const filter of [
      'userName eq "secret@globex.example"',
      'externalId eq "g-1"',
      'emails.value eq "loner@example.com"',
      'userName eq "loner"',
    ])
      assert.deepEqual(await acme.find(filter), [], filter);
    const { body: all } = await acme.get('/Users?count=200');
    assert.ok(all.totalResults > 0);
    assert.ok(all.Resources.every(({ id }: { id: string }) => id !== theirs.id && id !== loner));
    assert.deepEqual([await account(theirs.id), await account(loner)], before);
  });

  // security: directory-walls
  it('links an account of its domain as a member, without deciding about the account', async () => {
    const id = await addUser({
      primaryEmail: 'old@acme.example',
      username: 'old',
      name: 'Old',
      password: 'a long enough one',
    });
    const before = await account(id);
    const { status, body } = await acme.post('/Users', person('old@acme.example', { displayName: 'Renamed' }));
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.id, id);
    assert.equal(body.displayName, 'Renamed');
    assert.ok((await membersOf(acmeId)).includes(id));
    const change = { op: 'replace', path: 'emails[type eq "work"].value', value: 'thief@acme.example' };
    assert.equal((await acme.patch(`/Users/${id}`, change)).status, 200);
    const { updatedAt: _, ...after } = await account(id);
    const { updatedAt: __, ...same } = before;
    assert.deepEqual(after, same);
    assert.equal((await acme.patch(`/Users/${id}`, off)).body.active, false);
    assert.ok(!(await membersOf(acmeId)).includes(id));
    assert.equal((await account(id)).isSuspended, false);
    assert.equal((await acme.patch(`/Users/${id}`, on)).body.active, true);
    assert.ok((await membersOf(acmeId)).includes(id));
  });

  // security: directory-walls
  it('removes the password of an account whose address was never proved before it links it', async () => {
    const id = await addUser({ primaryEmail: 'squatted@acme.example', password: 'the squatter knows it' });
    await server.tenant.db.raw('update users set is_email_verified = false where tenant_id = $1 and id = $2', [
      server.tenant.id,
      id,
    ]);
    assert.equal((await acme.post('/Users', person('squatted@acme.example'))).body.id, id);
    assert.equal((await account(id)).hasPassword, false);
  });

  it('finds members that others invited, and decides about their membership alone', async () => {
    const id = await addUser({ primaryEmail: 'guest@gmail.example', name: 'Guest' });
    await join(acmeId, id);
    assert.deepEqual(await acme.find('userName eq "guest@gmail.example"'), ['guest@gmail.example']);
    assert.equal((await acme.patch(`/Users/${id}`, off)).body.active, false);
    assert.equal((await account(id)).isSuspended, false);
    assert.ok(!(await membersOf(acmeId)).includes(id));
    assert.equal((await acme.patch(`/Users/${id}`, on)).status, 200);
    const renamed = await acme.put(
      `/Users/${id}`,
      person('other@gmail.example', { emails: [{ value: 'other@gmail.example' }] }),
    );
    assert.equal(renamed.status, 200);
    assert.equal((await account(id)).primaryEmail, 'guest@gmail.example');
  });

  // security: directory-walls
  it('does not bring back a member who left, also not by way of deactivation', async () => {
    const id = await addUser({ primaryEmail: 'left@gmail.example' });
    await join(acmeId, id);
    await acme.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: 'Guest' });
    await api.delete(`/api/organizations/${acmeId}/users/${id}`);
    assert.equal((await acme.get(`/Users/${id}`)).body.active, false);
    assertScimError(await acme.patch(`/Users/${id}`, on), 400, 'invalidValue');
    assert.equal((await acme.patch(`/Users/${id}`, off)).status, 200);
    assertScimError(await acme.patch(`/Users/${id}`, on), 400, 'invalidValue');
    await acme.delete(`/Users/${id}`);
    assertScimError(await acme.post('/Users', person('left@gmail.example')), 400, 'invalidValue');
    assert.ok(!(await membersOf(acmeId)).includes(id));
  });

  // security: directory-walls
  it('stops to decide about an account that another organization shares or that left the domain', async () => {
    const shared = (await acme.post('/Users', person('shared@acme.example'))).body.id;
    const moved = (await acme.post('/Users', person('moved@acme.example'))).body.id;
    await join(globexId, shared);
    await api.patch(`/api/users/${moved}`, { primaryEmail: 'moved@home.example' });
    for (const id of [shared, moved]) {
      await acme.patch(`/Users/${id}`, { op: 'replace', path: 'displayName', value: 'Changed' });
      await acme.patch(`/Users/${id}`, { op: 'replace', path: 'userName', value: `x${id}@acme.example` });
      await acme.delete(`/Users/${id}`);
      const now = await account(id);
      assert.equal(now.isSuspended, false);
      assert.notEqual(now.name, 'Changed');
      assert.doesNotMatch(now.primaryEmail, /^x/);
    }
    assert.deepEqual(await membersOf(globexId).then((ids) => ids.includes(shared)), true);
  });

  // security: directory-walls
  it('moves the address of its own account within the verified domains only', async () => {
    const { body } = await acme.post('/Users', person('mover@acme.example'));
    const to = (value: string) => acme.patch(`/Users/${body.id}`, { op: 'replace', path: 'userName', value });
    assertScimError(await to('mover@globex.example'), 400, 'invalidValue');
    assertScimError(await to('new@acme.example'), 409, 'uniqueness');
    assert.equal((await account(body.id)).primaryEmail, 'mover@acme.example');
    assert.equal((await to('moved.on@acme.example')).status, 200);
    assert.equal((await account(body.id)).primaryEmail, 'moved.on@acme.example');
  });

  it('gives organization roles by mapped groups and takes only what it gave', async () => {
    const role = async (name: string) =>
      (await api.post('/api/organization-roles', { name, organizationScopeIds: [], resourceScopeIds: [] })).body.id;
    const [engineer, admin] = [await role('engineer'), await role('admin')];
    const [one, two] = [
      (await acme.post('/Users', person('one@acme.example'))).body.id,
      (await acme.post('/Users', person('two@acme.example'))).body.id,
    ];
    await api.post(`/api/organizations/${acmeId}/users/${two}/roles`, { organizationRoleIds: [engineer] });
    const rolesOf = async (id: string): Promise<string[]> =>
      (await api.get(`/api/organizations/${acmeId}/users/${id}/roles`)).body
        .map(({ name }: { name: string }) => name)
        .sort();
    const { body: group } = await acme.post('/Groups', {
      displayName: 'admin',
      externalId: 'gr-1',
      members: [{ value: one }, { value: two }],
    });
    // A name gives nothing: an operator decides.
    assert.deepEqual(await rolesOf(one), []);
    const map = (roleId: string | null) =>
      api.patch(`/api/organizations/${acmeId}/scim/groups/${group.id}`, { roleId });
    assert.equal((await map(engineer)).body.membersCount, 2);
    assert.deepEqual([await rolesOf(one), await rolesOf(two)], [['engineer'], ['engineer']]);
    await map(admin);
    assert.deepEqual([await rolesOf(one), await rolesOf(two)], [['admin'], ['admin', 'engineer']]);
    await acme.patch(`/Groups/${group.id}`, { op: 'remove', path: `members[value eq "${two}"]` });
    assert.deepEqual(await rolesOf(two), ['engineer']);
    await acme.patch(`/Users/${one}`, off);
    await acme.patch(`/Users/${one}`, on);
    assert.deepEqual(await rolesOf(one), ['admin']);
    assert.equal((await acme.get(`/Users/${one}`)).body.groups[0].display, 'admin');
    await acme.delete(`/Groups/${group.id}`);
    assert.deepEqual(await rolesOf(one), []);
    assert.equal((await map(admin)).status, 404);
  });

  it('restores its own account when the directory creates the user again', async () => {
    const { body } = await acme.post('/Users', person('again@acme.example', { externalId: 'a-1' }));
    assert.equal((await acme.delete(`/Users/${body.id}`)).status, 204);
    assert.equal((await account(body.id)).isSuspended, true);
    assert.ok(!(await membersOf(acmeId)).includes(body.id));
    const again = await acme.post('/Users', person('again@acme.example', { externalId: 'a-2', displayName: 'Again' }));
    assert.deepEqual([again.status, again.body.id, again.body.active], [201, body.id, true]);
    assert.equal((await account(body.id)).isSuspended, false);
    assert.equal((await account(body.id)).name, 'Again');
  });
});
