import type { Queries, Transaction } from '../store/database.ts';
import { sql } from '../store/sql.ts';

export interface TenantRecord {
  id: string;
  name: string;
  isSuspended: boolean;
}

export async function findTenant(q: Queries): Promise<TenantRecord | undefined> {
  const row = await q.first(
    sql.selectFrom('tenants').select(['id', 'name', 'is_suspended']).where('id', '=', q.tenantId),
  );
  return row && { id: row.id, name: row.name, isSuspended: row.is_suspended };
}

/** All tenants by ID; needs a handle that sees all of them. */
export const findTenants = async (system: Queries): Promise<TenantRecord[]> =>
  (await system.all(sql.selectFrom('tenants').select(['id', 'name', 'is_suspended']).orderBy('id'))).map((row) => ({
    id: row.id,
    name: row.name,
    isSuspended: row.is_suspended,
  }));

/** Returns false if the tenant existed already. */
export async function insertTenant(q: Queries, tenant: { id: string; name: string }): Promise<boolean> {
  return (
    (await q.run(
      sql
        .insertInto('tenants')
        .values(tenant)
        .onConflict((conflict) => conflict.doNothing()),
    )) > 0
  );
}

export async function findSetting(q: Queries, key: string): Promise<unknown> {
  const row = await q.first(
    sql.selectFrom('tenant_settings').select('value').where('tenant_id', '=', q.tenantId).where('key', '=', key),
  );
  return row?.value;
}

/** The value, locked until the transaction ends; null if it was never set. */
export async function lockSetting(tx: Transaction, key: string): Promise<unknown> {
  // Concurrent first writes must also wait for each other.
  await tx.run(
    sql
      .insertInto('tenant_settings')
      .values({ tenant_id: tx.tenantId, key, value: JSON.stringify(null) })
      .onConflict((conflict) => conflict.doNothing()),
  );
  const [row] = await tx.raw<{ value: unknown }>(
    'select value from tenant_settings where tenant_id = $1 and key = $2 for update',
    [tx.tenantId, key],
  );
  return row?.value;
}

export async function saveSetting(q: Queries, key: string, value: unknown): Promise<void> {
  const json = JSON.stringify(value);
  await q.run(
    sql
      .insertInto('tenant_settings')
      .values({ tenant_id: q.tenantId, key, value: json })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'key']).doUpdateSet({ value: json })),
  );
}
