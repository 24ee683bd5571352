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

/** A number for each of 30 days, oldest first. */
type Curve = { date: string; count: number }[];

export interface Dashboard extends Activity {
  total: (q: Queries) => Promise<number>;
  newUsers: (q: Queries) => Promise<{ today: Change; last7Days: Change; last30Days: Change; newUserCurve: Curve }>;
  /** @param date the last day, `2027-01-31`; today by default */
  activeUsers: (q: Queries, date?: string) => Promise<{ dauCurve: Curve; dau: Change; wau: Change; mau: Change }>;
  /** Writes the pending rows. */
  close: () => Promise<void>;
}

const day = 86_400_000;
/** Milliseconds that a row waits in memory. */
const writeInterval = 500;
/** Today's users that were already recorded. */
const remembered = 100_000;

export function createDashboard({ database, clock, log }: DashboardNeeds): Dashboard {
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
      const date = dayOf(clock.now());
      if (noted.date !== date || noted.users.size >= remembered) noted = { date, users: new Set() };
      const name = `${tenantId} ${userId}`;
      if (noted.users.has(name)) return;
      noted.users.add(name);
      batch.add({ tenantId, userId, date });
    },
    total: store.countUsers,
    async newUsers(q) {
      const { today, last7Days, last30Days, curve } = await countPeriods(clock.now(), (periods) =>
        store.countCreatedUsers(q, periods),
      );
      return { today, last7Days, last30Days, newUserCurve: curve };
    },
    async activeUsers(q, date = dayOf(clock.now())) {
      // Users who acted through this process see their activity at once.
      await batch.flush();
      const { today, last7Days, last30Days, curve } = await countPeriods(Date.parse(date), (periods) =>
        store.countActiveUsers(q, periods),
      );
      return { dauCurve: curve, dau: today, wau: last7Days, mau: last30Days };
    },
    close: batch.close,
  };
}

/** Counts the last day, the last 7 and 30 days, the same periods before them, and each of the last 30 days. */
async function countPeriods(last: number, count: (periods: store.Period[]) => Promise<number[]>) {
  const ago = (days: number) => dayOf(last - days * day);
  const lengths = [1, 7, 30];
  const dates = Array.from({ length: 30 }, (_, index) => ago(29 - index));
  const counts = await count([
    ...lengths.map((days) => ({ from: ago(days - 1), to: ago(0) })),
    ...lengths.map((days) => ({ from: ago(2 * days - 1), to: ago(days) })),
    ...dates.map((date) => ({ from: date, to: date })),
  ]);
  const countAt = (place: number) => counts[place] ?? 0;
  const changeAt = (place: number) => ({
    count: countAt(place),
    delta: countAt(place) - countAt(place + lengths.length),
  });
  return {
    today: changeAt(0),
    last7Days: changeAt(1),
    last30Days: changeAt(2),
    curve: dates.map((date, index) => ({ date, count: countAt(2 * lengths.length + index) })),
  };
}

const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);
