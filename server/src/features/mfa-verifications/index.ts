/**
 * Second factors: the authenticator app, the passkeys and the backup codes of people.
 *
 * Owns the table mfa_verifications, what a secret looks like, which factors may stand beside each other, and the routes below
 * `/api/users/:userId/mfa-verifications`. Does not own when a factor is asked for (sign-in), nor which factors a tenant offers
 * (sign-in-experience). Others read in their own statements whether somebody has one: who has a row has a factor.
 * The Management API enters through `routes.ts`.
 */
export { mfaVerificationRoutes } from './routes.ts';
export { createMfaVerifications, type MfaVerifications, type MfaVerificationsNeeds } from './service.ts';
