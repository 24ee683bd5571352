import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient, type QueryResult } from 'pg';
import { AldabaError } from '../kernel/errors.ts';
import { translateDatabaseError } from './errors.ts';
import { isConflict, isConnectionLost, isUnavailable } from './failures.ts';
import { Statement, type StatementText } from './statement.ts';

/** A pooled connection, with its state. */
export interface Connection extends PoolClient {
  aldabaTenant?: string;
  /** The error because of which it must not return to the pool. */
  aldabaLost?: Error;
  /** Whether `begin` is prepared on it, so that the next one can be sent together with a statement. */
  aldabaHasBegun?: boolean;
}

export interface PoolOptions {
  url: string;
  /** Maximum number of connections. */
  poolSize: number;
  /** Value of the connection parameter `options`. */
  settings: string;
  log: { warn: (fields: object, message: string) => void };
}

/** Milliseconds that a request waits for a connection, both for a new one and for one in use. */
const longestWait = 10_000;
/** Requests that may wait, per connection of the pool; further ones are rejected immediately. */
const waitingPerConnection = 50;
/** Milliseconds between two log lines about an unavailable database. */
const reportInterval = 10_000;

/** Connections to the database, each lent to one caller at a time. A lost connection fails its caller's work only. */
export function openPool({ url, poolSize, settings, log }: PoolOptions) {
  let ended = false;
  const logOutage = createReport(log);
  const deadlines = createDeadlines();
  // Failed requests of background work during shutdown are not an outage.
  const report = (error: unknown) => {
    if (!ended) logOutage(error);
  };
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    options: settings,
    application_name: 'aldaba',
    idleTimeoutMillis: 60_000,
    connectionTimeoutMillis: longestWait,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // An error event without a listener would end the process. The pool listens to idle connections only; these listeners
  // also cover lent ones. Statements in flight fail by themselves.
  pool.on('error', (error) => report(error));
  pool.on('connect', (client) => {
    client.on('error', (error) => {
      (client as Connection).aldabaLost ??= error;
    });
  });

  const connect = async (): Promise<Connection> => {
    if (pool.waitingCount >= poolSize * waitingPerConnection) throw new AldabaError('request.overloaded');
    try {
      return await pool.connect();
    } catch (error) {
      report(error);
      // The cause can also be a wrong password or a missing database. The log names it for the operator.
      throw new AldabaError('request.unavailable', undefined, { cause: error });
    }
  };

  return {
    /**
     * Lends a connection to `work`; a connection lost during the work is not returned to the pool.
     * @throws AldabaError `request.unavailable`
     */
    async lend<T>(work: (client: Connection) => Promise<T>): Promise<T> {
      const client = await connect();
      try {
        return await work(client);
      } finally {
        client.release(client.aldabaLost);
      }
    },
    /**
     * Sends one statement. `timeLimit` (milliseconds, 0 for none) applies if the database server does not respond at
     * all; PostgreSQL's own limit ends a slow statement earlier.
     */
    async send<Row>(client: Connection, statement: StatementText, timeLimit: number) {
      try {
        return await new Promise<QueryResult<Row & object>>((resolve, reject) => {
          const query = new Statement(statement, (error, result) => {
            deadlines.met(query);
            if (error) reject(error);
            else resolve(result);
          });
          if (timeLimit > 0) deadlines.set(query, client, timeLimit);
          client.query(query);
        });
      } catch (error) {
        // The driver's stack trace shows its socket, not the caller.
        if (error instanceof Error) Error.captureStackTrace(error);
        if (isConnectionLost(error)) client.aldabaLost ??= error as Error;
        if (isUnavailable(error) && !isConflict(error)) report(error);
        throw translateDatabaseError(error);
      }
    },
    end() {
      ended = true;
      return pool.end();
    },
  };
}

/** Milliseconds between two checks of the statements in flight. */
const deadlineInterval = 1000;

/**
 * Closes the connection of a statement that gets no response in time, which fails the statement. One timer serves all
 * statements and runs only while there are any: a timer for each would be set thousands of times a second.
 */
function createDeadlines() {
  const inFlight = new Map<Statement, { client: Connection; end: number }>();
  let timer: NodeJS.Timeout | undefined;
  const check = () => {
    const now = performance.now();
    if (inFlight.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    for (const { client, end } of inFlight.values()) if (end <= now) void client.end();
  };
  return {
    /** @param limit milliseconds */
    set(statement: Statement, client: Connection, limit: number) {
      inFlight.set(statement, { client, end: performance.now() + limit });
      timer ??= setInterval(check, Math.min(deadlineInterval, limit)).unref();
    },
    met: (statement: Statement) => inFlight.delete(statement),
  };
}

/**
 * Logs the first failure of an outage, then one line every 10 s, because a line for every request would fill the log.
 */
function createReport(log: PoolOptions['log']): (error: unknown) => void {
  let last = Number.NEGATIVE_INFINITY;
  let unreported = 0;
  return (error) => {
    const now = performance.now();
    if (now - last < reportInterval) {
      unreported += 1;
      return;
    }
    log.warn({ err: error, unreported }, 'The database is unavailable; requests get 503 until it is back');
    last = now;
    unreported = 0;
  };
}

/** Maximum attempts of work that conflicts with concurrent transactions. */
const attempts = 6;

/**
 * Retries work that PostgreSQL rolled back because of a deadlock or a serialization failure, after an increasing random
 * pause. `work` must have no effects outside the database when it fails.
 */
export async function repeatingConflicts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !isConflict(error)) throw error;
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}
