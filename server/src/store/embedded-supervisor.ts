import { isRunning, type Postmaster } from './embedded-postmaster.ts';

/** Milliseconds between two checks of the process. */
const lookInterval = 500;
/** Milliseconds before the second and the slowest restart attempts. The first is immediate. */
const firstPause = 500;
const slowestPause = 30_000;
/** Milliseconds after which a restarted server counts as stable. */
const soundAfter = 60_000;

export interface Supervisor {
  /** Stops watching; waits for a start in progress. */
  stop: () => Promise<void>;
}

/**
 * Watches the bundled PostgreSQL and restarts it when its process dies, with increasing delays while that fails or does
 * not last. (If only a process that serves a connection dies, PostgreSQL itself ends the others and recovers.)
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
  let looking: Promise<void> = Promise.resolve();
  const later = (pause: number) => {
    if (stopped) return;
    timer = setTimeout(() => {
      looking = look();
    }, pause).unref();
  };
  const look = async () => {
    if (await isRunning(current.pid)) {
      if (performance.now() - startedAt > soundAfter) failures = 0;
      later(lookInterval);
      return;
    }
    if (stopped) return;
    log.error({ process: current.pid }, 'The bundled PostgreSQL ended unexpectedly; starting it again');
    try {
      current = await start();
      startedAt = performance.now();
      log.warn({ process: current.pid }, 'The bundled PostgreSQL serves again');
    } catch (error) {
      log.error({ err: error }, 'The bundled PostgreSQL could not be started again; trying again');
    }
    failures += 1;
    later(Math.min(slowestPause, firstPause * 2 ** (failures - 1)));
  };
  later(lookInterval);
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
