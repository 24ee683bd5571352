import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBacklog, type Taken } from './backlog.ts';

const slots = 10;
let lastId = 0;
const job = (destination: string): Taken => {
  lastId += 1;
  return {
    job: { tenant_id: 't', id: lastId, destination, payload: {}, attempts: 1, created_at: new Date(0) },
    until: 60_000,
  };
};

describe('The jobs that a process has taken', () => {
  const filled = (...destinations: string[]) => {
    const backlog = createBacklog(slots);
    for (const destination of destinations) backlog.add(job(destination));
    return backlog;
  };
  const started = (backlog: ReturnType<typeof createBacklog>) => {
    const all: Taken[] = [];
    for (let next = backlog.next(); next; next = backlog.next()) all.push(next);
    return all;
  };
  const destinationsOf = (all: Taken[]) => all.map(({ job: { destination } }) => destination);

  it('uses at most half of the slots for one destination', () => {
    assert.equal(started(filled(...Array(12).fill('hanging'))).length, 5);
    const backlog = filled(...Array(12).fill('hanging'), 'quick', 'quick');
    assert.deepEqual(destinationsOf(started(backlog)).filter((destination) => destination === 'quick').length, 2);
  });

  it('starts destinations in turns, and each destination’s jobs in order', () => {
    const begun = started(filled('a', 'a', 'a', 'b', 'b', 'c'));
    assert.deepEqual(destinationsOf(begun), ['a', 'b', 'c', 'a', 'b', 'a']);
    const ids = begun.filter(({ job: { destination } }) => destination === 'a').map(({ job: { id } }) => id);
    assert.deepEqual(ids, ids.toSorted());
  });

  it('frees the slot of a finished job', () => {
    const backlog = filled(...Array(7).fill('a'));
    const [first] = started(backlog) as [Taken];
    assert.equal(backlog.next(), undefined);
    backlog.ended(first);
    assert.equal(backlog.next()?.job.destination, 'a');
  });

  it('takes few jobs of one destination, so that none waits longer than it stays hidden', () => {
    const backlog = filled(...Array(20).fill('a'));
    assert.equal(backlog.fits('a', 1), false);
    assert.equal(backlog.fits('b', 1), true);
    assert.equal(backlog.isLow('a'), false);
    assert.deepEqual(backlog.room().busy, ['a']);
    for (let count = 0; count < 10; count += 1) backlog.ended(backlog.next() as Taken);
    assert.equal(backlog.isLow('a'), true);
    assert.deepEqual(backlog.room().busy, []);
  });

  it('gives back jobs that were not started', () => {
    const backlog = filled(...Array(8).fill('a'));
    const begun = started(backlog);
    assert.equal(backlog.empty().length, 3);
    for (const taken of begun) backlog.ended(taken);
    assert.deepEqual([backlog.next(), backlog.room().limit, backlog.fits('a', 20)], [undefined, 10, true]);
  });
});
