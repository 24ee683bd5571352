import { type Address, defineFactor } from '../../machine/factor.ts';

/** The user has the address that the code was sent to. */
interface Sent {
  identifier: Address;
}
interface CodeRecords {
  proofs: { EmailVerificationCode: Sent; PhoneVerificationCode: Sent };
  challenges: CodeRecords['proofs'];
}

export const verificationCode = defineFactor<CodeRecords>()({
  proofs: {
    EmailVerificationCode: { role: 'first', amr: 'email', logName: 'EmailVerificationCode', provesAddress: 'code' },
    PhoneVerificationCode: { role: 'first', amr: 'sms', logName: 'PhoneVerificationCode', provesAddress: 'code' },
  },
});

/** The address is one of the account's. */
interface SentToUser extends Sent {
  userId: string;
}
interface EmailRecords {
  proofs: { MfaEmailVerificationCode: SentToUser };
  challenges: EmailRecords['proofs'];
}
interface PhoneRecords {
  proofs: { MfaPhoneVerificationCode: SentToUser };
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
