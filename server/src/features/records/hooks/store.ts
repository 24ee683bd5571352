import type { HookEvent } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

export interface StoredHook {
  id: string;
  name: string;
  event: HookEvent | null;
  events: HookEvent[];
  configSealed: string;
  signingKeySealed: string;
  enabled: boolean;
  createdAt: number;
}

type Row = Omit<StoredRow<'hooks'>, 'tenant_id'>;

const toHook = (row: Row): StoredHook => ({
  id: row.id,
  name: row.name,
  event: row.event as HookEvent | null,
  events: row.events as HookEvent[],
  configSealed: row.config_sealed,
  signingKeySealed: row.signing_key_sealed,
  enabled: row.enabled,
  createdAt: row.created_at.getTime(),
});

export const insertHook = (q: Queries, hook: StoredHook): Promise<number> =>
  q.run(
    sql.insertInto('hooks').values({
      tenant_id: q.tenantId,
      id: hook.id,
      name: hook.name,
      event: hook.event,
      events: hook.events,
      config_sealed: hook.configSealed,
      signing_key_sealed: hook.signingKeySealed,
      enabled: hook.enabled,
      created_at: new Date(hook.createdAt),
    }),
  );

export async function findHook(q: Queries, id: string): Promise<StoredHook | undefined> {
  const row = await q.first(
    sql.selectFrom('hooks').selectAll().where('tenant_id', '=', q.tenantId).where('id', '=', id),
  );
  return row && toHook(row);
}

/** Newest first. */
export async function findHookList(q: Queries, slice?: Slice): Promise<Listed<StoredHook>> {
  const query = sql.selectFrom('hooks').where('tenant_id', '=', q.tenantId);
  const rows = query.selectAll().orderBy('created_at', 'desc').orderBy('id');
  return findList(q, rows, { slice, toItem: toHook });
}

/** Which webhooks listen to which events; without secrets, for the cache. */
export const findListeners = (q: Queries): Promise<{ id: string; event: string | null; events: string[] }[]> =>
  q.raw('select id, event, events from hooks where tenant_id = $1 and enabled', [q.tenantId]);

export async function updateHookRow(
  q: Queries,
  id: string,
  patch: {
    name?: string | undefined;
    event?: string | null | undefined;
    events?: string[] | undefined;
    enabled?: boolean | undefined;
    configSealed?: string | undefined;
    signingKeySealed?: string | undefined;
  },
): Promise<StoredHook | undefined> {
  const row = await q.first(
    sql
      .updateTable('hooks')
      .set({
        // Sets at least one column, even for an empty patch.
        id,
        name: patch.name,
        event: patch.event,
        events: patch.events,
        enabled: patch.enabled,
        config_sealed: patch.configSealed,
        signing_key_sealed: patch.signingKeySealed,
      })
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .returningAll(),
  );
  return row && toHook(row);
}

export const deleteHookRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('hooks').where('tenant_id', '=', q.tenantId).where('id', '=', id));
