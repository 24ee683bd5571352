import { type Database, deleteExpired } from '../../store/index.ts';

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
  { name: 'verification_records', keep: 0 },
  { name: 'trusted_devices', keep: 0 },
] as const;

/** Deletes expired rows of all tenants. */
export async function sweepExpired(database: Database, now: number, isStopped: () => boolean): Promise<number> {
  let total = 0;
  for (const { name: table, keep } of tables)
    total += await deleteExpired(database.system, { table, values: [new Date(now - keep)] }, isStopped);
  return total;
}
