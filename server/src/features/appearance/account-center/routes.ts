import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { AccountCenters } from './service.ts';

/** `/api/account-center`, the public copy below `/api/.well-known`, and `/.well-known/webauthn`. */
export function accountCenterRoutes(implement: Implement, accountCenters: AccountCenters): void {
  implement(contract.getAccountCenter, ({ tenant }) => accountCenters.get(tenant));
  implement(contract.updateAccountCenter, ({ tenant, body }) => accountCenters.update(tenant, body));
  implement(contract.getPublicAccountCenter, ({ tenant }) => accountCenters.get(tenant));
  implement(contract.getRelatedOrigins, async ({ tenant }) => ({
    origins: await accountCenters.passkeyOrigins(tenant),
  }));
}
