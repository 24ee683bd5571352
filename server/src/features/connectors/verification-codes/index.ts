/**
 * Verification codes: six digits sent to an email address or a phone number.
 *
 * Owns the table verification_codes (codes under a keyed hash, one per address and purpose) and the limit on guesses.
 * `deliveries.ts` sends messages in the background. Does not own the rate of messages (message-limits), their delivery
 * (connectors), or the meaning of a code in a sign-in (sign-in, which enters through `send` and `verify`). The
 * Management API enters through `routes.ts`.
 */
export {
  type CodeDelivery,
  type CodeMessage,
  type CodePurpose,
  createVerificationCodes,
  type VerificationCodes,
} from './service.ts';
