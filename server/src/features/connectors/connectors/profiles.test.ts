import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyUnstorable } from '../../../kernel/storable.ts';
import { usableProfile } from './profiles.ts';

describe('the profile that a provider tells', () => {
  const [half] = '\u{1f600}'.split('');

  // security: bad-input
  it('is repaired where it holds characters that cannot be stored, at any depth', () => {
    const rawData = { names: [`Aino ${half}`, { [`key${half}`]: 'nu\0ll' }], age: 7, nothing: null };
    const profile = usableProfile({ id: '1', name: `Aino ${half}`, rawData });
    assert.equal(whyUnstorable(profile, 8), undefined);
    assert.deepEqual(profile, {
      id: '1',
      name: 'Aino \ufffd',
      rawData: { names: ['Aino \ufffd', { 'key\ufffd': 'null' }], age: 7, nothing: null },
    });
  });

  it('is refused when the id would have to be repaired, and so could become the id of another user', () => {
    for (const id of [`1${half}`, '1\0']) assert.throws(() => usableProfile({ id }), { code: 'connector.general' });
  });
});
