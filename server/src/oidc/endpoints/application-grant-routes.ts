import * as contract from '@aldaba/contract';
import { type Implement, type Page, Paged } from '../../http/implement.ts';
import type { ApplicationGrants } from '../application-grants.ts';

/** `/api/applications/:id/grants`. */
export function applicationGrantRoutes(implement: Implement, grants: ApplicationGrants): void {
  implement(contract.listApplicationGrants, async ({ tenant, params, page }) => {
    const { items, total } = await grants.list(tenant, params.id, page as Page);
    return new Paged(items, total);
  });
  implement(contract.deleteApplicationGrant, ({ tenant, params }) =>
    grants.revoke(tenant, { applicationId: params.id, grantId: params.grantId }),
  );
}
