import * as contract from '@aldaba/contract';
import { mayCall } from '../../http/guards.ts';
import { type Implement, type Page, Paged } from '../../http/implement.ts';
import type { ApplicationGrants } from '../application-grants.ts';

/** `/api/applications/:id/grants`. */
export function applicationGrantRoutes(implement: Implement, grants: ApplicationGrants): void {
  implement(contract.listApplicationGrants, async ({ tenant, caller, params, page }) => {
    const { items, total } = await grants.list(tenant, params.id, page as Page);
    if (mayCall(caller, 'read:users')) return new Paged(items, total);
    // Permission to read applications does not include the names and addresses of their users.
    const withoutNames = items.map((grant) => ({ ...grant, user: { id: grant.user.id } }));
    return new Paged(withoutNames, total);
  });
  implement(contract.deleteApplicationGrant, ({ tenant, params }) =>
    grants.revoke(tenant, { applicationId: params.id, grantId: params.grantId }),
  );
}
