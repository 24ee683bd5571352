import type { Transaction } from '../../store/index.ts';
import type { JobQueue, JobsNeeds, Worker } from './job.ts';
import { lease, type Queue, startQueue } from './queue.ts';
import * as store from './store.ts';

export interface Jobs {
  /**
   * Enqueues work in the transaction `tx`: it is executed if and only if that commits. A slow destination delays only
   * jobs with the same `destination`.
   */
  enqueue: <Payload>(
    tx: Transaction,
    queue: JobQueue<Payload>,
    jobs: readonly { destination: string; payload: NoInfer<Payload> }[],
  ) => Promise<void>;
  /**
   * Executes the jobs of a queue, `concurrency` at a time and at most half of them for one destination. Call it once
   * per queue, before requests arrive.
   */
  work: <Payload>(queue: JobQueue<Payload>, worker: Worker<NoInfer<Payload>>) => void;
  /** Takes no more jobs and waits briefly for running ones. */
  close: () => Promise<void>;
}

/** @param options `works: false` leaves all jobs to other processes, as the command line does */
export function createJobs(needs: JobsNeeds, options = { works: true }): Jobs {
  const queues = new Map<string, Queue>();
  return {
    async enqueue(tx, { name }, jobs) {
      if (jobs.length === 0) return;
      const queue = queues.get(name);
      const destinations = jobs.map((job) => job.destination);
      const now = needs.clock.now();
      const isTaken = queue?.hasRoom(destinations) === true;
      const until = now + lease;
      const stored = await store.insertJobs(tx, name, jobs, {
        now: new Date(now),
        runAt: new Date(isTaken ? until : now),
        isTaken,
      });
      // The row guarantees execution; running it here immediately only avoids polling.
      tx.afterCommit(() => (isTaken ? queue.accept(stored, until) : queue?.left(destinations)));
    },
    work({ name, payload }, { concurrency, run }) {
      if (!options.works) return;
      const worker: Worker<unknown> = {
        concurrency,
        run: async (job, stop, hold) => run({ ...job, payload: payload.parse(job.payload) }, stop, hold),
      };
      queues.set(name, startQueue(needs, name, worker));
    },
    async close() {
      await Promise.all(queues.values().map((queue) => queue.close()));
    },
  };
}
