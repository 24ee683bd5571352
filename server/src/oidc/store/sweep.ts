import type { Database } from '../../store/index.ts';

/** Tables with expiring rows, and how long to keep them after expiry (milliseconds). */
const tables = [
  { name: 'interactions', keep: 0 },
  // So that a late exchange gets the right error.
  { name: 'subject_tokens', keep: 3_600_000 },
  { name: 'access_tokens', keep: 0 },
  // A replay shortly after a code's expiry must still be detected as a replay.
  { name: 'authorization_codes', keep: 3_600_000 },
  { name: 'refresh_tokens', keep: 0 },
  { name: 'sessions', keep: 0 },
  { name: 'grants', keep: 0 },
] as const;

/** Rows per statement: few, so that locks are short. */
const batch = 500;

/** Deletes expired rows of all tenants in small batches. Skips locked rows until the next time. */
export async function sweepExpired(database: Database, now: number, isStopped: () => boolean): Promise<number> {
  let total = 0;
  for (const { name, keep } of tables) {
    let deleted = batch;
    while (deleted === batch && !isStopped()) {
      const rows = await database.system.raw(
        `delete from ${name} where ctid = any(array(
           select ctid from ${name} where expires_at < $1 limit ${batch} for update skip locked)) returning 1`,
        [new Date(now - keep)],
      );
      deleted = rows.length;
      total += deleted;
    }
  }
  return total;
}
