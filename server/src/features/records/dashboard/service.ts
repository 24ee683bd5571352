import { createBatch } from '../../../kernel/batch.ts';
import type { Clock } from '../../../kernel/clock.ts';
import type { Log } from '../../../kernel/log.ts';
import type { Database, Queries } from '../../../store/index.ts';
import * as store from './store.ts';

export interface DashboardNeeds {
  database: Database;
  clock: Clock;
  log: Log;
}

export interface Activity {
  /** Records that a user was active today (UTC). Returns immediately and never fails. */
  recordActive: (tenantId: string, userId: string) => void;
}

/** A number, and its increase over the previous period. */
interface Change {
  count: number;
  delta: number;
}

export interface Dashboard extends Activity {
  total: (q: Queries) => Promise<number>;
  newUsers: (q: Queries) => Promise<{ today: Change; last7Days: Change }>;
  /** @param date the last day, `2027-01-31`; today by default */
  activeUsers: (
    q: Queries,
    date?: string,
  ) => Promise<{ dauCurve: { date: string; count: number }[]; dau: Change; wau: Change; mau: Change }>;
  /** Writes the pending rows. */
  close: () => Promise<void>;
}

const day = 86_400_000;
/** Milliseconds that a row waits in memory. */
const writeInterval = 500;
/** Today's users that were already recorded. */
const remembered = 100_000;

export function createDashboard({ database, clock, log }: DashboardNeeds): Dashboard {
  const today = () => dayOf(clock.now());
  let noted = { date: '', users: new Set<string>() };
  const batch = createBatch<store.ActiveUser>({
    interval: writeInterval,
    size: 500,
    maximum: 20_000,
    write: async (users) => {
      await store.insertActiveUsers(database.system, users);
    },
    failed: (error) => log.warn({ err: error }, 'Noting active users failed; trying again'),
    dropped: (count) => log.warn({ users: count }, 'Active users could not be noted for too long'),
  });

  return {
    recordActive(tenantId, userId) {
      const date = today();
      if (noted.date !== date || noted.users.size >= remembered) noted = { date, users: new Set() };
      const name = `${tenantId} ${userId}`;
      if (noted.users.has(name)) return;
      noted.users.add(name);
      batch.add({ tenantId, userId, date });
    },
    total: store.countUsers,
    async newUsers(q) {
      const midnight = Date.parse(today());
      const ago = (days: number) => dayOf(midnight - days * day);
      const [now = 0, yesterday = 0, week = 0, weekBefore = 0] = await store.countCreatedUsers(q, [
        { from: ago(0), to: ago(0) },
        { from: ago(1), to: ago(1) },
        { from: ago(6), to: ago(0) },
        { from: ago(13), to: ago(7) },
      ]);
      return {
        today: { count: now, delta: now - yesterday },
        last7Days: { count: week, delta: week - weekBefore },
      };
    },
    async activeUsers(q, date = today()) {
      // Users who acted through this process see their activity at once.
      await batch.flush();
      const last = Date.parse(date);
      const ago = (days: number) => dayOf(last - days * day);
      const period = (days: number, before = 0) => ({ from: ago(before + days - 1), to: ago(before) });
      const days = Array.from({ length: 30 }, (_, index) => ago(29 - index));
      const [dau = 0, dauBefore = 0, wau = 0, wauBefore = 0, mau = 0, mauBefore = 0, ...curve] =
        await store.countActiveUsers(q, [
          period(1),
          period(1, 1),
          period(7),
          period(7, 7),
          period(30),
          period(30, 30),
          ...days.map((each) => ({ from: each, to: each })),
        ]);
      return {
        dauCurve: days.map((each, index) => ({ date: each, count: curve[index] ?? 0 })),
        dau: { count: dau, delta: dau - dauBefore },
        wau: { count: wau, delta: wau - wauBefore },
        mau: { count: mau, delta: mau - mauBefore },
      };
    },
    close: batch.close,
  };
}

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);
