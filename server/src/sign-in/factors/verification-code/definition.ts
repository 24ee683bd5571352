import { type Address, defineFactor } from '../../machine/factor.ts';

interface CodeRecords {
  /** The user has the address that the code was sent to. */
  proofs: { EmailVerificationCode: { identifier: Address }; PhoneVerificationCode: { identifier: Address } };
  challenges: CodeRecords['proofs'];
}

export const verificationCode = defineFactor<CodeRecords>()({
  proofs: {
    EmailVerificationCode: { role: 'first', amr: 'email', logName: 'EmailVerificationCode', provesAddress: 'code' },
    PhoneVerificationCode: { role: 'first', amr: 'sms', logName: 'PhoneVerificationCode', provesAddress: 'code' },
  },
});
