import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as contract from '@aldaba/contract';
import { ApiError, type Client, createClient } from '@aldaba/contract/client';
import { manage, managerWith } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Client of the contract', () => {
  let server: TestServer;
  let client: Client;
  const names = Array.from({ length: 205 }, (_, index) => `user_${String(index).padStart(3, '0')}`);

  before(async () => {
    server = await startServer();
    const { token } = await manage(server);
    client = createClient({ baseUrl: server.url, token });
    for (const username of names) await client.call(contract.createUser, { body: { username } });
  });
  after(() => server.close());

  it('sends the path, query and body of a route, and returns the body that the contract declares', async () => {
    const created = await client.call(contract.createUser, { body: { username: 'ada', name: 'Ada' } });
    const renamed = await client.call(contract.updateUser, {
      params: { userId: created.id },
      body: { name: 'Ada Lovelace' },
    });
    const name: string | null = renamed.name;
    assert.equal(name, 'Ada Lovelace');
    const found = await client.call(contract.getUser, {
      params: { userId: created.id },
      query: { includePasswordHash: true },
    });
    assert.equal(found.passwordDigest, null);
    const gone = await client.call(contract.deleteUser, { params: { userId: created.id } });
    assert.equal(gone, undefined);
  });

  it('returns a page of a list with the total number of items', async () => {
    const { items, total, isCapped } = await client.list(contract.listUsers, { page: 2, pageSize: 20 });
    assert.deepEqual([items.length, total, isCapped], [20, 205, false]);
    assert.equal(typeof items[0]?.username, 'string');
  });

  it('iterates over every page of a list', async () => {
    const found: (string | null)[] = [];
    for await (const { username } of client.each(contract.listUsers)) found.push(username);
    assert.deepEqual(found.sort(), names);
  });

  it('reads line-delimited responses, and the list inside a response object', async () => {
    const lines = await client.call(contract.exportUsers);
    assert.deepEqual(lines.map(({ username }) => username).sort(), names);
    const [user] = (await client.list(contract.listUsers, { pageSize: 1 })).items;
    const application = await client.call(contract.createApplication, {
      body: { name: 'Third', type: 'Traditional', isThirdParty: true },
    });
    const consented = await client.list(contract.listApplicationUserConsentOrganizations, {
      params: { id: application.id, userId: user?.id ?? '' },
    });
    assert.deepEqual(consented.items, []);
  });

  it('throws an error with the code, message, status and data of the response', async () => {
    const refused = await client.call(contract.getRole, { params: { id: 'unknown' } }).then(
      () => assert.fail('it was found'),
      (error: unknown) => error,
    );
    assert.ok(refused instanceof ApiError);
    assert.equal(refused.status, 404);
    assert.ok(refused.is('entity.not_exists_with_id'));
    const { id }: { id: string } = refused.data;
    assert.equal(id, 'unknown');
    assert.match(refused.message, /unknown/);
  });

  it('reports the status of a response that is not from the server', async () => {
    const proxied = createClient({
      baseUrl: server.url,
      fetch: async () => new Response('Bad gateway', { status: 502 }),
    });
    await assert.rejects(proxied.call(contract.listUsers), { status: 502, code: undefined, message: /answered 502/ });
  });

  it('requests the token for every call, and needs none for anonymous routes', async () => {
    let asked = 0;
    const renewing = createClient({
      baseUrl: server.url,
      token: () => {
        asked += 1;
        return `token ${asked}`;
      },
    });
    await assert.rejects(renewing.call(contract.listUsers), { code: 'auth.authorization_token_type_not_supported' });
    await assert.rejects(renewing.call(contract.listUsers));
    assert.equal(asked, 2);
    const anonymous = createClient({ baseUrl: server.url });
    assert.equal(await anonymous.call(contract.getStatus), undefined);
  });

  it('does not compile with parameters, members or items that the contract does not have', async () => {
    const wrong = [
      // @ts-expect-error a path parameter is missing
      () => client.call(contract.getUser),
      // @ts-expect-error the member is called username
      () => client.call(contract.createUser, { body: { userName: 'ada' } }),
      // @ts-expect-error the route takes no body
      () => client.call(contract.getStatus, { body: {} }),
      // @ts-expect-error a user has no member of that name
      async () => (await client.list(contract.listUsers)).items[0]?.hasPasswort,
      // @ts-expect-error nor has the answer to a request by method and path
      async () => (await managerWith(server.url, '').get(`/api/users/${names[0]}/has-password`)).body.hasPasswort,
    ];
    assert.equal(wrong.length, 5);
  });
});
