import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { MfaVerifications } from './service.ts';

/** `/api/users/:userId/mfa-verifications`. */
export function mfaVerificationRoutes(implement: Implement, factors: MfaVerifications): void {
  implement(contract.listUserMfaVerifications, ({ tenant, params }) => factors.list(tenant.db, params.userId));
  implement(contract.createUserMfaVerification, async ({ tenant, params, body }) =>
    body.type === 'Totp'
      ? { type: body.type, ...(await factors.addTotp(tenant, params.userId, body.secret)) }
      : { type: body.type, codes: await factors.addBackupCodes(tenant.db, params.userId, body.codes) },
  );
  implement(contract.deleteUserMfaVerification, ({ tenant, params, query }) =>
    factors.remove(tenant.db, { userId: params.userId, id: params.verificationId, ...query }),
  );
}
