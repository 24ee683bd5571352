/**
 * Jobs: work that a transaction promises and that is done after it, at least once, whatever happens to this process.
 *
 * Owns the table jobs. Does not own what a job does: a feature enqueues with `enqueue` in the transaction of its change and
 * registers a worker with `work`. A job that is taken is hidden for a while; it is deleted when it is done and comes back when
 * the worker asks for that or died (docs/decisions/0008-our-own-job-table.md). Whose transaction stores a job takes it along, if
 * there is room in its `stock.ts`; `queue.ts` looks into the table for the others.
 */
export type { Job, JobOutcome, JobQueue } from './job.ts';
export { createJobs, type Jobs } from './service.ts';
