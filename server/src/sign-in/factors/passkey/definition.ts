import type { NewFactor } from '../../../features/people/mfa-verifications/index.ts';
import { defineFactor } from '../../machine/factor.ts';

interface PasskeyRecords {
  proofs: {
    WebAuthn: { userId: string; factorId: string };
    NewPasskey: { factor: Extract<NewFactor, { type: 'WebAuthn' }> };
  };
  /** `challenge`: what the authenticator signs, base64url. */
  challenges: { WebAuthn: { challenge: string; userId: string }; NewPasskey: { challenge: string } };
}

export const passkey = defineFactor<PasskeyRecords>()({
  second: { type: 'WebAuthn', order: 10, signsIn: true },
  proofs: {
    WebAuthn: { role: 'second', amr: 'pop', logName: 'WebAuthn' },
    NewPasskey: { role: 'new', logName: 'WebAuthn' },
  },
});

interface SignInPasskeyRecords {
  proofs: {
    /** The user has the passkey, and the device has verified the user by PIN, fingerprint or face. */
    SignInPasskey: { userId: string; factorId: string };
  };
  challenges: {
    SignInPasskey: {
      /** What the authenticator signs, base64url. */
      challenge: string;
      /** The user entered it: only a passkey of its account answers. Absent: any passkey does. */
      identifier?: { type: 'username' | 'email' | 'phone'; value: string };
      /** The account of the identifier. Absent if there is none: then nothing answers. */
      userId?: string;
    };
  };
}

export const signInPasskey = defineFactor<SignInPasskeyRecords>()({
  proofs: { SignInPasskey: { role: 'first', amr: 'pop', logName: 'SignInPasskey', isMultiFactor: true } },
});
