import { defineFactor } from '../../machine/factor.ts';

interface PasswordRecords {
  proofs: {
    Password: {
      identifier: { type: 'username' | 'email' | 'phone'; value: string };
      userId: string;
      /** Hash of the digest that was verified: once the password is replaced, it proves nothing. */
      passwordHash: string;
      /** The password was right, and has expired: it must be replaced. */
      expired?: true;
    };
    /** `password`: a digest, sealed. */
    NewPasswordIdentity: { identifier: { type: 'username'; value: string }; password: string };
  };
  challenges: object;
}

export const password = defineFactor<PasswordRecords>()({
  proofs: {
    Password: { role: 'first', amr: 'pwd', logName: 'Password' },
    NewPasswordIdentity: { role: 'first', amr: 'pwd', logName: 'NewPasswordIdentity' },
  },
});
