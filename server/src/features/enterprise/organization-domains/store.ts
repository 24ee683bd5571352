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

export async function findDomain(q: Queries, { organizationId, domain }: DomainKey): Promise<DomainRow | undefined> {
  const [row] = await q.raw<DomainRow>(
    'select * from organization_domains where tenant_id = $1 and organization_id = $2 and domain = $3',
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
 * Marks a domain as verified; a verified one stays as it is.
 * @throws AldabaError `entity.unique_integrity_violation` if it is verified for another organization
 */
export async function markVerified(
  tx: Transaction,
  { organizationId, domain }: DomainKey,
  { by, now }: { by: 'dns' | 'email'; now: Date },
): Promise<boolean> {
  const rows = await tx.raw(
    `update organization_domains set verified_at = $4, verified_by = $5
      where tenant_id = $1 and organization_id = $2 and domain = $3 and verified_at is null returning 1 as found`,
    [tx.tenantId, organizationId, domain, now, by],
  );
  return rows.length > 0;
}

export async function deleteDomain(tx: Transaction, { organizationId, domain }: DomainKey): Promise<boolean> {
  const rows = await tx.raw(
    'delete from organization_domains where tenant_id = $1 and organization_id = $2 and domain = $3 returning 1 as found',
    [tx.tenantId, organizationId, domain],
  );
  return rows.length > 0;
}
