import type { AccountDeletion } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { sql } from '../../../store/sql.ts';

const toDeletion = (row: { user_id: string; requested_at: Date; deletes_at: Date }): AccountDeletion => ({
  userId: row.user_id,
  requestedAt: row.requested_at.getTime(),
  deletesAt: row.deletes_at.getTime(),
});

const deletions = (q: Queries) =>
  sql
    .selectFrom('account_deletions')
    .where('tenant_id', '=', q.tenantId)
    .select(['user_id', 'requested_at', 'deletes_at']);

export async function findDeletion(q: Queries, userId: string): Promise<AccountDeletion | undefined> {
  const row = await q.first(deletions(q).where('user_id', '=', userId));
  return row && toDeletion(row);
}

export const findDeletions = (q: Queries, slice: Slice): Promise<Listed<AccountDeletion>> =>
  findList(q, deletions(q).orderBy('deletes_at').orderBy('user_id'), { slice, toItem: toDeletion });

/** Returns whether none was stored before. */
export async function insertDeletion(tx: Transaction, { userId, requestedAt, deletesAt }: AccountDeletion) {
  const rows = await tx.raw(
    `insert into account_deletions (tenant_id, user_id, requested_at, deletes_at) values ($1, $2, $3, $4)
     on conflict (tenant_id, user_id) do nothing returning user_id`,
    [tx.tenantId, userId, new Date(requestedAt), new Date(deletesAt)],
  );
  return rows.length > 0;
}

/** Exactly one of several concurrent calls returns true. @param dueAt only if it is due then */
export async function deleteDeletion(tx: Transaction, userId: string, dueAt?: Date): Promise<boolean> {
  const rows = await tx.raw(
    `delete from account_deletions where tenant_id = $1 and user_id = $2
        and ($3::timestamptz is null or deletes_at <= $3) returning user_id`,
    [tx.tenantId, userId, dueAt ?? null],
  );
  return rows.length > 0;
}

/** Accounts in one round. */
const batch = 100;

export const findDue = (system: Queries, now: Date): Promise<{ tenantId: string; userId: string }[]> =>
  system.raw(
    `select tenant_id as "tenantId", user_id as "userId" from account_deletions where deletes_at <= $1
      order by deletes_at limit ${batch}`,
    [now],
  );
