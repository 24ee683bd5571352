import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { scimUrn } from '@aldaba/contract/scim';
import fc from 'fast-check';
import { type Manager, manage } from '../support/management.ts';
import { assertScimError, directoryOf, organizationWith, person, type ScimClient } from '../support/scim.ts';
import { startServer, type TestServer } from '../support/server.ts';

/** Who a directory must not change, whatever it sends. */
interface Victim {
  id: string;
  address: string;
}

describe('A directory and people whom it does not own', () => {
  let server: TestServer;
  let api: Manager;
  let acmeId: string;
  let globexId: string;
  let acme: ScimClient;
  let globex: ScimClient;
  const victims: Victim[] = [];
  before(async () => {
    server = await startServer();
    api = await manage(server);
    acmeId = await organizationWith(server, api, 'Acme', 'acme.example');
    globexId = await organizationWith(server, api, 'Globex', 'globex.example');
    acme = await directoryOf(api, server.tenant.baseUrl, acmeId);
    globex = await directoryOf(api, server.tenant.baseUrl, globexId);
    const add = async (address: string, ...organizations: string[]) => {
      const username = address.replace(/\W/g, '_');
      const draft = { primaryEmail: address, username, name: 'Victim', password: 'a long enough one 7' };
      const { status, body } = await api.post('/api/users', { ...draft, customData: { keep: true } });
      assert.equal(status, 200, JSON.stringify(body));
      for (const id of organizations) await api.post(`/api/organizations/${id}/users`, { userIds: [body.id] });
      victims.push({ id: body.id, address });
    };
    await add('loner@example.com');
    await add('guest@example.com', acmeId);
    await add('both@acme.example', acmeId, globexId);
    await add('inside@acme.example');
    await add('globex-member@globex.example', globexId);
    const { body } = await globex.post('/Users', person('provisioned@globex.example', { displayName: 'Victim' }));
    victims.push({ id: body.id, address: 'provisioned@globex.example' });
  });
  after(() => server.close());

  /** All that the tenant knows about the victims, except their membership in Acme. */
  const digest = async () => {
    const ids = victims.map(({ id }) => id);
    const rows: unknown[] = [];
    for (const [table, column, more] of [
      ['users', 'id', ''],
      ['organization_users', 'user_id', 'and t.organization_id <> $3'],
      ['organization_user_roles', 'user_id', 'and t.organization_id <> $3'],
      ['scim_users', 'user_id', 'and t.directory_id <> $3'],
      ['users_roles', 'user_id', ''],
      ['user_identities', 'user_id', ''],
    ] as const) {
      const text = `select (to_jsonb(t) - 'updated_at')::text as row from ${table} t where t.tenant_id = $1 and t.${column} = any($2) ${more} order by 1`;
      rows.push(await server.tenant.db.raw(text, [server.tenant.id, ids, ...(more === '' ? [] : [acmeId])]));
    }
    return rows;
  };

  /** A request that tries to take, rename, move or lock someone out. */
  const attack = (own: string) => {
    const victim = fc.constantFrom(...victims);
    const address = fc.oneof(
      victim.map((one) => one.address),
      victim.map((one) => one.address.toUpperCase()),
      fc.constantFrom('new@acme.example', 'ceo@globex.example', 'x@gmail.com'),
    );
    const body = fc.record(
      {
        userName: address,
        externalId: fc.option(
          victim.map(({ id }) => id),
          { nil: undefined },
        ),
        displayName: fc.constant('Taken over'),
        active: fc.boolean(),
        emails: address.map((value) => [{ value, primary: true, type: 'work' }]),
        password: fc.constant('attacker knows it 1'),
        id: victim.map(({ id }) => id),
      },
      { requiredKeys: ['userName'] },
    );
    const operation = fc.oneof(
      fc.record({ op: fc.constant('replace'), path: fc.constant('active'), value: fc.boolean() }),
      fc.record({ op: fc.constant('replace'), path: fc.constant('userName'), value: address }),
      fc.record({
        op: fc.constantFrom('add', 'replace'),
        path: fc.constant('emails[type eq "work"].value'),
        value: address,
      }),
      fc.record({ op: fc.constantFrom('add', 'replace'), value: body }),
    );
    const id = fc.oneof(
      victim.map((one) => one.id),
      fc.constant(own),
    );
    const operations = fc.array(operation, { minLength: 1, maxLength: 2 });
    const single = fc.oneof(
      body.map((data) => ({ method: 'POST', path: '/Users', data })),
      fc.tuple(id, body).map(([one, data]) => ({ method: 'PUT', path: `/Users/${one}`, data })),
      fc
        .tuple(id, operations)
        .map(([one, Operations]) => ({ method: 'PATCH', path: `/Users/${one}`, data: { Operations } })),
      id.map((one) => ({ method: 'DELETE', path: `/Users/${one}`, data: undefined })),
    );
    return fc.record({ requests: fc.array(single, { minLength: 1, maxLength: 4 }), isBulk: fc.boolean() });
  };

  // security: directory-walls
  it('changes nothing but their membership, by any request in any order', async () => {
    const { body: own } = await acme.post('/Users', person('own@acme.example'));
    const before = await digest();
    await fc.assert(
      fc.asyncProperty(attack(own.id), async ({ requests, isBulk }) => {
        if (isBulk) {
          const Operations = requests.map((one, index) => ({ ...one, bulkId: `b${index}` }));
          assert.ok((await acme.post('/Bulk', { schemas: [scimUrn.bulk], Operations })).status < 500);
        } else
          for (const { method, path, data } of requests) {
            const { status } = await acme.send(method, path, data === undefined ? {} : { body: data });
            assert.ok(status < 500, `${method} ${path}: ${status}`);
          }
        assert.deepEqual(await digest(), before);
      }),
      { numRuns: 60 },
    );
  });

  // security: directory-walls
  it('takes no address of someone else, also not of its own domain', async () => {
    const { body: mine } = await acme.post('/Users', person('thief@acme.example'));
    for (const { address } of victims) {
      const emails = [{ value: address, primary: true }];
      const refused = await acme.put(`/Users/${mine.id}`, person('thief@acme.example', { emails }));
      if (address.endsWith('@acme.example')) assertScimError(refused, 409, 'uniqueness');
      else assertScimError(refused, 400, 'invalidValue');
    }
    assert.equal((await api.get(`/api/users/${mine.id}`)).body.primaryEmail, 'thief@acme.example');
    // An address that the victim gives up can be had.
    const [freed] = victims.filter(({ address }) => address === 'inside@acme.example');
    await api.patch(`/api/users/${freed?.id}`, { primaryEmail: 'moved@example.com' });
    const emails = [{ value: 'inside@acme.example', primary: true }];
    assert.equal((await acme.put(`/Users/${mine.id}`, person('thief@acme.example', { emails }))).status, 200);
    assert.equal((await api.get(`/api/users/${mine.id}`)).body.primaryEmail, 'inside@acme.example');
  });
});
