import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { MfaVerifications } from './service.ts';

/** `/api/users/:userId/mfa-verifications`. */
export function mfaVerificationRoutes(implement: Implement, factors: MfaVerifications): void {
  implement(contract.listUserMfaVerifications, ({ tenant, params }) => factors.list(tenant.db, params.userId));
  implement(contract.createUserMfaVerification, ({ tenant, params, body }) => factors.add(tenant, params.userId, body));
  implement(contract.deleteUserMfaVerification, ({ tenant, params, query }) =>
    factors.remove(tenant.db, { userId: params.userId, id: params.verificationId, ...query }),
  );
}
