import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import { type Manager, manage } from '../support/management.ts';
import { assertScimError, directoryOf, organizationWith, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('The rules of RFC 7643 and RFC 7644', () => {
  let server: TestServer;
  let api: Manager;
  let scim: ScimClient;
  let number = 0;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    scim = await directoryOf(api, server.tenant.baseUrl);
  });
  after(() => server.close());
  const create = async (more: object = {}) => {
    number += 1;
    const { status, body } = await scim.post('/Users', person(`rule${number}@example.com`, more));
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  };

  it('answers 501 for /Me, which a directory is not (RFC 7644 section 3.11)', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      assertScimError(await scim.send(method, '/Me', method === 'GET' ? {} : { body: {} }), 501);
    assert.equal((await fetch(`${server.tenant.baseUrl}/scim/v2/Me`)).status, 401);
  });

  it('ignores the case of attribute names and of schema URNs (RFC 7643 section 2.1)', async () => {
    const created = await scim.post('/Users', {
      SCHEMAS: [scimUrn.user],
      USERNAME: 'Case@Example.com',
      NAME: { GIVENNAME: 'Ca', familyname: 'Se' },
      Emails: [{ VALUE: 'case@example.com', Type: 'work', PRIMARY: true }],
      [scimUrn.enterpriseUser.toUpperCase()]: { Department: 'R&D' },
    });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const { id, userName, name, emails, [scimUrn.enterpriseUser]: enterprise } = created.body;
    assert.deepEqual([userName, name.givenName, name.familyName], ['Case@Example.com', 'Ca', 'Se']);
    assert.deepEqual(emails, [{ value: 'case@example.com', type: 'work', primary: true }]);
    assert.deepEqual(enterprise, { department: 'R&D' });
    const patched = await scim.patch(`/Users/${id}`, {
      op: 'Replace',
      path: `${scimUrn.enterpriseUser.toLowerCase()}:DEPARTMENT`,
      value: 'HR',
    });
    assert.equal(patched.body[scimUrn.enterpriseUser].department, 'HR');
    assert.deepEqual(await scim.find('USERNAME EQ "case@example.com" AND NAME.givenname Sw "CA"'), [
      'Case@Example.com',
    ]);
    assert.deepEqual((await scim.get(`/Users/${id}?ATTRIBUTES=USERNAME`)).body.userName, 'Case@Example.com');
    // `externalId` and `id` are case-exact.
    await scim.patch(`/Users/${id}`, { op: 'add', path: 'externalId', value: 'ExT' });
    assert.deepEqual(await scim.find('externalId eq "ext"'), []);
    assert.deepEqual(await scim.find('externalId eq "ExT"'), ['Case@Example.com']);
  });

  it('ignores read-only values, and keeps them when they are sent back (RFC 7643 section 7)', async () => {
    const user = await create({ title: 'Engineer' });
    const { body: group } = await scim.post('/Groups', { displayName: 'Readers', members: [{ value: user.id }] });
    const { body: whole } = await scim.get(`/Users/${user.id}`);
    assert.deepEqual(
      whole.groups.map(({ value }: { value: string }) => value),
      [group.id],
    );
    const changed = { ...whole, id: 'other', groups: [], meta: { location: 'https://evil.example' }, title: 'Chief' };
    const { status, body } = await scim.put(`/Users/${user.id}`, changed);
    assert.deepEqual([status, body.id, body.title, body.groups], [200, user.id, 'Chief', whole.groups]);
    assert.deepEqual([body.meta.location, body.meta.created], [whole.meta.location, whole.meta.created]);
    assertScimError(
      await scim.patch(`/Users/${user.id}`, { op: 'replace', path: 'groups', value: [] }),
      400,
      'mutability',
    );
  });

  it('never returns a password, and has no user that a password selects', async () => {
    const { id } = await create({ password: 'directory-chosen 1' });
    for (const path of [`/Users/${id}`, `/Users/${id}?attributes=password`])
      assert.ok(!JSON.stringify((await scim.get(path)).body).includes('directory-chosen'));
    assertScimError(await scim.get(`/Users?filter=${encodeURIComponent('password pr')}`), 400, 'invalidFilter');
    assert.equal((await api.get(`/api/users/${id}/has-password`)).body.hasPassword, false);
  });

  it('returns parts of extensions and of lists, in answers to writes too (RFC 7644 section 3.9)', async () => {
    const enterprise = { department: 'R&D', division: 'X' };
    const { id } = await create({ title: 'Engineer', [scimUrn.enterpriseUser]: enterprise });
    const ask = async (query: string) => (await scim.get(`/Users/${id}?${query}`)).body;
    const only = await ask(`attributes=${scimUrn.enterpriseUser}:department`);
    assert.deepEqual(only[scimUrn.enterpriseUser], { department: 'R&D' });
    assert.deepEqual([only.id, only.title, only.userName], [id, undefined, undefined]);
    assert.deepEqual((await ask(`attributes=${scimUrn.enterpriseUser}`))[scimUrn.enterpriseUser], enterprise);
    assert.equal((await ask(`excludedAttributes=${scimUrn.enterpriseUser}`))[scimUrn.enterpriseUser], undefined);
    assert.equal((await ask(`attributes=${scimUrn.user}:title`)).title, 'Engineer');
    const written = await scim.send('PATCH', `/Users/${id}?attributes=title`, {
      body: { Operations: [{ op: 'replace', path: 'title', value: 'Chief' }] },
    });
    assert.deepEqual([written.body.title, written.body.userName], ['Chief', undefined]);
    const searched = await scim.post('/Users/.search', { filter: `id eq "${id}"`, excludedAttributes: ['title'] });
    assert.deepEqual([searched.body.Resources[0].title, searched.body.Resources[0].id], [undefined, id]);
  });

  it('protects groups by If-Match as users, on every method (RFC 7644 section 3.14)', async () => {
    const { body: group, headers } = await scim.post('/Groups', { displayName: 'Versions' });
    const path = `/Groups/${group.id}`;
    const old = headers.get('etag') ?? '';
    await scim.patch(path, { op: 'replace', path: 'displayName', value: 'Versions 2' });
    const body = { displayName: 'Versions 3' };
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const sent = method === 'PATCH' ? { Operations: [{ op: 'replace', value: body }] } : body;
      assertScimError(
        await scim.send(method, path, { body: method === 'DELETE' ? undefined : sent, headers: { 'if-match': old } }),
        412,
      );
    }
    const now = (await scim.get(path)).headers.get('etag') ?? '';
    assert.equal((await scim.send('GET', path, { headers: { 'if-none-match': `W/"x", ${now}` } })).status, 304);
    assert.equal((await scim.send('PUT', path, { body, headers: { 'if-match': `${old}, ${now}` } })).status, 200);
  });

  it('refuses groups in groups, and members that are not users, with a sentence', async () => {
    const { body: inner } = await scim.post('/Groups', { displayName: 'Inner' });
    const { body: outer } = await scim.post('/Groups', { displayName: 'Outer' });
    for (const members of [[{ value: inner.id, type: 'Group' }], [{ value: inner.id }], [{ value: 'nothing' }]]) {
      for (const reply of [
        await scim.post('/Groups', { displayName: `Nested ${Math.random()}`, members }),
        await scim.patch(`/Groups/${outer.id}`, { op: 'add', path: 'members', value: members }),
        await scim.put(`/Groups/${outer.id}`, { displayName: 'Outer', members }),
      ]) {
        assertScimError(reply, 400, 'invalidValue');
        assert.match(reply.body.detail, /is not a user/);
      }
    }
    assert.equal((await scim.get(`/Groups/${outer.id}`)).body.members, undefined);
    // A value of the wrong type is refused even if a user has the id.
    const user = await create();
    const disguised = await scim.post('/Groups', {
      displayName: 'Typed',
      members: [{ value: user.id, type: 'Group' }],
    });
    assertScimError(disguised, 400, 'invalidValue');
  });

  it('keeps the externalId unique in each directory, and free in the others', async () => {
    const ids = [
      await organizationWith(server, api, 'One', 'one.example'),
      await organizationWith(server, api, 'Two', 'two.example'),
    ];
    const [one, two] = await Promise.all(ids.map((id) => directoryOf(api, server.tenant.baseUrl, id)));
    if (!one || !two) throw new Error('two directories');
    const externalId = 'shared-1';
    assert.equal((await scim.post('/Users', person('ext@example.com', { externalId }))).status, 201);
    assert.equal((await one.post('/Users', person('a@one.example', { externalId }))).status, 201);
    assert.equal((await two.post('/Users', person('a@two.example', { externalId }))).status, 201);
    assertScimError(await one.post('/Users', person('b@one.example', { externalId })), 409, 'uniqueness');
    // A second token of the same directory is the same directory.
    const again = await directoryOf(api, server.tenant.baseUrl, ids[0]);
    assertScimError(await again.post('/Users', person('b@one.example', { externalId })), 409, 'uniqueness');
    assert.equal((await one.post('/Groups', { displayName: 'Same', externalId: 'g' })).status, 201);
    assert.equal((await two.post('/Groups', { displayName: 'Same', externalId: 'g' })).status, 201);
    assertScimError(await one.post('/Groups', { displayName: 'same' }), 409, 'uniqueness');
    assertScimError(await one.post('/Groups', { displayName: 'Other', externalId: 'g' }), 409, 'uniqueness');
  });

  it('creates, changes and lists groups of 1,000 members', async () => {
    await server.tenant.db.raw(
      `insert into users (tenant_id, id, name) select $1, 'crowd' || n, 'Crowd' from generate_series(1, 1001) n`,
      [server.tenant.id],
    );
    const members = Array.from({ length: 1000 }, (_, index) => ({ value: `crowd${index + 1}` }));
    const { status, body: group } = await scim.post('/Groups', { displayName: 'Crowd', members });
    assert.equal(status, 201);
    assert.equal(group.members.length, 1000);
    const path = `/Groups/${group.id}?excludedAttributes=members`;
    const patch = async (...operations: object[]) => {
      const reply = await scim.patch(path, ...operations);
      assert.deepEqual([reply.status, reply.body.members], [200, undefined]);
      return (await scim.get(`/Groups/${group.id}`)).body.members?.length ?? 0;
    };
    assert.equal(
      await patch({ op: 'add', path: 'members', value: [{ value: 'crowd1001' }, { value: 'crowd1' }] }),
      1001,
    );
    assert.equal(await patch({ op: 'remove', path: 'members[value eq "crowd7"]' }), 1000);
    assert.equal(await patch({ op: 'remove', path: 'members', value: members.slice(0, 500) }), 501);
    assert.equal(await patch({ op: 'replace', path: 'members', value: members }), 1000);
    const found = await scim.get(
      `/Groups?filter=${encodeURIComponent('members.value eq "crowd9"')}&attributes=displayName`,
    );
    assert.deepEqual(
      found.body.Resources.map(({ displayName, members: shown }: Record<string, unknown>) => [displayName, shown]),
      [['Crowd', undefined]],
    );
    assert.equal(await patch({ op: 'remove', path: 'members' }), 0);
  });

  it('pages groups with a total also where a page is empty (RFC 7644 section 3.4.2.4)', async () => {
    const { body: all } = await scim.get('/Groups?count=200&attributes=displayName');
    const page = async (query: string) => (await scim.get(`/Groups?${query}`)).body;
    for (const [query, startIndex] of [
      ['count=0', 1],
      [`startIndex=${all.totalResults + 1}`, all.totalResults + 1],
      ['startIndex=2147483647', 2147483647],
    ] as const) {
      const { totalResults, itemsPerPage, Resources = [], ...rest } = await page(query);
      assert.deepEqual([totalResults, itemsPerPage, Resources, rest.startIndex], [all.totalResults, 0, [], startIndex]);
    }
    const sorted = await page('sortBy=displayName&sortOrder=descending&count=200&attributes=displayName');
    const names = sorted.Resources.map(({ displayName }: { displayName: string }) => displayName.toLowerCase());
    assert.deepEqual(names, [...names].sort().reverse());
  });

  it('accepts both media types with parameters, and answers in its own', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/scim+json;charset=UTF-8']) {
      number += 1;
      const raw = JSON.stringify(person(`media${number}@example.com`));
      const reply = await scim.send('POST', '/Users', {
        raw,
        headers: { 'content-type': type, accept: 'application/json' },
      });
      assert.equal(reply.status, 201, type);
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
      assertScimError(await scim.send('POST', '/Users', { raw: '{}', headers: { 'content-type': type } }), 415);
  });
});
