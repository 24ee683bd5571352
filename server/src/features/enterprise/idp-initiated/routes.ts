import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { IdpInitiated } from './service.ts';

/** `/api/sso-connectors/:id/idp-initiated-auth-config`. */
export function idpInitiatedRoutes(implement: Implement, idpInitiated: IdpInitiated): void {
  implement(contract.getIdpInitiatedAuthConfig, ({ tenant, params }) => idpInitiated.get(tenant, params.id));
  implement(contract.setIdpInitiatedAuthConfig, ({ tenant, params, body }) =>
    idpInitiated.set(tenant, params.id, body),
  );
  implement(contract.deleteIdpInitiatedAuthConfig, ({ tenant, params }) => idpInitiated.remove(tenant, params.id));
}
