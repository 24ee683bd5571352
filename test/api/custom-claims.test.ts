import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

const script = 'const getCustomJwtClaims = async ({ token }) => ({ level: token.level });';

describe('The scripts for custom claims', () => {
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

  it('are created, replaced, changed, listed and deleted', async () => {
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

  it('are tried out: claims, refusals and failures are told with their reasons', async () => {
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

  it('are not for the admin tenant', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const refused = await admin.put(`${path}/access-token`, { script });
    assertRefused(refused, 403, 'jwt_customizer.can_not_create_for_admin_tenant');
  });
});
