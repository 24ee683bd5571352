import type { OrganizationDomain } from '@aldaba/contract';
import { grace } from './rules.ts';
import type { DomainRow } from './store.ts';

export const toDomain = (row: DomainRow): OrganizationDomain => ({
  tenantId: row.tenant_id,
  organizationId: row.organization_id,
  domain: row.domain,
  isVerified: row.verified_at !== null,
  verifiedBy: row.verified_by as OrganizationDomain['verifiedBy'],
  verifiedAt: row.verified_at?.getTime() ?? null,
  checkedAt: row.checked_at?.getTime() ?? null,
  missingSince: row.missing_since?.getTime() ?? null,
  losesAt: row.missing_since === null ? null : row.missing_since.getTime() + grace,
  lostAt: row.lost_at?.getTime() ?? null,
  createdAt: row.created_at.getTime(),
  record: recordOf(row),
  email: `postmaster@${row.domain}`,
});

/** The record that verifies a domain. */
export const recordOf = ({ domain, token }: { domain: string; token: string }): OrganizationDomain['record'] => ({
  type: 'TXT',
  name: `_aldaba-challenge.${domain}`,
  value: token,
});
