import { isRunning, type Postmaster } from './embedded-postmaster.ts';

/** Milliseconds between two checks of the process. */
const checkInterval = 500;
/** Milliseconds before the second and the slowest restart attempts. The first is immediate. */
const firstPause = 500;
const slowestPause = 30_000;
/** Milliseconds after which a restarted server counts as stable. */
const stableAfter = 60_000;

export interface Supervisor {
  /** Stops watching; waits for a start in progress. */
  stop: () => Promise<void>;
}

/**
 * Watches the bundled PostgreSQL and restarts it when its process ends, with increasing delays while the restart fails
 * or the server ends again soon. If only a process that serves a connection ends, PostgreSQL recovers by itself.
 *
 * @param start starts a server on the same cluster, or finds the one that another process has started
 */
export function supervise(
  first: Postmaster,
  start: () => Promise<Postmaster>,
  log: { warn: (fields: object, message: string) => void; error: (fields: object, message: string) => void },
): Supervisor {
  let current = first;
  let stopped = false;
  let failures = 0;
  let startedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let currentCheck: Promise<void> = Promise.resolve();
  const later = (pause: number) => {
    if (stopped) return;
    timer = setTimeout(() => {
      currentCheck = check();
    }, pause).unref();
  };
  const check = async () => {
    if (await isRunning(current.pid)) {
      if (performance.now() - startedAt > stableAfter) failures = 0;
      later(checkInterval);
      return;
    }
    if (stopped) return;
    log.error({ process: current.pid }, 'The bundled PostgreSQL ended unexpectedly; starting it again');
    try {
      current = await start();
      startedAt = performance.now();
      log.warn({ process: current.pid }, 'The bundled PostgreSQL is running again');
    } catch (error) {
      log.error({ err: error }, 'The bundled PostgreSQL could not be started again; trying again');
    }
    failures += 1;
    later(Math.min(slowestPause, firstPause * 2 ** (failures - 1)));
  };
  later(checkInterval);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await currentCheck;
    },
  };
}
