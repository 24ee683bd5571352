import type { NewFactor } from '../../../features/people/mfa-verifications/index.ts';
import { defineFactor } from '../../machine/factor.ts';

interface PasskeyRecords {
  proofs: { WebAuthn: { userId: string }; NewPasskey: { factor: Extract<NewFactor, { type: 'WebAuthn' }> } };
  /** `challenge`: what the authenticator signs, base64url. */
  challenges: { WebAuthn: { challenge: string; userId: string }; NewPasskey: { challenge: string } };
}

export const passkey = defineFactor<PasskeyRecords>()({
  second: { type: 'WebAuthn', order: 10 },
  proofs: {
    WebAuthn: { role: 'second', amr: 'pop', logName: 'WebAuthn' },
    NewPasskey: { role: 'new', logName: 'WebAuthn' },
  },
});
