import type { OrganizationDomain } from '@aldaba/contract';
import { graceOf } from './rules.ts';
import type { DomainRow } from './store.ts';

export const toDomain = (row: DomainRow): OrganizationDomain => ({
  tenantId: row.tenant_id,
  organizationId: row.organization_id,
  domain: row.domain,
  isVerified: row.verified_at !== null,
  verifiedBy: proofOf(row),
  verifiedAt: row.verified_at?.getTime() ?? null,
  checkedAt: row.checked_at?.getTime() ?? null,
  missingSince: row.missing_since?.getTime() ?? null,
  losesAt: lossOf(row),
  lostAt: row.lost_at?.getTime() ?? null,
  createdAt: row.created_at.getTime(),
  record: recordOf(row),
  email: `postmaster@${row.domain}`,
});

export const proofOf = (row: DomainRow): OrganizationDomain['verifiedBy'] =>
  row.verified_by as OrganizationDomain['verifiedBy'];

/** A record counts as long as it is there, a confirmation for a known time. */
function lossOf(row: DomainRow): number | null {
  const proof = proofOf(row);
  const since = row.missing_since ?? (proof === 'email' ? row.next_check_at : null);
  return proof === null || since === null ? null : since.getTime() + graceOf(proof);
}

/** The record that verifies a domain. */
export const recordOf = ({ domain, token }: { domain: string; token: string }): OrganizationDomain['record'] => ({
  type: 'TXT',
  name: `_aldaba-challenge.${domain}`,
  value: token,
});
