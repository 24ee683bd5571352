import type { Clock } from '../../../kernel/clock.ts';

/** Entries of one kind that one client may leave behind in a window. */
const maximum = 20;
/** Milliseconds. */
const window = 60_000;
/** Clients whose entries are counted at a time; further ones count together, as one client of their tenant. */
const maximumCounted = 10_000;

interface Count<Entry> {
  startedAt: number;
  written: number;
  /** Entries of the window that were not written, and the last of them. */
  suppressed: number;
  last: Entry | undefined;
}

/**
 * Samples what clients without credentials are refused: each may fill the audit log with a few entries a minute, whatever it
 * sends. The entries beyond are counted, and one entry at the end of the window tells how many there were.
 */
export interface Refusals<Entry> {
  /** Whether the entry is to be written. @param key who is refused what */
  admit(key: string, entry: Entry): boolean;
  /** Writes what was counted in windows that are over; `all` for the last time. */
  sweep(all?: boolean): void;
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
