import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import { experienceClient } from '../support/agent.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const script = 'const getCustomJwtClaims = async ({ token }) => ({ level: token.level });';

describe('Custom claims scripts', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());
  const path = '/api/configs/jwt-customizer';
  const run = (text: string, token = {}) =>
    api.post(`${path}/test`, { tokenType: 'client-credentials', script: text, token, context: {} });

  it('creates, replaces, updates, lists and deletes custom claims scripts', async () => {
    assertRefused(await api.get(`${path}/access-token`), 404, 'entity.not_found');
    assertRefused(await api.patch(`${path}/access-token`, { script }), 404, 'entity.not_found');
    const environmentVariables = { KEY: 'a value that nobody may read at rest' };
    const created = await api.put(`${path}/access-token`, { script, environmentVariables });
    assert.deepEqual([created.status, created.body], [201, { script, environmentVariables }]);
    assert.equal((await api.put(`${path}/access-token`, { script, environmentVariables })).status, 200);
    const changed = await api.patch(`${path}/access-token`, { blockIssuanceOnError: true });
    assert.deepEqual(changed.body, { script, environmentVariables, blockIssuanceOnError: true });
    const { body } = await api.get(path);
    assert.deepEqual(body, [{ key: 'jwt.accessToken', value: changed.body }]);
    const [row] = await server.tenant.db.raw<{ value: unknown }>(
      `select value from tenant_settings where tenant_id = 'default' and key = 'custom-claims/access-token'`,
    );
    assert.equal(JSON.stringify(row).includes('nobody may read'), false);
    assert.equal((await api.delete(`${path}/access-token`)).status, 204);
    assertRefused(await api.delete(`${path}/access-token`), 404, 'entity.not_found');
    assertRefused(await api.get(`${path}/id-token`), 400, 'guard.invalid_input');
  });

  it('reports the claims, denials and failures of a test run with their reasons', async () => {
    assert.deepEqual((await run(script, { level: 3 })).body, { level: 3 });
    const denying = `const getCustomJwtClaims = ({ api }) => api.denyAccess('no');`;
    const denied = await run(denying);
    assertRefused(denied, 403, 'oidc.access_denied');
    assert.equal(denied.body.data.message, 'no');
    const failed = await run(`const getCustomJwtClaims = () => {\n  return missing.member;\n};`);
    assertRefused(failed, 422, 'jwt_customizer.general');
    assert.match(failed.body.message, /missing/);
    assert.equal(failed.body.data.line, 2);
  });

  it('passes the test context to a script in a test run, and names each kind of failure', async () => {
    const telling = 'const getCustomJwtClaims = (input) => ({ ...input, api: typeof input.api.denyAccess });';
    const given = { token: { aud: 'x' }, context: { user: { id: 'u' } }, environmentVariables: { KEY: 'k' } };
    const told = await api.post(`${path}/test`, { tokenType: 'access-token', script: telling, ...given });
    assert.deepEqual([told.status, told.body], [200, { ...given, api: 'function' }]);
    for (const [text, kind] of [
      ['this is no script', 'load'],
      ['const other = 1;', 'load'],
      ['const getCustomJwtClaims = () => { for (;;) {} };', 'time'],
      ['const getCustomJwtClaims = () => "a text";', 'shape'],
    ] as const) {
      const refused = await run(text);
      assertRefused(refused, 422, 'jwt_customizer.general');
      assert.equal(refused.body.data.kind, kind, text);
    }
    for (const body of [
      { tokenType: 'id-token' },
      { script: '' },
      { token: 'x' },
      { environmentVariables: { KEY: 1 } },
    ])
      assertRefused(
        await api.post(`${path}/test`, { tokenType: 'access-token', script, token: {}, context: {}, ...body }),
        400,
        'guard.invalid_input',
      );
  });

  // security: leaked-secrets, script-tokens
  it('logs the kind and the line of a script failure, never its message', async () => {
    const failing = `const getCustomJwtClaims = ({ environmentVariables }) => {\n  throw new Error(environmentVariables.KEY);\n};`;
    for (const type of ['access-token', 'client-credentials'])
      await api.put(`${path}/${type}`, { script: failing, environmentVariables: { KEY: 'opens-the-vault' } });
    const userId = (await api.post('/api/users', { username: 'ada', password: 'correct horse battery 1' })).body.id;
    const app = experienceClient(server.url);
    await app.redeem(await app.signIn('ada', 'correct horse battery 1'));
    const machine = await manage(server);
    for (const type of ['access-token', 'client-credentials']) await api.delete(`${path}/${type}`);
    const logOf = async (key: string) => (await api.get(`/api/logs?logKey=${key}`)).body;
    const [person] = await logOf('JwtCustomizer.AccessToken');
    const { key, result, error, line, applicationId } = person.payload;
    assert.deepEqual(
      [key, result, error, line, applicationId, person.payload.userId],
      ['JwtCustomizer.AccessToken', 'Error', 'error', 2, 'demo-app', userId],
    );
    const entries = await logOf('JwtCustomizer.ClientCredentials');
    assert.deepEqual([entries.length, entries[0].payload.line], [1, 2]);
    assert.equal(decodeJwt(machine.token).client_id, entries[0].payload.applicationId);
    const everything = (await api.get('/api/logs?page_size=100')).body;
    assert.equal(JSON.stringify(everything).includes('opens-the-vault'), false);
  });

  it('rejects a script that cannot run, with the kind and the line of the fault', async () => {
    for (const [text, kind] of [
      ['const getCustomJwtClaims = (', 'load'],
      ['const other = 1;', 'load'],
      ['const getCustomJwtClaims = () => [];', 'shape'],
      ['const getCustomJwtClaims = () => { for (;;) {} };', 'time'],
    ] as const) {
      const refused = await api.put(`${path}/access-token`, { script: text });
      assertRefused(refused, 422, 'jwt_customizer.general');
      assert.equal(refused.body.data.kind, kind, text);
    }
    assert.equal((await api.get(`${path}/access-token`)).status, 404);
    // What the samples do not hold may be missing.
    const needy = 'const getCustomJwtClaims = ({ context }) => ({ plan: context.user.customData.plan });';
    assert.equal((await api.put(`${path}/access-token`, { script: needy })).status, 201);
    const list = 'const getCustomJwtClaims = ({ token }) => token.list;';
    const sampled = await api.patch(`${path}/access-token`, { script: list, tokenSample: { list: [] } });
    assertRefused(sampled, 422, 'jwt_customizer.general');
    assert.equal((await api.get(`${path}/access-token`)).body.script, needy);
    await api.delete(`${path}/access-token`);
  });

  it('rejects custom claims scripts in the admin tenant', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const refused = await admin.put(`${path}/access-token`, { script });
    assertRefused(refused, 403, 'jwt_customizer.can_not_create_for_admin_tenant');
  });
});
