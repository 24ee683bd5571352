import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRefusals } from './refusals.ts';

describe('Rejected requests of one client', () => {
  const start = () => {
    const time = { now: 0 };
    const summaries: [last: number, suppressed: number][] = [];
    const refusals = createRefusals<number>({ now: () => time.now }, (last, suppressed) =>
      summaries.push([last, suppressed]),
    );
    return { time, summaries, refusals };
  };

  // security: storage-exhaustion
  it('writes a limited number of rejections per minute, and one entry with the number of the rest', () => {
    const { time, summaries, refusals } = start();
    const admitted = Array.from({ length: 1000 }, (_, index) => refusals.admit('acme 203.0.113.7 key', index)).filter(
      Boolean,
    );
    assert.equal(admitted.length, 20);
    refusals.sweep();
    assert.deepEqual(summaries, []);
    time.now = 60_000;
    refusals.sweep();
    assert.deepEqual(summaries, [[999, 980]]);
    assert.equal(refusals.admit('acme 203.0.113.7 key', 1), true);
  });

  it('does not let one client use up the entries of others', () => {
    const { refusals } = start();
    for (let count = 0; count < 100; count += 1) refusals.admit('acme 203.0.113.7 key', count);
    for (const key of ['acme 203.0.113.8 key', 'acme 203.0.113.7 other', 'other 203.0.113.7 key'])
      assert.equal(refusals.admit(key, 1), true, key);
  });

  // security: storage-exhaustion
  it('uses a bounded number of counters for all callers together', () => {
    const { summaries, refusals } = start();
    let admitted = 0;
    for (let client = 0; client < 50_000; client += 1) if (refusals.admit(`acme ${client} key`, client)) admitted += 1;
    assert.equal(admitted, 10_000 + 20);
    refusals.sweep(true);
    assert.deepEqual(summaries, [[49_999, 39_980]]);
  });
});
