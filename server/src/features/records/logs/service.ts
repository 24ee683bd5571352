import type { LogRecord } from '@aldaba/contract';
import type { Audit, AuditEntry } from '../../../kernel/audit.ts';
import { createBatch } from '../../../kernel/batch.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Log } from '../../../kernel/log.ts';
import { mask, plainText } from '../../../kernel/masking.ts';
import { currentOrigin } from '../../../kernel/origin.ts';
import type { Database, Queries } from '../../../store/index.ts';
import { type Slice, totalOf } from '../../../store/list.ts';
import { createRefusals } from './refusals.ts';
import * as store from './store.ts';
import { withUserAgents } from './user-agents.ts';

export interface LogsNeeds {
  database: Database;
  clock: Clock;
  log: Log;
  retentionDays: number;
}

export interface LogFilter {
  logKey?: string | undefined;
  userId?: string | undefined;
  applicationId?: string | undefined;
  /** The sign-in that the entries belong to. */
  sessionId?: string | undefined;
  /** Entries for the administrators of an organization. */
  organizationId?: string | undefined;
  result?: LogRecord['payload']['result'] | undefined;
  hookId?: string | undefined;
  /** Milliseconds since the epoch, both inclusive. */
  from?: number | undefined;
  to?: number | undefined;
  /** Counts up to 10,000. */
  isCapped?: boolean | undefined;
}

export interface Logs extends Audit {
  /**
   * Newest first. `isCapped`: more exist than were counted.
   * @throws AldabaError `guard.invalid_input` if the time range ends before it begins
   */
  list: (
    q: Queries,
    filter: LogFilter,
    slice: Slice,
  ) => Promise<{ items: LogRecord[]; total: number; isCapped: boolean }>;
  /** @throws AldabaError `entity.not_exists_with_id` */
  get: (q: Queries, id: string) => Promise<LogRecord>;
  /** Requests of the last 24 hours, by webhook. */
  hookStats: (
    q: Queries,
    hookIds: readonly string[],
  ) => Promise<Map<string, { successCount: number; requestCount: number }>>;
  /** Writes the buffered entries and ends the background work. */
  close: () => Promise<void>;
}

const day = 86_400_000;
/** Milliseconds that an entry waits in memory. */
const writeInterval = 200;
const sweepInterval = 3_600_000;
const summaryInterval = 10_000;
/** Bytes of buffered entries while the database is unavailable. */
const maximumWaiting = 16 * 1_048_576;
/** Maximum characters of request data, and of the rest of an entry. */
const paramsRoom = 2048;
const moreRoom = 32_768;

/** Two bytes per character, and the overhead of a row in addition to its payload. */
const bytesOf = ({ payload }: store.NewLog): number => 2 * payload.length + 512;

/** Rejected requests of clients without credentials: anonymous callers can cause any number of them. */
const isUnproved = ({ result, secretName }: AuditEntry): boolean => result === 'Error' && secretName === undefined;
const cap = 10_000;

/** @param options `sweeps: false` leaves partitions and retention to other processes, as the command line does */
export function createLogs(needs: LogsNeeds, options = { sweeps: true }): Logs {
  const { clock, log, retentionDays } = needs;
  const oldest = () => new Date(clock.now() - retentionDays * day);
  const batch = createBatch<store.NewLog>({
    interval: writeInterval,
    size: 500,
    maximum: 20_000,
    bytes: { of: bytesOf, maximum: maximumWaiting, size: 1_048_576 },
    write: (rows) => writeRows(needs, rows),
    failed: (error) => log.warn({ err: error }, 'Writing the audit log failed; trying again'),
    dropped: (count) =>
      log.error({ entries: count }, 'The audit log could not be written for too long: entries were lost'),
  });
  const sweep = options.sweeps ? startSweep(needs, oldest) : undefined;
  const nextInstant = createInstants(clock);
  const refusals = createRefusals<store.NewLog>(clock, (last, suppressed) => {
    const payload = JSON.stringify({ ...JSON.parse(last.payload), suppressed });
    batch.add({ ...last, id: standardId(), payload });
  });
  const summary = setInterval(() => refusals.sweep(), summaryInterval).unref();

  return {
    write(tenantId, entry) {
      const row: store.NewLog = { ...toRow(tenantId, entry), createdAt: nextInstant() };
      const client = isUnproved(entry) ? currentOrigin()?.networks.client : undefined;
      if (client === undefined || refusals.admit(`${tenantId} ${client} ${row.key}`, row)) batch.add(row);
    },
    async list(q, filter, slice) {
      const { from, to } = filter;
      if (from !== undefined && to !== undefined && from > to)
        throw new AldabaError('guard.invalid_input', { reason: 'query.start_time: must not be after end_time' });
      // Users who acted through this process see their entries at once.
      await batch.flush();
      const window: store.LogWindow = {
        key: filter.logKey,
        userId: filter.userId,
        applicationId: filter.applicationId,
        sessionId: filter.sessionId,
        organizationId: filter.organizationId,
        result: filter.result,
        hookId: filter.hookId,
        from: new Date(Math.max(oldest().getTime(), from ?? 0)),
        before: to === undefined ? undefined : new Date(to + 1),
      };
      const limit = filter.isCapped ? cap + 1 : undefined;
      const items = await withUserAgents(await store.findLogs(q, window, slice));
      const total = totalOf(items.length, slice) ?? (await store.countLogs(q, window, limit));
      return { items, total: Math.min(total, limit ?? total), isCapped: filter.isCapped === true && total > cap };
    },
    async get(q, id) {
      await batch.flush();
      const record = await store.findLog(q, id, oldest());
      if (!record) throw new AldabaError('entity.not_exists_with_id', { name: 'log entry', id });
      return (await withUserAgents([record]))[0] as LogRecord;
    },
    async hookStats(q, hookIds) {
      await batch.flush();
      const rows = await store.countHookLogs(q, hookIds, new Date(clock.now() - day));
      return new Map(
        rows.map((row) => [row.hook_id, { successCount: row.successes, requestCount: row.requests }] as const),
      );
    },
    async close() {
      clearInterval(summary);
      refusals.sweep(true);
      await sweep?.close();
      await batch.close();
    },
  };
}

