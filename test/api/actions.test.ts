import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

const script = `const runAction = async ({ event }) =>
  event.isNew ? { action: 'updateUser', user: { customData: { seen: event.place } } } : undefined;`;
const postSignIn = '/api/configs/actions/action.postSignIn';

describe('Sign-in scripts', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());
  const run = (text: string, event: unknown = {}, more = {}) =>
    api.post('/api/configs/actions/test', { actionType: 'action.postSignIn', script: text, event, ...more });

  it('creates, replaces, updates, lists and deletes sign-in scripts, and stores them encrypted', async () => {
    assertRefused(await api.get(postSignIn), 404, 'entity.not_found');
    assertRefused(await api.patch(postSignIn, { script }), 404, 'entity.not_found');
    const environmentVariables = { KEY: 'a value that nobody may read at rest' };
    const created = await api.put(postSignIn, { script, environmentVariables, contextSample: ['anything', 1] });
    const saved = { script, environmentVariables, contextSample: ['anything', 1] };
    assert.deepEqual([created.status, created.body], [201, saved]);
    assert.equal((await api.put(postSignIn, saved)).status, 200);
    const changed = await api.patch(postSignIn, { enabled: false, onExecutionError: 'allow' });
    assert.deepEqual(changed.body, { ...saved, enabled: false, onExecutionError: 'allow' });
    assert.deepEqual((await api.get(postSignIn)).body, changed.body);
    const { body } = await api.get('/api/configs/actions');
    assert.deepEqual(body, [{ key: 'action.postSignIn', value: changed.body }]);
    const [row] = await server.tenant.db.raw<{ value: unknown }>(
      `select value from tenant_settings where tenant_id = 'default' and key = 'actions/action.postSignIn'`,
    );
    assert.equal(JSON.stringify(row).includes('nobody may read'), false);
    assert.equal((await api.delete(postSignIn)).status, 204);
    assertRefused(await api.delete(postSignIn), 404, 'entity.not_found');
    assertRefused(await api.get('/api/configs/actions/action.preSignIn'), 400, 'guard.invalid_input');
  });

  it('keeps both of two concurrent changes to sign-in scripts', async () => {
    await api.put(postSignIn, { script });
    const changes = [{ enabled: false }, { onExecutionError: 'allow' }].map(
      (body) => () => api.patch(postSignIn, body),
    );
    await race(server.app.database, 'tenant_settings', changes);
    const { body } = await api.get(postSignIn);
    assert.deepEqual(body, { script, enabled: false, onExecutionError: 'allow' });
    await api.delete(postSignIn);
  });

  it('returns the changes, denials and failures of a script in a test run', async () => {
    const told = await run(script, { isNew: true, place: 'Paris' });
    assert.deepEqual(
      [told.status, told.body],
      [200, { action: 'updateUser', user: { customData: { seen: 'Paris' } } }],
    );
    assert.equal((await run(script, null)).status, 422);
    assert.equal((await run(script)).status, 204);
    const variables = { environmentVariables: { WORD: 'no entry' } };
    const denied = await run(
      'const runAction = ({ api, environmentVariables }) => api.denyAccess(environmentVariables.WORD);',
      {},
      variables,
    );
    assertRefused(denied, 403, 'action.access_denied');
    assert.match(denied.body.message, /no entry$/);
    const failed = await run('const runAction = () => {\n  return missing.member;\n};');
    assertRefused(failed, 422, 'action.execution_failed');
    assert.deepEqual(
      [failed.body.data.kind, failed.body.data.line, /missing/.test(failed.body.data.reason)],
      ['error', 2, true],
    );
  });

  // security: unproved-addresses, script-sign-ins
  it('rejects script results that change a user’s identifiers or credentials', async () => {
    for (const user of [
      { primaryEmail: 'eve@example.com' },
      { username: 'root' },
      { password: 'known to others' },
      { isSuspended: false },
      { id: 'another' },
      { avatar: 'javascript:alert(1)' },
      { profile: { email_verified: true } },
    ]) {
      const failed = await run(`const runAction = () => (${JSON.stringify({ action: 'updateUser', user })});`);
      assertRefused(failed, 422, 'action.execution_failed');
      assert.equal(failed.body.data.kind, 'shape', JSON.stringify(user));
    }
    assertRefused(await run(`const runAction = () => ({ action: 'createUser' });`), 422, 'action.execution_failed');
  });

  it('rejects sign-in scripts in the admin tenant, whose administrators could lock themselves out', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    assertRefused(await admin.put(postSignIn, { script }), 403, 'auth.forbidden');
  });
});

describe('Client ID metadata documents', () => {
  it('rejects switching on client ID metadata documents, which are off', async () => {
    const server = await startServer();
    try {
      const api = await manage(server);
      assert.deepEqual((await api.get('/api/configs/cimd')).body, { enabled: false });
      assert.equal((await api.patch('/api/configs/cimd', { enabled: false })).status, 200);
      assertRefused(await api.patch('/api/configs/cimd', { enabled: true }), 422, 'request.feature_not_supported');
    } finally {
      await server.close();
    }
  });
});
