import type { Queries, Transaction } from '../../store/index.ts';

export interface StoredJob {
  tenant_id: string;
  id: number;
  destination: string;
  payload: unknown;
  attempts: number;
  created_at: Date;
}

/** The column of a job's destination is named `lane`. */
const columns = 'tenant_id, id, lane as destination, payload, attempts, created_at';

/** Stores jobs that are due at `runAt`. With `isTaken` the first attempt is the caller's, as with `takeJobs`. */
export const insertJobs = (
  tx: Transaction,
  queue: string,
  jobs: readonly { destination: string; payload: unknown }[],
  { now, runAt, isTaken }: { now: Date; runAt: Date; isTaken: boolean },
): Promise<StoredJob[]> =>
  tx.raw(
    `insert into jobs (tenant_id, queue, lane, payload, attempts, run_at, created_at)
     select $1, $2, job.lane, job.payload, $5, $6, $7 from unnest($3::text[], $4::jsonb[]) as job (lane, payload)
     returning ${columns}`,
    [
      tx.tenantId,
      queue,
      jobs.map((job) => job.destination),
      jobs.map((job) => JSON.stringify(job.payload)),
      isTaken ? 1 : 0,
      runAt,
      now,
    ],
  );

/** Takes due jobs and hides them until `hiddenUntil`. Concurrent callers never get the same job. */
export const takeJobs = (
  system: Queries,
  queue: string,
  options: { now: Date; hiddenUntil: Date; limit: number; busyDestinations: readonly string[] },
): Promise<StoredJob[]> =>
  system.raw(
    `update jobs set attempts = attempts + 1, run_at = $3
     where id = any(array(
       select id from jobs where queue = $1 and run_at <= $2 and lane <> all($5::text[])
       order by run_at limit $4 for update skip locked))
     returning ${columns}`,
    [queue, options.now, options.hiddenUntil, options.limit, options.busyDestinations],
  );

/** Gives back jobs that were taken but not started. */
export const returnJobs = (system: Queries, ids: readonly number[], now: Date): Promise<unknown> =>
  system.raw('update jobs set attempts = attempts - 1, run_at = $2 where id = any($1::bigint[])', [ids, now]);

export const deleteJobs = (system: Queries, ids: readonly number[]): Promise<unknown> =>
  system.raw('delete from jobs where id = any($1::bigint[])', [ids]);

export const delayJob = (q: Queries, id: number, at: { runAt: Date; payload?: unknown }): Promise<unknown> =>
  q.raw('update jobs set run_at = $3, payload = coalesce($4::jsonb, payload) where tenant_id = $1 and id = $2', [
    q.tenantId,
    id,
    at.runAt,
    at.payload === undefined ? null : JSON.stringify(at.payload),
  ]);
