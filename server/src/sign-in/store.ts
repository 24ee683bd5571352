import { deleteExpired, type Queries } from '../store/index.ts';

/** Milliseconds in which failures count together. */
export const attemptWindow = 3_600_000;

export interface AttemptWindow {
  /** Milliseconds since the epoch. */
  now: number;
  /** Failures that are judged within the window; the next is refused. */
  maximum: number;
  /** Milliseconds. */
  window: number;
  lockout: number;
}

/** A new window begins when the lock or the window has ended, or when nothing was counted. */
const begins = 'a.failures = 0 or coalesce(a.locked_until <= $3, a.window_started_at <= $5)';
const countAttemptStatement = `
  insert into attempt_limits as a (tenant_id, target_hash, failures, window_started_at, locked_until)
  values ($1, $2, 1, $3, case when $4::integer <= 1 then $6::timestamptz end)
  on conflict (tenant_id, target_hash) do update set
    failures = case when ${begins} then 1 else least(a.failures + 1, 1000000000) end,
    window_started_at = case when ${begins} then $3 else a.window_started_at end,
    locked_until = case
      when a.locked_until > $3 then a.locked_until
      when (case when ${begins} then 1 else a.failures + 1 end) >= $4 then $6
    end
  returning failures, locked_until`;

/**
 * Counts one attempt before it is judged, in one statement, so that concurrent attempts cannot exceed the limit.
 * The attempt that reaches the maximum is still judged, and starts the lock.
 */
export async function countAttempt(
  q: Queries,
  targetHash: string,
  at: AttemptWindow,
): Promise<{ failures: number; lockedUntil: Date | null }> {
  const [row] = await q.raw<{ failures: number; locked_until: Date | null }>(countAttemptStatement, [
    q.tenantId,
    targetHash,
    new Date(at.now),
    at.maximum,
    new Date(at.now - at.window),
    new Date(at.now + at.lockout),
  ]);
  return { failures: row?.failures ?? Number.POSITIVE_INFINITY, lockedUntil: row?.locked_until ?? null };
}

/** The attempt succeeded: the count of the identifier is reset. */
export async function clearAttempts(q: Queries, targetHash: string): Promise<void> {
  await q.raw('delete from attempt_limits where tenant_id = $1 and target_hash = $2', [q.tenantId, targetHash]);
}

/** Takes back an attempt that could not be judged, and the lock if it was this one that started it. */
export async function uncountAttempt(q: Queries, targetHash: string, maximum: number): Promise<void> {
  await q.raw(
    `update attempt_limits set failures = failures - 1, locked_until = case when failures - 1 < $3 then null else locked_until end
     where tenant_id = $1 and target_hash = $2 and failures > 0`,
    [q.tenantId, targetHash, maximum],
  );
}

/** Removes counters of all tenants whose window and lock are over. */
export const sweepAttempts = (system: Queries, now: number, isStopped: () => boolean): Promise<number> =>
  deleteExpired(
    system,
    {
      table: 'attempt_limits',
      condition: 'window_started_at < $1 and (locked_until is null or locked_until < $2)',
      values: [new Date(now - attemptWindow), new Date(now)],
    },
    isStopped,
  );
