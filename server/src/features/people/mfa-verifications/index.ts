/**
 * Second factors: the authenticator app, the passkeys and the backup codes of people.
 *
 * Owns the table mfa_verifications, what a secret looks like, whether a code or a passkey counts, which factors may stand beside
 * each other, and the routes below `/api/users/:userId/mfa-verifications`. Does not own when a factor is asked for, nor how often
 * one may be tried (sign-in), nor which factors a tenant offers (sign-in-experience). Others read in their own statements whether
 * somebody has one: who has a row has a factor.
 * The Management API enters through `routes.ts`, the sign-in through `createSecondFactors`.
 */
export type { AuthenticationOptions, RegistrationOptions } from './passkeys.ts';
export { createSecondFactors, type NewFactor, type SecondFactors } from './second-factors.ts';
export { createMfaVerifications, type MfaVerifications } from './service.ts';
export type { MfaStanding } from './store.ts';
