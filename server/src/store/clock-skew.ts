import type { Database } from './database.ts';

/** Seconds of clock difference above which it is logged, and above which the node is not ready. */
export const skewWarning = 2;
export const skewLimit = 30;

/**
 * How far the database's clock is ahead of this process's, in milliseconds; negative if it is behind. The uncertainty
 * is half of the round trip.
 */
export async function clockSkew(database: Pick<Database, 'system'>, now: () => number = Date.now): Promise<number> {
  const before = now();
  const [row] = await database.system.raw<{ at: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::double precision as at',
  );
  const after = now();
  return (row?.at ?? 0) - (before + after) / 2;
}
