import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Account center', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());
  const path = '/api/account-center';

  it('is switched off at first, and changes only the given settings of the account center', async () => {
    const initial = {
      tenantId: 'default',
      id: 'default',
      enabled: false,
      fields: {},
      webauthnRelatedOrigins: [],
      deleteAccountUrl: null,
      deletionGraceDays: null,
      customCss: null,
      profileFields: null,
    };
    assert.deepEqual((await api.get(path)).body, initial);
    const first = await api.patch(path, { enabled: true, fields: { name: 'Edit' } });
    assert.deepEqual(first.body, { ...initial, enabled: true, fields: { name: 'Edit' } });
    const second = await api.patch(path, { fields: { email: 'ReadOnly' }, deletionGraceDays: 7 });
    assert.deepEqual(second.body.fields, { name: 'Edit', email: 'ReadOnly' });
    assert.deepEqual((await api.get(path)).body, second.body);
    const shown = await (await fetch(`${server.url}/api/.well-known/account-center`)).json();
    assert.deepEqual(shown, second.body);
  });

  it('shows profile fields that exist, in the order of the list, and drops deleted ones', async () => {
    for (const name of ['tea', 'shoe', 'hat'])
      await api.post('/api/custom-profile-fields', { name, type: 'Text', label: name, required: false, config: {} });
    const show = (...names: string[]) => api.patch(path, { profileFields: names.map((name) => ({ name })) });
    assert.deepEqual((await show('hat', 'tea')).body.profileFields, [{ name: 'hat' }, { name: 'tea' }]);
    const refused = await show('tea', 'nobody');
    assertRefused(refused, 400, 'custom_profile_fields.entity_not_exists_with_names');
    assert.deepEqual(refused.body.data, { names: ['nobody'] });
    const before = (await api.get(path)).body;
    assert.deepEqual(before.profileFields, [{ name: 'hat' }, { name: 'tea' }]);
    for (const name of ['shoe', 'hat']) await api.delete(`/api/custom-profile-fields/${name}`);
    assert.deepEqual((await api.get(path)).body, { ...before, profileFields: [{ name: 'tea' }] });
    assert.equal((await api.patch(path, { profileFields: null })).body.profileFields, null);
    await api.delete('/api/custom-profile-fields/tea');
    assert.deepEqual((await api.get(path)).body, { ...before, profileFields: null });
  });

  it('deletes the URL for account deletion when it is set to an empty string', async () => {
    const deleteAccountUrl = 'https://app.test/delete';
    assert.equal((await api.patch(path, { deleteAccountUrl })).body.deleteAccountUrl, deleteAccountUrl);
    const cleared = await api.patch(path, { deleteAccountUrl: '' });
    assert.deepEqual([cleared.status, cleared.body.deleteAccountUrl], [200, null]);
    assert.deepEqual((await api.get(path)).body, cleared.body);
  });

  it('is open to administrators until it is changed', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const { body } = await admin.get(path);
    assert.deepEqual([body.enabled, body.fields.password, body.fields.customData], [true, 'Edit', undefined]);
    const { body: changed } = await admin.patch(path, { enabled: false });
    assert.deepEqual([changed.enabled, changed.fields.password], [false, 'Edit']);
    await admin.patch(path, { enabled: true });
  });

  it('lets no administrator of the Console delete the own account: it may be the last one', async () => {
    const admin = await manage(server, await server.app.tenancy.get('admin'));
    const refused = await admin.patch(path, { enabled: true, deletionGraceDays: 14 });
    assertRefused(refused, 422, 'request.feature_not_supported');
    assert.deepEqual(
      [(await admin.get(path)).body.deletionGraceDays, (await api.patch(path, { deletionGraceDays: 14 })).status],
      [null, 200],
    );
    assert.equal((await admin.patch(path, { deletionGraceDays: null })).status, 200);
  });

  it('rejects styles, which the account page would not have', async () => {
    const refused = await api.patch(path, { customCss: 'main { color: green }' });
    assertRefused(refused, 422, 'request.feature_not_supported');
    assert.deepEqual(refused.body.data, { setting: 'customCss' });
    assert.deepEqual(
      [(await api.patch(path, { customCss: null })).status, (await api.get(path)).body.customCss],
      [200, null],
    );
  });

  it('rejects invalid account center settings', async () => {
    for (const change of [
      { fields: { name: 'Maybe' } },
      { deleteAccountUrl: 'javascript:alert(1)' },
      { webauthnRelatedOrigins: ['not a url'] },
    ])
      assertRefused(await api.patch(path, change), 400, 'guard.invalid_input');
    assertRefused(
      await api.send('GET', path, { headers: { authorization: '' } }),
      401,
      'auth.authorization_header_missing',
    );
  });
});
