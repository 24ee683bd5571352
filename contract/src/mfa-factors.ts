import { z } from 'zod';

/** Second factors that a user sets up, by their names on the wire. */
export const mfaFactorSchema = z.enum(['Totp', 'WebAuthn', 'BackupCode']);
export type MfaFactor = z.output<typeof mfaFactorSchema>;

/** What counts as a second factor at sign-in: also codes to an address of the account. */
export const signInFactorSchema = z.enum([
  ...mfaFactorSchema.options,
  'EmailVerificationCode',
  'PhoneVerificationCode',
]);
export type SignInFactor = z.output<typeof signInFactorSchema>;
