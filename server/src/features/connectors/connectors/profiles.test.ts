import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyUnstorable } from '../../../kernel/storable.ts';
import { usableProfile } from './profiles.ts';

describe('Social profiles', () => {
  const [half] = '\u{1f600}'.split('');

  // security: bad-input
  it('repairs characters in a profile that cannot be stored, at any depth', () => {
    const rawData = { names: [`Aino ${half}`, { [`key${half}`]: 'nu\0ll' }], age: 7, nothing: null };
    const profile = usableProfile({ id: '1', name: `Aino ${half}`, rawData });
    assert.equal(whyUnstorable(profile, 8), undefined);
    assert.deepEqual(profile, {
      id: '1',
      name: 'Aino \ufffd',
      rawData: { names: ['Aino \ufffd', { 'key\ufffd': 'null' }], age: 7, nothing: null },
    });
  });

  it('rejects a profile whose id would need repair, because it could become the id of another user', () => {
    for (const id of [`1${half}`, '1\0']) assert.throws(() => usableProfile({ id }), { code: 'connector.general' });
  });
});
