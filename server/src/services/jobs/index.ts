/**
 * Jobs: work that is enqueued in a transaction and executed after it, at least once, even if this process dies.
 *
 * Owns the table jobs. Does not own the work of a job: a feature enqueues with `enqueue` in the transaction of its
 * change and registers a worker with `work`. A taken job is hidden for a while; it is deleted when it is done and
 * becomes visible again if the worker requests a retry or dies (docs/decisions/0008-our-own-job-table.md). The process
 * that stores a job takes it immediately if it has room (`backlog.ts`); `queue.ts` polls the table for the others.
 */
export type { Job, JobOutcome, JobQueue } from './job.ts';
export { createJobs, type Jobs } from './service.ts';
