import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import { type Manager, manage } from '../support/management.ts';
import { assertScimError, directoryOf, person, type ScimClient, scimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('The SCIM server', () => {
  let server: TestServer;
  let api: Manager;
  let scim: ScimClient;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    scim = await directoryOf(api, server.tenant.baseUrl);
  });
  after(() => server.close());

  it('creates, reads, replaces, patches and deletes a user', async () => {
    const created = await scim.post(
      '/Users',
      person('ana@example.com', {
        externalId: 'e-1',
        name: { givenName: 'Ana', familyName: 'Lima' },
        emails: [{ value: 'ana@example.com', type: 'work', primary: true }],
        title: 'Engineer',
        [scimUrn.enterpriseUser]: { department: 'R&D' },
        unknownAttribute: 'ignored',
      }),
    );
    assert.equal(created.status, 201, JSON.stringify(created.body));
    const { id, meta } = created.body;
    assert.equal(created.headers.get('location'), meta.location);
    assert.equal(meta.location, `${server.tenant.baseUrl}/scim/v2/Users/${id}`);
    assert.equal(created.headers.get('etag'), meta.version);
    assert.deepEqual(created.body.schemas, [scimUrn.user, scimUrn.enterpriseUser]);
    assert.equal(created.body.active, true);
    assert.equal(created.body.unknownAttribute, undefined);
    assert.deepEqual((await scim.get(`/Users/${id}`)).body, created.body);
    const account = await api.get(`/api/users/${id}`);
    assert.equal(account.body.primaryEmail, 'ana@example.com');
    assert.equal(account.body.name, 'Ana Lima');

    const replaced = await scim.put(`/Users/${id}`, person('ana@example.com', { displayName: 'Ana L.' }));
    assert.equal(replaced.status, 200);
    assert.equal(replaced.body.displayName, 'Ana L.');
    assert.equal(replaced.body.title, undefined);
    assert.equal(replaced.body.active, true);

    const patched = await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    assert.equal(patched.body.active, false);
    assert.equal((await api.get(`/api/users/${id}`)).body.isSuspended, true);

    assert.equal((await scim.delete(`/Users/${id}`)).status, 204);
    assertScimError(await scim.get(`/Users/${id}`), 404);
    assertScimError(await scim.delete(`/Users/${id}`), 404);
    assert.deepEqual(await scim.find('userName eq "ana@example.com"'), []);
  });

  it('answers 401 in the form of the protocol for tokens of every other kind', async () => {
    const { tenant } = server;
    for (const token of [api.token, 'scim_short', `scim_${'a'.repeat(32)}`]) {
      const reply = await scimClient(tenant.baseUrl, token).get('/Users');
      assertScimError(reply, 401);
      assert.match(reply.headers.get('www-authenticate') ?? '', /^Bearer/);
    }
  });

  it('describes itself without a token, under the prefix of a tenant too', async () => {
    const acme = await server.app.tenancy.create({ id: 'acme', name: 'Acme' });
    const other = await directoryOf(await manage(server, acme), acme.baseUrl);
    const { body } = await other.post('/Users', person('ana@acme.example'));
    assert.equal(body.meta.location, `${acme.baseUrl}/scim/v2/Users/${body.id}`);
    assertScimError(await scim.get(`/Users/${body.id}`), 404);
    for (const base of [server.tenant.baseUrl, acme.baseUrl]) {
      const ask = async (path: string) => {
        const response = await fetch(`${base}/scim/v2${path}`);
        assert.equal(response.status, 200);
        return response.json();
      };
      const config = await ask('/ServiceProviderConfig');
      for (const feature of ['patch', 'bulk', 'filter', 'sort', 'etag']) assert.equal(config[feature].supported, true);
      assert.equal(config.meta.location, `${base}/scim/v2/ServiceProviderConfig`);
      const types = await ask('/ResourceTypes');
      assert.deepEqual(
        types.Resources.map(({ id }: { id: string }) => id),
        ['User', 'Group'],
      );
      const { Resources } = await ask('/Schemas');
      const ids = Resources.map(({ id }: { id: string }) => id);
      assert.deepEqual(ids, [scimUrn.user, scimUrn.enterpriseUser, scimUrn.group]);
      assert.equal((await ask(`/Schemas/${scimUrn.group}`)).name, 'Group');
      assert.equal((await fetch(`${base}/scim/v2/Users`)).status, 401);
    }
  });

  it('refuses a second user with the same userName or externalId', async () => {
    await scim.post('/Users', person('one@example.com', { externalId: 'x-1' }));
    assertScimError(await scim.post('/Users', person('ONE@example.com')), 409, 'uniqueness');
    assertScimError(await scim.post('/Users', person('two@example.com', { externalId: 'x-1' })), 409, 'uniqueness');
    const three = await scim.post('/Users', person('three@example.com'));
    const change = { op: 'replace', path: 'userName', value: 'One@Example.com' };
    assertScimError(await scim.patch(`/Users/${three.body.id}`, change), 409, 'uniqueness');
  });

  it('changes a resource only in the version that If-Match names', async () => {
    const { body, headers } = await scim.post('/Users', person('version@example.com'));
    const path = `/Users/${body.id}`;
    const tag = headers.get('etag') ?? '';
    const unchanged = await scim.send('GET', path, { headers: { 'if-none-match': tag } });
    assert.equal(unchanged.status, 304);
    const change = (value: string, version: string) =>
      scim.send('PATCH', path, {
        body: { Operations: [{ op: 'replace', path: 'title', value }] },
        headers: { 'if-match': version },
      });
    const [one, other] = await Promise.all([change('A', tag), change('B', tag)]);
    assert.deepEqual([one.status, other.status].sort(), [200, 412]);
    assertScimError(await change('C', tag), 412);
    assert.equal((await scim.send('DELETE', path, { headers: { 'if-match': tag } })).status, 412);
    assert.equal((await change('D', '*')).status, 200);
    assert.equal((await scim.send('GET', path, { headers: { 'if-none-match': tag } })).status, 200);
  });

  it('returns the attributes that the client asks for', async () => {
    const { body } = await scim.post(
      '/Users',
      person('fields@example.com', {
        name: { givenName: 'Fi', familyName: 'Elds' },
        emails: [{ value: 'fields@example.com', type: 'work' }],
      }),
    );
    const ask = async (query: string) => (await scim.get(`/Users/${body.id}?${query}`)).body;
    const always = { schemas: [scimUrn.user], id: body.id };
    assert.deepEqual(await ask('attributes=userName,name.givenName'), {
      ...always,
      userName: 'fields@example.com',
      name: { givenName: 'Fi' },
    });
    const { emails, name, ...others } = body;
    assert.deepEqual(await ask('excludedAttributes=emails,name,id'), others);
    assert.deepEqual(await ask('excludedAttributes=name.givenName'), { ...body, name: { familyName: 'Elds' } });
    assertScimError(await scim.get(`/Users/${body.id}?attributes=id&excludedAttributes=emails`), 400, 'invalidSyntax');
    const listed = await scim.get('/Users?attributes=userName&filter=userName%20eq%20%22fields@example.com%22');
    assert.deepEqual(listed.body.Resources, [{ ...always, userName: 'fields@example.com' }]);
    assert.ok(emails && name);
  });

  it('refuses what is not JSON, and answers 405 and 404 in the form of the protocol', async () => {
    assertScimError(await scim.send('POST', '/Users', { raw: '{' }), 400, 'invalidSyntax');
    assertScimError(await scim.post('/Users', []), 400, 'invalidSyntax');
    assertScimError(await scim.post('/Users', { displayName: 'No name' }), 400, 'invalidValue');
    const json = { raw: '{"userName":"json@example.com"}', headers: { 'content-type': 'application/json' } };
    assert.equal((await scim.send('POST', '/Users', json)).status, 201);
    const xml = { raw: '<user/>', headers: { 'content-type': 'application/xml' } };
    assertScimError(await scim.send('POST', '/Users', xml), 415);
    assertScimError(await scim.get('/Machines'), 404);
    const refused = await scim.delete('/Users');
    assertScimError(refused, 405);
    assert.equal(refused.headers.get('allow'), 'GET, POST');
  });
});
