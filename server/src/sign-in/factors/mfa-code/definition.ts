import { type Address, defineFactor } from '../../machine/factor.ts';

interface Sent {
  userId: string;
  identifier: Address;
}
interface EmailRecords {
  proofs: { MfaEmailVerificationCode: Sent };
  challenges: EmailRecords['proofs'];
}
interface PhoneRecords {
  proofs: { MfaPhoneVerificationCode: Sent };
  challenges: PhoneRecords['proofs'];
}

export const emailMfaCode = defineFactor<EmailRecords>()({
  second: { type: 'EmailVerificationCode', order: 40, address: 'email' },
  proofs: { MfaEmailVerificationCode: { role: 'second', amr: 'email', logName: 'MfaEmailVerificationCode' } },
});
export const phoneMfaCode = defineFactor<PhoneRecords>()({
  second: { type: 'PhoneVerificationCode', order: 30, address: 'phone' },
  proofs: { MfaPhoneVerificationCode: { role: 'second', amr: 'sms', logName: 'MfaPhoneVerificationCode' } },
});
