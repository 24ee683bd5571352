import { type AccountCenter, type AccountCenterChange, accountCenterSchema } from '@aldaba/contract';
import type { Tenancy, Tenant } from '../../tenancy/index.ts';

export interface AccountCenters {
  /** Cached. */
  get(tenant: Tenant): Promise<AccountCenter>;
  /** Replaces the members that are given; of `fields` those that are named. */
  update(tenant: Tenant, change: AccountCenterChange): Promise<AccountCenter>;
}

const key = 'account-center';

export function createAccountCenters({
  tenancy,
}: {
  tenancy: Pick<Tenancy, 'setting' | 'saveSetting'>;
}): AccountCenters {
  const get = async (tenant: Tenant) =>
    accountCenterSchema.parse({
      ...((await tenancy.setting(tenant, key)) as object | undefined),
      tenantId: tenant.id,
      id: 'default',
    });
  return {
    get,
    update: async (tenant, { fields, ...change }) => {
      const before = await get(tenant);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const after = accountCenterSchema.parse({ ...before, ...given, fields: { ...before.fields, ...fields } });
      await tenancy.saveSetting(tenant, key, after);
      return after;
    },
  };
}
