import { z } from 'zod';
import { signInFactorSchema } from './mfa-factors.ts';
import { route } from './route.ts';
import { jsonObject } from './values.ts';
import { messageErrors, messageStatuses } from './verification-codes.ts';

/*
 * The Experience API's second factors: verified in addition to the first factor, and set up by identified users.
 */

const tag = 'Experience';
const access = 'interaction';
const verificationId = z.string().min(1).max(128);
const verified = z.object({ verificationId: z.string() });
const code = z.string().min(1).max(64);
export const factorErrors = [
  'session.not_found',
  'session.interaction_not_found',
  'request.cross_site',
  'session.not_supported_for_forgot_password',
  'session.identifier_not_found',
  'session.mfa.mfa_factor_not_enabled',
  'user.user_not_exist',
] as const;
/** A factor is shown. */
const showing = [
  ...factorErrors,
  'session.identity_conflict',
  'session.verification_session_not_found',
  'session.verification_blocked_too_many_attempts',
] as const;
/** Creates a factor. Users who must verify an existing one first are refused. */
const making = [
  ...factorErrors,
  'session.mfa.require_mfa_verification',
  'session.verification_session_not_found',
] as const;

/** Bytes in base64url without padding. */
const bytes = (longest: number) =>
  z
    .string()
    .regex(/^[\w-]+$/)
    .max(longest);
/** Ids have at most 1023 bytes (Web Authentication section 4). */
const credential = { id: bytes(1364), rawId: bytes(1364), type: z.literal('public-key') };
const registrationPayload = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(8192),
    attestationObject: bytes(65_536),
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});
/** What a browser returns for a passkey that is used (Web Authentication section 5.1). */
export const authenticationPayload = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes(8192),
    authenticatorData: bytes(8192),
    signature: bytes(8192),
    userHandle: bytes(128).nullish(),
  }),
});

export const createTotpSecret = route({
  method: 'POST',
  path: '/api/experience/verification/totp/secret',
  operationId: 'CreateTotpSecret',
  tag,
  access,
  summary: 'Create the secret of a new authenticator app',
  responses: { 200: z.object({ verificationId: z.string(), secret: z.string(), secretQrCode: z.string() }) },
  errors: making,
});
export const verifyTotp = route({
  method: 'POST',
  path: '/api/experience/verification/totp/verify',
  operationId: 'VerifyTotpVerification',
  tag,
  access,
  summary: "Check a code of the account's authenticator app, or, with a verification, of a new one",
  body: z.object({ code, verificationId: verificationId.optional() }),
  responses: { 200: verified },
  errors: [...showing, 'session.mfa.require_mfa_verification', 'session.mfa.invalid_totp_code'],
});

export const createWebAuthnRegistration = route({
  method: 'POST',
  path: '/api/experience/verification/web-authn/registration',
  operationId: 'CreateWebAuthnRegistrationVerification',
  tag,
  access,
  summary: 'Start the registration of a passkey',
  responses: { 200: z.object({ verificationId: z.string(), registrationOptions: jsonObject }) },
  errors: making,
});
export const verifyWebAuthnRegistration = route({
  method: 'POST',
  path: '/api/experience/verification/web-authn/registration/verify',
  operationId: 'VerifyWebAuthnRegistrationVerification',
  tag,
  access,
  summary: 'Verify the registration of a passkey',
  body: z.object({ verificationId, payload: registrationPayload }),
  responses: { 200: verified },
  errors: [...making, 'session.mfa.webauthn_verification_failed'],
});
export const createWebAuthnAuthentication = route({
  method: 'POST',
  path: '/api/experience/verification/web-authn/authentication',
  operationId: 'CreateWebAuthnAuthenticationVerification',
  tag,
  access,
  summary: 'Start the verification of a passkey',
  responses: { 200: z.object({ verificationId: z.string(), authenticationOptions: jsonObject }) },
  errors: factorErrors,
});
export const verifyWebAuthnAuthentication = route({
  method: 'POST',
  path: '/api/experience/verification/web-authn/authentication/verify',
  operationId: 'VerifyWebAuthnAuthenticationVerification',
  tag,
  access,
  summary: 'Check a passkey that was asked for; one answer counts for each question',
  body: z.object({ verificationId, payload: authenticationPayload }),
  responses: { 200: verified },
  errors: [...showing, 'session.mfa.webauthn_verification_failed'],
});

