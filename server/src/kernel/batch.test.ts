import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBatch } from './batch.ts';

describe('Batches', () => {
  const create = (write: (items: readonly number[]) => Promise<void>) => {
    const told = { failures: 0, dropped: 0 };
    const batch = createBatch<number>({
      interval: 60_000,
      size: 3,
      maximum: 5,
      write,
      failed: () => {
        told.failures += 1;
      },
      dropped: (count) => {
        told.dropped += count;
      },
    });
    return { batch, told };
  };

  it('writes all items of a batch in order and in parts when it is closed', async () => {
    const parts: (readonly number[])[] = [];
    const { batch } = create(async (items) => {
      parts.push(items);
    });
    for (const item of [1, 2]) batch.add(item);
    await batch.close();
    assert.deepEqual(parts, [[1, 2]]);
  });

  it('keeps items that could not be written, up to a limit, and reports how many were dropped', async () => {
    let works = false;
    const written: number[] = [];
    const { batch, told } = create(async (items) => {
      if (!works) throw new Error('away');
      written.push(...items);
    });
    for (const item of [1, 2, 3, 4, 5, 6, 7]) batch.add(item);
    await batch.flush();
    assert.ok(told.failures > 0);
    works = true;
    await batch.close();
    assert.deepEqual(written, [1, 2, 3, 4, 5]);
    assert.equal(told.dropped, 2);
  });

  // security: storage-exhaustion
  it('limits the bytes kept while writes fail, and the bytes of one write', async () => {
    let works = false;
    const parts: string[][] = [];
    let dropped = 0;
    const batch = createBatch<string>({
      interval: 60_000,
      size: 100,
      maximum: 1000,
      bytes: { of: (item) => item.length, maximum: 50, size: 20 },
      write: async (items) => {
        if (!works) throw new Error('away');
        parts.push([...items]);
      },
      failed: () => undefined,
      dropped: (count) => {
        dropped += count;
      },
    });
    for (let count = 0; count < 9; count += 1) batch.add('x'.repeat(8));
    await batch.flush();
    // Items of a failed write still use memory.
    batch.add('x'.repeat(8));
    works = true;
    await batch.flush();
    assert.deepEqual(
      parts.map(({ length }) => length),
      [2, 2, 2],
    );
    assert.equal(dropped, 4);
    batch.add('x'.repeat(30));
    await batch.close();
    assert.deepEqual(parts.at(-1), ['x'.repeat(30)]);
  });
});
