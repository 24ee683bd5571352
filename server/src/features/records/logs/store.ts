import type { LogRecord } from '@aldaba/contract';
import { sql as fragment } from 'kysely';
import type { Queries } from '../../../store/database.ts';
import type { Slice } from '../../../store/list.ts';
import { sql } from '../../../store/sql.ts';

export interface NewLog {
  tenantId: string;
  id: string;
  key: string;
  /** JSON: pending entries must have a known size. */
  payload: string;
  userId: string | null;
  applicationId: string | null;
  sessionId: string | null;
  organizationId: string | null;
  hookId: string | null;
  /** ISO 8601 with microseconds. */
  createdAt: string;
}

/**
 * One statement for rows of all tenants. The commit does not wait for the disk: a machine crash loses less than the
 * entries buffered in memory anyway.
 */
export const insertLogs = (system: Queries, rows: readonly NewLog[]): Promise<unknown> =>
  system.raw(
    `with relaxed as (select set_config('synchronous_commit', 'off', true))
     insert into logs (tenant_id, id, key, payload, user_id, application_id, session_id, hook_id, created_at, organization_id)
     select r.* from relaxed, unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[]) as r`,
    [
      rows.map((row) => row.tenantId),
      rows.map((row) => row.id),
      rows.map((row) => row.key),
      rows.map((row) => row.payload),
      rows.map((row) => row.userId),
      rows.map((row) => row.applicationId),
      rows.map((row) => row.sessionId),
      rows.map((row) => row.hookId),
      rows.map((row) => row.createdAt),
      rows.map((row) => row.organizationId),
    ],
  );

export interface LogWindow {
  key?: string | undefined;
  userId?: string | undefined;
  applicationId?: string | undefined;
  sessionId?: string | undefined;
  organizationId?: string | undefined;
  result?: 'Success' | 'Error' | undefined;
  hookId?: string | undefined;
  from: Date;
  before?: Date | undefined;
}

const select = (q: Queries, window: LogWindow) => {
  let query = sql.selectFrom('logs').where('tenant_id', '=', q.tenantId).where('created_at', '>=', window.from);
  if (window.before) query = query.where('created_at', '<', window.before);
  if (window.key !== undefined) query = query.where('key', '=', window.key);
  if (window.userId !== undefined) query = query.where('user_id', '=', window.userId);
  if (window.applicationId !== undefined) query = query.where('application_id', '=', window.applicationId);
  if (window.sessionId !== undefined) query = query.where('session_id', '=', window.sessionId);
  if (window.organizationId !== undefined) query = query.where('organization_id', '=', window.organizationId);
  // Written as literals, so that the index of failures applies.
  if (window.result === 'Error') query = query.where(fragment<boolean>`payload->>'result' = 'Error'`);
  if (window.result === 'Success') query = query.where(fragment<boolean>`payload->>'result' = 'Success'`);
  if (window.hookId !== undefined) query = query.where('hook_id', '=', window.hookId);
  return query;
};

const toRecord = (q: Queries, row: { id: string; key: string; payload: unknown; created_at: Date }): LogRecord => ({
  tenantId: q.tenantId,
  id: row.id,
  key: row.key,
  payload: row.payload as LogRecord['payload'],
  createdAt: row.created_at.getTime(),
});

const columns = ['id', 'key', 'payload', 'created_at'] as const;

/** Newest first. */
export async function findLogs(q: Queries, window: LogWindow, slice: Slice): Promise<LogRecord[]> {
  const rows = await q.all(
    select(q, window)
      .select([...columns])
      .orderBy('created_at', 'desc')
      .orderBy('id')
      .limit(slice.limit)
      .offset(slice.offset),
  );
  return rows.map((row) => toRecord(q, row));
}

/** @param atMost maximum count */
export async function countLogs(q: Queries, window: LogWindow, atMost?: number): Promise<number> {
  if (atMost === undefined) {
    const row = await q.first(select(q, window).select((e) => e.fn.countAll<number>().as('total')));
    return row?.total ?? 0;
  }
  const some = select(q, window).select(fragment`1`.as('one')).limit(atMost).as('some');
  const row = await q.first(sql.selectFrom(some).select((e) => e.fn.countAll<number>().as('total')));
  return row?.total ?? 0;
}

export async function findLog(q: Queries, id: string, from: Date): Promise<LogRecord | undefined> {
  const row = await q.first(
    sql
      .selectFrom('logs')
      .select([...columns])
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .where('created_at', '>=', from),
  );
  return row && toRecord(q, row);
}

/** The number of webhook requests and of successful ones. */
export const countHookLogs = (
  q: Queries,
  hookIds: readonly string[],
  from: Date,
): Promise<{ hook_id: string; requests: number; successes: number }[]> =>
  q.raw(
    `select hook_id, count(*) as requests, count(*) filter (where payload->>'result' = 'Success') as successes
     from logs where tenant_id = $1 and hook_id = any($2::text[]) and created_at >= $3 group by hook_id`,
    [q.tenantId, hookIds, from],
  );

/**
 * Creates the partitions of the coming weeks and drops expired ones; rows outside the partitions are deleted one by
 * one.
 */
export async function rotateLogs(system: Queries, keepAfter: Date): Promise<{ partitions: number; rows: number }> {
  const [rotated] = await system.raw<{ partitions: number }>('select rotate_logs($1) as partitions', [keepAfter]);
  const stray = await system.raw(
    `delete from logs_other where ctid = any(array(select ctid from logs_other where created_at < $1 limit 10000)) returning 1`,
    [keepAfter],
  );
  return { partitions: rotated?.partitions ?? 0, rows: stray.length };
}
