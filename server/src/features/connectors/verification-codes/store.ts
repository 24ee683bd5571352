import type { Queries } from '../../../store/index.ts';

export interface CodeKey {
  addressHash: string;
  purpose: string;
}

/** Stores a code, replacing the previous one. */
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

/** Counts a guess before it is verified, and returns the stored row. */
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

/** Consumes the code. Exactly one of several concurrent calls returns `true`. */
export async function consumeCode(q: Queries, key: CodeKey, codeHash: string): Promise<boolean> {
  const rows = await q.raw(
    `update verification_codes set code_hash = ''
      where tenant_id = $1 and address_hash = $2 and purpose = $3 and code_hash = $4 returning 1 as found`,
    [q.tenantId, key.addressHash, key.purpose, codeHash],
  );
  return rows.length > 0;
}

/** Deletes a few expired rows whenever new ones are stored. */
export async function dropOldCodes(q: Queries, before: Date): Promise<void> {
  await q.raw(
    `delete from verification_codes where ctid = any(array(
       select ctid from verification_codes where expires_at < $2 and tenant_id = $1 and window_started_at < $2
        order by expires_at limit 20))`,
    [q.tenantId, before],
  );
}
