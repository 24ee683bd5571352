import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOpenSignIns } from './open-sign-ins.ts';

describe('sign-ins that are begun', () => {
  const refused = { code: 'request.too_many_sign_ins', status: 429, data: { seconds: 3600 } };

  it('are refused to an address that leaves too many open, and to no other', () => {
    const time = { now: 0 };
    const signIns = createOpenSignIns({ now: () => time.now }, 3);
    for (let count = 0; count < 3; count += 1) signIns.begin('acme', '203.0.113.7');
    assert.throws(() => signIns.begin('acme', '203.0.113.7'), refused);
    signIns.begin('acme', '203.0.113.8');
    signIns.begin('other', '203.0.113.7');
    time.now = 3_600_000;
    signIns.begin('acme', '203.0.113.7');
  });

  it('do not count once they are finished', () => {
    const signIns = createOpenSignIns({ now: () => 0 }, 1);
    for (let count = 0; count < 100; count += 1) {
      signIns.begin('acme', '203.0.113.7');
      signIns.end('acme', '203.0.113.7');
    }
    signIns.end('acme', '203.0.113.7');
    signIns.begin('acme', '203.0.113.7');
    assert.throws(() => signIns.begin('acme', '203.0.113.7'), refused);
  });
});
