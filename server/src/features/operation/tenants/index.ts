/**
 * The tenants that a caller of the Management API may manage, for the Console's list of them.
 *
 * Owns no table: tenants belong to tenancy, and the roles of administrators in the admin tenant to roles. Requests
 * enter through `routes.ts`.
 */
import { fullAccess, type ManagedTenant } from '@aldaba/contract';
import type { Caller } from '../../../http/guards.ts';
import { adminTenantId } from '../../../tenancy/address.ts';
import type { Tenancy, Tenant } from '../../../tenancy/index.ts';
import type { Roles } from '../../authorization/roles/index.ts';

export interface ManagedTenants {
  /**
   * By ID, without suspended tenants. A token that the admin tenant issued shows every tenant that its user or
   * application has a permission for; a token of another tenant shows that one.
   */
  list: (tenant: Tenant, caller: Caller) => Promise<ManagedTenant[]>;
}

export function createManagedTenants({
  tenancy,
  roles,
}: {
  tenancy: Pick<Tenancy, 'get' | 'list'>;
  roles: Pick<Roles, 'scopesByIndicator'>;
}): ManagedTenants {
  const toManaged = ({ id, name, baseUrl, managementIndicator }: Tenant, scopes: string[]): ManagedTenant => ({
    id,
    name,
    endpoint: baseUrl,
    apiIndicator: managementIndicator,
    scopes,
  });
  return {
    async list(tenant, { subject, issuer, scopes }) {
      if (subject === undefined || issuer !== adminTenantId)
        return [toManaged(tenant, scopes?.has(fullAccess) ? [fullAccess] : [...(scopes ?? [])].sort())];
      const admin = await tenancy.get(adminTenantId);
      const held = await roles.scopesByIndicator(admin.db, subject);
      const active = (await tenancy.list()).filter(({ isSuspended }) => !isSuspended);
      const tenants = await Promise.all(active.map(({ id }) => tenancy.get(id)));
      return tenants.flatMap((each) => {
        const names = held.get(each.managementIndicator);
        return names ? [toManaged(each, names.includes(fullAccess) ? [fullAccess] : names)] : [];
      });
    },
  };
}
