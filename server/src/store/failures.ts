/** Classifies failed statements: which failures are temporary, and which connections are unusable. */

/** SQLSTATE of a PostgreSQL error, or of the cause of our error; undefined for anything else. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !isSystemCode(code)) return code;
  }
  return undefined;
}

// Node's own codes (`EPIPE`) can have five letters too, but no SQLSTATE of PostgreSQL consists of letters alone.
const isSystemCode = (code: string) => /^E[A-Z_]+$/.test(code);

/**
 * Messages of node-postgres for connections that ended, were never established or do not respond; they have no code.
 */
const driverSentences =
  /connection terminated|connection error|not queryable|timeout exceeded when trying to connect|query read timeout|client was closed/i;

/**
 * Conditions after which a connection must not be used again: the server ends it (classes 08 and 57P), ended its
 * transaction (25P03), or is a standby that a failover left behind (25006).
 */
const spent = /^(08|57P|25P0[34]$|25006$)/;

/**
 * Conditions that pass or that an operator ends, through no fault of the statement: no resources (class 53: disk full,
 * out of memory, too many connections), input and output (58), a time limit (57014, 55P03), and conflicts that
 * outlasted their repetitions (40).
 */
const passing = /^(53|58|57014$|55P03$|40)/;

/** Whether the error's connection is unusable. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const state = sqlStateOf(error);
  if (state !== undefined) return spent.test(state);
  const { code } = error as { code?: unknown };
  return (typeof code === 'string' && isSystemCode(code)) || driverSentences.test(error.message);
}

/** Whether the database is temporarily unavailable, so that the same statement may succeed later. */
export const isUnavailable = (error: unknown): boolean =>
  isConnectionLost(error) || passing.test(sqlStateOf(error) ?? '');

/**
 * Serialization failure or deadlock: PostgreSQL rolled the transaction back and asks for it to be repeated (its manual,
 * section 13.5).
 */
export const isConflict = (error: unknown): boolean => ['40001', '40P01'].includes(sqlStateOf(error) ?? '');
