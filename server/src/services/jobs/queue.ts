import { createBatch } from '../../kernel/batch.ts';
import { withoutOrigin } from '../../kernel/origin.ts';
import type { Job, JobOutcome, JobsNeeds, Worker } from './job.ts';
import { createStock, type Taken } from './stock.ts';
import * as store from './store.ts';

/** Milliseconds that a job is hidden from others once it is taken. */
export const lease = 60_000;
/** Milliseconds that a worker may take for a job; one whose hiding ends sooner is not begun. */
const longestWork = 30_000;
/** Milliseconds between looks for jobs that another process left behind. */
const lookInterval = 5000;
/** Milliseconds that jobs under way get when the server stops. */
const graceOfStop = 2000;
/** Milliseconds until a job that failed in an unforeseen way comes again. */
const unforeseenDelay = 60_000;
/** Milliseconds that a finished job waits to be deleted together with others. */
const deleteInterval = 50;
/** Jobs that are due within so many milliseconds of each other are looked for together. */
const lookGrain = 100;

export type Queue = ReturnType<typeof startQueue>;

/** The worker's side of a queue: takes jobs, has them done, and notes what came of them. */
export function startQueue(needs: JobsNeeds, queue: string, worker: Worker<unknown>) {
  const { clock, log, database } = needs;
  const stock = createStock(worker.concurrency);
  const running = new Map<Promise<void>, AbortController>();
  const finished = createBatch<number>({
    interval: deleteInterval,
    size: 200,
    maximum: 20_000,
    write: (ids) => store.deleteJobs(database.system, ids).then(() => undefined),
    failed: (error) => log.warn({ err: error, queue }, 'Finished jobs could not be deleted; trying again'),
    dropped: (count) => log.error({ queue, jobs: count }, 'Finished jobs could not be deleted: they will be repeated'),
  });
  const begin = (taken: Taken) => {
    const stop = new AbortController();
    const done = withoutOrigin(() => perform({ ...needs, queue, worker }, taken.job, stop.signal))
      .then((outcome) => {
        if (outcome === 'done') finished.add(taken.job.id);
        else if (!closed) looks.later(outcome.retryAfter);
      })
      .catch((error: unknown) => log.warn({ err: error, queue }, 'A job could not be put off; it will be repeated'))
      .finally(() => {
        running.delete(done);
        stock.ended(taken);
        looks.ended(taken.job.lane);
        pump();
      });
    running.set(done, stop);
  };
  let closed = false;
  /** Begins what there are places for. */
  function pump() {
    while (!closed) {
      const taken = stock.next();
      if (!taken) return;
      if (taken.until - clock.now() >= longestWork) begin(taken);
      else {
        stock.ended(taken);
        giveBack([taken]);
      }
    }
  }
  const giveBack = async (all: readonly Taken[]) => {
    // Those that others may have taken by now are theirs.
    const ids = all.filter(({ until }) => until > clock.now()).map(({ job }) => job.id);
    if (ids.length > 0)
      await store
        .returnJobs(database.system, ids, new Date(clock.now()))
        .catch((error: unknown) => log.warn({ err: error, queue }, 'Jobs could not be given back; they will be late'));
  };
  const looks = createLooks({ ...needs, queue }, stock, pump);

  return {
    /** Whether this process will do new jobs of these lanes itself: then they are stored as taken, and given to `accept`. */
    hasRoom: (lanes: readonly string[]) => !closed && lanes.every((lane) => stock.fits(lane, lanes.length)),
    accept(jobs: readonly store.StoredJob[], until: number) {
      for (const job of jobs) stock.add({ job, until });
      // After what the caller still has to do: whoever made the change gets the answer first.
      if (closed) giveBack(stock.empty());
      else setImmediate(pump);
    },
    /** Somebody left jobs of these lanes in the table. */
    left(lanes: readonly string[]) {
      looks.left(lanes);
    },
    async close() {
      closed = true;
      await looks.close();
      await giveBack(stock.empty());
      const grace = setTimeout(() => {
        for (const stop of running.values()) stop.abort();
      }, graceOfStop);
      await Promise.all(running.keys());
      clearTimeout(grace);
      await finished.close();
    },
  };
}

type Needs = JobsNeeds & { queue: string };

/** Does one job. What is to be repeated is written at once. */
async function perform(
  { queue, worker, clock, log, database }: Needs & { worker: Worker<unknown> },
  row: store.StoredJob,
  stop: AbortSignal,
): Promise<'done' | { retryAfter: number }> {
  const job: Job<unknown> = {
    tenantId: row.tenant_id,
    payload: row.payload,
    attempt: row.attempts,
    createdAt: row.created_at.getTime(),
  };
  const outcome = await worker.run(job, stop).catch((error: unknown): JobOutcome<unknown> => {
    log.error({ err: error, queue, tenant: row.tenant_id }, 'A job failed in an unforeseen way; it is tried again');
    return { retryAfter: unforeseenDelay };
  });
  if (!outcome) return 'done';
  const runAt = new Date(clock.now() + outcome.retryAfter);
  await store.delayJob(database.tenant(row.tenant_id), row.id, { runAt, payload: outcome.payload });
  return outcome;
}

/** Looks into the table: now and then, when something becomes due, and when the stock runs low and there may be more. */
function createLooks({ clock, log, database, queue }: Needs, stock: ReturnType<typeof createStock>, found: () => void) {
  const timers = new Map<number, NodeJS.Timeout>();
  /** Lanes that may have jobs in the table that are due; `all` when nobody knows which. */
  let unseen: 'all' | Set<string> = 'all';
  let closed = false;
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  const look = async () => {
    do {
      lookAgain = false;
      const { busy, limit } = stock.room();
      if (limit <= 0 || closed) return;
      const now = clock.now();
      unseen = new Set(busy);
      const jobs = await store.takeJobs(database.system, queue, {
        now: new Date(now),
        hiddenUntil: new Date(now + lease),
        limit,
        busyLanes: busy,
      });
      if (jobs.length === limit) unseen = 'all';
      for (const job of jobs) stock.add({ job, until: now + lease });
      found();
    } while (lookAgain);
  };
  function wake() {
    lookAgain = true;
    if (closed || looking) return;
    looking = withoutOrigin(look)
      .catch((error: unknown) => {
        unseen = 'all';
        if (!closed) log.warn({ err: error, queue }, 'Looking for jobs failed; trying again');
      })
      .finally(() => {
        looking = undefined;
      });
  }
  const ticker = setInterval(wake, lookInterval).unref();
  wake();

  return {
    later(milliseconds: number) {
      const due = Math.ceil((performance.now() + milliseconds) / lookGrain) * lookGrain;
      if (timers.has(due)) return;
      const fire = () => {
        timers.delete(due);
        wake();
      };
      timers.set(due, setTimeout(fire, due - performance.now()).unref());
    },
    left(lanes: readonly string[]) {
      if (unseen !== 'all') for (const lane of lanes) unseen.add(lane);
      if (lanes.some(stock.isLow)) wake();
    },
    /** A job of the lane is over. */
    ended(lane: string) {
      if ((unseen === 'all' || unseen.has(lane)) && stock.isLow(lane)) wake();
    },
    async close() {
      closed = true;
      clearInterval(ticker);
      for (const timer of timers.values()) clearTimeout(timer);
      await looking;
    },
  };
}
