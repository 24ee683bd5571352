import type { OneTimeTokenContext, OneTimeTokenStatus } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

export interface StoredToken {
  id: string;
  email: string;
  tokenHash: string;
  tokenSealed: string;
  context: OneTimeTokenContext;
  status: OneTimeTokenStatus;
  createdAt: Date;
  expiresAt: Date;
}

type Row = Omit<StoredRow<'one_time_tokens'>, 'tenant_id'>;

const toToken = (row: Row, now: Date): StoredToken => ({
  id: row.id,
  email: row.email,
  tokenHash: row.token_hash,
  tokenSealed: row.token_sealed,
  context: row.context as OneTimeTokenContext,
  status: row.status === 'active' && row.expires_at <= now ? 'expired' : (row.status as OneTimeTokenStatus),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

export async function insertToken(q: Queries, token: StoredToken): Promise<void> {
  await q.run(
    sql.insertInto('one_time_tokens').values({
      tenant_id: q.tenantId,
      id: token.id,
      email: token.email,
      token_hash: token.tokenHash,
      token_sealed: token.tokenSealed,
      context: JSON.stringify(token.context),
      status: token.status,
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    }),
  );
}

export async function findTokens(
  q: Queries,
  filter: { email?: string | undefined; status?: OneTimeTokenStatus | undefined; now: Date },
  slice: Slice,
): Promise<Listed<StoredToken>> {
  let query = sql.selectFrom('one_time_tokens').where('tenant_id', '=', q.tenantId);
  if (filter.email !== undefined) query = query.where('email', '=', filter.email);
  if (filter.status !== undefined)
    query = query.where('status', '=', filter.status === 'expired' ? 'active' : filter.status);
  if (filter.status === 'active') query = query.where('expires_at', '>', filter.now);
  if (filter.status === 'expired') query = query.where('expires_at', '<=', filter.now);
  const rows = query.selectAll().orderBy('created_at', 'desc').orderBy('id');
  return findList(q, rows, { slice, toItem: (row) => toToken(row, filter.now) });
}

export async function findToken(
  q: Queries,
  key: { id: string } | { tokenHash: string },
  now: Date,
): Promise<StoredToken | undefined> {
  const query = sql.selectFrom('one_time_tokens').selectAll().where('tenant_id', '=', q.tenantId);
  const row = await q.first(
    'id' in key ? query.where('id', '=', key.id) : query.where('token_hash', '=', key.tokenHash),
  );
  return row && toToken(row, now);
}

/** Ends an active token. Exactly one of several concurrent calls returns `true`. */
export async function endToken(
  q: Queries,
  id: string,
  end: { status: 'consumed' | 'revoked' | 'expired'; now: Date },
): Promise<boolean> {
  const change = end.status === 'expired' ? { expires_at: end.now } : { status: end.status };
  const ended = await q.run(
    sql
      .updateTable('one_time_tokens')
      .set(change)
      .where('tenant_id', '=', q.tenantId)
      .where('id', '=', id)
      .where('status', '=', 'active')
      .where('expires_at', '>', end.now),
  );
  return ended > 0;
}

export const deleteToken = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('one_time_tokens').where('tenant_id', '=', q.tenantId).where('id', '=', id));
