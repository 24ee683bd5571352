import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStock, type Taken } from './stock.ts';

const places = 10;
let lastId = 0;
const job = (lane: string): Taken => {
  lastId += 1;
  return {
    job: { tenant_id: 't', id: lastId, lane, payload: {}, attempts: 1, created_at: new Date(0) },
    until: 60_000,
  };
};

describe('The jobs that a process has taken', () => {
  const filled = (...lanes: string[]) => {
    const stock = createStock(places);
    for (const lane of lanes) stock.add(job(lane));
    return stock;
  };
  const started = (stock: ReturnType<typeof createStock>) => {
    const all: Taken[] = [];
    for (let next = stock.next(); next; next = stock.next()) all.push(next);
    return all;
  };
  const lanesOf = (all: Taken[]) => all.map(({ job: { lane } }) => lane);

  it('fill half of the places with one lane at most', () => {
    assert.equal(started(filled(...Array(12).fill('hanging'))).length, 5);
    const stock = filled(...Array(12).fill('hanging'), 'quick', 'quick');
    assert.deepEqual(lanesOf(started(stock)).filter((lane) => lane === 'quick').length, 2);
  });

  it('are begun in turns, and each lane’s in their order', () => {
    const begun = started(filled('a', 'a', 'a', 'b', 'b', 'c'));
    assert.deepEqual(lanesOf(begun), ['a', 'b', 'c', 'a', 'b', 'a']);
    const ids = begun.filter(({ job: { lane } }) => lane === 'a').map(({ job: { id } }) => id);
    assert.deepEqual(ids, ids.toSorted());
  });

  it('make room when they end', () => {
    const stock = filled(...Array(7).fill('a'));
    const [first] = started(stock) as [Taken];
    assert.equal(stock.next(), undefined);
    stock.ended(first);
    assert.equal(stock.next()?.job.lane, 'a');
  });

  it('are few of one lane, so that none waits longer than it stays hidden', () => {
    const stock = filled(...Array(20).fill('a'));
    assert.equal(stock.fits('a', 1), false);
    assert.equal(stock.fits('b', 1), true);
    assert.equal(stock.isLow('a'), false);
    assert.deepEqual(stock.room().busy, ['a']);
    for (let count = 0; count < 10; count += 1) stock.ended(stock.next() as Taken);
    assert.equal(stock.isLow('a'), true);
    assert.deepEqual(stock.room().busy, []);
  });

  it('can be given back, but those that were begun', () => {
    const stock = filled(...Array(8).fill('a'));
    const begun = started(stock);
    assert.equal(stock.empty().length, 3);
    for (const taken of begun) stock.ended(taken);
    assert.deepEqual([stock.next(), stock.room().limit, stock.fits('a', 20)], [undefined, 10, true]);
  });
});
