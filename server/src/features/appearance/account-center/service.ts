import { type AccountCenter, type AccountCenterChange, accountCenterSchema } from '@aldaba/contract';
import { defined } from '../../../kernel/defined.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';

export interface AccountCenters {
  /** Cached. */
  get: (tenant: Tenant) => Promise<AccountCenter>;
  /** Replaces the given members, and the named members of `fields`. */
  update: (tenant: Tenant, change: AccountCenterChange) => Promise<AccountCenter>;
}

const key = 'account-center';

export function createAccountCenters({
  tenancy,
}: {
  tenancy: Pick<Tenancy, 'setting' | 'changeSetting'>;
}): AccountCenters {
  const read = (tenant: Tenant, stored: unknown) =>
    accountCenterSchema.parse({ ...(stored as object | null | undefined), tenantId: tenant.id, id: 'default' });
  return {
    get: async (tenant) => read(tenant, await tenancy.setting(tenant, key)),
    update: async (tenant, { fields, ...change }) => {
      const given = defined(change);
      const { after } = await tenancy.changeSetting(tenant, key, (stored) => {
        const before = read(tenant, stored);
        return accountCenterSchema.parse({ ...before, ...given, fields: { ...before.fields, ...fields } });
      });
      return after;
    },
  };
}
