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
    consents.add(tenant.db, placeOf(params), body.organizationIds),
  );
  implement(contract.replaceApplicationUserConsentOrganizations, ({ tenant, params, body }) =>
    consents.replace(tenant.db, placeOf(params), body.organizationIds),
  );
  implement(contract.deleteApplicationUserConsentOrganization, ({ tenant, params }) =>
    consents.remove(tenant.db, placeOf(params), params.organizationId),
  );
}
