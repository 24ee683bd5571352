import type { ApplicationGrant } from '@aldaba/contract';
import * as contract from '@aldaba/contract';
import { mayCall } from '../../http/guards.ts';
import { type Implement, type Page, Paged } from '../../http/implement.ts';
import type { ApplicationGrants } from '../application-grants.ts';

/** Permission to read applications does not include the names and addresses of their users, nor their browsers. */
const withoutPerson = ({ user, session, ...grant }: ApplicationGrant): ApplicationGrant => ({
  ...grant,
  user: { id: user.id },
  session: session && { id: session.id, authenticatedAt: session.authenticatedAt, ip: null, userAgent: null },
});

/** `/api/applications/:id/grants`. */
export function applicationGrantRoutes(implement: Implement, grants: ApplicationGrants): void {
  implement(contract.listApplicationGrants, async ({ tenant, caller, params, page }) => {
    const { items, total } = await grants.list(tenant, params.id, page as Page);
    if (mayCall(caller, 'read:users')) return new Paged(items, total);
    return new Paged(items.map(withoutPerson), total);
  });
  implement(contract.deleteApplicationGrant, ({ tenant, params }) =>
    grants.revoke(tenant, { applicationId: params.id, grantId: params.grantId }),
  );
}
