import type { ReadinessCheck } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import type { Log } from '../../../kernel/log.ts';
import { clockSkew, skewLimit, skewWarning } from '../../../store/clock-skew.ts';
import type { Database } from '../../../store/database.ts';

export interface ReadinessNeeds {
  database: Pick<Database, 'system'>;
  clock: { now: () => number };
  log: Pick<Log, 'warn'>;
  /** Names of the migrations that this build requires. */
  migrations: readonly string[];
  /** Reads the keys of a tenant; throws if they cannot be read. */
  readKeys: () => Promise<unknown>;
}

type Checks = Record<ReadinessCheck, 'ok' | 'failed'>;
type Passed = Record<ReadinessCheck, 'ok'>;

const havePassed = (checks: Checks): checks is Passed => Object.values(checks).every((state) => state === 'ok');

export interface Readiness {
  /** Runs all checks. Callers within one second share a result. @throws AldabaError `request.not_ready` if one fails */
  check: () => Promise<Passed>;
  /** Compares the clocks now and every minute, and logs a significant difference. */
  watch: () => { close: () => void };
}

/** Milliseconds that a result is cached, that one check may take, and between two comparisons of the clocks. */
const keptFor = 1000;
const checkLimit = 3000;
const clockInterval = 60_000;

/** Checks whether this node is ready: cheap for load balancers, however often they poll. */
export function createReadiness(needs: ReadinessNeeds): Readiness {
  const { database, clock, log, migrations } = needs;
  const checks: Record<ReadinessCheck, () => Promise<boolean>> = {
    async database() {
      const [row] = await database.system.raw<{ writable: boolean }>('select not pg_is_in_recovery() as writable');
      return row?.writable === true;
    },
    async migrations() {
      const text = 'select count(*)::integer as count from schema_migrations where name = any($1)';
      const [row] = await database.system.raw<{ count: number }>(text, [migrations]);
      return row?.count === migrations.length;
    },
    async keys() {
      await needs.readKeys();
      return true;
    },
    clock: async () => Math.abs(await clockSkew(database, clock.now)) <= skewLimit * 1000,
  };
  const run = async (): Promise<Checks> => {
    const entries = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, (await within(check)) ? 'ok' : 'failed'] as const),
    );
    return Object.fromEntries(entries) as Checks;
  };
  let last: { at: number; result: Promise<Checks> } | undefined;

  const watchClock = async () => {
    // The modules that use the database report its absence.
    const skew = await clockSkew(database, clock.now).catch(() => 0);
    if (Math.abs(skew) > skewWarning * 1000)
      log.warn(
        { skewSeconds: Math.round(skew / 1000) },
        'The clocks of this machine and of the database differ: tokens and codes may count as expired or not yet valid',
      );
  };
  return {
    async check() {
      const now = performance.now();
      if (!last || now - last.at > keptFor) last = { at: now, result: run() };
      const result = await last.result;
      if (havePassed(result)) return result;
      const failed = Object.entries(result).flatMap(([name, state]) => (state === 'ok' ? [] : [name]));
      throw new AldabaError('request.not_ready', { failed: failed.join(', '), checks: result });
    },
    watch() {
      void watchClock();
      const timer = setInterval(watchClock, clockInterval).unref();
      return { close: () => clearInterval(timer) };
    },
  };
}

/** The result of a check; false if it fails or times out. */
async function within(check: () => Promise<boolean>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), checkLimit);
  const result = await Promise.race([check().catch(() => false), late.promise]);
  clearTimeout(timer);
  return result;
}
