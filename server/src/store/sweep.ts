/** Background deletion of expired rows. Each feature says which rows of its tables; this deletes them. */
import type { Queries } from './database.ts';

/** Deletes some rows of all tenants and returns their number; stops early when `isStopped` returns true. */
export type Sweep = (now: number, isStopped: () => boolean) => Promise<number>;

/** Rows per statement: few, so that locks are short. */
const batch = 500;

/** Rows of a table; `$1` and so on in the condition are the values. */
interface Expired {
  table: string;
  condition?: string;
  values: readonly Date[];
}

/** Deletes expired rows of all tenants in small batches. Locked rows wait for the next time. Returns the number. */
export async function deleteExpired(
  system: Queries,
  { table, condition = 'expires_at < $1', values }: Expired,
  isStopped: () => boolean,
): Promise<number> {
  let total = 0;
  let deleted = batch;
  while (deleted === batch && !isStopped()) {
    const rows = await system.raw(
      `delete from ${table} where ctid = any(array(
         select ctid from ${table} where ${condition} limit ${batch} for update skip locked)) returning 1`,
      [...values],
    );
    deleted = rows.length;
    total += deleted;
  }
  return total;
}

/** Milliseconds between two rounds. */
const interval = 60_000;

/** Runs the sweeps one after the other, every minute. `close` waits for the one in progress. */
export function startSweeps(options: {
  sweeps: Readonly<Record<string, Sweep>>;
  clock: { now: () => number };
  log: { debug: (fields: object, message: string) => void; warn: (fields: object, message: string) => void };
}): { close: () => Promise<void> } {
  const { sweeps, clock, log } = options;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const round = async () => {
    for (const [name, sweep] of Object.entries(sweeps)) {
      if (stopped) return;
      try {
        const rows = await sweep(clock.now(), () => stopped);
        if (rows > 0) log.debug({ sweep: name, rows }, 'Swept expired rows');
      } catch (error) {
        if (!stopped) log.warn({ err: error, sweep: name }, 'Sweeping expired rows failed; trying again later');
      }
    }
  };
  const timer = setInterval(() => {
    // One after the other: a slow database must not accumulate sweeps.
    running = running.then(round);
  }, interval).unref();
  return {
    async close() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
