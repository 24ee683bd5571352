import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProfileField } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { readAnswers } from './answers.ts';

const field = (name: string, type: ProfileField['type'], rest: Partial<ProfileField> = {}): ProfileField => ({
  tenantId: 'default',
  id: name,
  name,
  type,
  label: '',
  description: null,
  required: false,
  config: {},
  createdAt: 0,
  sieOrder: 1,
  ...rest,
});
const part = (name: string) => ({ name, type: 'Text' as const, enabled: true, required: false });
const answer = (given: ProfileField, value: unknown) => readAnswers([given], { [given.name]: value });

describe('answers to custom profile fields', () => {
  it('become columns, standard claims and custom data', () => {
    const fields = [
      field('name', 'Text'),
      field('avatar', 'Url'),
      field('website', 'Url'),
      field('fullname', 'Fullname', { config: { parts: [part('givenName')] } }),
      field('address', 'Address', { config: { parts: [part('country')] } }),
      field('warehouse', 'Address', { config: { parts: [part('country')] } }),
      field('seats', 'Number'),
      field('news', 'Checkbox'),
    ];
    const values = {
      name: ' Ana ',
      avatar: 'https://img.test/ana.png',
      website: 'https://ana.test',
      givenName: 'Ana',
      address: { country: 'ES' },
      warehouse: { country: 'PT' },
      seats: '2.5',
      news: 'false',
    };
    assert.deepEqual(readAnswers(fields, values), {
      name: 'Ana',
      avatar: 'https://img.test/ana.png',
      claims: { website: 'https://ana.test', givenName: 'Ana', address: { country: 'ES' } },
      customData: { warehouse: { country: 'PT' }, seats: 2.5, news: false },
    });
  });

  it('are not stored when they are empty', () => {
    const fields = [field('size', 'Number'), field('address', 'Address', { config: { parts: [part('country')] } })];
    for (const values of [{}, { size: '' }, { size: null, address: {} }, { address: { country: ' ' } }])
      assert.deepEqual(readAnswers(fields, values), {});
  });

  // security: unproved-addresses, sign-up-answers
  it('are refused for keys that no field asks for', () => {
    for (const values of [{ isSuspended: true }, { customData: {} }, { roles: ['admin'] }])
      assert.throws(() => readAnswers([field('size', 'Number')], values), AldabaError, JSON.stringify(values));
    assert.throws(() => answer(field('address', 'Address', { config: { parts: [part('country')] } }), { roles: 'x' }));
  });

  const refusals: [string, ProfileField, unknown][] = [
    ['missing', field('size', 'Text', { required: true }), '  '],
    ['missing', field('terms', 'Checkbox', { required: true }), false],
    ['tooShort', field('size', 'Text', { config: { minLength: 3 } }), 'ab'],
    ['tooLong', field('size', 'Text', { config: { maxLength: 3 } }), 'abcd'],
    ['tooLong', field('name', 'Text'), 'n'.repeat(129)],
    ['tooLong', field('size', 'Text'), 'n'.repeat(2049)],
    ['tooSmall', field('size', 'Number', { config: { minValue: 0 } }), -1],
    ['tooLarge', field('size', 'Number', { config: { maxValue: 9 } }), '10'],
    ['notNumber', field('size', 'Number'), 'ten'],
    ['notNumber', field('size', 'Number'), Number.POSITIVE_INFINITY],
    ['notDate', field('day', 'Date'), '2023-02-29'],
    ['notDate', field('day', 'Date', { config: { format: 'Custom', customFormat: 'dd.MM.yyyy' } }), '2024-02-29'],
    ['notUrl', field('site', 'Url'), 'javascript:alert(1)'],
    ['notUrl', field('avatar', 'Text'), 'data:text/html,x'],
    ['notOffered', field('plan', 'Select', { config: { options: [{ value: 's' }] } }), 'xl'],
    ['notOffered', field('news', 'Checkbox'), 'perhaps'],
    ['wrongFormat', field('code', 'Regex', { config: { format: '^[A-Z]+$' } }), 'abc'],
    ['wrongFormat', field('size', 'Text'), ['a list']],
  ];
  for (const [problem, given, value] of refusals) {
    it(`are refused: ${given.type} ${JSON.stringify(value).slice(0, 30)} is ${problem}`, () => {
      assert.throws(
        () => answer(given, value),
        (error: AldabaError) => {
          assert.equal(error.code, 'guard.invalid_input');
          const data = error.data as { problem: string; field: string };
          assert.deepEqual([data.problem, data.field], [problem, `profile.${given.name}`]);
          return true;
        },
      );
    });
  }

  it('accept a date in the format that the operator chose', () => {
    const day = field('day', 'Date', { config: { format: 'MM/dd/yyyy' } });
    assert.deepEqual(answer(day, '02/29/2024'), { customData: { day: '02/29/2024' } });
    const words = field('day', 'Date', { config: { format: 'Custom', customFormat: 'MMMM d' } });
    assert.deepEqual(answer(words, 'May 4'), { customData: { day: 'May 4' } });
  });

  // security: sign-up-answers
  it('cannot block the server with a pattern that backtracks without end', () => {
    const code = field('code', 'Regex', { config: { format: '^(a+)+$' } });
    assert.throws(() => answer(code, `${'a'.repeat(200)}!`), AldabaError);
  });
});
