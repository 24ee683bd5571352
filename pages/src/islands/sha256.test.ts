import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { sha256 } from './sha256.ts';

describe('Code challenge without crypto.subtle', () => {
  it('computes the same digest as Node at every length around the padding', () => {
    for (let length = 0; length < 200; length += 1) {
      const message = Uint8Array.from({ length }, (_, index) => (index * 31 + length) % 256);
      const expected = createHash('sha256').update(message).digest('hex');
      assert.equal(Buffer.from(sha256(message)).toString('hex'), expected, `length ${length}`);
    }
  });
});
