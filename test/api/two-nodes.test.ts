import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type Manager, manage, requestToken } from '../support/management.ts';
import { race } from '../support/race.ts';
import { type Node, startServer, type TestServer } from '../support/server.ts';

const resource = 'https://orders.test';
const deadline = 10_000;

describe('Two nodes on one database', () => {
  let server: TestServer;
  let other: Node;
  let api: Manager;
  let machine: { id: string; secret: string };
  before(async () => {
    server = await startServer();
    other = await server.addNode();
    api = await manage(server);
    const { body } = await api.post('/api/applications', { name: 'Machine', type: 'MachineToMachine' });
    machine = { id: body.id, secret: body.secret };
  });
  after(async () => {
    await other.close();
    await server.close();
  });

  /** Makes a change on the first node and waits until the second has received it. */
  const change = async <T>(cache: string, work: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`The other node was not told of ${cache}.`)), deadline);
    // Listeners are called in the order they came in: the node's own have been by the time this one is.
    await other.app.database.listen('aldaba_cache', (payload) => {
      if (payload.startsWith(`${cache} `)) resolve();
    });
    const result = await work();
    await promise;
    clearTimeout(timer);
    return result;
  };
  const published = async (url: string): Promise<string[]> => {
    const { keys } = (await (await fetch(`${url}/oidc/jwks`)).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const tokenAt = async (url: string) => {
    const { status, body } = await requestToken(url, machine, resource);
    return { status, token: body.access_token as string, scope: body.scope as string };
  };
  const addResource = async () => {
    const { body: api1 } = await api.post('/api/resources', { name: 'Orders', indicator: resource });
    const { body: scope } = await api.post(`/api/resources/${api1.id}/scopes`, { name: 'all' });
    return { id: api1.id, scopeId: scope.id };
  };

  // security: key-rotation
  it('publishes and signs with the same keys on both nodes after a rotation on one', async () => {
    await addResource();
    const path = '/api/configs/oidc/private-keys';
    await api.get(path);
    const old = await published(other.url);
    assert.deepEqual(await published(server.url), old);
    const { token: before } = await tokenAt(other.url);
    const { body: keys } = await change('signing-keys', () =>
      api.post(`${path}/rotate`, { signingKeyAlgorithm: 'EC', rotationGracePeriod: 0 }),
    );
    const current = keys.find(({ status }: { status: string }) => status === 'Current').id;
    const seen = await published(other.url);
    assert.deepEqual(seen, await published(server.url));
    assert.equal(seen.filter((id) => !old.includes(id)).length, 1);
    const { token } = await tokenAt(other.url);
    assert.equal(decodeProtectedHeader(token).kid, current);
    // What either signed, before or after, either verifies.
    for (const [jwt, url] of [
      [before, other.url],
      [token, server.url],
    ] as const)
      await jwtVerify(jwt, createRemoteJWKSet(new URL(`${url}/oidc/jwks`)), { issuer: `${server.url}/oidc` });
  });

  it('creates the keys of a new tenant once, although neither node found any', async () => {
    await server.app.tenancy.create({ id: 'twin', name: 'Twin' });
    const nodes = [server, other];
    // Each node has made its keys and waits to store them before either has: the tenant's row is locked.
    const read = nodes.map(
      ({ url }) =>
        () =>
          published(`${url}/t/twin`),
    );
    const [seen = [], alsoSeen = []] = await race(server.app.database, 'tenants', read);
    for (const ids of [seen, alsoSeen]) assert.ok(ids.length >= 2, 'an RSA and an EC key');
    const listed = await Promise.all(nodes.map(async ({ app }) => app.keys.list(await app.tenancy.get('twin'))));
    const [keys = []] = listed;
    assert.deepEqual(keys, listed[1]);
    assert.deepEqual(keys.map(({ algorithm, status }) => `${algorithm} ${status}`).sort(), [
      'ES256 current',
      'ES256 next',
      'RS256 current',
      'RS256 next',
    ]);
    const stored = keys.map(({ id }) => id);
    for (const id of [...seen, ...alsoSeen]) assert.ok(stored.includes(id), 'a key that was published is gone');
  });

  it('leaves one key in each place after a concurrent rotation on both nodes', async () => {
    await server.app.tenancy.create({ id: 'turned', name: 'Turned' });
    const nodes = [server, other];
    const keysAt = async ({ app }: Pick<Node, 'app'>) => app.keys.list(await app.tenancy.get('turned'));
    const old = (await keysAt(server)).map(({ id }) => id);
    await keysAt(other);
    const rotate = nodes.map(
      ({ app }) =>
        async () =>
          app.keys.rotate(await app.tenancy.get('turned'), { algorithm: 'ES256', gracePeriod: 0 }),
    );
    await race(server.app.database, 'signing_keys', rotate);
    const keys = await keysAt(other);
    assert.deepEqual(keys, await keysAt(server));
    const inUse = keys
      .filter(({ status }) => status !== 'previous')
      .map(({ algorithm, status }) => [algorithm, status]);
    assert.deepEqual(inUse.map(String).sort(), ['ES256,current', 'ES256,next', 'RS256,current', 'RS256,next']);
    const ids = keys.map(({ id }) => id);
    for (const id of old) assert.ok(ids.includes(id), 'a key that was published is gone');
  });

  it('prevents two keys in one place by a database constraint', async () => {
    const { database } = server.app;
    for (const status of ['current', 'next'])
      await assert.rejects(
        database.system.raw(
          `insert into signing_keys (tenant_id, id, algorithm, status, public_jwk, private_jwk_sealed)
           select tenant_id, 'second', algorithm, status, public_jwk, private_jwk_sealed from signing_keys
            where tenant_id = 'twin' and algorithm = 'ES256' and status = $1`,
          [status],
        ),
        ({ cause }) => cause.constraint === 'signing_keys_place',
      );
  });

  // security: key-rotation
  it('applies a changed role of an application on both nodes from the next token on', async () => {
    const { body: resources } = await api.get('/api/resources');
    const found = resources.find(({ indicator }: { indicator: string }) => indicator === resource);
    const { body: scopes } = await api.get(`/api/resources/${found?.id}/scopes`);
    assert.equal((await tokenAt(other.url)).scope, '');
    const draft = { name: 'Clerk', description: 'Works.', type: 'MachineToMachine', scopeIds: [scopes[0].id] };
    const { body: role } = await api.post('/api/roles', draft);
    const roles = `/api/applications/${machine.id}/roles`;
    await change('application-scopes', () => api.post(roles, { roleIds: [role.id] }));
    assert.equal((await tokenAt(other.url)).scope, 'all');
    await change('application-scopes', () => api.delete(`/api/roles/${role.id}/scopes/${scopes[0].id}`));
    assert.equal((await tokenAt(other.url)).scope, '');
    await change('application-scopes', () => api.post(`/api/roles/${role.id}/scopes`, { scopeIds: [scopes[0].id] }));
    assert.equal((await tokenAt(other.url)).scope, 'all');
    await change('application-scopes', () => api.delete(`${roles}/${role.id}`));
    assert.equal((await tokenAt(other.url)).scope, '');
    await api.post(roles, { roleIds: [role.id] });
    assert.equal((await tokenAt(server.url)).scope, 'all');
    await change('application-scopes', () => api.delete(`/api/roles/${role.id}`));
    assert.equal((await tokenAt(other.url)).scope, '');
  });

  it('rejects on both nodes an application that one of them deleted', async () => {
    assert.equal((await tokenAt(other.url)).status, 200);
    await change('clients', () => api.delete(`/api/applications/${machine.id}`));
    assert.equal((await tokenAt(other.url)).status, 401);
  });
});
