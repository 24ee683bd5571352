import type { Queries, Transaction } from '../../../store/index.ts';

/** The user and the application of a consent. */
export interface Place {
  applicationId: string;
  userId: string;
}

const of = (q: Queries, { applicationId, userId }: Place) => [q.tenantId, applicationId, userId];

/** Undefined if the application does not exist. */
export async function findIsThirdParty(q: Queries, id: string): Promise<boolean | undefined> {
  const [row] = await q.raw<{ is_third_party: boolean }>(
    'select is_third_party from applications where tenant_id = $1 and id = $2',
    [q.tenantId, id],
  );
  return row?.is_third_party;
}

export async function findConsents(q: Queries, place: Place): Promise<string[]> {
  const rows = await q.raw<{ organization_id: string }>(
    `select organization_id from application_consent_organizations
      where tenant_id = $1 and application_id = $2 and user_id = $3`,
    of(q, place),
  );
  return rows.map((row) => row.organization_id);
}

export async function insertConsents(tx: Transaction, place: Place, organizationIds: readonly string[]): Promise<void> {
  if (organizationIds.length === 0) return;
  await tx.raw(
    `insert into application_consent_organizations (tenant_id, application_id, user_id, organization_id)
     select $1, $2, $3, id from unnest($4::text[]) as chosen (id) order by id on conflict do nothing`,
    [...of(tx, place), organizationIds],
  );
}

export async function deleteConsents(tx: Transaction, place: Place): Promise<void> {
  await tx.raw(
    'delete from application_consent_organizations where tenant_id = $1 and application_id = $2 and user_id = $3',
    of(tx, place),
  );
}

/** @returns whether it existed */
export async function deleteConsent(tx: Transaction, place: Place, organizationId: string): Promise<boolean> {
  const rows = await tx.raw(
    `delete from application_consent_organizations
      where tenant_id = $1 and application_id = $2 and user_id = $3 and organization_id = $4 returning 1`,
    [...of(tx, place), organizationId],
  );
  return rows.length > 0;
}
