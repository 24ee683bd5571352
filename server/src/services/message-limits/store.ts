import { deleteExpired, type Queries, type Transaction } from '../../store/index.ts';

/**
 * Counts a message under several keys in one statement, so that concurrent requests cannot exceed a limit together. An
 * expired counter starts again.
 * @param keys in an order that all callers share, which prevents deadlocks
 */
export async function countMessage(
  tx: Transaction,
  keys: readonly { key: string; expiresAt: Date }[],
  now: Date,
): Promise<Map<string, { sent: number; expiresAt: Date }>> {
  const rows = await tx.raw<{ key: string; sent: number; expires_at: Date }>(
    `insert into message_limits as m (tenant_id, key, sent, expires_at)
     select $1, k.key, 1, k.expires_at from unnest($2::text[], $3::timestamptz[]) with ordinality as k (key, expires_at, place)
      order by k.place
     on conflict (tenant_id, key) do update set
       sent = case when m.expires_at <= $4 then 1 else least(m.sent + 1, 1000000000) end,
       expires_at = case when m.expires_at <= $4 then excluded.expires_at else m.expires_at end
     returning key, sent, expires_at`,
    [tx.tenantId, keys.map(({ key }) => key), keys.map(({ expiresAt }) => expiresAt), now],
  );
  return new Map(rows.map(({ key, sent, expires_at: expiresAt }) => [key, { sent, expiresAt }] as const));
}

/** Deletes expired counters of all tenants. */
export const sweepMessageLimits = (system: Queries, now: number, isStopped: () => boolean): Promise<number> =>
  deleteExpired(system, { table: 'message_limits', values: [new Date(now)] }, isStopped);
