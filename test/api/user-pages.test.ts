import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

interface Person {
  id: string;
  at: number;
  name: string;
  inRole: boolean;
  isMember: boolean;
  hasOrganizationRole: boolean;
}

const size = 7;

// Every list is read page by page and compared with the same list made here. It includes days with many users and days
// with
// none, users created at the same instant, and pages nearer to either end.
describe('Pages of user lists', () => {
  let server: TestServer;
  let api: Manager;
  const ids = { role: '', organization: '', organizationRole: '' };
  let people: Person[];

  before(async () => {
    server = await startServer();
    api = await manage(server);
    ids.role = (await api.post('/api/roles', { name: 'R', description: 'R', type: 'User' })).body.id;
    ids.organization = (await api.post('/api/organizations', { name: 'O' })).body.id;
    ids.organizationRole = (await api.post('/api/organization-roles', { name: 'OR' })).body.id;
    people = await createPeople();
    const of = (has: (person: Person) => boolean) => people.filter(has).map(({ id }) => id);
    await api.post(`/api/roles/${ids.role}/users`, { userIds: of(({ inRole }) => inRole) });
    const members = `/api/organizations/${ids.organization}/users`;
    await api.post(members, { userIds: of(({ isMember }) => isMember) });
    await api.post(`${members}/roles`, {
      userIds: of(({ hasOrganizationRole }) => hasOrganizationRole),
      organizationRoleIds: [ids.organizationRole],
    });
  });
  after(() => server.close());

  /** Users as if they had come over some days, some of them in one moment. */
  async function createPeople(): Promise<Person[]> {
    const days = [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 9,
    ];
    const start = Date.UTC(2027, 0, 1);
    const made = days.map((day, n) => ({
      id: `u${String((n * 17) % 97).padStart(11, '0')}`,
      // The last instants of a day, its first, and several users in the same one.
      at: start + day * 86_400_000 + (n % 3 === 0 ? 0 : n % 3 === 1 ? 86_399_999 : n * 60_000),
      name: n % 2 === 0 ? `Even ${n}` : `Odd ${n}`,
      inRole: n % 5 !== 0,
      isMember: n % 4 !== 1,
      hasOrganizationRole: n % 4 === 2,
    }));
    await server.tenant.db.raw(
      `insert into users (tenant_id, id, name, created_at) select $1, p.id, p.name, p.at
       from unnest($2::text[], $3::text[], $4::timestamptz[]) as p (id, name, at)`,
      [
        server.tenant.id,
        made.map(({ id }) => id),
        made.map(({ name }) => name),
        made.map(({ at }) => new Date(at).toISOString()),
      ],
    );
    return made;
  }

  async function assertPages(path: string, has: (person: Person) => boolean) {
    const wanted = people
      .filter(has)
      .sort((a, b) => b.at - a.at || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
    for (let page = 1; page <= Math.ceil(wanted.length / size) + 1; page += 1) {
      const { body, headers } = await api.get(`${path}page=${page}&page_size=${size}`);
      assert.ok(Array.isArray(body), JSON.stringify(body));
      const shown = (body as { id: string }[]).map(({ id }) => id);
      assert.deepEqual(shown, wanted.slice((page - 1) * size, page * size), `page ${page} of ${path}`);
      assert.equal(headers.get('total-number'), String(wanted.length), `total of page ${page} of ${path}`);
    }
  }

  const everybody = () => true;

  it('returns all users without gaps, newest first', () => assertPages('/api/users?', everybody));

  it('returns pages without gaps after users were deleted', async () => {
    for (const index of [0, 17, 18, 35]) {
      const person = people[index] as Person;
      assert.equal((await api.delete(`/api/users/${person.id}`)).status, 204);
    }
    people = people.filter((_, index) => ![0, 17, 18, 35].includes(index));
    await assertPages('/api/users?', everybody);
  });

  it('returns complete pages of users with a role, and of users without it', async () => {
    await assertPages(`/api/roles/${ids.role}/users?`, ({ inRole }) => inRole);
    await assertPages(`/api/users?excludeRoleId=${ids.role}&`, ({ inRole }) => !inRole);
  });

  it('returns complete pages of organization members, also by role, and of non-members', async () => {
    const members = `/api/organizations/${ids.organization}/users?`;
    await assertPages(members, ({ isMember }) => isMember);
    await assertPages(
      `${members}organizationRoleId=${ids.organizationRole}&`,
      ({ hasOrganizationRole }) => hasOrganizationRole,
    );
    await assertPages(`/api/users?excludeOrganizationId=${ids.organization}&`, ({ isMember }) => !isMember);
  });

  it('returns complete pages of a search in each of these lists', async () => {
    const isEven = ({ name }: Person) => name.startsWith('Even');
    await assertPages('/api/users?search.name=even%25&', isEven);
    await assertPages(`/api/roles/${ids.role}/users?search.name=even%25&`, (p) => isEven(p) && p.inRole);
    await assertPages(`/api/users?search.name=even%25&excludeRoleId=${ids.role}&`, (p) => isEven(p) && !p.inRole);
    await assertPages(`/api/organizations/${ids.organization}/users?q=even&`, (p) => isEven(p) && p.isMember);
  });

  it('returns complete pages of users created since a time', async () => {
    for (const { at } of people.filter((_, n) => n % 6 === 0))
      for (const time of [at, at + 1])
        await assertPages(`/api/users?createdAfter=${time}&`, (person) => person.at >= time);
    assert.equal((await api.get('/api/users?createdAfter=yesterday')).status, 400);
  });

  it('returns complete pages of users who match several filters', async () => {
    const { role, organization } = ids;
    const time = people[10]?.at ?? 0;
    await assertPages(
      `/api/users?roleId=${role}&organizationId=${organization}&createdAfter=${time}&`,
      ({ inRole, isMember, at }) => inRole && isMember && at >= time,
    );
    await assertPages(
      `/api/users?createdAfter=${time}&isSuspended=false&excludeRoleId=${role}&excludeOrganizationId=${organization}&`,
      ({ inRole, isMember, at }) => at >= time && !inRole && !isMember,
    );
    await assertPages(`/api/users?isSuspended=true&roleId=${role}&`, () => false);
  });

  it('returns the right total while many roles change concurrently', async () => {
    const other = (await api.post('/api/roles', { name: 'R2', description: 'R2', type: 'User' })).body.id;
    await Promise.all(
      people.map(async (person, n) => {
        const roleIds = [[ids.role], [other], [ids.role, other], []][n % 4] as string[];
        assert.equal((await api.put(`/api/users/${person.id}/roles`, { roleIds })).status, 200);
        person.inRole = roleIds.includes(ids.role);
      }),
    );
    await assertPages(`/api/roles/${ids.role}/users?`, ({ inRole }) => inRole);
    const [shown] = (await api.get(`/api/roles?search=${ids.role}`)).body;
    assert.equal(shown.usersCount, people.filter(({ inRole }) => inRole).length);
  });

  it('returns an empty page if no user matches', async () => {
    const { id } = (await api.post('/api/organizations', { name: 'Nobody' })).body;
    await assertPages(`/api/organizations/${id}/users?`, () => false);
  });
});
