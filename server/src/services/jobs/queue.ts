import { createBatch } from '../../kernel/batch.ts';
import { withoutOrigin } from '../../kernel/origin.ts';
import { createBacklog, type Taken } from './backlog.ts';
import type { Job, JobOutcome, JobsNeeds, Worker } from './job.ts';
import * as store from './store.ts';

/** Milliseconds that a taken job is hidden from other processes. */
export const lease = 60_000;
/** Milliseconds that a worker may take for a job; a job whose hiding ends sooner is not started. */
const maximumDuration = 30_000;
/** Milliseconds between polls for jobs of other processes. */
const pollInterval = 5000;
/** Milliseconds for running jobs when the server stops. */
const stopGracePeriod = 2000;
/** Milliseconds before a job that failed unexpectedly is retried. */
const unexpectedRetryDelay = 60_000;
/** Milliseconds that a finished job waits to be deleted together with others. */
const deleteInterval = 50;
/** Jobs that are due within this many milliseconds of each other are polled together. */
const pollGrain = 100;

export type Queue = ReturnType<typeof startQueue>;

/** The worker's side of a queue: takes jobs, executes them and stores the results. */
export function startQueue(needs: JobsNeeds, queue: string, worker: Worker<unknown>) {
  const { clock, log, database } = needs;
  const backlog = createBacklog(worker.concurrency);
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
        else if (!closed) polling.later(outcome.retryAfter);
      })
      .catch((error: unknown) => log.warn({ err: error, queue }, 'A job could not be put off; it will be repeated'))
      .finally(() => {
        running.delete(done);
        backlog.ended(taken);
        polling.ended(taken.job.destination);
        startJobs();
      });
    running.set(done, stop);
  };
  let closed = false;
  /** Starts as many jobs as there are free slots. */
  function startJobs() {
    while (!closed) {
      const taken = backlog.next();
      if (!taken) return;
      if (taken.until - clock.now() >= maximumDuration) begin(taken);
      else {
        backlog.ended(taken);
        returnTaken([taken]);
      }
    }
  }
  const returnTaken = async (all: readonly Taken[]) => {
    // Jobs whose hiding has expired may have been taken by other processes.
    const ids = all.filter(({ until }) => until > clock.now()).map(({ job }) => job.id);
    if (ids.length > 0)
      await store
        .returnJobs(database.system, ids, new Date(clock.now()))
        .catch((error: unknown) => log.warn({ err: error, queue }, 'Jobs could not be given back; they will be late'));
  };
  const polling = createPolling({ ...needs, queue }, backlog, startJobs);

  return {
    /**
     * Whether this process will execute new jobs of these destinations itself: then they are stored as taken and passed
     * to `accept`.
     */
    hasRoom: (destinations: readonly string[]) =>
      !closed && destinations.every((destination) => backlog.fits(destination, destinations.length)),
    accept(jobs: readonly store.StoredJob[], until: number) {
      for (const job of jobs) backlog.add({ job, until });
      // After the caller's remaining work: the client of the change gets its response first.
      if (closed) returnTaken(backlog.empty());
      else setImmediate(startJobs);
    },
    /** Another caller stored jobs of these destinations in the table. */
    left(destinations: readonly string[]) {
      polling.left(destinations);
    },
    async close() {
      closed = true;
      await polling.close();
      await returnTaken(backlog.empty());
      const grace = setTimeout(() => {
        for (const stop of running.values()) stop.abort();
      }, stopGracePeriod);
      await Promise.all(running.keys());
      clearTimeout(grace);
      await finished.close();
    },
  };
}

type Needs = JobsNeeds & { queue: string };

/** Executes one job. A retry is stored immediately. */
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
  const hold = async () => {
    const runAt = new Date(clock.now() + lease);
    await store.delayJob(database.tenant(row.tenant_id), row.id, { runAt });
  };
  const outcome = await worker.run(job, stop, hold).catch((error: unknown): JobOutcome<unknown> => {
    log.error({ err: error, queue, tenant: row.tenant_id }, 'A job failed in an unforeseen way; it is tried again');
    return { retryAfter: unexpectedRetryDelay };
  });
  if (!outcome) return 'done';
  const runAt = new Date(clock.now() + outcome.retryAfter);
  await store.delayJob(database.tenant(row.tenant_id), row.id, { runAt, payload: outcome.payload });
  return outcome;
}

/** Polls the table: periodically, when a job becomes due, and when the backlog runs low and more may exist. */
function createPolling(
  { clock, log, database, queue }: Needs,
  backlog: ReturnType<typeof createBacklog>,
  found: () => void,
) {
  const timers = new Map<number, NodeJS.Timeout>();
  /** Destinations that may have due jobs in the table; `all` if unknown. */
  let unseen: 'all' | Set<string> = 'all';
  let closed = false;
  let currentPoll: Promise<void> | undefined;
  let pollAgain = false;

  const poll = async () => {
    do {
      pollAgain = false;
      const { busy, limit } = backlog.room();
      if (limit <= 0 || closed) return;
      const now = clock.now();
      unseen = new Set(busy);
      const jobs = await store.takeJobs(database.system, queue, {
        now: new Date(now),
        hiddenUntil: new Date(now + lease),
        limit,
        busyDestinations: busy,
      });
      if (jobs.length === limit) unseen = 'all';
      for (const job of jobs) backlog.add({ job, until: now + lease });
      found();
    } while (pollAgain);
  };
  function wake() {
    pollAgain = true;
    if (closed || currentPoll) return;
    currentPoll = withoutOrigin(poll)
      .catch((error: unknown) => {
        unseen = 'all';
        if (!closed) log.warn({ err: error, queue }, 'Looking for jobs failed; trying again');
      })
      .finally(() => {
        currentPoll = undefined;
      });
  }
  const ticker = setInterval(wake, pollInterval).unref();
  wake();

  return {
    later(milliseconds: number) {
      const due = Math.ceil((performance.now() + milliseconds) / pollGrain) * pollGrain;
      if (timers.has(due)) return;
      const fire = () => {
        timers.delete(due);
        wake();
      };
      timers.set(due, setTimeout(fire, due - performance.now()).unref());
    },
    left(destinations: readonly string[]) {
      if (unseen !== 'all') for (const destination of destinations) unseen.add(destination);
      if (destinations.some(backlog.isLow)) wake();
    },
    /** A job of the destination is finished. */
    ended(destination: string) {
      if ((unseen === 'all' || unseen.has(destination)) && backlog.isLow(destination)) wake();
    },
    async close() {
      closed = true;
      clearInterval(ticker);
      for (const timer of timers.values()) clearTimeout(timer);
      await currentPoll;
    },
  };
}
