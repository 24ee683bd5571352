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
  /** Null: never. */
  signedInAt: number | null;
  hasMfa: boolean;
  isSuspended: boolean;
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
      // Several in one instant, on the same days as others were created.
      signedInAt: n % 5 === 0 ? null : start + ((n * 7) % 12) * 86_400_000 + (n % 3) * 3_600_000,
      hasMfa: n % 3 === 1,
      isSuspended: n % 7 === 2,
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
    const { db } = server.tenant;
    for (const { id, signedInAt, hasMfa, isSuspended } of made) {
      if (signedInAt !== null)
        // Not on the first day alone: users sign in again.
        for (const time of [start, signedInAt]) await server.app.users.update(db, id, { lastSignInAt: new Date(time) });
      const factors = `/api/users/${id}/mfa-verifications`;
      const { body: factor } = await api.post(factors, { type: 'Totp' });
      const [{ id: factorId }] = (await api.get(factors)).body;
      assert.equal(factor.type, 'Totp');
      if (!hasMfa) await api.delete(`${factors}/${factorId}`);
      if (isSuspended) await api.patch(`/api/users/${id}/is-suspended`, { isSuspended });
    }
    return made;
  }

  const byId = (a: Person, b: Person) => (a.id < b.id ? -1 : 1);
  const newestFirst = (a: Person, b: Person) => b.at - a.at || byId(a, b);
  const lastSignInFirst = (a: Person, b: Person) => (b.signedInAt ?? 0) - (a.signedInAt ?? 0) || byId(a, b);
  const sorts = {
    '-createdAt': newestFirst,
    createdAt: (a: Person, b: Person) => newestFirst(b, a),
    '-lastSignInAt': lastSignInFirst,
    lastSignInAt: (a: Person, b: Person) => lastSignInFirst(b, a),
  };

  async function assertPages(path: string, has: (person: Person) => boolean, order = newestFirst) {
    const wanted = people
      .filter(has)
      .sort(order)
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
  const isEven = ({ name }: Person) => name.startsWith('Even');

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
      ({ inRole, isMember, at, isSuspended }) => at >= time && !isSuspended && !inRole && !isMember,
    );
    const since = Date.UTC(2027, 0, 3);
    for (const [sort, order] of Object.entries(sorts)) {
      const path = `/api/users?sort=${sort}&hasMfa=false&isSuspended=false&lastSignInAfter=${since}&`;
      const has = ({ hasMfa, isSuspended, signedInAt }: Person) =>
        !hasMfa && !isSuspended && (signedInAt ?? -1) >= since;
      await assertPages(path, has, order);
      await assertPages(`${path}createdAfter=${time}&`, (person) => has(person) && person.at >= time, order);
      await assertPages(`${path}search.name=even%25&`, (person) => has(person) && isEven(person), order);
    }
  });

  it('returns complete pages in each order, of all users and of filtered ones', async () => {
    const { role, organization } = ids;
    const lists: [query: string, has: (person: Person) => boolean][] = [
      ['', everybody],
      [`roleId=${role}&`, ({ inRole }) => inRole],
      [`excludeOrganizationId=${organization}&`, ({ isMember }) => !isMember],
      ['search.name=even%25&', isEven],
      [`roleId=${role}&organizationId=${organization}&`, ({ inRole, isMember }) => inRole && isMember],
      [`excludeRoleId=${role}&isSuspended=false&`, ({ inRole, isSuspended }) => !inRole && !isSuspended],
      ['isSuspended=true&', ({ isSuspended }) => isSuspended],
      ['isSuspended=false&', ({ isSuspended }) => !isSuspended],
      [`isSuspended=true&roleId=${role}&`, ({ isSuspended, inRole }) => isSuspended && inRole],
    ];
    for (const [sort, order] of Object.entries(sorts))
      for (const [query, has] of lists) await assertPages(`/api/users?sort=${sort}&${query}`, has, order);
    assert.equal((await api.get('/api/users?sort=name')).status, 400);
  });

  it('returns complete pages of users with and without a second factor', async () => {
    for (const [sort, order] of Object.entries(sorts)) {
      await assertPages(`/api/users?hasMfa=true&sort=${sort}&`, ({ hasMfa }) => hasMfa, order);
      await assertPages(`/api/users?hasMfa=false&sort=${sort}&`, ({ hasMfa }) => !hasMfa, order);
    }
    await assertPages(`/api/users?hasMfa=true&roleId=${ids.role}&`, ({ hasMfa, inRole }) => hasMfa && inRole);
  });

  it('returns complete pages of users whose last sign-in was since a time', async () => {
    const since = (time: number) => (person: Person) => (person.signedInAt ?? -1) >= time;
    for (const { signedInAt } of people.filter((_, n) => n % 9 === 1))
      for (const time of [signedInAt ?? 0, (signedInAt ?? 0) + 1])
        for (const [sort, order] of Object.entries(sorts))
          await assertPages(`/api/users?lastSignInAfter=${time}&sort=${sort}&`, since(time), order);
    for (const time of [0, 1])
      await assertPages(`/api/users?lastSignInAfter=${time}&`, ({ signedInAt }) => signedInAt !== null);
    await assertPages('/api/users?lastSignInAfter=0&search.name=even%25&', (p) => isEven(p) && p.signedInAt !== null);
    assert.equal((await api.get('/api/users?lastSignInAfter=yesterday')).status, 400);
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

  it('returns the right totals after users lost a factor, signed in, were reactivated and deleted', async () => {
    const { db } = server.tenant;
    const now = Date.UTC(2027, 3, 1, 12);
    for (const [n, person] of people.entries()) {
      if (n % 4 === 0) {
        await server.app.users.update(db, person.id, { lastSignInAt: new Date(now + n) });
        person.signedInAt = now + n;
        await api.patch(`/api/users/${person.id}/is-suspended`, { isSuspended: false });
        person.isSuspended = false;
      }
      if (n % 4 !== 1) continue;
      assert.equal((await api.delete(`/api/users/${person.id}`)).status, 204);
    }
    people = people.filter((_, n) => n % 4 !== 1);
    await assertPages('/api/users?sort=lastSignInAt&', everybody, sorts.lastSignInAt);
    await assertPages(`/api/users?lastSignInAfter=${now}&`, ({ signedInAt }) => (signedInAt ?? 0) >= now);
    await assertPages('/api/users?hasMfa=true&', ({ hasMfa }) => hasMfa);
    await assertPages('/api/users?hasMfa=false&', ({ hasMfa }) => !hasMfa);
    await assertPages('/api/users?isSuspended=true&', ({ isSuspended }) => isSuspended);
    await assertPages('/api/users?isSuspended=false&hasMfa=true&', (p) => !p.isSuspended && p.hasMfa);
  });

  it('returns an empty page if no user matches', async () => {
    const { id } = (await api.post('/api/organizations', { name: 'Nobody' })).body;
    await assertPages(`/api/organizations/${id}/users?`, () => false);
  });
});
