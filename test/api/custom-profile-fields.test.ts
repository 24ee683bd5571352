import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { assertRefused, type Manager, manage } from '../support/management.ts';
import { race } from '../support/race.ts';
import { startServer, type TestServer } from '../support/server.ts';

describe('Custom profile fields', () => {
  let server: TestServer;
  let api: Manager;
  before(async () => {
    server = await startServer();
    api = await manage(server);
  });
  after(() => server.close());
  const path = '/api/custom-profile-fields';
  const text = (name: string) => ({ name, type: 'Text', label: name, required: false, config: {} });
  const namesOf = (fields: { name: string }[]) => fields.map(({ name }) => name);

  it('creates, replaces, reads and deletes profile fields, and returns them to sign-in pages', async () => {
    const created = await api.post(path, { ...text('nickname'), config: { minLength: 2, maxLength: 9 } });
    assert.equal(created.status, 201);
    assert.deepEqual([created.body.tenantId, created.body.description, created.body.sieOrder], ['default', null, 1]);
    assert.deepEqual((await api.get(`${path}/nickname`)).body, created.body);
    const replaced = await api.put(`${path}/nickname`, { type: 'Number', required: true, config: { minValue: 1 } });
    assert.deepEqual([replaced.body.type, replaced.body.label, replaced.body.config], ['Number', '', { minValue: 1 }]);
    const shown = (await (await fetch(`${server.url}/api/.well-known/sign-in-exp`)).json()) as {
      customProfileFields: object[];
    };
    assert.deepEqual(shown.customProfileFields, [replaced.body]);
    assert.equal((await api.delete(`${path}/nickname`)).status, 204);
    assertRefused(await api.get(`${path}/nickname`), 404, 'entity.not_found');
    assertRefused(await api.delete(`${path}/nickname`), 404, 'entity.not_found');
    const { name: _name, ...change } = text('nickname');
    assertRefused(await api.put(`${path}/nickname`, change), 404, 'entity.not_found');
  });

  it('creates several profile fields together or not at all, at most 20', async () => {
    const refused = await api.post(`${path}/batch`, [text('one'), text('two'), text('one')]);
    assertRefused(refused, 422, 'custom_profile_fields.name_exists');
    assert.deepEqual((await api.get(path)).body, []);
    assert.equal((await api.post(`${path}/batch`, [text('one'), text('two')])).status, 201);
    const many = Array.from({ length: 21 }, (_, index) => text(`field${index}`));
    assertRefused(await api.post(`${path}/batch`, many), 400, 'guard.invalid_input');
  });

  it('returns profile fields in the order that the operator sets', async () => {
    const order = [
      { name: 'two', sieOrder: 1 },
      { name: 'one', sieOrder: 2 },
    ];
    const { status, body } = await api.post(`${path}/properties/sie-order`, { order });
    assert.deepEqual([status, namesOf(body)], [200, ['two', 'one']]);
    assert.deepEqual(namesOf((await api.get(path)).body), ['two', 'one']);
    const unknown = await api.post(`${path}/properties/sie-order`, {
      order: [
        { name: 'one', sieOrder: 0 },
        { name: 'nobody', sieOrder: 3 },
      ],
    });
    assertRefused(unknown, 400, 'custom_profile_fields.entity_not_exists_with_names');
    assert.deepEqual(namesOf((await api.get(path)).body), ['two', 'one']);
  });

  it('asks for the chosen profile fields at sign-up, in their own order', async () => {
    const shown = async () => (await api.get('/api/.well-known/sign-in-exp')).body;
    assert.deepEqual(namesOf((await shown()).customProfileFields), ['two', 'one']);
    const choose = (...names: string[]) =>
      api.patch('/api/sign-in-exp', { signUpProfileFields: names.map((name) => ({ name })) });
    const unknown = await choose('one', 'nobody');
    assertRefused(unknown, 400, 'custom_profile_fields.entity_not_exists_with_names');
    assert.deepEqual(unknown.body.data, { names: ['nobody'] });
    assert.equal((await choose('one', 'two')).status, 200);
    assert.deepEqual(namesOf((await shown()).customProfileFields), ['one', 'two']);
    await api.delete(`${path}/one`);
    assert.deepEqual((await api.get('/api/sign-in-exp')).body.signUpProfileFields, [{ name: 'two' }]);
    await choose();
    assert.deepEqual((await shown()).customProfileFields, []);
    assert.deepEqual(namesOf((await shown()).customProfileFieldCatalog), ['two']);
  });

  it('no longer asks for profile fields that were deleted together', async () => {
    const names = ['left', 'right', 'stays'];
    assert.equal((await api.post(`${path}/batch`, names.map(text))).status, 201);
    await api.patch('/api/sign-in-exp', { signUpProfileFields: names.map((name) => ({ name })) });
    const deletions = ['left', 'right'].map((name) => () => api.delete(`${path}/${name}`));
    const answers = await race(server.app.database, 'sign_in_experiences', deletions);
    assert.deepEqual([answers[0]?.status, answers[1]?.status], [204, 204]);
    assert.deepEqual((await api.get('/api/sign-in-exp')).body.signUpProfileFields, [{ name: 'stays' }]);
  });

  it('validates each profile field by its type', async () => {
    const part = { enabled: true, name: 'givenName', type: 'Text', required: true };
    const cases: [object, string][] = [
      [{ name: 'email' }, 'name_conflict_sign_in_identifier'],
      [{ config: { minLength: 5, maxLength: 4 } }, 'invalid_min_max_input'],
      [{ type: 'Select', config: { options: [] } }, 'invalid_options'],
      [{ type: 'Select', config: { options: [{ value: 'a' }, { value: 'a' }] } }, 'invalid_options'],
      [{ type: 'Checkbox', config: { defaultValue: 'maybe' } }, 'invalid_default_value'],
      [{ type: 'Regex', config: { format: '([' } }, 'invalid_regex_format'],
      [{ type: 'Address', config: { parts: [part] } }, 'invalid_address_components'],
      [{ type: 'Fullname', config: { parts: [{ ...part, enabled: false }] } }, 'invalid_fullname_components'],
      [{ type: 'Fullname', config: { parts: [{ ...part, type: 'Address' }] } }, 'invalid_sub_component_type'],
      [{ name: '' }, 'name_required'],
      [{ name: '1st' }, 'invalid_name'],
      [{ name: 'two words' }, 'invalid_name'],
      [{ name: 'a'.repeat(129) }, 'invalid_name'],
      [{ name: 'isSuspended' }, 'name_conflict_built_in_prop'],
      [{ name: 'customData' }, 'name_conflict_custom_data'],
      [
        { type: 'Fullname', config: { parts: [{ ...part, type: 'Regex', config: { format: '([' } }] } },
        'invalid_regex_format',
      ],
      [{ type: 'Fullname', config: { parts: [{ ...part, type: 'Select' }] } }, 'invalid_options'],
    ];
    for (const [change, code] of cases)
      assertRefused(await api.post(path, { ...text('some'), ...change }), 400, `custom_profile_fields.${code}`);
    const whole = { ...text('whole'), type: 'Fullname', config: { parts: [part] } };
    assert.equal((await api.post(path, whole)).status, 201);
    const order = {
      order: [
        { name: 'whole', sieOrder: 1 },
        { name: 'left', sieOrder: 1 },
      ],
    };
    const refused = await api.post(`${path}/properties/sie-order`, order);
    assertRefused(refused, 400, 'custom_profile_fields.conflicted_sie_order');
  });
});
