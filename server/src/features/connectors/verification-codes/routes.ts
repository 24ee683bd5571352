import * as contract from '@aldaba/contract';
import type { Implement } from '../../../http/index.ts';
import type { Address, VerificationCodes } from './service.ts';

const addressOf = (body: { email: string } | { phone: string }): Address =>
  'email' in body ? { type: 'Email', value: body.email } : { type: 'Sms', value: body.phone };

/** `/api/verification-codes`. */
export function verificationCodeRoutes(implement: Implement, codes: VerificationCodes): void {
  implement(contract.createVerificationCode, ({ tenant, body }) =>
    codes.send(tenant, addressOf(body), { purpose: 'management', template: 'Generic', delivery: 'awaited' }),
  );
  implement(contract.verifyVerificationCode, ({ tenant, body }) =>
    codes.verify(tenant, addressOf(body), { purpose: 'management', code: body.verificationCode }),
  );
}
