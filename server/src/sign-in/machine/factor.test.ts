import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isSameAddress, maskAddress } from './factor.ts';

describe('An address of a person', () => {
  it('is masked so that only its owner recognizes it', () => {
    const shown: [type: 'email' | 'phone', value: string, masked: string][] = [
      ['email', 'ana@example.com', 'a****@example.com'],
      ['email', 'a@example.com', 'a****@example.com'],
      ['email', '"a@b"@example.com', '"****@example.com'],
      ['phone', '34600123456', '****3456'],
      // Nothing of it would be hidden.
      ['phone', '3460', '****'],
      ['email', 'not an address', '****'],
    ];
    for (const [type, value, masked] of shown) assert.equal(maskAddress({ type, value }), masked);
  });

  it('equals an email in any case, and never an address of another kind', () => {
    const email = (value: string) => ({ type: 'email', value }) as const;
    const phone = (value: string) => ({ type: 'phone', value }) as const;
    assert.equal(isSameAddress(email('Ana@Example.com'), email('ana@example.COM')), true);
    assert.equal(isSameAddress(email('ana@example.com'), email('ana@example.org')), false);
    assert.equal(isSameAddress(phone('34600123456'), phone('34600123456')), true);
    assert.equal(isSameAddress(phone('34600123456'), email('34600123456')), false);
  });
});
