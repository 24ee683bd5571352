import type { Queries } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';
import type { DetailedUser, SubjectQuery, Users } from '../users/index.ts';

export interface NewToken {
  tokenHash: string;
  userId: string;
  creatorId: string | null;
  context: Record<string, unknown>;
  createdAt: Date;
  expiresAt: Date;
}

export async function insertToken(q: Queries, token: NewToken): Promise<void> {
  await q.run(
    sql.insertInto('subject_tokens').values({
      tenant_id: q.tenantId,
      token_hash: token.tokenHash,
      user_id: token.userId,
      creator_id: token.creatorId,
      context: JSON.stringify(token.context),
      created_at: token.createdAt,
      expires_at: token.expiresAt,
    }),
  );
}

export interface StoredToken {
  id: string;
  userId: string;
  context: Record<string, unknown>;
  expiresAt: Date;
  consumedAt: Date | null;
  mayUse: boolean;
  person: DetailedUser | undefined;
}

const findStatement = `
  select t.id as "tokenId", t.user_id as "userId", t.context, t.expires_at as "expiresAt", t.consumed_at as "consumedAt",
         $3::text is null or may_use_application($1, $3, t.user_id) as "mayUse"
    from subject_tokens t join users u on u.tenant_id = t.tenant_id and u.id = t.user_id
   where t.tenant_id = $1 and t.token_hash = $2 and not u.is_suspended`;

/** A token of an active user, even if consumed or expired. */
export async function findToken(
  users: Pick<Users, 'findHolder'>,
  q: Queries,
  tokenHash: string,
  { limitedTo, isDetailed }: SubjectQuery,
): Promise<StoredToken | undefined> {
  const row = await users.findHolder<Omit<StoredToken, 'id' | 'person'> & { tokenId: string }>(q, {
    statement: findStatement,
    values: [q.tenantId, tokenHash, limitedTo ?? null],
    isDetailed,
  });
  return row && { ...row, id: row.tokenId };
}

/** Consumes a token that is neither consumed nor expired. @returns whether this call consumed it */
export async function consumeToken(q: Queries, tokenHash: string, now: Date): Promise<boolean> {
  const rows = await q.raw(
    `update subject_tokens set consumed_at = $3
      where tenant_id = $1 and token_hash = $2 and consumed_at is null and expires_at > $3 returning 1`,
    [q.tenantId, tokenHash, now],
  );
  return rows.length > 0;
}
