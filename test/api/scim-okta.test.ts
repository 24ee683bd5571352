/* Requests of Okta as its documentation shows them ("SCIM protocol", "Build a SCIM provisioning integration"). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import { type Manager, manage } from '../support/management.ts';
import { assertScimError, directoryOf, organizationWith, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Okta', () => {
  let server: TestServer;
  let api: Manager;
  let scim: ScimClient;
  let id: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const organizationId = await organizationWith(server, api, 'Atko', 'atko.example');
    scim = await directoryOf(api, server.tenant.baseUrl, organizationId);
  });
  after(() => server.close());

  const profile = {
    schemas: [scimUrn.user],
    userName: 'test.user@atko.example',
    name: { givenName: 'Test', familyName: 'User' },
    emails: [{ primary: true, value: 'test.user@atko.example', type: 'work' }],
    displayName: 'Test User',
    locale: 'en-US',
    externalId: '00ujl29u0le5T6Aj10h7',
    groups: [],
    active: true,
  };

  it('looks a user up by userName, and creates it with a password that is not taken over', async () => {
    const query = `/Users?filter=${encodeURIComponent('userName eq "test.user@atko.example"')}&startIndex=1&count=100`;
    assert.equal((await scim.get(query)).body.totalResults, 0);
    const { status, body } = await scim.post('/Users', { ...profile, password: '1mz050nq' });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.password, undefined);
    id = body.id;
    assert.equal((await api.get(`/api/users/${id}`)).body.hasPassword, false);
    assert.equal((await scim.get(query)).body.Resources[0].id, id);
    assertScimError(await scim.post('/Users', profile), 409, 'uniqueness');
  });

  it('updates a profile by PUT of the whole resource, its id and metadata included', async () => {
    const { body: before } = await scim.get(`/Users/${id}`);
    const { status, body } = await scim.put(`/Users/${id}`, {
      ...before,
      name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
      displayName: 'Another User',
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual([body.id, body.name.middleName, body.active], [id, 'Excited', true]);
    assert.equal((await api.get(`/api/users/${id}`)).body.name, 'Another User');
  });

  it('deactivates and activates a user by PATCH without a path', async () => {
    const patch = (active: boolean) => scim.patch(`/Users/${id}`, { op: 'replace', value: { active } });
    assert.equal((await patch(false)).body.active, false);
    assert.equal((await patch(false)).body.active, false);
    assert.equal((await api.get(`/api/users/${id}`)).body.isSuspended, true);
    assert.equal((await patch(true)).body.active, true);
    assert.equal((await api.get(`/api/users/${id}`)).body.isSuspended, false);
  });

  it('imports users page by page, in the same order', async () => {
    for (let index = 1; index <= 4; index += 1)
      await scim.post('/Users', {
        ...profile,
        userName: `import${index}@atko.example`,
        emails: undefined,
        externalId: `i${index}`,
      });
    const all: string[] = [];
    let total = Number.POSITIVE_INFINITY;
    for (let startIndex = 1; startIndex <= total; startIndex += 2) {
      const { body } = await scim.get(`/Users?startIndex=${startIndex}&count=2`);
      total = body.totalResults;
      assert.deepEqual([body.startIndex, body.itemsPerPage], [startIndex, body.Resources.length]);
      all.push(...body.Resources.map((user: { id: string }) => user.id));
    }
    assert.deepEqual([all.length, new Set(all).size], [total, total]);
    const { body: past } = await scim.get(`/Users?startIndex=${total + 1}&count=2`);
    assert.deepEqual([past.totalResults, past.itemsPerPage], [total, 0]);
  });

  it('pushes a group: creates, renames with its id in the value, and changes members', async () => {
    const { body: group } = await scim.post('/Groups', {
      schemas: [scimUrn.group],
      displayName: 'Test SCIMv2',
      members: [],
    });
    const path = `/Groups/${group.id}`;
    const renamed = await scim.patch(path, {
      op: 'replace',
      value: { id: group.id, displayName: 'Test SCIMv2 renamed' },
    });
    assert.deepEqual([renamed.status, renamed.body.displayName], [200, 'Test SCIMv2 renamed']);
    const foreign = { op: 'replace', value: { id: 'another', displayName: 'x' } };
    assertScimError(await scim.patch(path, foreign), 400, 'mutability');
    const added = await scim.patch(path, {
      op: 'add',
      path: 'members',
      value: [{ value: id, display: 'test.user@atko.example' }],
    });
    assert.deepEqual(
      added.body.members.map(({ value }: { value: string }) => value),
      [id],
    );
    const removed = await scim.patch(path, { op: 'remove', path: `members[value eq "${id}"]` });
    assert.equal(removed.body.members, undefined);
    const replaced = await scim.patch(path, { op: 'replace', path: 'members', value: [{ value: id }] });
    assert.equal(replaced.body.members.length, 1);
    const put = await scim.put(path, { schemas: [scimUrn.group], id: group.id, displayName: 'Put', members: [] });
    assert.deepEqual([put.body.displayName, put.body.members], ['Put', undefined]);
    assert.equal((await scim.get('/Groups?startIndex=1&count=100')).body.totalResults, 1);
    assert.equal((await scim.delete(path)).status, 204);
  });
});
