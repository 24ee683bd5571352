import type { Queries, Transaction } from '../../../store/index.ts';
import { type StoredRow, sql } from '../../../store/sql.ts';

export type DomainRow = StoredRow<'organization_domains'>;

/** A domain of an organization. */
export interface DomainKey {
  organizationId: string;
  domain: string;
}

export const findDomains = (q: Queries, organizationId: string): Promise<DomainRow[]> =>
  q.raw('select * from organization_domains where tenant_id = $1 and organization_id = $2 order by domain', [
    q.tenantId,
    organizationId,
  ]);

/** Lets one transaction at a time add domains of an organization, so that they can be counted. */
export async function lockDomains(tx: Transaction, organizationId: string): Promise<void> {
  await tx.raw("select pg_advisory_xact_lock(hashtextextended('aldaba domains ' || $1 || ' ' || $2, 0))", [
    tx.tenantId,
    organizationId,
  ]);
}

export async function findDomain(
  q: Queries,
  { organizationId, domain }: DomainKey,
  { locks = false } = {},
): Promise<DomainRow | undefined> {
  const [row] = await q.raw<DomainRow>(
    `select * from organization_domains where tenant_id = $1 and organization_id = $2 and domain = $3
      ${locks ? 'for update' : ''}`,
    [q.tenantId, organizationId, domain],
  );
  return row;
}

/** @throws AldabaError `entity.unique_integrity_violation`, `entity.relation_foreign_key_not_found` */
export const insertDomain = (tx: Transaction, row: DomainKey & { token: string; now: Date }): Promise<unknown> =>
  tx.run(
    sql.insertInto('organization_domains').values({
      tenant_id: tx.tenantId,
      organization_id: row.organizationId,
      domain: row.domain,
      token: row.token,
      created_at: row.now,
    }),
  );

/**
 * Stores a proof. When a verified domain was verified first is kept.
 * @throws AldabaError `entity.unique_integrity_violation` if it is verified for another organization
 */
export const markVerified = (
  tx: Transaction,
  { organizationId, domain }: DomainKey,
  proof: { by: 'dns' | 'email'; now: Date; nextCheckAt: Date },
): Promise<unknown> =>
  tx.raw(
    `update organization_domains
        set verified_at = coalesce(verified_at, $4), verified_by = $5, checked_at = $4, next_check_at = $6,
          missing_since = null, lost_at = null
      where tenant_id = $1 and organization_id = $2 and domain = $3`,
    [tx.tenantId, organizationId, domain, proof.now, proof.by, proof.nextCheckAt],
  );

/** Stores what a check found. */
export const markChecked = (
  tx: Transaction,
  { organizationId, domain }: DomainKey,
  found: { now: Date; nextCheckAt: Date; missingSince: Date | null },
): Promise<unknown> =>
  tx.raw(
    `update organization_domains set checked_at = $4, next_check_at = $5, missing_since = $6
      where tenant_id = $1 and organization_id = $2 and domain = $3`,
    [tx.tenantId, organizationId, domain, found.now, found.nextCheckAt, found.missingSince],
  );

/** Ends the verification. */
export const markLost = (tx: Transaction, { organizationId, domain }: DomainKey, now: Date): Promise<unknown> =>
  tx.raw(
    `update organization_domains
        set verified_at = null, verified_by = null, checked_at = $4, next_check_at = null, missing_since = null,
          lost_at = $4
      where tenant_id = $1 and organization_id = $2 and domain = $3`,
    [tx.tenantId, organizationId, domain, now],
  );

/** A domain of any tenant, and the value that its record must have. */
export interface DueDomain extends DomainKey {
  tenantId: string;
  token: string;
}

/** Domains in one round. */
const batch = 20;

/** Takes domains of all tenants that are due. Another process gets them at `until` the earliest. */
export const takeDue = (system: Queries, now: Date, until: Date): Promise<DueDomain[]> =>
  system.raw(
    `update organization_domains set next_check_at = $2
      where ctid = any(array(select ctid from organization_domains where next_check_at <= $1
        order by next_check_at limit ${batch} for update skip locked))
      returning tenant_id as "tenantId", organization_id as "organizationId", domain, token`,
    [now, until],
  );

export async function deleteDomain(tx: Transaction, { organizationId, domain }: DomainKey): Promise<boolean> {
  const rows = await tx.raw(
    'delete from organization_domains where tenant_id = $1 and organization_id = $2 and domain = $3 returning 1 as found',
    [tx.tenantId, organizationId, domain],
  );
  return rows.length > 0;
}
