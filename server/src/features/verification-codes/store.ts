import type { Queries } from '../../store/index.ts';

export interface CodeKey {
  addressHash: string;
  purpose: string;
}

/** The purpose of the row that counts the messages to an address, whatever they were for. No code has it. */
const anyPurpose = '';

/**
 * Counts a message to an address before it is sent, in one statement, so that many requests at a time cannot all slip under
 * the limit. `refused`: it is one too many, and `first` of the window that is.
 */
export async function countMessage(
  q: Queries,
  addressHash: string,
  window: { now: Date; startedAfter: Date; expiresAt: Date; maximum: number },
): Promise<{ refused: boolean; first: boolean }> {
  const [row] = await q.raw<{ sent: number }>(
    `insert into verification_codes as c
       (tenant_id, address_hash, purpose, code_hash, expires_at, window_started_at) values ($1, $2, $3, '', $6, $4)
     on conflict (tenant_id, address_hash, purpose) do update set
       sent = case when c.window_started_at <= $5 then 1 else c.sent + 1 end,
       expires_at = case when c.window_started_at <= $5 then $6 else c.expires_at end,
       window_started_at = case when c.window_started_at <= $5 then $4 else c.window_started_at end
     where c.window_started_at <= $5 or c.sent <= $7
     returning sent`,
    [q.tenantId, addressHash, anyPurpose, window.now, window.startedAfter, window.expiresAt, window.maximum],
  );
  return { refused: !row || row.sent > window.maximum, first: row !== undefined && row.sent > window.maximum };
}

/** Stores a code in place of the one before. */
export const saveCode = (
  q: Queries,
  key: CodeKey,
  code: { hash: string; now: Date; expiresAt: Date },
): Promise<unknown> =>
  q.raw(
    `insert into verification_codes (tenant_id, address_hash, purpose, code_hash, expires_at, window_started_at)
     values ($1, $2, $3, $4, $6, $5)
     on conflict (tenant_id, address_hash, purpose) do update set code_hash = $4, tries = 0, expires_at = $6, window_started_at = $5`,
    [q.tenantId, key.addressHash, key.purpose, code.hash, code.now, code.expiresAt],
  );

/** Counts a guess before it is judged, and tells what is stored. */
export async function countTry(
  q: Queries,
  key: CodeKey,
): Promise<{ codeHash: string; tries: number; expiresAt: Date } | undefined> {
  const [row] = await q.raw<{ code_hash: string; tries: number; expires_at: Date }>(
    `update verification_codes set tries = tries + 1
      where tenant_id = $1 and address_hash = $2 and purpose = $3 and code_hash <> '' returning code_hash, tries, expires_at`,
    [q.tenantId, key.addressHash, key.purpose],
  );
  return row && { codeHash: row.code_hash, tries: row.tries, expiresAt: row.expires_at };
}

/** Uses the code up. Of several calls at once one gets `true`. */
export async function consumeCode(q: Queries, key: CodeKey, codeHash: string): Promise<boolean> {
  const rows = await q.raw(
    `update verification_codes set code_hash = ''
      where tenant_id = $1 and address_hash = $2 and purpose = $3 and code_hash = $4 returning 1 as found`,
    [q.tenantId, key.addressHash, key.purpose, codeHash],
  );
  return rows.length > 0;
}

/** Removes a few rows that nobody needs any more, as new ones come. */
export async function dropOldCodes(q: Queries, before: Date): Promise<void> {
  await q.raw(
    `delete from verification_codes where ctid = any(array(
       select ctid from verification_codes where expires_at < $2 and tenant_id = $1 and window_started_at < $2
        order by expires_at limit 20))`,
    [q.tenantId, before],
  );
}
