import { listManagedTenants } from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { ManagedTenants } from './index.ts';

/** `/api/tenants`. */
export function managedTenantRoutes(implement: Implement, tenants: ManagedTenants): void {
  implement(listManagedTenants, ({ tenant, caller }) => tenants.list(tenant, caller));
}
