import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimLimits, scimUrn } from '@aldaba/contract/scim';
import fc from 'fast-check';
import { type Manager, manage } from '../support/management.ts';
import { startReceiver } from '../support/receiver.ts';
import { assertScimError, directoryOf, organizationWith, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Hostile directories', () => {
  let server: TestServer;
  let api: Manager;
  let scim: ScimClient;
  let organizationId: string;
  let id: string;
  let groupId: string;
  before(async () => {
    server = await startServer({ environment: { OUTBOUND_ALLOWED_HOSTS: '127.0.0.1' } });
    api = await manage(server);
    organizationId = await organizationWith(server, api, 'Acme', 'acme.example');
    scim = await directoryOf(api, server.tenant.baseUrl, organizationId);
    id = (await scim.post('/Users', person('ana@acme.example'))).body.id;
    groupId = (await scim.post('/Groups', { displayName: 'Staff' })).body.id;
  });
  after(() => server.close());

  // security: directory-filters, bad-input
  it('get an answer of the protocol, never a failure of the server, for random bodies', async () => {
    const { request, body } = randomRequests(id, groupId);
    await fc.assert(
      fc.asyncProperty(request, body, async ([method, path], given) => {
        const reply = await scim.send(method, path, { body: given ?? null });
        assert.ok(reply.status < 500, `${method} ${path} ${JSON.stringify(given)}: ${JSON.stringify(reply.body)}`);
        if (reply.status >= 400) assertScimError(reply, reply.status, reply.body.scimType);
      }),
      { numRuns: 300 },
    );
    assert.equal(({} as Record<string, unknown>).userName, undefined);
  });

  // security: directory-filters, bad-input
  it('are refused with 400 for null bytes, half characters and deep nesting', async () => {
    for (const raw of [
      `{"userName":"a\\u0000b"}`,
      `{"userName":"a","externalId":"\\ud800"}`,
      `${'{"name":'.repeat(5000)}1${'}'.repeat(5000)}`,
      `{"userName":"a","emails":${'['.repeat(100)}${']'.repeat(100)}}`,
    ])
      assertScimError(await scim.send('POST', '/Users', { raw }), 400, 'invalidSyntax');
    assert.equal((await scim.get('/Users/%00')).status, 400);
    assertScimError(await scim.get('/Users?filter=userName%20eq%20%22%5Cu0000%22'), 400, 'invalidFilter');
    assertScimError(await scim.get('/Users?sortBy=%00'), 400, 'invalidPath');
    const long = person('long@acme.example', { title: 'x'.repeat(scimLimits.textLength + 1) });
    assertScimError(await scim.post('/Users', long), 400, 'invalidValue');
    const many = Array.from({ length: scimLimits.patchOperations + 1 }, () => ({
      op: 'add',
      path: 'title',
      value: 'x',
    }));
    assertScimError(await scim.patch(`/Users/${id}`, ...many), 400, 'invalidSyntax');
    const large = {
      displayName: 'Large',
      members: Array.from({ length: 30_000 }, (_, index) => ({ value: `u${index}` })),
    };
    assert.ok([400, 413].includes((await scim.post('/Groups', large)).status));
  });

  // security: directory-walls
  it('cannot choose an id, a group, another organization or the verification of an address', async () => {
    const { body: victim } = await api.post('/api/users', { primaryEmail: 'victim@other.example' });
    const { body } = await scim.post(
      '/Users',
      person('bob@acme.example', {
        id: victim.id,
        organizationId: 'other',
        tenantId: 'admin',
        isSuspended: false,
        isEmailVerified: true,
        customData: { admin: true },
        roles: [{ value: 'admin' }],
        groups: [{ value: groupId }],
        meta: { created: '2000-01-01T00:00:00Z', version: 'W/"1"' },
      }),
    );
    assert.notEqual(body.id, victim.id);
    assert.deepEqual(
      [body.groups, body.roles, body.customData, body.organizationId],
      [undefined, undefined, undefined, undefined],
    );
    assert.notEqual(body.meta.created, '2000-01-01T00:00:00Z');
    assert.deepEqual((await api.get(`/api/users/${body.id}`)).body.customData, {});
    const emails = [{ value: 'bob@acme.example' }, { value: 'victim@other.example', primary: true }];
    assertScimError(await scim.post('/Users', person('x@acme.example', { emails })), 400, 'invalidValue');
    const change = { op: 'add', path: 'emails', value: [{ value: 'victim@other.example', primary: true }] };
    assertScimError(await scim.patch(`/Users/${body.id}`, change), 400, 'invalidValue');
    assert.equal((await api.get(`/api/users/${body.id}`)).body.primaryEmail, 'bob@acme.example');
  });

  // security: directory-walls
  it('cannot give roles beyond their directory, nor link by an address that only looks like theirs', async () => {
    for (const address of [
      'a@acme.example.evil.example',
      'a@evil-acme.example',
      'a@acme.example@evil.example',
      'acme.example',
      'a@ACME.EXAMPLE.',
    ])
      assert.notEqual(
        (await scim.post('/Users', person('z', { emails: [{ value: address, primary: true }] }))).body.emails?.[0]
          .value === address && (await api.get(`/api/users?search=${encodeURIComponent(address)}`)).body.length > 0,
        true,
        address,
      );
    const role = await api.post('/api/roles', { name: 'tenant-role', description: '-', type: 'User' });
    const mapped = await api.patch(`/api/organizations/${organizationId}/scim/groups/${groupId}`, {
      roleId: role.body.id,
    });
    assert.equal(mapped.status, 404);
    assert.equal((await api.patch(`/api/scim/groups/${groupId}`, { roleId: role.body.id })).status, 404);
  });

  // security: directory-walls
  it('name addresses of pictures and profiles that nothing fetches, and none that a page would execute', async () => {
    const receiver = await startReceiver();
    const { body } = await scim.post(
      '/Users',
      person('pictured@acme.example', {
        photos: [{ value: `${receiver.url}/photo.png`, primary: true, type: 'photo' }],
        profileUrl: `${receiver.url}/profile`,
        [scimUrn.enterpriseUser]: { manager: { value: id, $ref: `${receiver.url}/manager` } },
        schemas: [scimUrn.user, `${receiver.url}/schema`],
      }),
    );
    const { body: account } = await api.get(`/api/users/${body.id}`);
    assert.equal(account.avatar, `${receiver.url}/photo.png`);
    await scim.get(`/Users/${body.id}`);
    for (const value of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '//evil.example/x', 'x'])
      for (const attribute of [{ photos: [{ value, primary: true }] }, { profileUrl: value }]) {
        await scim.put(`/Users/${body.id}`, person('pictured@acme.example', attribute));
        const { body: changed } = await api.get(`/api/users/${body.id}`);
        assert.doesNotMatch(
          `${changed.avatar ?? ''} ${JSON.stringify(changed.profile)}`,
          /javascript:|data:|file:|evil/,
        );
      }
    await receiver.close();
    assert.deepEqual(receiver.requests, []);
  });

  // security: directory-filters
  it('read a limited number of users with a filter that no index serves', async () => {
    const { tenant } = server;
    await tenant.db.raw(
      `insert into users (tenant_id, id, name) select $1, 'many' || n, 'Many' from generate_series(1, $2::integer) n`,
      [tenant.id, scimLimits.filterCandidates + 1],
    );
    const wide = await directoryOf(api, tenant.baseUrl);
    assertScimError(await wide.get('/Users?filter=displayName%20co%20%22x%22'), 400, 'tooMany');
    assertScimError(await wide.get('/Users?sortBy=displayName'), 400, 'tooMany');
    assert.equal(
      (await wide.get('/Users?sortBy=userName&count=1')).body.totalResults > scimLimits.filterCandidates,
      true,
    );
    assert.deepEqual(await wide.find('userName eq "many17" and displayName co "M"'), ['many17']);
  });
});

