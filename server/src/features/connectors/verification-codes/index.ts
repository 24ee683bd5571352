/**
 * Verification codes: six digits sent to an email address or a phone.
 *
 * Owns the table verification_codes (codes under a keyed hash, one an address and purpose) and the limit on
 * guessing. Messages sent in the background are in `deliveries.ts`. Does not own how often messages are sent (message-limits), how a
 * message is sent (connectors), nor what a code proves in a sign-in (sign-in, which enters through `send` and `verify`).
 * The Management API enters at `routes.ts`.
 */
export {
  type CodeDelivery,
  type CodeMessage,
  type CodePurpose,
  createVerificationCodes,
  type VerificationCodes,
} from './service.ts';
