import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { AccessControlService } from './service.ts';

/** `/api/applications/:applicationId/access-control`. */
export function accessControlRoutes(implement: Implement, accessControl: AccessControlService): void {
  implement(contract.getApplicationAccessControl, ({ tenant, params }) =>
    accessControl.get(tenant.db, params.applicationId),
  );
  implement(contract.replaceApplicationAccessControl, ({ tenant, params, body }) =>
    accessControl.replace(tenant.db, params.applicationId, body),
  );
}
