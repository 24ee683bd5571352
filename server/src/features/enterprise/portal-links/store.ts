import { deleteExpired, type Queries, type Transaction } from '../../../store/index.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

export type LinkRow = StoredRow<'portal_links'>;

/** Newest first. */
export const findLinks = (q: Queries, organizationId: string): Promise<LinkRow[]> =>
  q.raw('select * from portal_links where tenant_id = $1 and organization_id = $2 order by created_at desc, id', [
    q.tenantId,
    organizationId,
  ]);

export const insertLink = (
  tx: Transaction,
  link: Omit<LinkRow, 'tenant_id' | 'session_hash' | 'started_at' | 'last_seen_at'>,
): Promise<unknown> => tx.run(sql.insertInto('portal_links').values({ tenant_id: tx.tenantId, ...link }));

/** Replaces the parts of a link; undefined if the organization has no such link. */
export async function updateParts(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
  parts: readonly string[],
): Promise<LinkRow | undefined> {
  const [row] = await tx.raw<LinkRow>(
    'update portal_links set parts = $4 where tenant_id = $1 and organization_id = $2 and id = $3 returning *',
    [tx.tenantId, organizationId, id, parts],
  );
  return row;
}

export async function deleteLink(
  tx: Transaction,
  { organizationId, id }: { organizationId: string; id: string },
): Promise<boolean> {
  const rows = await tx.raw(
    'delete from portal_links where tenant_id = $1 and organization_id = $2 and id = $3 returning 1 as found',
    [tx.tenantId, organizationId, id],
  );
  return rows.length > 0;
}

/** A link that can be started. */
export async function findUnused(q: Queries, secretHash: string, now: Date): Promise<LinkRow | undefined> {
  const [row] = await q.raw<LinkRow>(
    'select * from portal_links where tenant_id = $1 and secret_hash = $2 and started_at is null and expires_at > $3',
    [q.tenantId, secretHash, now],
  );
  return row;
}

/** Uses a link up. Exactly one of several concurrent calls returns it. */
export async function startLink(
  tx: Transaction,
  { secretHash, sessionHash, now }: { secretHash: string; sessionHash: string; now: Date },
): Promise<LinkRow | undefined> {
  const [row] = await tx.raw<LinkRow>(
    `update portal_links set session_hash = $3, started_at = $4, last_seen_at = $4
      where tenant_id = $1 and secret_hash = $2 and started_at is null and expires_at > $4 returning *`,
    [tx.tenantId, secretHash, sessionHash, now],
  );
  return row;
}

/** The link of a live session. The call counts as a request of it. */
export async function seeSession(
  q: Queries,
  sessionHash: string,
  { now, startedAfter, seenAfter }: { now: Date; startedAfter: Date; seenAfter: Date },
): Promise<LinkRow | undefined> {
  const [row] = await q.raw<LinkRow>(
    `update portal_links set last_seen_at = $3
      where tenant_id = $1 and session_hash = $2 and started_at > $4 and last_seen_at > $5 returning *`,
    [q.tenantId, sessionHash, now, startedAfter, seenAfter],
  );
  return row;
}

export const endSession = (tx: Transaction, id: string): Promise<unknown> =>
  tx.raw('update portal_links set session_hash = null where tenant_id = $1 and id = $2', [tx.tenantId, id]);

/** Milliseconds that operators see a link after its last possible start; a session is much shorter. */
const keptFor = 30 * 86_400_000;

/** Deletes old links of all tenants, with their sessions. */
export const sweepPortalLinks = (system: Queries, now: number, isStopped: () => boolean): Promise<number> =>
  deleteExpired(system, { table: 'portal_links', values: [new Date(now - keptFor)] }, isStopped);
