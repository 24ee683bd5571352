import type { Queries } from '../../store/database.ts';

/** What a record is good for; see the table. */
export type RecordPurpose = 'permission' | 'address' | 'social' | 'passkey';

export interface StoredRecord {
  purpose: RecordPurpose;
  isVerified: boolean;
  dataSealed: string;
}

/** Whose record it is. */
export interface RecordOwner {
  userId: string;
  grantId: string;
}

/** Stores a record, in place of one of the owner with the same ID, and deletes those of the user that have expired. */
export const insertRecord = (
  q: Queries,
  record: StoredRecord & RecordOwner & { idHash: string; createdAt: Date; expiresAt: Date },
): Promise<unknown> =>
  q.raw(
    `with expired as (delete from verification_records where tenant_id = $1 and user_id = $3 and id_hash <> $2 and expires_at <= $8)
     insert into verification_records
       (tenant_id, id_hash, user_id, grant_id, purpose, is_verified, data_sealed, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, id_hash) do update set purpose = excluded.purpose, is_verified = excluded.is_verified,
       data_sealed = excluded.data_sealed, created_at = excluded.created_at, expires_at = excluded.expires_at
       where verification_records.user_id = excluded.user_id and verification_records.grant_id = excluded.grant_id`,
    [
      q.tenantId,
      record.idHash,
      record.userId,
      record.grantId,
      record.purpose,
      record.isVerified,
      record.dataSealed,
      record.createdAt,
      record.expiresAt,
    ],
  );

const mine = 'tenant_id = $1 and id_hash = $2 and user_id = $3 and grant_id = $4 and expires_at > $5';
const keyOf = (q: Queries, idHash: string, { userId, grantId }: RecordOwner, now: Date) => [
  q.tenantId,
  idHash,
  userId,
  grantId,
  now,
];
const members = 'purpose, is_verified as "isVerified", data_sealed as "dataSealed"';

export async function findRecord(
  q: Queries,
  idHash: string,
  owner: RecordOwner,
  now: Date,
): Promise<StoredRecord | undefined> {
  const [row] = await q.raw<StoredRecord>(
    `select ${members} from verification_records where ${mine}`,
    keyOf(q, idHash, owner, now),
  );
  return row;
}

/**
 * Deletes a record that is for one of the purposes, and verified or not, as wanted. Returns it: exactly one of several
 * concurrent calls gets it.
 */
export async function takeRecord(
  q: Queries,
  idHash: string,
  owner: RecordOwner,
  wanted: { now: Date; isVerified: boolean; purposes: readonly RecordPurpose[] },
): Promise<StoredRecord | undefined> {
  const [row] = await q.raw<StoredRecord>(
    `delete from verification_records where ${mine} and is_verified = $6 and purpose = any($7::text[]) returning ${members}`,
    [...keyOf(q, idHash, owner, wanted.now), wanted.isVerified, wanted.purposes],
  );
  return row;
}

/** Marks a record as verified, once. Returns whether it was waiting. */
export async function completeRecord(
  q: Queries,
  idHash: string,
  owner: RecordOwner,
  { dataSealed, now }: { dataSealed: string; now: Date },
): Promise<boolean> {
  const rows = await q.raw(
    `update verification_records set is_verified = true, data_sealed = $6 where ${mine} and not is_verified returning id_hash`,
    [...keyOf(q, idHash, owner, now), dataSealed],
  );
  return rows.length > 0;
}
