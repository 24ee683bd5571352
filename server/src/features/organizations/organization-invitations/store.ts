import type { OrganizationInvitation } from '@aldaba/contract';
import { emailKey } from '../../../kernel/identifiers.ts';
import type { Queries, Transaction } from '../../../store/database.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

interface Row extends StoredRow<'organization_invitations'> {
  roles: { id: string; name: string }[];
}

/** A pending invitation past its deadline counts as expired, even if its row still says pending. */
const toInvitation = (row: Row, now: Date): OrganizationInvitation => ({
  tenantId: row.tenant_id,
  id: row.id,
  inviterId: row.inviter_id,
  invitee: row.invitee,
  acceptedUserId: row.accepted_user_id,
  organizationId: row.organization_id,
  status:
    row.status === 'Pending' && row.expires_at <= now ? 'Expired' : (row.status as OrganizationInvitation['status']),
  createdAt: row.created_at.getTime(),
  updatedAt: row.updated_at.getTime(),
  expiresAt: row.expires_at.getTime(),
  organizationRoles: row.roles,
});

const select = `select i.*, (
    select coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'name', r.name) order by r.name), '[]')
      from organization_invitation_roles h join organization_roles r on r.tenant_id = h.tenant_id and r.id = h.organization_role_id
     where h.tenant_id = i.tenant_id and h.invitation_id = i.id) as roles
  from organization_invitations i where i.tenant_id = $1`;

export async function findInvitation(q: Queries, id: string, now: Date): Promise<OrganizationInvitation | undefined> {
  const [row] = await q.raw<Row>(`${select} and i.id = $2`, [q.tenantId, id]);
  return row && toInvitation(row, now);
}

/** Locks the row until the transaction ends, so that only one of two concurrent decisions counts. */
export async function lockInvitation(
  tx: Transaction,
  id: string,
  now: Date,
): Promise<OrganizationInvitation | undefined> {
  const [row] = await tx.raw<Row>(`${select} and i.id = $2 for update`, [tx.tenantId, id]);
  return row && toInvitation(row, now);
}

export interface InvitationFilter {
  organizationId?: string | undefined;
  inviterId?: string | undefined;
  invitee?: string | undefined;
}

/** Newest first. */
export async function findInvitationList(
  q: Queries,
  { organizationId, inviterId, invitee }: InvitationFilter,
  now: Date,
): Promise<OrganizationInvitation[]> {
  const conditions: string[] = [];
  const values: unknown[] = [q.tenantId];
  const add = (column: string, value: string | undefined) => {
    if (value !== undefined) conditions.push(` and ${column} = $${values.push(value)}`);
  };
  add('i.organization_id', organizationId);
  add('i.inviter_id', inviterId);
  add('lower(i.invitee)', invitee === undefined ? undefined : emailKey(invitee));
  const rows = await q.raw<Row>(`${select}${conditions.join('')} order by i.created_at desc, i.id`, values);
  return rows.map((row) => toInvitation(row, now));
}

export interface NewInvitation {
  id: string;
  organizationId: string;
  inviterId: string | null;
  invitee: string;
  expiresAt: Date;
  roleIds: readonly string[];
}

/**
 * Stores an invitation, replacing an expired one to the same address.
 * @throws AldabaError `entity.unique_integrity_violation` while another one is pending,
 *   `entity.relation_foreign_key_not_found`
 */
export async function insertInvitation(tx: Transaction, invitation: NewInvitation, now: Date): Promise<void> {
  await tx.raw(
    `update organization_invitations set status = 'Expired', updated_at = $4
      where tenant_id = $1 and organization_id = $2 and lower(invitee) = $3 and status = 'Pending' and expires_at <= $4`,
    [tx.tenantId, invitation.organizationId, emailKey(invitation.invitee), now],
  );
  await tx.run(
    sql.insertInto('organization_invitations').values({
      tenant_id: tx.tenantId,
      id: invitation.id,
      organization_id: invitation.organizationId,
      inviter_id: invitation.inviterId,
      invitee: invitation.invitee,
      created_at: now,
      updated_at: now,
      expires_at: invitation.expiresAt,
    }),
  );
  if (invitation.roleIds.length === 0) return;
  await tx.raw(
    `insert into organization_invitation_roles (tenant_id, invitation_id, organization_role_id)
     select $1, $2, role.id from unnest($3::text[]) as role (id)`,
    [tx.tenantId, invitation.id, invitation.roleIds],
  );
}

export async function settleInvitation(
  tx: Transaction,
  id: string,
  to: { status: 'Accepted' | 'Revoked'; acceptedUserId: string | null; now: Date },
): Promise<void> {
  await tx.run(
    sql
      .updateTable('organization_invitations')
      .set({ status: to.status, accepted_user_id: to.acceptedUserId, updated_at: to.now })
      .where('tenant_id', '=', tx.tenantId)
      .where('id', '=', id),
  );
}

export const deleteInvitationRow = (q: Queries, id: string): Promise<number> =>
  q.run(sql.deleteFrom('organization_invitations').where('tenant_id', '=', q.tenantId).where('id', '=', id));
