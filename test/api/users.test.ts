import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Users', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  const create = async (user: object = {}) => (await api.post('/api/users', user)).body;

  it('creates, reads, updates and deletes users', async () => {
    const created = await create({
      username: 'ada',
      primaryEmail: 'Ada@example.com',
      primaryPhone: '34600111222',
      name: 'Ada',
      avatar: 'https://img.test/a.png',
      customData: { plan: 'pro' },
      profile: { givenName: 'Ada', address: { country: 'ES' } },
      password: 'correct horse 1',
    });
    assert.match(created.id, /^[0-9a-z]{12}$/);
    assert.equal(created.hasPassword, true);
    assert.equal(created.isSuspended, false);
    assert.deepEqual(created.identities, {});
    assert.deepEqual((await api.get(`/api/users/${created.id}`)).body, created);

    const changed = await api.patch(`/api/users/${created.id}`, { name: null, primaryEmail: 'new@example.com' });
    assert.equal(changed.status, 200);
    assert.deepEqual(
      [changed.body.name, changed.body.primaryEmail, changed.body.username],
      [null, 'new@example.com', 'ada'],
    );

    const emptied = await api.patch(`/api/users/${created.id}`, { primaryEmail: '', primaryPhone: null });
    assert.deepEqual([emptied.body.primaryEmail, emptied.body.primaryPhone], [null, null]);

    assert.equal((await api.delete(`/api/users/${created.id}`)).status, 204);
    assertRefused(await api.get(`/api/users/${created.id}`), 404, 'entity.not_found');
    assertRefused(await api.delete(`/api/users/${created.id}`), 404, 'entity.not_found');
  });

  it('rejects identifiers of another user, regardless of the case of an email address', async () => {
    await create({ username: 'taken', primaryEmail: 'taken@example.com', primaryPhone: '34600000001' });
    assertRefused(await api.post('/api/users', { username: 'taken' }), 422, 'user.username_already_in_use');
    assertRefused(
      await api.post('/api/users', { primaryEmail: 'TAKEN@example.com' }),
      422,
      'user.email_already_in_use',
    );
    assertRefused(await api.post('/api/users', { primaryPhone: '34600000001' }), 422, 'user.phone_already_in_use');
    const other = await create({ username: 'other' });
    assertRefused(
      await api.patch(`/api/users/${other.id}`, { username: 'taken' }),
      422,
      'user.username_already_in_use',
    );
  });

  // security: leaked-secrets
  it('never returns a user’s password', async () => {
    const user = await create({ username: 'secretive', password: 'correct horse 2' });
    const plain = JSON.stringify((await api.get(`/api/users/${user.id}`)).body);
    assert.doesNotMatch(plain, /argon2|correct horse/);
    const full = (await api.get(`/api/users/${user.id}?includePasswordHash=true`)).body;
    assert.equal(full.passwordAlgorithm, 'Argon2id');
    assert.match(full.passwordDigest, /^\$argon2id\$/);
  });

  it('sets and checks a user’s password', async () => {
    const user = await create({ username: 'forgetful' });
    assert.deepEqual((await api.get(`/api/users/${user.id}/has-password`)).body, { hasPassword: false });
    assertRefused(
      await api.post(`/api/users/${user.id}/password/verify`, { password: 'x' }),
      422,
      'session.invalid_credentials',
    );
    assert.equal((await api.patch(`/api/users/${user.id}/password`, { password: 'correct horse 3' })).status, 200);
    assert.equal(
      (await api.post(`/api/users/${user.id}/password/verify`, { password: 'correct horse 3' })).status,
      204,
    );
    assertRefused(
      await api.post(`/api/users/${user.id}/password/verify`, { password: 'wrong' }),
      422,
      'session.invalid_credentials',
    );
    assert.deepEqual((await api.get(`/api/users/${user.id}/has-password`)).body, { hasPassword: true });
  });

  it('creates a user with a password digest of another product', async () => {
    // SHA-256 of “password123”.
    const passwordDigest = 'ef92b778bafe771e89245b89ecbc08a44a4e166c06659911881f383d4473e94f';
    const user = await create({ username: 'moved_in', passwordDigest, passwordAlgorithm: 'SHA256' });
    assert.equal((await api.post(`/api/users/${user.id}/password/verify`, { password: 'password123' })).status, 204);
    const broken = { passwordDigest: 'not hexadecimal', passwordAlgorithm: 'SHA256' };
    assertRefused(await api.post('/api/users', broken), 422, 'password.invalid_legacy_password_format');
    assertRefused(await api.post('/api/users', { passwordDigest }), 400, 'guard.invalid_input');
    assertRefused(
      await api.post('/api/users', { password: 'x', passwordDigest, passwordAlgorithm: 'SHA256' }),
      400,
      'guard.invalid_input',
    );
  });

  it('updates single settings for second factors and keeps the others', async () => {
    const { id } = await create();
    const path = `/api/users/${id}/logto-configs`;
    const undecided = {
      mfa: { enabled: false, skipped: false, skipMfaOnSignIn: false },
      passkeySignIn: { skipped: false },
    };
    assert.deepEqual((await api.get(path)).body, undecided);
    await api.patch(path, { mfa: { skipped: true } });
    const changed = await api.patch(path, { mfa: { enabled: true }, passkeySignIn: { skipped: true } });
    assert.deepEqual(changed.body, {
      mfa: { enabled: true, skipped: true, skipMfaOnSignIn: false },
      passkeySignIn: { skipped: true },
    });
    assert.deepEqual((await api.get(path)).body, changed.body);
    assertRefused(await api.get('/api/users/nobody/logto-configs'), 404, 'entity.not_found');
    assertRefused(await api.patch('/api/users/nobody/logto-configs', {}), 404, 'entity.not_found');
  });

  it('returns all identities of a user in one list', async () => {
    const { id } = await create();
    await api.put(`/api/users/${id}/identities/wechat`, { userId: 'of-all', details: { name: 'A' } });
    assert.deepEqual((await api.get(`/api/users/${id}/all-identities`)).body, {
      socialIdentities: [{ target: 'wechat', identity: { userId: 'of-all', details: { name: 'A' } } }],
      ssoIdentities: [],
    });
    assertRefused(await api.get(`/api/users/${id}/sso-identities/none`), 404, 'entity.not_found');
    assertRefused(await api.get('/api/users/nobody/all-identities'), 404, 'entity.not_found');
  });

  it('merges custom data and profiles instead of replacing them', async () => {
    const { id } = await create({ customData: { a: 1, nested: { b: 2 } }, profile: { nickname: 'N' } });
    const merged = await api.patch(`/api/users/${id}/custom-data`, { customData: { c: 3, nested: { d: 4 } } });
    assert.deepEqual(merged.body, { a: 1, nested: { d: 4 }, c: 3 });
    assert.deepEqual((await api.get(`/api/users/${id}/custom-data`)).body, merged.body);
    const profile = await api.patch(`/api/users/${id}/profile`, { profile: { website: 'https://w.test' } });
    assert.deepEqual(profile.body, { nickname: 'N', website: 'https://w.test' });
    assertRefused(await api.patch('/api/users/nobody/custom-data', { customData: {} }), 404, 'entity.not_found');
  });

  it('links each social identity to one user only', async () => {
    const [first, second] = [await create(), await create()];
    const path = `/api/users/${first.id}/identities/wechat`;
    const put = await api.put(path, { userId: 'u-1', details: { id: 'u-1', name: 'Mei', left: null } });
    assert.equal(put.status, 201);
    assert.deepEqual(put.body, { wechat: { userId: 'u-1', details: { id: 'u-1', name: 'Mei', left: null } } });
    assert.equal((await api.put(path, { userId: 'u-2' })).status, 200);
    assert.deepEqual((await api.get(path)).body, { identity: { userId: 'u-2' } });
    assertRefused(
      await api.put(`/api/users/${second.id}/identities/wechat`, { userId: 'u-2' }),
      422,
      'user.identity_already_in_use',
    );
    assertRefused(await api.put('/api/users/nobody/identities/wechat', { userId: 'u-9' }), 404, 'entity.not_found');
    const removed = await api.delete(path);
    assert.equal(removed.status, 200);
    assert.deepEqual(removed.body.identities, {});
    assertRefused(await api.delete(path), 404, 'user.identity_not_exist');
    assertRefused(await api.get(`/api/users/${first.id}/identities/__proto__`), 404, 'user.identity_not_exist');
  });

  it('assigns user roles only, and changes nothing when a role is assigned twice', async () => {
    const { body: role } = await api.post('/api/roles', { name: 'Reader', description: 'Reads' });
    const { body: other } = await api.post('/api/roles', { name: 'Writer', description: 'Writes' });
    const { body: machine } = await api.post('/api/roles', {
      name: 'Robot',
      description: 'Robots',
      type: 'MachineToMachine',
    });
    const { id } = await create();
    const path = `/api/users/${id}/roles`;
    const given = await api.post(path, { roleIds: [role.id, role.id] });
    assert.equal(given.status, 201);
    assert.deepEqual(given.body.addedRoleIds, [role.id]);
    assert.deepEqual((await api.post(path, { roleIds: [role.id, other.id] })).body.addedRoleIds, [other.id]);
    const many = (await create()).id;
    const backwards = [role.id, other.id].sort().reverse();
    const ordered = await api.post(`/api/users/${many}/roles`, { roleIds: backwards });
    assert.deepEqual(ordered.body.addedRoleIds, backwards);
    assertRefused(await api.post(path, { roleIds: [machine.id] }), 422, 'user.invalid_role_type');
    assertRefused(await api.post(path, { roleIds: ['unknown'] }), 404, 'entity.relation_foreign_key_not_found');
    assert.deepEqual(((await api.get(path)).body as { name: string }[]).map(({ name }) => name).sort(), [
      'Reader',
      'Writer',
    ]);
    assert.equal((await api.put(path, { roleIds: [other.id] })).status, 200);
    assert.equal((await api.delete(`${path}/${other.id}`)).status, 204);
    assertRefused(await api.delete(`${path}/${other.id}`), 404, 'entity.not_found');
    assert.deepEqual((await api.get(path)).body, []);
  });

  it('assigns the default roles to new users', async () => {
    const { body: role } = await api.post('/api/roles', { name: 'Member', description: 'Everybody', isDefault: true });
    const { id } = await create();
    const { body } = await api.get(`/api/users/${id}/roles`);
    assert.deepEqual(
      (body as { id: string }[]).map((each) => each.id),
      [role.id],
    );
    await api.delete(`/api/roles/${role.id}`);
  });

  // security: suspension
  it('ends the sessions and grants of a user who is suspended', async () => {
    const { id } = await create({ username: 'suspended_one' });
    const { db } = server.tenant;
    const seed = () =>
      Promise.all([
        db.raw(
          `insert into sessions (tenant_id, id_hash, uid, user_id, authenticated_at, expires_at)
           values ($1, $2, $2, $3, now(), now() + interval '1 day')`,
          [db.tenantId, `session of ${id}`, id],
        ),
        db.raw(
          `insert into grants (tenant_id, id, user_id, application_id, scope, expires_at)
           values ($1, $2, $3, 'app', 'openid', now() + interval '1 day')`,
          [db.tenantId, `grant of ${id}`, id],
        ),
      ]);
    const left = async () =>
      (
        await db.raw<{ left: number }>(
          `select (select count(*) from sessions where tenant_id = $1 and user_id = $2) + (select count(*) from grants where tenant_id = $1 and user_id = $2) as left`,
          [db.tenantId, id],
        )
      )[0]?.left;
    await seed();
    const suspended = await api.patch(`/api/users/${id}/is-suspended`, { isSuspended: true });
    assert.equal(suspended.body.isSuspended, true);
    assert.equal(await left(), 0);
    assert.equal((await api.patch(`/api/users/${id}/is-suspended`, { isSuspended: false })).body.isSuspended, false);
    await seed();
    assert.equal((await api.delete(`/api/users/${id}`)).status, 204);
    assert.equal(await left(), 0);
  });
});

