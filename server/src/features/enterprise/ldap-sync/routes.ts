import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { LdapSyncs } from './service.ts';

/** `/api/sso-connectors/:id/sync`. */
export function ldapSyncRoutes(implement: Implement, syncs: LdapSyncs): void {
  implement(contract.getLdapSync, ({ tenant, params }) => syncs.get(tenant, params.id));
  implement(contract.setLdapSync, ({ tenant, params, body }) => syncs.set(tenant, params.id, body));
  implement(contract.deleteLdapSync, ({ tenant, params }) => syncs.remove(tenant, params.id));
  implement(contract.runLdapSync, ({ tenant, params, body }) => syncs.run(tenant, params.id, body));
}
