import { type Queries, sql } from '../../store/index.ts';

export interface StoredJob {
  tenant_id: string;
  id: number;
  lane: string;
  payload: unknown;
  attempts: number;
  created_at: Date;
}

export const insertJobs = (
  q: Queries,
  jobs: readonly { queue: string; lane: string; payload: unknown; runAt: Date; createdAt: Date }[],
): Promise<number> =>
  q.run(
    sql.insertInto('jobs').values(
      jobs.map((job) => ({
        tenant_id: q.tenantId,
        queue: job.queue,
        lane: job.lane,
        payload: JSON.stringify(job.payload),
        run_at: job.runAt,
        created_at: job.createdAt,
      })),
    ),
  );

/** Takes jobs that are due and hides them until `hiddenUntil`. Two takers never get the same one. */
export const takeJobs = (
  system: Queries,
  queue: string,
  options: { now: Date; hiddenUntil: Date; limit: number; busyLanes: readonly string[] },
): Promise<StoredJob[]> =>
  system.raw(
    `update jobs set attempts = attempts + 1, run_at = $3
     where id = any(array(
       select id from jobs where queue = $1 and run_at <= $2 and lane <> all($5::text[])
       order by run_at limit $4 for update skip locked))
     returning tenant_id, id, lane, payload, attempts, created_at`,
    [queue, options.now, options.hiddenUntil, options.limit, options.busyLanes],
  );

export const deleteJob = (q: Queries, id: number): Promise<unknown> =>
  q.raw('delete from jobs where tenant_id = $1 and id = $2', [q.tenantId, id]);

export const delayJob = (q: Queries, id: number, at: { runAt: Date; payload?: unknown }): Promise<unknown> =>
  q.raw('update jobs set run_at = $3, payload = coalesce($4::jsonb, payload) where tenant_id = $1 and id = $2', [
    q.tenantId,
    id,
    at.runAt,
    at.payload === undefined ? null : JSON.stringify(at.payload),
  ]);
