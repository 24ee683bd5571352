import { z } from 'zod';

/* What the routes of the Account API have in common. */

/** The codes of every route. */
export const accountErrors = ['account_center.not_enabled'] as const;
export const reading = [...accountErrors, 'account_center.field_not_enabled', 'auth.forbidden'] as const;
export const changing = [...reading, 'account_center.field_not_editable'] as const;
/** Needs the header `logto-verification-id`. */
export const proving = [...changing, 'verification_record.permission_denied'] as const;
export const proved = z.object({ newIdentifierVerificationRecordId: z.string().min(1).max(128) });
/** Where a provider is asked who came back. */
export const providerErrors = [
  'connector.general',
  'connector.insufficient_request_parameters',
  'connector.social_auth_code_invalid',
  'connector.social_invalid_access_token',
  'connector.social_invalid_id_token',
  'connector.authorization_failed',
  'connector.invalid_response',
  'connector.timeout',
  'session.invalid_connector_id',
] as const;
