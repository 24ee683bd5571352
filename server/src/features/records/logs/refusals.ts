import type { Clock } from '../../../kernel/clock.ts';

/** Entries of one type that one client may cause in a window. */
const maximum = 20;
/** Milliseconds. */
const window = 60_000;
/** Clients that are counted separately; further ones are counted together, as one client of their tenant. */
const maximumCounted = 10_000;

interface Count<Entry> {
  startedAt: number;
  written: number;
  /** Entries of the window that were not written, and the last of them. */
  suppressed: number;
  last: Entry | undefined;
}

/**
 * Samples rejected requests of clients without credentials: each client causes at most a few audit log entries per
 * minute. Further entries are counted, and one entry at the end of the window gives their number.
 */
export interface Refusals<Entry> {
  /** Whether the entry is written. @param key the client and the type of entry */
  admit: (key: string, entry: Entry) => boolean;
  /** Writes the counts of past windows; `all` on shutdown. */
  sweep: (all?: boolean) => void;
}

export function createRefusals<Entry>(clock: Clock, write: (last: Entry, suppressed: number) => void): Refusals<Entry> {
  const counts = new Map<string, Count<Entry>>();
  const finish = (key: string, { last, suppressed }: Count<Entry>) => {
    counts.delete(key);
    if (last !== undefined) write(last, suppressed);
  };
  return {
    admit(given, entry) {
      const now = clock.now();
      // The key begins with the tenant.
      const key = counts.has(given) || counts.size < maximumCounted ? given : (given.split(' ', 1)[0] as string);
      let count = counts.get(key);
      if (count && now - count.startedAt >= window) {
        finish(key, count);
        count = undefined;
      }
      if (!count) {
        count = { startedAt: now, written: 0, suppressed: 0, last: undefined };
        counts.set(key, count);
      }
      if (count.written < maximum) {
        count.written += 1;
        return true;
      }
      count.suppressed += 1;
      count.last = entry;
      return false;
    },
    sweep(all = false) {
      const now = clock.now();
      for (const [key, count] of counts) if (all || now - count.startedAt >= window) finish(key, count);
    },
  };
}