export const generateBackupCodes = route({
  method: 'POST',
  path: '/api/experience/verification/backup-code/generate',
  operationId: 'GenerateBackupCodes',
  tag,
  access,
  summary: 'Create backup codes',
  responses: { 200: z.object({ verificationId: z.string(), codes: z.array(z.string()) }) },
  errors: making,
});
export const verifyBackupCode = route({
  method: 'POST',
  path: '/api/experience/verification/backup-code/verify',
  operationId: 'VerifyBackupCode',
  tag,
  access,
  summary: 'Verify and consume a backup code',
  body: z.object({ code }),
  responses: { 200: verified },
  errors: [...showing, 'session.mfa.invalid_backup_code'],
});

const identifierType = z.enum(['email', 'phone']);
export const createMfaVerificationCode = route({
  method: 'POST',
  path: '/api/experience/verification/mfa-verification-code',
  operationId: 'CreateAndSendMfaVerificationCode',
  tag,
  access,
  summary: "Send a code to the account's own email address or phone",
  body: z.object({ identifierType }),
  responses: { 200: verified },
  errors: [...factorErrors, ...messageErrors, 'request.overloaded'],
  statuses: messageStatuses,
});
export const verifyMfaVerificationCode = route({
  method: 'POST',
  path: '/api/experience/verification/mfa-verification-code/verify',
  operationId: 'VerifyMfaVerificationCode',
  tag,
  access,
  summary: 'Check a code that was sent as a second factor',
  body: z.object({ verificationId, code, identifierType }),
  responses: { 200: verified },
  errors: [
    ...showing,
    'verification_code.not_found',
    'verification_code.expired',
    'verification_code.code_mismatch',
    'verification_code.exceed_max_try',
  ],
});

const binding = [...making, 'auth.forbidden', 'session.identity_conflict'] as const;
export const bindMfaFactor = route({
  method: 'POST',
  path: '/api/experience/profile/mfa',
  operationId: 'BindMfaVerification',
  tag,
  access,
  summary: 'Add a verified second factor to the account when the sign-in completes',
  body: z.object({
    type: signInFactorSchema.describe(
      'For codes: `verificationId` of a code that was verified; the account gets the address if it lacks one.',
    ),
    verificationId,
  }),
  responses: { 204: null },
  errors: [
    ...binding,
    'user.email_already_in_use',
    'user.email_exists_in_profile',
    'user.phone_already_in_use',
    'user.phone_exists_in_profile',
  ],
});
export const enableMfa = route({
  method: 'POST',
  path: '/api/experience/profile/mfa/mfa-enabled',
  operationId: 'EnableMfa',
  tag,
  access,
  summary: "Use codes to the account's addresses as a second factor",
  responses: { 204: null },
  errors: binding,
});
export const skipMfaBinding = route({
  method: 'POST',
  path: '/api/experience/profile/mfa/mfa-skipped',
  operationId: 'SkipMfaBindingFlow',
  tag,
  access,
  summary: 'Go on without a second factor, where none is required',
  responses: { 204: null },
  errors: [...binding, 'session.mfa.mfa_policy_not_user_controlled'],
});
export const skipMfaSuggestion = route({
  method: 'POST',
  path: '/api/experience/profile/mfa/mfa-suggestion-skipped',
  operationId: 'SkipMfaSuggestion',
  tag,
  access,
  summary: 'Go on without the additional second factor that was suggested',
  responses: { 204: null },
  errors: [...binding, 'session.mfa.mfa_policy_not_user_controlled'],
  // Known callers expect no 422 here, although nothing could be skipped.
  statuses: { 'session.mfa.mfa_policy_not_user_controlled': 400 },
});
export const trustDevice = route({
  method: 'POST',
  path: '/api/experience/profile/mfa/trusted-device',
  operationId: 'TrustDevice',
  tag,
  access,
  summary: 'Trust this browser when the sign-in completes: it skips the second factor until the trust expires',
  responses: { 204: null },
  errors: [
    ...factorErrors.filter((code) => code !== 'session.mfa.mfa_factor_not_enabled'),
    'session.mfa.require_mfa_verification',
    'session.identity_conflict',
    'auth.forbidden',
  ],
});
