import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { ConsentScopesService } from './service.ts';

/** `/api/applications/:applicationId/user-consent-scopes`. */
export function consentScopeRoutes(implement: Implement, scopes: ConsentScopesService): void {
  implement(contract.listApplicationUserConsentScopes, ({ tenant, params }) =>
    scopes.list(tenant.db, params.applicationId),
  );
  implement(contract.createApplicationUserConsentScope, ({ tenant, params, body }) =>
    scopes.add(tenant.db, params.applicationId, body),
  );
  implement(contract.deleteApplicationUserConsentScope, ({ tenant, params }) => scopes.remove(tenant.db, params));
}
