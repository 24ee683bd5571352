import type { TrustedDevice } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';
import { findList, type Listed, type Slice } from '../../../store/list.ts';
import { sql } from '../../../store/sql.ts';

/** Devices that expire after a moment, last used first. */
export async function findDevices(
  q: Queries,
  { userId, after }: { userId: string; after: Date },
  slice: Slice,
): Promise<Listed<TrustedDevice>> {
  const devices = sql
    .selectFrom('trusted_devices')
    .where('tenant_id', '=', q.tenantId)
    .where('user_id', '=', userId)
    .where('expires_at', '>', after)
    .select(['id', 'user_agent', 'ip', 'country', 'city', 'created_at', 'last_used_at', 'expires_at'])
    .orderBy('last_used_at', 'desc')
    .orderBy('id');
  return findList(q, devices, { slice, toItem: toDevice });
}

const toDevice = (row: {
  id: string;
  user_agent: string | null;
  ip: string | null;
  country: string | null;
  city: string | null;
  created_at: Date;
  last_used_at: Date;
  expires_at: Date;
}): TrustedDevice => ({
  id: row.id,
  userAgent: row.user_agent,
  ip: row.ip,
  country: row.country,
  city: row.city,
  createdAt: row.created_at.getTime(),
  lastUsedAt: row.last_used_at.getTime(),
  expiresAt: row.expires_at.getTime(),
});

export const deleteDevice = (q: Queries, userId: string, id: string): Promise<number> =>
  q.run(
    sql
      .deleteFrom('trusted_devices')
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('id', '=', id),
  );

/** A device of the user that holds this secret and has not expired. */
export async function findDeviceId(
  q: Queries,
  { userId, secretHash, now }: { userId: string; secretHash: string; now: Date },
): Promise<string | undefined> {
  const row = await q.first(
    sql
      .selectFrom('trusted_devices')
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('secret_hash', '=', secretHash)
      .where('expires_at', '>', now)
      .select('id'),
  );
  return row?.id;
}

export async function insertDevice(
  tx: Transaction,
  userId: string,
  { secretHash, ...device }: TrustedDevice & { secretHash: string },
): Promise<void> {
  await tx.run(
    sql.insertInto('trusted_devices').values({
      tenant_id: tx.tenantId,
      id: device.id,
      user_id: userId,
      secret_hash: secretHash,
      user_agent: device.userAgent,
      ip: device.ip,
      country: device.country,
      city: device.city,
      created_at: new Date(device.createdAt),
      last_used_at: new Date(device.lastUsedAt),
      expires_at: new Date(device.expiresAt),
    }),
  );
}

/** Records a use. Returns whether the device was still valid. */
export async function useDevice(q: Queries, { userId, id, now }: { userId: string; id: string; now: Date }) {
  const used = await q.run(
    sql
      .updateTable('trusted_devices')
      .set({ last_used_at: now })
      .where('tenant_id', '=', q.tenantId)
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .where('expires_at', '>', now),
  );
  return used > 0;
}

/** Deletes all devices of the user. Returns their ids. */
export async function deleteAllDevices(tx: Transaction, userId: string): Promise<string[]> {
  const rows = await tx.raw<{ id: string }>(
    'delete from trusted_devices where tenant_id = $1 and user_id = $2 returning id',
    [tx.tenantId, userId],
  );
  return rows.map(({ id }) => id);
}

/** Shortens the life of all devices of the tenant to so many days since they were trusted. */
export async function limitDevices(tx: Transaction, days: number): Promise<void> {
  await tx.raw(
    `update trusted_devices set expires_at = created_at + make_interval(hours => 24 * $2::integer)
      where tenant_id = $1 and expires_at > created_at + make_interval(hours => 24 * $2::integer)`,
    [tx.tenantId, days],
  );
}
