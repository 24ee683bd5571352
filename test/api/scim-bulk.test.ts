import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimLimits, scimUrn } from '@aldaba/contract/scim';
import { manage } from '../support/management.ts';
import { assertScimError, directoryOf, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Bulk requests', () => {
  let server: TestServer;
  let scim: ScimClient;
  before(async () => {
    server = await startServer();
    scim = await directoryOf(await manage(server), server.tenant.baseUrl);
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

  it('refuses references that go in a circle or to nothing, alone', async () => {
    const withManager = (bulkId: string, manager: string) =>
      create(bulkId, `${bulkId}@circle.example`, {
        [scimUrn.enterpriseUser]: { manager: { value: `bulkId:${manager}` } },
      });
    const reply = await bulk([
      withManager('x', 'y'),
      withManager('y', 'x'),
      withManager('z', 'none'),
      create('ok', 'ok@circle.example'),
    ]);
    assert.deepEqual(statuses(reply), ['409', '409', '409', '201'], JSON.stringify(reply.body));
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