/**
 * Writes rows together; if PostgreSQL rejects a value in one, writes them one by one, so that it does not block the
 * others.
 */
async function writeRows(needs: LogsNeeds, rows: readonly store.NewLog[]): Promise<void> {
  try {
    await store.insertLogs(needs.database.system, rows);
  } catch (error) {
    if (!isRefusedValue(error)) throw error;
    if (rows.length > 1) for (const row of rows) await writeRows(needs, [row]);
    else needs.log.error({ err: error, key: rows[0]?.key }, 'An entry of the audit log could not be stored');
  }
}

/** SQLSTATE classes 22 and 23: the data is invalid, not the connection. */
const isRefusedValue = (error: unknown): boolean =>
  error instanceof AldabaError || /^2[23]/.test(String((error as { code?: unknown } | null)?.code ?? ''));

/** Times in microseconds, so that entries of the same millisecond keep their order. */
function createInstants(clock: Clock): () => string {
  let last = 0;
  let count = 0;
  return () => {
    const now = clock.now();
    count = now === last ? Math.min(count + 1, 999) : 0;
    last = now;
    return new Date(now).toISOString().replace('Z', `${String(count).padStart(3, '0')}Z`);
  };
}

function toRow(tenantId: string, entry: AuditEntry): Omit<store.NewLog, 'createdAt'> {
  const { key, result, error, userId, applicationId, secretName, sessionId, organizationId, params, more } = entry;
  const origin = currentOrigin();
  const hookId = more?.hookId;
  return {
    tenantId,
    id: standardId(),
    key: key.slice(0, 128),
    userId: userId ?? null,
    applicationId: applicationId ?? null,
    sessionId: sessionId ?? null,
    organizationId: organizationId ?? null,
    hookId: typeof hookId === 'string' ? hookId : null,
    payload: JSON.stringify({
      key,
      result,
      error: error === undefined ? undefined : describe(error),
      ip: origin?.ip,
      requestId: origin?.requestId,
      userAgent: origin?.userAgent === undefined ? undefined : plainText(origin.userAgent),
      userId,
      applicationId,
      applicationSecret: secretName === undefined ? undefined : { name: secretName },
      sessionId,
      organizationId,
      params: params === undefined ? undefined : mask(params, { left: paramsRoom }),
      ...(more && (mask(more, { left: moreRoom }) as object)),
    }),
  };
}

/** An error as a code and a message. Stacks and causes go to the operator's log only. */
function describe(error: unknown): unknown {
  if (error instanceof AldabaError) return { code: error.code, message: error.message };
  if (error instanceof Error) return { message: plainText(error.message) };
  if (isCoded(error)) return { code: error.code, message: plainText(error.message) };
  return mask(error, { left: paramsRoom });
}

/** The code of an error is not a secret, unlike other members of that name. */
const isCoded = (error: unknown): error is { code: string; message: string } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  'message' in error &&
  typeof error.code === 'string' &&
  typeof error.message === 'string';

/** Creates partitions at the start and every hour, and drops expired ones. */
function startSweep({ database, log }: LogsNeeds, oldest: () => Date): { close: () => Promise<void> } {
  let stopped = false;
  const rotate = async () => {
    if (stopped) return;
    try {
      const dropped = await store.rotateLogs(database.system, oldest());
      if (dropped.partitions + dropped.rows > 0) log.info(dropped, 'Dropped old entries of the audit log');
    } catch (error) {
      if (!stopped)
        log.warn({ err: error }, 'The partitions of the audit log could not be renewed; trying again later');
    }
  };
  let running = rotate();
  const timer = setInterval(() => {
    running = running.then(rotate);
  }, sweepInterval).unref();
  return {
    async close() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
