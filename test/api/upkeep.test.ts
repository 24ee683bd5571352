import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createAgent } from '../support/agent.ts';
import { authorization } from '../support/authorization.ts';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Maintenance by the Management API', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());

  it('unlocks an identifier', async () => {
    await api.patch('/api/sign-in-exp', { sentinelPolicy: { maxAttempts: 2, lockoutDuration: 60 } });
    await api.post('/api/users', { username: 'ada', password: 'correct horse 7!' });
    const attempt = async (password: string) => {
      const agent = createAgent();
      await agent.fetch(authorization({ endpoint: server.url }).url);
      const send = (method: string, path: string, body: object) =>
        agent.fetch(`${server.url}/api/experience${path}`, {
          method,
          headers: { 'content-type': 'application/json', 'logto-app-id': 'demo-app' },
          body: JSON.stringify(body),
        });
      await send('PUT', '', { interactionEvent: 'SignIn' });
      const identifier = { type: 'username', value: 'ada' };
      const response = await send('POST', '/verification/password', { identifier, password });
      return response.ok ? 'ok' : ((await response.json()) as { code: string }).code;
    };
    for (let count = 0; count < 2; count += 1) await attempt('wrong');
    assert.equal(await attempt('correct horse 7!'), 'session.verification_blocked_too_many_attempts');
    const path = '/api/sentinel-activities/delete';
    assert.equal((await api.post(path, { targetType: 'App', targets: ['ada'] })).status, 204);
    assert.equal(await attempt('correct horse 7!'), 'session.verification_blocked_too_many_attempts');
    assert.equal((await api.post(path, { targetType: 'User', targets: ['ada'] })).status, 204);
    assert.equal(await attempt('correct horse 7!'), 'ok');
    assertRefused(await api.post(path, { targetType: 'Robot', targets: ['ada'] }), 400, 'guard.invalid_input');
  });

  it('reports that protected applications have no domain', async () => {
    assertRefused(await api.get('/api/systems/application'), 501, 'request.feature_not_supported');
    const { id } = (await api.post('/api/applications', { name: 'Web', type: 'Traditional' })).body;
    const path = `/api/applications/${id}/protected-app-metadata/custom-domains`;
    for (const reply of [
      await api.get(path),
      await api.post(path, { domain: 'a.test' }),
      await api.delete(`${path}/a.test`),
    ])
      assertRefused(reply, 501, 'request.feature_not_supported');
    const unknown = await api.get('/api/applications/none/protected-app-metadata/custom-domains');
    assertRefused(unknown, 404, 'entity.not_exists_with_id');
  });
});
