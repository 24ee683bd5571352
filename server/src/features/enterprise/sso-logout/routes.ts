import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/implement.ts';
import type { SsoLogout } from './service.ts';

/** `/api/authn/single-sign-on/oidc/:connectorId/backchannel-logout`. */
export function ssoLogoutRoutes(implement: Implement, logout: SsoLogout): void {
  implement(contract.receiveSsoLogout, ({ tenant, params, body }) =>
    logout.receive(tenant, params.connectorId, body.logout_token),
  );
}
