import type { NewFactor } from '../../../features/people/mfa-verifications/index.ts';
import { defineFactor } from '../../machine/factor.ts';

interface TotpRecords {
  proofs: { Totp: { userId: string; factorId: string }; NewTotp: { factor: Extract<NewFactor, { type: 'Totp' }> } };
  /** The secret of an authenticator app that is being set up. */
  challenges: { NewTotp: { secretSealed: string } };
}

export const totp = defineFactor<TotpRecords>()({
  second: { type: 'Totp', order: 20 },
  proofs: {
    Totp: { role: 'second', amr: 'otp', logName: 'Totp' },
    NewTotp: { role: 'new', logName: 'Totp' },
  },
});
