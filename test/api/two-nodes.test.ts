import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type Manager, manage, requestToken } from '../support/management.ts';
import { type Node, startServer, type TestServer } from '../support/server.ts';

const resource = 'https://orders.test';
const deadline = 10_000;

describe('two nodes on one database', () => {
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

  /** Makes a change on the first node and waits until the second has been told of it. */
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

  it('publish and sign with the same keys after a rotation on one of them', async () => {
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

  it('give an application what its roles give from the next token on', async () => {
    const { body: resources } = await api.get('/api/resources');
    const { id } = resources.find(({ indicator }: { indicator: string }) => indicator === resource);
    const { body: scopes } = await api.get(`/api/resources/${id}/scopes`);
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

  it('know no application any more that one of them deleted', async () => {
    assert.equal((await tokenAt(other.url)).status, 200);
    await change('clients', () => api.delete(`/api/applications/${machine.id}`));
    assert.equal((await tokenAt(other.url)).status, 401);
  });
});
