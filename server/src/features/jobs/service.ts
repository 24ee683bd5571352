import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import type { Database, Queries } from '../../store/index.ts';
import * as store from './store.ts';

export interface JobsNeeds {
  database: Database;
  clock: Clock;
  log: Log;
}

export interface Job {
  tenantId: string;
  payload: unknown;
  /** 1 for the first. */
  attempt: number;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** `undefined`: done. Otherwise the job comes again after so many milliseconds, with another payload if one is given. */
export type JobOutcome = { retryAfter: number; payload?: unknown } | undefined;

export interface Worker {
  /** Jobs at a time. */
  concurrency: number;
  /** Does one. It must not take longer than a minute, and should return soon when `stop` is aborted. */
  run(job: Job, stop: AbortSignal): Promise<JobOutcome>;
}

export interface Jobs {
  /** Promises work in the transaction `tx`: it is done if, and only if, that commits. Jobs with the same `lane` share a destination. */
  enqueue(tx: Queries, queue: string, jobs: readonly { lane: string; payload: unknown }[]): Promise<void>;
  /** Does the jobs of a queue, `concurrency` at a time and at most half of them in one lane. Call it once a queue, before requests come in. */
  work(queue: string, worker: Worker): void;
  /** Takes no more jobs and waits for those under way, a moment. */
  close(): Promise<void>;
}

/** Milliseconds that a job is hidden while somebody does it: longer than any worker takes. */
const lease = 60_000;
/** Milliseconds between looks for jobs that another process left behind. */
const lookInterval = 5000;
/** Milliseconds that jobs under way get when the server stops. */
const graceOfStop = 2000;
/** Milliseconds until a job that failed in an unforeseen way comes again. */
const unforeseenDelay = 60_000;

export function createJobs(needs: JobsNeeds): Jobs {
  const queues = new Map<string, ReturnType<typeof startQueue>>();
  return {
    async enqueue(tx, queue, jobs) {
      if (jobs.length === 0) return;
      const now = new Date(needs.clock.now());
      await store.insertJobs(
        tx,
        jobs.map((job) => ({ ...job, queue, runAt: now, createdAt: now })),
      );
      tx.afterCommit(() => queues.get(queue)?.wake());
    },
    work(queue, worker) {
      queues.set(queue, startQueue(needs, queue, worker));
    },
    async close() {
      await Promise.all(queues.values().map((queue) => queue.close()));
    },
  };
}

function startQueue(needs: JobsNeeds, queue: string, worker: Worker) {
  const { clock, log, database } = needs;
  const running = new Map<Promise<void>, string>();
  const laneLimit = Math.ceil(worker.concurrency / 2);
  const timers = new Set<NodeJS.Timeout>();
  const stop = new AbortController();
  let closed = false;
  let looking: Promise<void> | undefined;
  let lookAgain = false;

  /** Lanes that have their share of the places, and how many more jobs every other lane may get. */
  const lanes = () => {
    const counts = new Map<string, number>();
    for (const lane of running.values()) counts.set(lane, (counts.get(lane) ?? 0) + 1);
    const busy = [...counts].filter(([, count]) => count >= laneLimit).map(([lane]) => lane);
    const fullest = Math.max(0, ...counts.values().filter((count) => count < laneLimit));
    return { busy, room: laneLimit - fullest };
  };
  const wakeIn = (milliseconds: number) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      wake();
    }, milliseconds).unref();
    timers.add(timer);
  };
  const perform = async (row: store.StoredJob) => {
    const q = database.tenant(row.tenant_id);
    const job: Job = {
      tenantId: row.tenant_id,
      payload: row.payload,
      attempt: row.attempts,
      createdAt: row.created_at.getTime(),
    };
    const outcome = await worker.run(job, stop.signal).catch((error: unknown): JobOutcome => {
      log.error({ err: error, queue, tenant: row.tenant_id }, 'A job failed in an unforeseen way; it is tried again');
      return { retryAfter: unforeseenDelay };
    });
    // If this fails the job comes back when its hiding is over: twice rather than never.
    if (!outcome) await store.deleteJob(q, row.id);
    else {
      const runAt = new Date(clock.now() + outcome.retryAfter);
      await store.delayJob(q, row.id, { runAt, payload: outcome.payload });
      if (!closed) wakeIn(outcome.retryAfter);
    }
  };
  const start = (row: store.StoredJob) => {
    const done = perform(row)
      .catch((error: unknown) => {
        log.warn(
          { err: error, queue, tenant: row.tenant_id },
          'The end of a job could not be noted; it will be repeated',
        );
      })
      .finally(() => {
        running.delete(done);
        wake();
      });
    running.set(done, row.lane);
  };
  const look = async () => {
    do {
      lookAgain = false;
      const free = worker.concurrency - running.size;
      if (free <= 0 || closed) return;
      const now = clock.now();
      const { busy, room } = lanes();
      const rows = await store.takeJobs(database.system, queue, {
        now: new Date(now),
        hiddenUntil: new Date(now + lease),
        limit: Math.min(free, room),
        busyLanes: busy,
      });
      for (const row of rows) start(row);
      if (rows.length > 0) lookAgain = true;
    } while (lookAgain);
  };
  function wake() {
    lookAgain = true;
    if (closed || looking) return;
    looking = look()
      .catch((error: unknown) => {
        if (!closed) log.warn({ err: error, queue }, 'Looking for jobs failed; trying again');
      })
      .finally(() => {
        looking = undefined;
      });
  }
  const ticker = setInterval(wake, lookInterval).unref();
  wake();

  return {
    wake,
    async close() {
      closed = true;
      clearInterval(ticker);
      for (const timer of timers) clearTimeout(timer);
      const grace = setTimeout(() => stop.abort(), graceOfStop);
      await looking;
      await Promise.all(running.keys());
      clearTimeout(grace);
    },
  };
}
