import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseForm } from './body.ts';

describe('Forms', () => {
  // Copies of what was read so far would hold the process for minutes.
  it('with one name half a million times are read at once, with all values in order', { timeout: 30_000 }, () => {
    const count = 500_000;
    const form = parseForm(`b=1&${Array.from({ length: count }, (_, at) => `a=${at}`).join('&')}`);
    const values = form.a as string[];
    assert.deepEqual([form.b, values.length, values[0], values[count - 1]], ['1', count, '0', String(count - 1)]);
  });
});
