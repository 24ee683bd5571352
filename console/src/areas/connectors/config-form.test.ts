import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiError } from '@aldaba/contract/client';
import {
  configOf,
  type FormItem,
  fieldOf,
  itemsOf,
  missingOf,
  problemsOf,
  refusalOfConfig,
  valuesOf,
} from './config-form.ts';

const words = { required: 'required', json: (problem: string) => `JSON: ${problem}` };
const items: FormItem[] = [
  { key: 'host', label: 'Host', type: 'Text', required: true },
  { key: 'port', label: 'Port', type: 'Number', required: true, defaultValue: 465 },
  {
    key: 'method',
    label: 'Method',
    type: 'Select',
    defaultValue: 'post',
    selectItems: [{ value: 'post' }, { value: 'jwt' }],
  },
  {
    key: 'algorithm',
    label: 'Algorithm',
    type: 'Text',
    required: true,
    showConditions: [{ targetKey: 'method', expectValue: 'jwt' }],
  },
  { key: 'scopes', label: 'Scopes', type: 'MultiSelect', selectItems: [{ value: 'mail' }] },
  { key: 'secure', label: 'Secure', type: 'Switch' },
  { key: 'auth', label: 'Auth', type: 'Json', defaultValue: { user: 'anna' } },
];
const field = (key: string) => fieldOf({ key });

describe('Form of a connector’s configuration', () => {
  it('starts with the defaults of the kind, and stores what it shows', () => {
    const values = { ...valuesOf(items), [field('host')]: ' mail.example.com ' };
    assert.deepEqual(configOf(items, values), {
      host: 'mail.example.com',
      port: 465,
      method: 'post',
      secure: false,
      auth: { user: 'anna' },
    });
  });

  it('keeps members of a stored configuration that no field shows', () => {
    const stored = { host: 'a', port: 25, auth: { user: 'b' }, internal: 1 };
    assert.deepEqual(configOf(items, valuesOf(items, stored), stored), { ...stored, method: 'post', secure: false });
  });

  it('gives an emptied optional field no value, not the default again', () => {
    const stored = { host: 'a', port: 25, auth: { user: 'b' } };
    const values = { ...valuesOf(items, stored), [field('auth')]: ' ' };
    assert.equal('auth' in configOf(items, values, stored), false);
    assert.equal(valuesOf(items, { host: 'a', port: 25 })[field('auth')], '');
  });

  it('neither asks for nor stores a field whose conditions are not met', () => {
    const values = { ...valuesOf(items), [field('host')]: 'a', [field('algorithm')]: 'HS256' };
    assert.equal('algorithm' in configOf(items, values), false);
    assert.deepEqual(problemsOf(items, { ...values, [field('algorithm')]: '' }, words), {});
    const shown = { ...values, [field('method')]: 'jwt' };
    assert.equal(configOf(items, shown)['algorithm'], 'HS256');
    assert.deepEqual(problemsOf(items, { ...shown, [field('algorithm')]: '' }, words), {
      [field('algorithm')]: 'required',
    });
  });

  it('stores a field below a member beside what that has already', () => {
    const nested: FormItem[] = [
      { key: 'prompt.isOn', label: 'Prompt', type: 'Switch' },
      {
        key: 'prompt.text',
        label: 'Text',
        type: 'Text',
        showConditions: [{ targetKey: 'prompt.isOn', expectValue: true }],
      },
    ];
    const stored = { id: 'a', prompt: { isOn: true, text: 'Come in', place: 'top' } };
    const values = valuesOf(nested, stored);
    assert.deepEqual(values, { [field('prompt.isOn')]: true, [field('prompt.text')]: 'Come in' });
    assert.deepEqual(configOf(nested, { ...values, [field('prompt.text')]: 'Welcome' }, stored), {
      ...stored,
      prompt: { ...stored.prompt, text: 'Welcome' },
    });
    assert.deepEqual(configOf(nested, { ...values, [field('prompt.isOn')]: false }, stored), {
      id: 'a',
      prompt: { isOn: false, place: 'top' },
    });
  });

  it('finds blank required fields and broken JSON before anything is sent', () => {
    const found = problemsOf(items, { ...valuesOf(items), [field('host')]: ' ', [field('auth')]: '{' }, words);
    assert.deepEqual(Object.keys(found), [field('host'), field('auth')]);
    assert.match(found[field('auth')] ?? '', /^JSON: ./);
    assert.deepEqual(missingOf(items, { port: 25 }), ['Host']);
  });

  it('edits a kind without fields as one document', () => {
    const whole = itemsOf({ configTemplate: '{"key":"…"}' }, 'Configuration');
    const values = valuesOf(whole);
    assert.deepEqual(configOf(whole, values), { key: '…' });
    assert.deepEqual(configOf(whole, valuesOf(whole, { key: 'a' })), { key: 'a' });
  });

  it('puts what the connector refused at its fields, and keeps what belongs to none', () => {
    const refuse = (...problems: { path: string; message: string }[]) =>
      new ApiError(400, { code: 'connector.invalid_config', message: 'Not valid.', data: { problems } } as never, 'r1');
    const refused = (problem: string) => `No se acepta: ${problem}`;
    const placed = refusalOfConfig(refuse({ path: 'auth.user', message: 'Required' }), items, refused);
    assert.deepEqual(placed, { fields: { [field('auth')]: 'No se acepta: user: Required' }, requestId: 'r1' });
    const below = [{ key: 'prompt.text', label: 'Text', type: 'Text' as const }];
    assert.deepEqual(refusalOfConfig(refuse({ path: 'prompt.text', message: 'Too long' }), below, refused)?.fields, {
      [field('prompt.text')]: 'No se acepta: Too long',
    });
    const rest = refusalOfConfig(
      refuse({ path: 'host', message: 'Bad' }, { path: '', message: 'Unknown.' }),
      items,
      refused,
    );
    assert.deepEqual(rest, {
      fields: { [field('host')]: 'No se acepta: Bad' },
      message: 'Not valid. Unknown.',
      requestId: 'r1',
    });
    assert.equal(refusalOfConfig(new ApiError(404, { code: 'entity.not_found' }), items, refused), undefined);
  });
});
