import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Personal access tokens', () => {
  let server: TestServer;
  let api: Manager;
  let path: string;
  before(async () => {
    server = await startServer();
    api = await manage(server);
    const { body } = await api.post('/api/users', { username: 'ada' });
    path = `/api/users/${body.id}/personal-access-tokens`;
  });
  after(() => server.close());

  it('creates, lists, renames and deletes personal access tokens', async () => {
    const created = await api.post(path, { name: 'laptop' });
    assert.equal(created.status, 201);
    assert.match(created.body.value, /^pat_[0-9A-Za-z]{32}$/);
    assert.equal(created.body.expiresAt, null);
    assert.deepEqual((await api.get(path)).body, [created.body]);

    const renamed = await api.patch(`${path}/laptop`, { name: 'desktop' });
    assert.deepEqual(renamed.body, { ...created.body, name: 'desktop' });
    const again = await api.patch(path, { currentName: 'desktop', name: 'my / tower' });
    assert.equal(again.body.value, created.body.value);

    assert.equal((await api.post(`${path}/delete`, { name: 'my / tower' })).status, 204);
    assert.deepEqual((await api.get(path)).body, []);
    assert.equal((await api.post(path, { name: 'gone soon' })).status, 201);
    assert.equal((await api.delete(`${path}/${encodeURIComponent('gone soon')}`)).status, 204);
    assertRefused(await api.delete(`${path}/nothing`), 404, 'entity.not_found');
  });

  it('requires a unique name and an expiry in the future', async () => {
    const expiresAt = Date.now() + 86_400_000;
    assert.equal((await api.post(path, { name: 'one', expiresAt })).body.expiresAt, expiresAt);
    await api.post(path, { name: 'two' });
    assertRefused(await api.post(path, { name: 'one' }), 422, 'user.personal_access_token_name_exists');
    assertRefused(await api.patch(`${path}/two`, { name: 'one' }), 422, 'user.personal_access_token_name_exists');
    assertRefused(await api.post(path, { name: 'late', expiresAt: Date.now() - 1 }), 400, 'request.invalid_input');
    assertRefused(await api.patch(`${path}/three`, { name: 'four' }), 404, 'entity.not_found');
  });

  it('rejects personal access tokens of unknown users', async () => {
    const nobody = '/api/users/nobody/personal-access-tokens';
    assertRefused(await api.get(nobody), 404, 'entity.not_found');
    assertRefused(await api.post(nobody, { name: 'x' }), 404, 'entity.not_found');
    assertRefused(await api.post('/api/subject-tokens', { userId: 'nobody' }), 404, 'entity.not_found');
  });

  // security: token-exchange, database-theft
  it('stores personal access tokens so that a copy of the database gives no access', async () => {
    const { body } = await api.post(path, { name: 'sealed' });
    const rows = await server.tenant.db.raw('select * from personal_access_tokens');
    assert.doesNotMatch(JSON.stringify(rows), new RegExp(body.value));
    const { body: subject } = await api.post('/api/subject-tokens', {
      userId: body.userId,
      context: { ticket: 'T-1' },
    });
    assert.match(subject.subjectToken, /^sub_[0-9a-z]{21}$/);
    assert.equal(subject.expiresIn, 600);
    const subjects = await server.tenant.db.raw('select * from subject_tokens');
    assert.doesNotMatch(JSON.stringify(subjects), new RegExp(subject.subjectToken));
  });
});
