/* Requests of Microsoft Entra ID as its documentation shows them ("Develop a SCIM endpoint", "Known issues"). */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import { type Manager, manage } from '../support/management.ts';
import { directoryOf, organizationWith, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Microsoft Entra ID', () => {
  let server: TestServer;
  let api: Manager;
  let scim: ScimClient;
  let id: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const organizationId = await organizationWith(server, api, 'Contoso', 'contoso.example');
    scim = await directoryOf(api, server.tenant.baseUrl, organizationId);
  });
  after(() => server.close());

  const bare = (...Operations: object[]) =>
    scim.send('PATCH', `/Users/${id}`, { body: { schemas: [scimUrn.patch], Operations } });

  it('tests the connection with a filter for a user that does not exist', async () => {
    const { status, body } = await scim.get('/Users?filter=userName+eq+%22fd0d9a2f-0000-4a4d-9c4f-2d5f1f1b8a6b%22');
    assert.equal(status, 200);
    assert.deepEqual([body.totalResults, body.Resources, body.schemas], [0, [], [scimUrn.list]]);
    assert.equal(
      (await scim.get('/Groups?excludedAttributes=members&filter=displayName+eq+%22none%22')).body.totalResults,
      0,
    );
  });

  it('creates a user with "active" as a string and attributes of the enterprise extension', async () => {
    const { status, body } = await scim.post('/Users', {
      schemas: [scimUrn.user, scimUrn.enterpriseUser],
      externalId: '0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef',
      userName: 'Test_User_ab6490ee@contoso.example',
      active: 'True',
      emails: [{ primary: true, type: 'work', value: 'Test_User_fd0ea19b@contoso.example' }],
      meta: { resourceType: 'User' },
      name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' },
      roles: [],
      [scimUrn.enterpriseUser]: { department: 'Sales', employeeNumber: 17 },
    });
    assert.equal(status, 201, JSON.stringify(body));
    assert.equal(body.active, true);
    assert.equal(body[scimUrn.enterpriseUser].employeeNumber, '17');
    id = body.id;
    assert.equal((await api.get(`/api/users/${id}`)).body.primaryEmail, 'Test_User_fd0ea19b@contoso.example');
    const found = await scim.find('externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"');
    assert.deepEqual(found, ['Test_User_ab6490ee@contoso.example']);
    assert.deepEqual(await scim.find('emails[type eq "work"].value eq "test_user_fd0ea19b@contoso.example"'), found);
  });

  it('capitalizes "op", and replaces values by filters', async () => {
    const { status, body } = await bare(
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@contoso.example' },
      { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
    );
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.emails, [{ primary: true, type: 'work', value: 'updated@contoso.example' }]);
    assert.equal(body.name.familyName, 'updatedFamilyName');
    assert.equal((await api.get(`/api/users/${id}`)).body.primaryEmail, 'updated@contoso.example');
  });

  it('sets a value by a filter that no value fulfills, which creates it', async () => {
    const { status, body } = await bare(
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+34 600 000 000' },
      { op: 'Replace', path: 'addresses[type eq "work"].country', value: 'ES' },
      { op: 'Add', path: 'emails[type eq "home" and primary eq "False"].value', value: 'home@elsewhere.example' },
    );
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(body.phoneNumbers, [{ type: 'mobile', value: '+34 600 000 000' }]);
    assert.deepEqual(body.addresses, [{ type: 'work', country: 'ES' }]);
    assert.deepEqual(body.emails[1], { type: 'home', primary: false, value: 'home@elsewhere.example' });
    const changed = await bare({
      op: 'Replace',
      path: 'phoneNumbers[type eq "mobile"].value',
      value: '+34 600 000 001',
    });
    assert.deepEqual(changed.body.phoneNumbers, [{ type: 'mobile', value: '+34 600 000 001' }]);
  });

  it('writes paths as names of one value without a path', async () => {
    const { status, body } = await bare({
      op: 'replace',
      value: {
        displayName: 'Bjfe',
        'name.givenName': 'Kkom',
        'emails[type eq "work"].value': 'dotted@contoso.example',
        [`${scimUrn.enterpriseUser}:department`]: 'Research',
      },
    });
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body.displayName, body.name.givenName, body.emails[0].value],
      ['Bjfe', 'Kkom', 'dotted@contoso.example'],
    );
    assert.equal(body[scimUrn.enterpriseUser].department, 'Research');
  });

  it('sends the manager as a plain string, and empties it by an empty one', async () => {
    const path = `${scimUrn.enterpriseUser}:manager`;
    const set = await bare({ op: 'Add', path, value: id });
    assert.equal(set.body[scimUrn.enterpriseUser].manager.value, id);
    assert.match(set.body[scimUrn.enterpriseUser].manager.$ref, new RegExp(`/Users/${id}$`));
    const removed = await bare({ op: 'Replace', path, value: '' });
    assert.equal(removed.body[scimUrn.enterpriseUser].manager, undefined);
    const department = await bare({ op: 'Remove', path: `${scimUrn.enterpriseUser}:department` });
    assert.equal(department.body[scimUrn.enterpriseUser].department, undefined);
  });

  it('disables and enables a user by "False" and "True"', async () => {
    assert.equal((await bare({ op: 'Replace', path: 'active', value: 'False' })).body.active, false);
    assert.equal((await api.get(`/api/users/${id}`)).body.isSuspended, true);
    assert.equal((await bare({ op: 'Replace', path: 'active', value: 'True' })).body.active, true);
    assert.equal((await bare({ op: 'replace', value: { active: 'False' } })).body.active, false);
    assert.equal((await bare({ op: 'Add', path: 'active', value: true })).body.active, true);
  });

  it('changes the members of a group by arrays of values, without reading them', async () => {
    const created = await scim.post('/Groups', {
      schemas: [scimUrn.group, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
      externalId: '8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159',
      displayName: 'displayName',
      members: [],
      meta: { resourceType: 'Group' },
    });
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const path = `/Groups/${created.body.id}`;
    const add = { op: 'Add', path: 'members', value: [{ $ref: null, value: id }] };
    const added = await scim.send('PATCH', `${path}?excludedAttributes=members`, { body: { Operations: [add] } });
    assert.equal(added.status, 200);
    assert.equal(added.body.members, undefined);
    const members = async () =>
      ((await scim.get(path)).body.members ?? []).map(({ value }: { value: string }) => value);
    assert.deepEqual(await members(), [id]);
    assert.deepEqual((await scim.get(`${path}?excludedAttributes=members`)).body.members, undefined);
    await scim.patch(path, { op: 'Replace', path: 'displayName', value: '1879db59-3bdf-4490-ad68-ab880a269474' });
    assert.deepEqual(await members(), [id]);
    const { body: second } = await scim.post('/Users', { schemas: [scimUrn.user], userName: 'second@contoso.example' });
    await scim.patch(path, { op: 'Add', path: 'members', value: [{ value: second.id }] });
    await scim.patch(path, { op: 'Remove', path: 'members', value: [{ $ref: null, value: id }] });
    assert.deepEqual(await members(), [second.id]);
    const { body: listed } = await scim.get(`/Groups?filter=displayName+eq+%221879DB59-3bdf-4490-ad68-ab880a269474%22`);
    assert.equal(listed.totalResults, 1);
    assert.equal((await scim.delete(path)).status, 204);
  });

  it('asks whether a user is a member, without reading the members', async () => {
    const { body: group } = await scim.post('/Groups', { displayName: 'Asked', members: [{ value: id }] });
    const ask = async (filter: string) =>
      (await scim.get(`/Groups?filter=${encodeURIComponent(filter)}&attributes=id`)).body.Resources;
    assert.deepEqual(
      (await ask(`id eq "${group.id}" and members eq "${id}"`)).map((one: { id: string }) => one.id),
      [group.id],
    );
    assert.deepEqual(await ask(`id eq "${group.id}" and members eq "another"`), []);
    assert.equal((await scim.delete(`/Groups/${group.id}`)).status, 204);
  });

  it('sends the flags of its tenant URL with every request', async () => {
    const flag = 'aadOptscim062020';
    assert.equal((await scim.get(`/Users/${id}?${flag}=true`)).status, 200);
    assert.equal((await scim.get(`/Users?${flag}&filter=userName+eq+%22none%22`)).body.totalResults, 0);
    const body = { Operations: [{ op: 'replace', path: 'title', value: 'Flagged' }] };
    assert.equal((await scim.send('PATCH', `/Users/${id}?${flag}=true`, { body })).body.title, 'Flagged');
  });

  it('deletes a user and finds no trace of it', async () => {
    assert.equal((await scim.delete(`/Users/${id}`)).status, 204);
    assert.equal((await scim.get(`/Users/${id}`)).status, 404);
    assert.deepEqual(await scim.find('externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"'), []);
  });
});
