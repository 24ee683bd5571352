import type { TeamInvitation, TeamRole } from '@aldaba/contract';
import type { Queries, Transaction } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

/** An invitation to the team of a tenant. */
export interface Invitation {
  id: string;
  managedTenantId: string;
  role: TeamRole;
  email: string | null;
  inviterId: string | null;
}

/** What a link is good for: the first administrator's account, or that of an invited colleague. */
export type Link = { purpose: 'administrator' } | ({ purpose: 'invitation' } & Invitation);

interface Check {
  tokenHash: string;
  /** The time of the check. */
  now: Date;
}

type Row = StoredRow<'one_time_links'>;

/** The table's constraint says which columns a purpose has. */
const toLink = (row: Row): Link =>
  row.purpose === 'administrator' ? { purpose: 'administrator' } : { purpose: 'invitation', ...toInvitation(row) };

const toInvitation = (row: Row): Invitation => ({
  id: row.id as string,
  managedTenantId: row.managed_tenant_id as string,
  role: row.role as TeamRole,
  email: row.email,
  inviterId: row.inviter_id,
});

export const insertLink = (
  q: Queries,
  link: Link,
  { tokenHash, createdAt, expiresAt }: { tokenHash: string; createdAt: Date; expiresAt: Date },
): Promise<number> =>
  q.run(
    sql.insertInto('one_time_links').values({
      tenant_id: q.tenantId,
      token_hash: tokenHash,
      created_at: createdAt,
      expires_at: expiresAt,
      purpose: link.purpose,
      ...(link.purpose === 'invitation'
        ? {
            id: link.id,
            managed_tenant_id: link.managedTenantId,
            role: link.role,
            email: link.email,
            inviter_id: link.inviterId,
          }
        : {}),
    }),
  );

/** A link that can still be used. */
export async function findLink(q: Queries, { tokenHash, now }: Check): Promise<Link | undefined> {
  const row = await q.first(
    sql
      .selectFrom('one_time_links')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .where('token_hash', '=', tokenHash)
      .where('expires_at', '>', now),
  );
  return row && toLink(row);
}

/** Consumes the link; exactly one of several concurrent calls succeeds. */
export const consumeLink = async (q: Queries, { tokenHash, now }: Check): Promise<boolean> =>
  (await q.run(
    sql
      .deleteFrom('one_time_links')
      .where('tenant_id', '=', q.tenantId)
      .where('token_hash', '=', tokenHash)
      .where('expires_at', '>', now),
  )) === 1;

/**
 * Consumes all links for the first administrator, so that no other link creates a second one. Rows are locked in a
 * fixed order, so the second of two concurrent calls finds none.
 * @returns whether the link was among them and could still be used
 */
export async function consumeAllLinks(q: Queries, { tokenHash, now }: Check): Promise<boolean> {
  const rows = await q.raw<{ token_hash: string }>(
    `delete from one_time_links where ctid = any(array(
       select ctid from one_time_links where tenant_id = $1 and purpose = 'administrator' order by token_hash for update))
     and expires_at > $2 returning token_hash`,
    [q.tenantId, now],
  );
  return rows.some((row) => row.token_hash === tokenHash);
}

export const deleteExpiredLinks = (q: Queries, now: Date): Promise<number> =>
  q.run(sql.deleteFrom('one_time_links').where('tenant_id', '=', q.tenantId).where('expires_at', '<=', now));

/** The invitations to a tenant that have not been accepted and have not expired, newest first. */
export async function findInvitations(
  q: Queries,
  managedTenantId: string,
  now: Date,
): Promise<Omit<TeamInvitation, 'isVoid'>[]> {
  const rows = await q.all(
    sql
      .selectFrom('one_time_links')
      .selectAll()
      .where('tenant_id', '=', q.tenantId)
      .where('managed_tenant_id', '=', managedTenantId)
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .orderBy('id'),
  );
  return rows.map((row) => {
    const { id, role, email, inviterId } = toInvitation(row);
    return { id, role, email, inviterId, createdAt: row.created_at.getTime(), expiresAt: row.expires_at.getTime() };
  });
}

/** Deletes invitations to a tenant: one of them, or all of an inviter. Returns their number. */
export function deleteInvitations(
  tx: Transaction,
  managedTenantId: string,
  which: { id: string } | { inviterId: string },
): Promise<number> {
  const query = sql
    .deleteFrom('one_time_links')
    .where('tenant_id', '=', tx.tenantId)
    .where('managed_tenant_id', '=', managedTenantId);
  return tx.run('id' in which ? query.where('id', '=', which.id) : query.where('inviter_id', '=', which.inviterId));
}
