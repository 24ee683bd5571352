import type { SigningAlgorithm } from '@aldaba/contract';
import type { Queries, Transaction } from '../../store/database.ts';
import { sql } from '../../store/sql.ts';

export type KeyStatus = 'next' | 'current' | 'previous';

export interface KeyRecord {
  id: string;
  algorithm: SigningAlgorithm;
  status: KeyStatus;
  publicJwk: Record<string, unknown>;
  /** Null once the key has been replaced: it never signs again. */
  privateJwkSealed: string | null;
  /** When it was published, in milliseconds since the epoch, like the other times. */
  createdAt: number;
  /** When a next key becomes current by itself; null: at the next rotation. */
  effectiveAt: number | null;
  /** When it was replaced; null unless `previous`. */
  retiredAt: number | null;
  /** Seconds: the longest lifetime of a token signed with it. */
  longestLife: number;
}
export type NewKey = Pick<
  KeyRecord,
  'id' | 'algorithm' | 'status' | 'publicJwk' | 'privateJwkSealed' | 'createdAt' | 'effectiveAt'
>;

/** The keys of the handle's tenant, oldest first. */
export async function findKeys(q: Queries): Promise<KeyRecord[]> {
  const rows = await q.all(
    sql.selectFrom('signing_keys').selectAll().where('tenant_id', '=', q.tenantId).orderBy('created_at').orderBy('id'),
  );
  return rows.map((row) => ({
    id: row.id,
    algorithm: row.algorithm as SigningAlgorithm,
    status: row.status as KeyStatus,
    publicJwk: row.public_jwk as Record<string, unknown>,
    privateJwkSealed: row.private_jwk_sealed,
    createdAt: row.created_at.getTime(),
    effectiveAt: row.effective_at?.getTime() ?? null,
    retiredAt: row.retired_at?.getTime() ?? null,
    longestLife: row.longest_life,
  }));
}

/** The same, locked: no other transaction changes the tenant's keys until this one ends. */
export async function lockKeys(tx: Transaction): Promise<KeyRecord[]> {
  await tx.raw("select pg_advisory_xact_lock(hashtextextended('aldaba signing keys ' || $1, 0))", [tx.tenantId]);
  return findKeys(tx);
}

export async function insertKey(tx: Transaction, key: NewKey): Promise<void> {
  await tx.run(
    sql.insertInto('signing_keys').values({
      tenant_id: tx.tenantId,
      id: key.id,
      algorithm: key.algorithm,
      status: key.status,
      public_jwk: JSON.stringify(key.publicJwk),
      private_jwk_sealed: key.privateJwkSealed,
      created_at: new Date(key.createdAt),
      effective_at: key.effectiveAt === null ? null : new Date(key.effectiveAt),
    }),
  );
}

const update = (tx: Transaction, id: string) =>
  sql.updateTable('signing_keys').where('tenant_id', '=', tx.tenantId).where('id', '=', id);

/** The next key becomes the current one at `effectiveAt`. */
export const scheduleKey = (tx: Transaction, id: string, effectiveAt: number): Promise<number> =>
  tx.run(update(tx, id).set({ effective_at: new Date(effectiveAt) }));

export const promoteKey = (tx: Transaction, id: string): Promise<number> =>
  tx.run(update(tx, id).set({ status: 'current', effective_at: null }));

/** Marks a key as replaced: it still verifies what it signed, and its private part is destroyed. */
export const retireKey = (tx: Transaction, id: string, at: number): Promise<number> =>
  tx.run(update(tx, id).set({ status: 'previous', retired_at: new Date(at), private_jwk_sealed: null }));

/** Records that the key signs a token that lives for `life` seconds, longer than any before. */
export async function raiseLongestLife(q: Queries, id: string, life: number): Promise<void> {
  await q.raw('update signing_keys set longest_life = greatest(longest_life, $3) where tenant_id = $1 and id = $2', [
    q.tenantId,
    id,
    life,
  ]);
}

export const deleteKey = (tx: Transaction, id: string): Promise<number> =>
  tx.run(sql.deleteFrom('signing_keys').where('tenant_id', '=', tx.tenantId).where('id', '=', id));
