import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimLimits, scimUrn } from '@aldaba/contract/scim';
import { type Manager, manage } from '../support/management.ts';
import { assertScimError, directoryOf, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Bulk requests', () => {
  let server: TestServer;
  let scim: ScimClient;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    scim = await directoryOf(api, server.tenant.baseUrl);
  });
  after(() => server.close());

  const bulk = (Operations: object[], more: object = {}) =>
    scim.post('/Bulk', { schemas: [scimUrn.bulk], Operations, ...more });
  const create = (bulkId: string, userName: string, more: object = {}) => ({
    method: 'POST',
    path: '/Users',
    bulkId,
    data: person(userName, more),
  });
  const statuses = (reply: { body: { Operations: { status: string }[] } }) =>
    reply.body.Operations.map(({ status }) => status);

  it('runs operations of every kind and answers each in its place', async () => {
    const { body: old } = await scim.post('/Users', person('old@example.com'));
    const reply = await bulk([
      create('one', 'one@example.com'),
      { method: 'PUT', path: `/Users/${old.id}`, data: person('renamed@example.com') },
      {
        method: 'patch',
        path: `/Users/${old.id}`,
        data: { Operations: [{ op: 'add', path: 'title', value: 'Chief' }] },
      },
      create('two', 'one@example.com'),
      { method: 'DELETE', path: '/Users/unknown' },
      { method: 'DELETE', path: `/Users/${old.id}` },
    ]);
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.deepEqual(reply.body.schemas, [scimUrn.bulkAnswer]);
    assert.deepEqual(statuses(reply), ['201', '200', '200', '409', '404', '204']);
    const [created, , patched, refused] = reply.body.Operations;
    assert.equal(created.bulkId, 'one');
    assert.equal((await scim.get(new URL(created.location).pathname.split('/v2')[1] as string)).status, 200);
    assert.match(patched.version, /^W\//);
    assert.equal(refused.response.scimType, 'uniqueness');
  });

  it('resolves references to resources of the same request, also to later ones', async () => {
    const reply = await bulk([
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'g',
        data: { displayName: 'Staff', members: [{ value: 'bulkId:ann' }] },
      },
      create('ann', 'ann@example.com', { [scimUrn.enterpriseUser]: { manager: { value: 'bulkId:ben' } } }),
      create('ben', 'ben@example.com'),
      {
        method: 'PATCH',
        path: '/Groups/bulkId:g',
        data: { Operations: [{ op: 'add', path: 'members', value: [{ value: 'bulkId:ben' }] }] },
      },
    ]);
    assert.deepEqual(statuses(reply), ['201', '201', '201', '200'], JSON.stringify(reply.body));
    const idOf = (index: number) => reply.body.Operations[index].location.split('/').at(-1);
    const { body: group } = await scim.get(`/Groups/${idOf(0)}`);
    const members = group.members.map(({ value }: { value: string }) => value).sort();
    assert.deepEqual(members, [idOf(1), idOf(2)].sort());
    assert.equal((await scim.get(`/Users/${idOf(1)}`)).body[scimUrn.enterpriseUser].manager.value, idOf(2));
  });

  const withManager = (bulkId: string, manager: string, more: object = {}) =>
    create(bulkId, `${bulkId}@circle.example`, {
      ...more,
      [scimUrn.enterpriseUser]: { department: bulkId, manager: { value: `bulkId:${manager}` } },
    });
  const managerOf = async (location: string) =>
    (await scim.get(`/Users/${location.split('/').at(-1)}`)).body[scimUrn.enterpriseUser].manager.value;

  it('resolves references that go in a circle, and groups of the users in it', async () => {
    const reply = await bulk([
      {
        method: 'POST',
        path: '/Groups',
        bulkId: 'board',
        data: { displayName: 'Board', members: ['x', 'y', 'self'].map((id) => ({ value: `bulkId:${id}` })) },
      },
      withManager('outside', 'x'),
      withManager('x', 'y'),
      withManager('y', 'z'),
      withManager('z', 'x'),
      withManager('self', 'self'),
    ]);
    assert.deepEqual(statuses(reply), ['201', '201', '201', '201', '201', '201'], JSON.stringify(reply.body));
    const [board, outside, x, y, z, self] = reply.body.Operations.map(({ location }: { location: string }) => location);
    const managers = [await managerOf(outside), await managerOf(x), await managerOf(y), await managerOf(z)];
    assert.deepEqual(
      managers,
      [x, y, z, x].map((location) => location.split('/').at(-1)),
    );
    assert.equal(await managerOf(self), self.split('/').at(-1));
    const { body: group } = await scim.get(`/Groups/${board.split('/').at(-1)}`);
    assert.equal(group.members.length, 3);
    // The version that the answer names is the last one.
    const { version } = reply.body.Operations[4];
    const { status } = await scim.send('PUT', `/Users/${z.split('/').at(-1)}`, {
      body: person('z2@circle.example'),
      headers: { 'if-match': version },
    });
    assert.equal(status, 200);
  });

  it('answers 409 to a circle that cannot be resolved, of which nothing stays', async () => {
    await scim.post('/Users', person('taken@circle.example'));
    const reply = await bulk([
      withManager('p', 'q'),
      withManager('q', 'p', { userName: 'taken@circle.example' }),
      withManager('after', 'p'),
      withManager('to-nothing', 'none'),
      withManager('a', 'b'),
      { method: 'PATCH', path: '/Users/bulkId:a', bulkId: 'b', data: { Operations: [{ op: 'add', value: {} }] } },
      create('ok', 'ok@circle.example'),
    ]);
    assert.deepEqual(
      statuses(reply),
      ['409', '409', '409', '409', '409', '409', '201'],
      JSON.stringify(reply.body, null, 1),
    );
    const [p, q] = reply.body.Operations;
    assert.deepEqual([p.response.scimType, q.response.scimType], ['invalidValue', 'uniqueness']);
    assert.ok(!('location' in p) && p.bulkId === 'p' && p.method === 'POST');
    for (const name of ['p', 'after', 'to-nothing', 'a'])
      assert.deepEqual(await scim.find(`userName eq "${name}@circle.example"`), [], name);
    const { body: entries } = await api.get('/api/logs?logKey=Scim.User.Create&result=Success&page_size=100');
    const ids = entries.map(
      ({ payload }: { payload: { params: { resourceId: string } } }) => payload.params.resourceId,
    );
    assert.ok(ids.length > 0);
    for (const id of ids)
      assert.ok((await api.get(`/api/users/${id}`)).status === 200, 'the audit log names resources that exist');
  });

  it('stops at the number of errors also in circles and for later references', async () => {
    const reply = await bulk([withManager('m', 'none'), withManager('n', 'm'), create('o', 'o@circle.example')], {
      failOnErrors: 2,
    });
    assert.deepEqual(statuses(reply), ['409', '409'], JSON.stringify(reply.body));
    assert.deepEqual(await scim.find('userName eq "o@circle.example"'), []);
  });

  it('stops after the number of errors that the client accepts', async () => {
    const reply = await bulk(
      [create('a', 'a@stop.example'), create('b', 'a@stop.example'), create('c', 'c@stop.example')],
      { failOnErrors: 1 },
    );
    assert.deepEqual(statuses(reply), ['201', '409']);
    assert.deepEqual(await scim.find('userName eq "c@stop.example"'), []);
  });

  it('refuses what exceeds the limits, and what is not an operation', async () => {
    const many = Array.from({ length: scimLimits.bulkOperations + 1 }, () => ({ method: 'DELETE', path: '/Users/x' }));
    assertScimError(await bulk(many), 413);
    const { body: declared } = await scim.get('/ServiceProviderConfig');
    const { supported, maxOperations, maxPayloadSize } = declared.bulk;
    assert.deepEqual(
      [supported, maxOperations, maxPayloadSize],
      [true, scimLimits.bulkOperations, scimLimits.bulkPayload],
    );
    assert.equal((await bulk(many.slice(1))).body.Operations.length, maxOperations, 'as many as declared');
    const large = create('l', 'large@example.com', { title: 'x'.repeat(scimLimits.bulkPayload) });
    assertScimError(await bulk([large]), 413);
    assertScimError(await bulk([{ method: 'POST', path: '/Users', data: {} }]), 400, 'invalidSyntax');
    assertScimError(await bulk([create('same', 'a@x.example'), create('same', 'b@x.example')]), 400, 'invalidSyntax');
    assertScimError(await bulk([{ method: 'GET', path: '/Users' }]), 400, 'invalidSyntax');
    assertScimError(await bulk([create('a', 'a@x.example')], { failOnErrors: 0 }), 400, 'invalidSyntax');
    const strange = ['/Bulk', '/Users/../Groups', '/../api/users', '/Users/a/b', 'https://elsewhere.example/Users/a'];
    const reply = await bulk(strange.map((path) => ({ method: 'DELETE', path })));
    assert.deepEqual(statuses(reply), ['400', '400', '400', '400', '400']);
  });
});