const words =
  `userName name emails active members displayName Operations op path value id meta groups externalId schemas
  manager __proto__ constructor method bulkId data filter count ${scimUrn.enterpriseUser}`.split(/\s+/);
const texts = [
  'add',
  'remove',
  'POST',
  '/Users',
  'bulkId:a',
  'emails[type eq "work"].value',
  'members',
  'x@acme.example',
];

/** Requests that resemble those of a directory, with bodies that make no sense. */
function randomRequests(id: string, groupId: string) {
  const name = fc.constantFrom(...words);
  const leaf = fc.oneof(
    fc.constantFrom(...texts, id, groupId, '\u0000', '\ud800', ''),
    fc.oneof(fc.boolean(), fc.double(), fc.constant(null)),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie('json'), { maxLength: 3 }),
      fc.dictionary(name, tie('json'), { maxKeys: 4 }),
    ),
  }));
  const operation = fc.record({
    op: fc.constantFrom('add', 'replace', 'remove'),
    path: fc.oneof(name, fc.constant('emails[type eq "work"]')),
    value: json,
  });
  const body = fc.oneof(
    fc.dictionary(name, json, { maxKeys: 5 }),
    fc.record({ Operations: fc.array(operation, { minLength: 1, maxLength: 3 }) }),
    json,
  );
  const paths = ['/Users', `/Users/${id}`, '/Groups', `/Groups/${groupId}`, '/Bulk', '/Users/.search', '/.search'];
  const request = fc.tuple(fc.constantFrom('POST', 'PUT', 'PATCH'), fc.constantFrom(...paths));
  return { request, body };
}