describe('List of users', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('lists every user on one page, newest first, and counts created and deleted users', async () => {
    const made: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      made.push((await api.post('/api/users', { username: `paged_${name}` })).body.id);
    assert.equal((await api.delete(`/api/users/${made.shift()}`)).status, 204);
    assert.equal((await api.post('/api/users', { username: 'paged_b' })).status, 422);

    const pages = [];
    for (let page = 1; page <= 4; page += 1) {
      const reply = await api.get(`/api/users?page=${page}&page_size=2`);
      assert.equal(reply.headers.get('total-number'), '6');
      pages.push(...reply.body.map((user: { id: string }) => user.id));
    }
    assert.deepEqual(pages, made.toReversed());
  });
});

describe('Search for users', () => {
  let server: TestServer;
  let api: Manager;
  let ids: Map<string, string>;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const people = [
      { username: 'tom_scott', name: 'Tom Scott', primaryEmail: 'tom@example.com', primaryPhone: '13100000001' },
      { username: 'tom_scott2', name: 'Tom Scott', primaryEmail: 'tom2@logto.test', primaryPhone: '13100000002' },
      { username: 'jerry_swift', name: 'Jerry Swift', primaryEmail: 'jerry@example.com', primaryPhone: '13100000003' },
      { username: 'JERRY_two', name: 'Jerry 100%', primaryEmail: 'jerry2@example.com' },
    ];
    ids = new Map();
    for (const person of people) ids.set(person.username, (await api.post('/api/users', person)).body.id);
  });
  after(() => server.close());

  const found = async (query: string) => {
    const reply = await api.get(`/api/users?${query}`);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.equal(reply.headers.get('total-number'), String(reply.body.length));
    return (reply.body as { username: string }[]).map(({ username }) => username).sort();
  };

  const cases: [string, string[]][] = [
    ['search=%25tom%25', ['tom_scott', 'tom_scott2']],
    ['search=TOM%25', ['tom_scott', 'tom_scott2']],
    ['search=TOM%25&isCaseSensitive=true', []],
    ['search.name=Jerry%25', ['JERRY_two', 'jerry_swift']],
    ['search.username=jerry%25&isCaseSensitive=true', ['jerry_swift']],
    ['search.username=tom_scott&mode=exact', ['tom_scott']],
    ['search.username=TOM_SCOTT&mode=exact', ['tom_scott']],
    ['search.username=tom_scott&search.username=jerry_swift&mode.username=exact', ['jerry_swift', 'tom_scott']],
    [
      'search.name=Tom%20Scott&search.primaryEmail=%25example.com',
      ['JERRY_two', 'jerry_swift', 'tom_scott', 'tom_scott2'],
    ],
    ['search.name=Tom%20Scott&search.primaryEmail=%25example.com&joint=and', ['tom_scott']],
    ['search.name=Tom%20Scott&search.primaryEmail=%25example.com&jointMode=and', ['tom_scott']],
    ['search.primaryPhone=%5E1310000000%5B23%5D%24&mode=posix', ['jerry_swift', 'tom_scott2']],
    ['search.username=%5EJERRY&mode=posix', ['JERRY_two', 'jerry_swift']],
    ['search.username=%5EJERRY&mode=posix&isCaseSensitive=true', ['JERRY_two']],
    ['search.username=(tom|jerry)%25&mode=similar_to&isCaseSensitive=true', ['jerry_swift', 'tom_scott', 'tom_scott2']],
    ['search.name=Jerry%20100%5C%25', ['JERRY_two']],
    ['search=%27%3B%20drop%20table%20users%3B--', []],
  ];
  for (const [query, expected] of cases) {
    it(`finds ${expected.length} users with ${decodeURIComponent(query)}`, async () =>
      assert.deepEqual(await found(query), expected));
  }

  it('finds users by ID, and by a part of any field', async () => {
    const id = ids.get('jerry_swift') as string;
    assert.deepEqual(await found(`search.id=${id}`), ['jerry_swift']);
    assert.deepEqual(await found(`search=${id.slice(0, 8)}%25`), ['jerry_swift']);
  });

  it('excludes users with a role', async () => {
    const { body: role } = await api.post('/api/roles', { name: 'Cat', description: 'Cats' });
    await api.post(`/api/users/${ids.get('tom_scott')}/roles`, { roleIds: [role.id] });
    assert.deepEqual(await found(`excludeRoleId=${role.id}&search=tom%25`), ['tom_scott2']);
    assert.deepEqual(
      ((await api.get(`/api/roles/${role.id}/users`)).body as { username: string }[]).map((user) => user.username),
      ['tom_scott'],
    );
  });

  it('filters users by role, by organization and by suspension, with a search as well', async () => {
    const { body: role } = await api.post('/api/roles', { name: 'Mouse', description: 'Mice' });
    const { body: organization } = await api.post('/api/organizations', { name: 'Cartoon' });
    const [tom, jerry] = [ids.get('tom_scott'), ids.get('jerry_swift')];
    await api.post(`/api/users/${jerry}/roles`, { roleIds: [role.id] });
    await api.post(`/api/organizations/${organization.id}/users`, { userIds: [tom, jerry] });
    const all = await found('page_size=100');
    assert.equal((await api.patch(`/api/users/${tom}/is-suspended`, { isSuspended: true })).status, 200);
    assert.deepEqual(await found(`roleId=${role.id}`), ['jerry_swift']);
    assert.deepEqual((await found(`organizationId=${organization.id}`)).sort(), ['jerry_swift', 'tom_scott']);
    assert.deepEqual(await found(`organizationId=${organization.id}&search=tom%25`), ['tom_scott']);
    assert.deepEqual(await found('isSuspended=true'), ['tom_scott']);
    assert.deepEqual(await found('isSuspended=true&search=jerry%25'), []);
    assert.deepEqual(
      await found('isSuspended=false&page_size=100'),
      all.filter((name) => name !== 'tom_scott'),
    );
    assert.deepEqual(await found('isSuspended=false&search=tom%25'), ['tom_scott2']);
    assert.deepEqual(await found(`organizationId=${organization.id}&isSuspended=false`), ['jerry_swift']);
    const { headers } = await api.get('/api/users?isSuspended=false&page_size=1');
    assert.equal(Number(headers.get('total-number')), all.length - 1);
  });

  const refused = [
    'search.password=x',
    'search.a.b=x',
    'search=',
    'search.name=',
    'search.name=a&search.name=b',
    'mode=unknown&search=x',
    'mode.nothing=exact',
    'joint=xor&search=x',
    'search=x&mode=similar_to',
    'isCaseSensitive=maybe&search=x',
    'search=%5B&mode=posix',
    'search=shop%5C',
    'search=%5C%5C%5C',
    'search=(&mode=similar_to&isCaseSensitive=true',
  ];
  for (const query of refused) {
    it(`rejects the search ${decodeURIComponent(query)}`, async () =>
      assertRefused(await api.get(`/api/users?${query}`), 400, 'request.invalid_input'));
  }
});
