/** Why a SAML message was refused. The reasons are stable: logs, tests and other features compare them. */
export type SamlRefusalReason =
  | 'message_too_large'
  | 'malformed_message'
  | 'forbidden_markup'
  | 'unexpected_structure'
  | 'duplicate_id'
  | 'status_not_success'
  | 'wrong_number_of_assertions'
  | 'not_signed'
  | 'signature_not_over_this_element'
  | 'algorithm_not_allowed'
  | 'signature_invalid'
  | 'no_usable_certificate'
  | 'encryption_not_supported'
  | 'decryption_failed'
  | 'issuer_mismatch'
  | 'audience_mismatch'
  | 'recipient_mismatch'
  | 'destination_mismatch'
  | 'in_response_to_mismatch'
  | 'already_answered'
  | 'subject_missing'
  | 'confirmation_missing'
  | 'condition_not_understood'
  | 'time_missing'
  | 'not_yet_valid'
  | 'expired';

/**
 * A SAML message that is not accepted. `detail` is for the audit log of an operator: it names the element or the value
 * that was expected, and never contains a secret or text of more than 200 characters from the message.
 */
export class SamlRefusal extends Error {
  readonly reason: SamlRefusalReason;
  readonly detail: string;

  constructor(reason: SamlRefusalReason, detail: string, options?: ErrorOptions) {
    super(`${reason}: ${detail}`, options);
    this.name = 'SamlRefusal';
    this.reason = reason;
    this.detail = detail;
  }
}

/** Runs `read` and replaces every failure with one reason, so that the caller of the server learns nothing from it. */
export function refusingAs<T>(reason: SamlRefusalReason, detail: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SamlRefusal(reason, detail, { cause });
  }
}
