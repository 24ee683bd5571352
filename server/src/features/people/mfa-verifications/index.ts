/**
 * Second factors of users.
 *
 * Owns the table mfa_verifications, the format of secrets, the verification of answers, the rules for combining
 * factors, and the routes below `/api/users/:userId/mfa-verifications`. Does not own when a factor is
 * required or how often it may be tried (sign-in), or which factors a tenant offers (sign-in-experience). Statements of
 * other features check whether a user has a row here: one row is one factor. The Management API enters through
 * `routes.ts`, sign-in through `createSecondFactors`.
 */
export {
  type AuthenticationOptions,
  createSecondFactors,
  type NewFactor,
  type RegistrationOptions,
  type SecondFactors,
} from './second-factors.ts';
export { createMfaVerifications, type MfaVerifications } from './service.ts';
export { deleteAllFactors, type MfaStatus } from './store.ts';
