import * as contract from '@aldaba/contract';
import { type Implement, Paged } from '../../../http/implement.ts';
import type { ConsentOrganizations } from './service.ts';

/** `/api/applications/:id/users/:userId/consent-organizations`. */
export function consentOrganizationRoutes(implement: Implement, consents: ConsentOrganizations): void {
  const placeOf = ({ id, userId }: { id: string; userId: string }) => ({ applicationId: id, userId });
  implement(contract.listApplicationUserConsentOrganizations, async ({ tenant, params, page }) => {
    const all = await consents.list(tenant.db, placeOf(params));
    const shown = page ? all.slice(page.offset, page.offset + page.limit) : all;
    return new Paged(shown, all.length, false, 'organizations');
  });
  implement(contract.createApplicationUserConsentOrganization, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => consents.add(tx, placeOf(params), body.organizationIds)),
  );
  implement(contract.replaceApplicationUserConsentOrganizations, ({ tenant, params, body }) =>
    tenant.db.transaction((tx) => consents.replace(tx, placeOf(params), body.organizationIds)),
  );
  implement(contract.deleteApplicationUserConsentOrganization, ({ tenant, params }) =>
    tenant.db.transaction((tx) => consents.remove(tx, placeOf(params), params.organizationId)),
  );
}
