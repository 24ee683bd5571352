/**
 * Verification codes: six digits sent to an e-mail address or a phone, outside of a sign-in.
 *
 * Owns the table verification_codes (codes under a keyed hash, one an address and purpose) and the limits on sending and
 * guessing; the first message too many is told to webhooks. Does not own how a message is sent (connectors). Requests enter at
 * `routes.ts`.
 */
export { verificationCodeRoutes } from './routes.ts';
export { createVerificationCodes, type VerificationCodes } from './service.ts';
