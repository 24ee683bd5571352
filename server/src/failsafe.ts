import type { Log } from './kernel/log.ts';

/** What is needed of the running process. */
interface Failing {
  on: {
    (event: 'unhandledRejection', listener: (reason: unknown) => void): unknown;
    (event: 'uncaughtException', listener: (error: Error) => void): unknown;
  };
}

/**
 * Decides what a failure that nothing caught does to the running server.
 *
 * A promise that nothing waits for, and an `error` event of a socket, a file or a database connection that nothing
 * listens to, have cost what they belong to and touched nothing else: they are logged, and the server goes on. Any
 * other exception out of an event is a defect that may have left memory half changed (Node.js, "Warning: Using
 * 'uncaughtException' correctly"): `stop` ends the server in order, so that its supervisor starts it afresh.
 */
export function surviveFailures(running: Failing, log: Pick<Log, 'error'>, stop: () => void): void {
  running.on('unhandledRejection', (reason) =>
    log.error({ err: reason }, 'Background work failed and nothing handled it; the server goes on'),
  );
  running.on('uncaughtException', (error) => {
    if (isFromOutside(error))
      log.error({ err: error }, 'A connection failed and nothing handled it; the server goes on');
    else {
      log.error({ err: error }, 'The server met a defect and stops in order, to be started afresh');
      stop();
    }
  });
}

/**
 * Errors of the system (`ECONNRESET`), of Node's streams and network (`ERR_…`) and of PostgreSQL (SQLSTATE) carry a
 * code, exceptions of a defect carry none.
 */
const isFromOutside = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) &&
  (typeof (error as { code?: unknown }).code === 'string' || /connection|socket/i.test(error.message));
