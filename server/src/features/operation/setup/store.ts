import type { Queries } from '../../../store/database.ts';
import { sql } from '../../../store/sql.ts';

/** The purpose of a link; a link for one purpose cannot be used for another. */
const purpose = 'administrator';

export interface Link {
  tokenHash: string;
  /** The time of the check. */
  now: Date;
}

export const insertLink = (q: Queries, tokenHash: string, expiresAt: Date): Promise<number> =>
  q.run(
    sql
      .insertInto('one_time_links')
      .values({ tenant_id: q.tenantId, token_hash: tokenHash, purpose, expires_at: expiresAt }),
  );

/** Whether the link can still be used. */
export async function isLinkUsable(q: Queries, { tokenHash, now }: Link): Promise<boolean> {
  const row = await q.first(
    sql
      .selectFrom('one_time_links')
      .select('purpose')
      .where('tenant_id', '=', q.tenantId)
      .where('token_hash', '=', tokenHash)
      .where('purpose', '=', purpose)
      .where('expires_at', '>', now),
  );
  return row !== undefined;
}

/** Consumes the link; exactly one of several concurrent calls succeeds. */
export const consumeLink = async (q: Queries, { tokenHash, now }: Link): Promise<boolean> =>
  (await q.run(
    sql
      .deleteFrom('one_time_links')
      .where('tenant_id', '=', q.tenantId)
      .where('token_hash', '=', tokenHash)
      .where('purpose', '=', purpose)
      .where('expires_at', '>', now),
  )) === 1;

/**
 * Consumes all links for the first administrator, so that no other link creates a second one. Rows are locked in a
 * fixed order, so the second of two concurrent calls finds none.
 * @returns whether the link was among them and could still be used
 */
export async function consumeAllLinks(q: Queries, { tokenHash, now }: Link): Promise<boolean> {
  const rows = await q.raw<{ token_hash: string }>(
    `delete from one_time_links where ctid = any(array(
       select ctid from one_time_links where tenant_id = $1 and purpose = $2 order by token_hash for update))
     and expires_at > $3 returning token_hash`,
    [q.tenantId, purpose, now],
  );
  return rows.some((row) => row.token_hash === tokenHash);
}

export const deleteExpiredLinks = (q: Queries, now: Date): Promise<number> =>
  q.run(sql.deleteFrom('one_time_links').where('tenant_id', '=', q.tenantId).where('expires_at', '<=', now));
