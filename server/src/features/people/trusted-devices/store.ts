import type { TrustedDevice } from '@aldaba/contract';
import type { Queries } from '../../../store/database.ts';
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
