import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient, type QueryResult } from 'pg';
import { AldabaError } from '../kernel/errors.ts';
import { translateDatabaseError } from './errors.ts';
import { isConflict, isConnectionLost, isUnavailable } from './failures.ts';
import { Statement, type StatementText } from './statement.ts';

/** A pooled connection, with what is set on it. */
export interface Connection extends PoolClient {
  aldabaTenant?: string;
  /** Why it must not go back to the pool. */
  aldabaLost?: Error;
  /** Whether `begin` has run on it, so that another statement can carry the next one along. */
  aldabaHasBegun?: boolean;
}

export interface PoolOptions {
  url: string;
  /** Connections at most. */
  poolSize: number;
  /** Value of the connection parameter `options`. */
  settings: string;
  log: { warn: (fields: object, message: string) => void };
}

/** Milliseconds that a request waits for a connection, whether it has to be made or is in use. */
const longestWait = 10_000;
/** Requests that may wait for each connection of the pool; more are refused at once. */
const waitingPerConnection = 50;
/** Milliseconds between two lines of the log about a database that does not serve. */
const reportInterval = 10_000;

/**
 * Connections to the database, each lent to one user at a time. Losing one fails its user's work, never the process.
 */
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
  // An emitter without a listener ends the process. The pool listens to connections only while they are idle; these two
  // stay for the life of a connection, lent or not. What is in flight on it fails by itself.
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
      // Also a wrong password or a missing database: the operator's business, which the log names.
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
     * Sends one statement. `timeLimit` (milliseconds, 0 for none) is for a server that does not answer at all;
     * PostgreSQL's own comes sooner.
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
        // The driver's own trace leads to its socket, not to the caller.
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

/** Milliseconds between two looks at the statements in flight. */
const deadlineInterval = 1000;

/**
 * Gives up the connection of a statement that gets no answer in time: what is in flight on it fails. One timer for all,
 * which runs only while statements are sent: a timer for each would be set and cleared thousands of times a second.
 */
function createDeadlines() {
  const inFlight = new Map<Statement, { client: Connection; end: number }>();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
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
      timer ??= setInterval(look, Math.min(deadlineInterval, limit)).unref();
    },
    met: (statement: Statement) => inFlight.delete(statement),
  };
}

/**
 * One line for the first failure of an outage and every ten seconds from then on: every request of it would fill the
 * log.
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
    log.warn({ err: error, unreported }, 'The database did not serve; requests are answered with 503 until it does');
    last = now;
    unreported = 0;
  };
}

/** Maximum attempts for work that loses against concurrent transactions. */
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
