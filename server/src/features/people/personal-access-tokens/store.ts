import type { Queries } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';
import type { DetailedUser, SubjectQuery, Users } from '../users/index.ts';

export interface StoredToken {
  userId: string;
  name: string;
  valueHash: string;
  valueSealed: string;
  createdAt: number;
  expiresAt: number | null;
}

type Row = Omit<StoredRow<'personal_access_tokens'>, 'id' | 'tenant_id'>;

const toToken = (row: Row): StoredToken => ({
  userId: row.user_id,
  name: row.name,
  valueHash: row.value_hash,
  valueSealed: row.value_sealed,
  createdAt: row.created_at.getTime(),
  expiresAt: row.expires_at?.getTime() ?? null,
});

export interface StoredHolder {
  id: string;
  userId: string;
  expiresAt: Date | null;
  mayUse: boolean;
  person: DetailedUser | undefined;
}

const findSubjectStatement = `
  select t.id as "tokenId", t.user_id as "userId", t.expires_at as "expiresAt",
         $3::text is null or may_use_application($1, $3, t.user_id) as "mayUse"
    from personal_access_tokens t join users u on u.tenant_id = t.tenant_id and u.id = t.user_id
   where t.tenant_id = $1 and t.value_hash = $2 and not u.is_suspended`;

/** The active user that a token belongs to. */
export async function findHolder(
  users: Pick<Users, 'findHolder'>,
  q: Queries,
  valueHash: string,
  { limitedTo, isDetailed }: SubjectQuery,
): Promise<StoredHolder | undefined> {
  const row = await users.findHolder<Omit<StoredHolder, 'id' | 'person'> & { tokenId: string }>(q, {
    statement: findSubjectStatement,
    values: [q.tenantId, valueHash, limitedTo ?? null],
    isDetailed,
  });
  return row && { ...row, id: row.tokenId };
}

/** Oldest first. */
export async function findTokens(q: Queries, userId: string): Promise<StoredToken[]> {
  const rows = await q.all(
    sql
      .selectFrom('personal_access_tokens')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .orderBy('created_at')
      .orderBy('name'),
  );
  return rows.map(toToken);
}

export async function insertToken(
  q: Queries,
  token: Omit<StoredToken, 'createdAt' | 'expiresAt'> & { createdAt: Date; expiresAt: Date | null },
): Promise<StoredToken> {
  const row = await q.first(
    sql
      .insertInto('personal_access_tokens')
      .values({
        tenant_id: q.tenantId,
        user_id: token.userId,
        name: token.name,
        value_hash: token.valueHash,
        value_sealed: token.valueSealed,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
      })
      .returningAll(),
  );
  return toToken(row as NonNullable<typeof row>);
}

export async function renameToken(
  q: Queries,
  place: { userId: string; name: string },
  name: string,
): Promise<StoredToken | undefined> {
  const row = await q.first(
    sql
      .updateTable('personal_access_tokens')
      .set({ name })
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', place.userId)
      .where('name', '=', place.name)
      .returningAll(),
  );
  return row && toToken(row);
}

export const deleteAllTokens = (q: Queries, userId: string): Promise<number> =>
  q.run(sql.deleteFrom('personal_access_tokens').where('tenant_id', '=', q.tenantId).where('user_id', '=', userId));

export const deleteToken = (q: Queries, place: { userId: string; name: string }): Promise<number> =>
  q.run(
    sql
      .deleteFrom('personal_access_tokens')
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', place.userId)
      .where('name', '=', place.name),
  );
