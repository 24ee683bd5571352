import { type Queries, sql } from '../../store/index.ts';

export type KeyStatus = 'next' | 'current' | 'previous';

export interface KeyRecord {
  id: string;
  algorithm: string;
  status: KeyStatus;
  publicJwk: Record<string, unknown>;
  privateJwkSealed: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** When a waiting key becomes the current one by itself; null: at the next rotation. */
  effectiveAt: number | null;
}
export type NewKey = Omit<KeyRecord, 'createdAt'>;

/** The keys of the handle's tenant: current first, then next, then previous. */
export async function findKeys(q: Queries): Promise<KeyRecord[]> {
  const rows = await q.all(
    sql
      .selectFrom('signing_keys')
      .select(['id', 'algorithm', 'status', 'public_jwk', 'private_jwk_sealed', 'created_at', 'effective_at'])
      .where('tenant_id', '=', q.tenantId)
      .orderBy('created_at'),
  );
  const order = ['current', 'next', 'previous'];
  return rows
    .map((row) => ({
      id: row.id,
      algorithm: row.algorithm,
      status: row.status as KeyStatus,
      publicJwk: row.public_jwk as Record<string, unknown>,
      privateJwkSealed: row.private_jwk_sealed,
      createdAt: row.created_at.getTime(),
      effectiveAt: row.effective_at?.getTime() ?? null,
    }))
    .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}

/** The same, holding them against another rotation until the transaction ends. */
export async function lockKeys(tx: Queries): Promise<KeyRecord[]> {
  await tx.run(sql.selectFrom('signing_keys').select('id').where('tenant_id', '=', tx.tenantId).forUpdate());
  return findKeys(tx);
}

export async function insertKey(tx: Queries, key: NewKey): Promise<void> {
  await tx.run(
    sql.insertInto('signing_keys').values({
      tenant_id: tx.tenantId,
      id: key.id,
      algorithm: key.algorithm,
      status: key.status,
      public_jwk: JSON.stringify(key.publicJwk),
      private_jwk_sealed: key.privateJwkSealed,
      effective_at: key.effectiveAt === null ? null : new Date(key.effectiveAt),
    }),
  );
}

/** Gives a key another place; one that waits may be given the time at which it stops waiting. */
export async function moveKey(
  tx: Queries,
  id: string,
  status: KeyStatus,
  effectiveAt: number | null = null,
): Promise<void> {
  await tx.run(
    sql
      .updateTable('signing_keys')
      .set({ status, effective_at: effectiveAt === null ? null : new Date(effectiveAt) })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', id),
  );
}

export async function deleteKeys(tx: Queries, status: KeyStatus): Promise<void> {
  await tx.run(sql.deleteFrom('signing_keys').where('tenant_id', '=', tx.tenantId).where('status', '=', status));
}
