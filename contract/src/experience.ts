import { z } from 'zod';
import { captchaChallengeSchema } from './captcha-provider.ts';
import { mfaFactorSchema } from './mfa-factors.ts';
import { route } from './route.ts';
import { identifierSchema } from './sign-in-experience.ts';
import { emailSchema, phoneSchema } from './users.ts';
import { jsonObject } from './values.ts';
import { blocklistErrors, messageErrors, messageStatuses } from './verification-codes.ts';

/*
 * The Experience API: a sign-in step by step, for sign-in pages of an operator's own. All routes need the cookie of an
 * interaction that an authorization request began.
 */

export const interactionEventSchema = z.enum(['SignIn', 'Register', 'ForgotPassword']);
export type InteractionEvent = z.output<typeof interactionEventSchema>;
export const interactionIdentifierSchema = z.object({ type: identifierSchema, value: z.string().min(1).max(256) });

/** Where a code is sent to. Email addresses are case-insensitive. */
const address = z.discriminatedUnion('type', [
  z.object({ type: z.literal('email'), value: emailSchema.toLowerCase() }),
  z.object({ type: z.literal('phone'), value: phoneSchema }),
]);

const verificationId = z.string().min(1).max(128);
/** Longer than any policy allows would only cost hashing time. */
const password = z.string().min(1).max(256);

const tag = 'Experience';
const access = 'interaction';
const verified = z.object({ verificationId: z.string() });
/** An operator's script refused the person, or failed. */
const byActions = ['action.access_denied', 'action.execution_failed'] as const;
const common = ['session.not_found', 'session.interaction_not_found', 'request.cross_site'] as const;

export const startInteraction = route({
  method: 'PUT',
  path: '/api/experience',
  operationId: 'InitInteraction',
  tag,
  access,
  summary: 'Start a sign-in or a registration; forgets what was done before',
  body: z.object({ interactionEvent: interactionEventSchema, captchaToken: z.string().max(8192).optional() }),
  responses: { 204: null },
  errors: [
    ...common,
    'auth.forbidden',
    'session.captcha_failed',
    'session.captcha_unavailable',
    'session.verification_blocked_too_many_attempts',
  ],
});
export const changeInteractionEvent = route({
  method: 'PUT',
  path: '/api/experience/interaction-event',
  operationId: 'UpdateInteractionEvent',
  tag,
  access,
  summary: 'Switch between sign-in and registration',
  body: z.object({ interactionEvent: interactionEventSchema }),
  responses: { 204: null },
  errors: [...common, 'auth.forbidden', 'session.not_supported_for_forgot_password'],
});

/** What a person has proved in a sign-in, without secrets. */
export const verificationRecordSchema = z.object({
  id: z.string(),
  type: z.enum([
    'Password',
    'NewPasswordIdentity',
    'Social',
    'EnterpriseSso',
    'EmailVerificationCode',
    'PhoneVerificationCode',
    'OneTimeToken',
    'SignInPasskey',
    'MfaEmailVerificationCode',
    'MfaPhoneVerificationCode',
    ...mfaFactorSchema.options,
  ]),
  verified: z.boolean().optional(),
  identifier: interactionIdentifierSchema.optional(),
  /** Whose second factor was shown. */
  userId: z.string().optional(),
  connectorId: z.string().optional(),
  socialUserInfo: jsonObject.optional(),
  issuer: z.string().optional(),
  enterpriseSsoUserInfo: jsonObject.optional(),
});
export type VerificationRecord = z.output<typeof verificationRecordSchema>;
export const getInteraction = route({
  method: 'GET',
  path: '/api/experience/interaction',
  operationId: 'GetInteraction',
  tag,
  access,
  summary: 'Get where the sign-in stands, without secrets',
  responses: {
    200: z.object({
      interactionEvent: interactionEventSchema,
      userId: z.string().optional(),
      profile: z.object({
        username: z.string().optional(),
        name: z.string().optional(),
        avatar: z.string().optional(),
        primaryEmail: z.string().optional(),
        primaryPhone: z.string().optional(),
        socialIdentity: z.object({ target: z.string(), userInfo: jsonObject }).optional(),
      }),
      verificationRecords: z.array(verificationRecordSchema),
      mfa: z.object({
        newFactors: z.array(z.object({ type: mfaFactorSchema })),
        mfaEnabled: z.boolean().optional(),
        mfaSkipped: z.boolean().optional(),
        additionalBindingSuggestionSkipped: z.boolean().optional(),
        passkeySkipped: z.boolean().optional(),
      }),
      trustedDevice: z
        .object({ requested: z.literal(true) })
        .optional()
        .describe('Present if this browser is trusted once the sign-in completes.'),
      captcha: z.object({
        verified: z.boolean(),
        skipped: z.boolean(),
        challenge: captchaChallengeSchema.optional().describe('Present if required; send its answer as captchaToken.'),
      }),
    }),
  },
  errors: common,
});

export const verifyPassword = route({
  method: 'POST',
  path: '/api/experience/verification/password',
  operationId: 'CreatePasswordVerification',
  tag,
  access,
  summary: 'Check a password',
  body: z.object({ identifier: interactionIdentifierSchema, password }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.captcha_required',
    'session.sso_enabled',
    'session.invalid_credentials',
    'session.verification_blocked_too_many_attempts',
    'password.expired',
    'user.suspended',
    'user.sign_in_method_not_enabled',
    'request.overloaded',
  ],
});
export const createNewPasswordIdentity = route({
  method: 'POST',
  path: '/api/experience/verification/new-password-identity',
  operationId: 'CreateNewPasswordIdentityVerification',
  tag,
  access,
  summary: 'Choose a username and a password for a new account',
  body: z.object({
    identifier: z.object({ type: z.literal('username'), value: z.string().min(1).max(128) }),
    password,
  }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.captcha_required',
    'password.rejected',
    'user.username_already_in_use',
    'user.username_rejected',
    'user.username_uppercase_not_allowed',
    'user.sign_up_method_not_enabled',
    'request.overloaded',
  ],
});

export const createVerificationCodeVerification = route({
  method: 'POST',
  path: '/api/experience/verification/verification-code',
  operationId: 'CreateAndSendVerificationCode',
  tag,
  access,
  summary: 'Send a code to an email address or a phone',
  body: z.object({ identifier: address, interactionEvent: interactionEventSchema }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.captcha_required',
    'session.sso_enabled',
    'auth.forbidden',
    'session.not_supported_for_forgot_password',
    'user.sign_in_method_not_enabled',
    'user.sign_up_method_not_enabled',
    ...blocklistErrors,
    ...messageErrors,
    'request.overloaded',
  ],
  statuses: messageStatuses,
});
export const verifyVerificationCodeVerification = route({
  method: 'POST',
  path: '/api/experience/verification/verification-code/verify',
  operationId: 'VerifyVerificationCodeVerification',
  tag,
  access,
  summary: 'Check a code that was sent',
  body: z.object({ identifier: address, verificationId, code: z.string().max(1024) }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.verification_session_not_found',
    'session.verification_blocked_too_many_attempts',
    'verification_code.not_found',
    'verification_code.expired',
    'verification_code.code_mismatch',
    'verification_code.email_mismatch',
    'verification_code.phone_mismatch',
    'verification_code.exceed_max_try',
  ],
});

export const identify = route({
  method: 'POST',
  path: '/api/experience/identification',
  operationId: 'IdentifyUser',
  tag,
  access,
  summary: 'Identify the user with a verification record; creates an account when registering',
  body: z.object({ verificationId: verificationId.optional(), linkSocialIdentity: z.boolean().optional() }),
  responses: { 201: null, 204: null },
  errors: [
    ...common,
    'session.captcha_required',
    'auth.forbidden',
    'session.verification_session_not_found',
    'session.verification_failed',
    'session.identity_conflict',
    'session.identifier_not_found',
    'user.user_not_exist',
    'user.identity_not_exist',
    'user.sso_identity_not_exist',
    'session.sso_enabled',
    'user.identity_already_in_use',
    'user.username_already_in_use',
    'user.username_rejected',
    'user.username_uppercase_not_allowed',
    'user.email_already_in_use',
    'user.phone_already_in_use',
    'user.suspended',
    'user.sign_in_method_not_enabled',
    'user.sign_up_method_not_enabled',
    'user.missing_profile',
    ...blocklistErrors,
    ...byActions,
  ],
});

export const updateInteractionProfile = route({
  method: 'POST',
  path: '/api/experience/profile',
  operationId: 'AddUserProfile',
  tag,
  access,
  summary: 'Add a detail to the account',
  body: z.discriminatedUnion('type', [
    z.object({ type: z.literal('username'), value: z.string().min(1).max(128) }),
    z.object({ type: z.literal('password'), value: password }),
    z.object({ type: z.enum(['email', 'phone', 'social']), verificationId }),
    z.object({
      type: z.literal('extraProfile'),
      values: z.record(z.string().regex(/^\w+$/).max(128), z.unknown()),
    }),
  ]),
  responses: { 204: null },
  errors: [
    ...common,
    'session.captcha_required',
    'auth.forbidden',
    'session.identifier_not_found',
    'session.verification_session_not_found',
    'session.identity_conflict',
    'user.username_already_in_use',
    'user.username_rejected',
    'user.username_uppercase_not_allowed',
    'user.username_exists_in_profile',
    'user.password_exists_in_profile',
    'user.same_password',
    'session.verification_blocked_too_many_attempts',
    'password.rejected',
    'user.email_already_in_use',
    'user.email_exists_in_profile',
    'user.phone_already_in_use',
    'user.phone_exists_in_profile',
    'user.identity_already_in_use',
    'user.identity_exists_in_profile',
    'session.not_supported_for_forgot_password',
    'session.mfa.require_mfa_verification',
    'request.overloaded',
  ],
});
export const replaceInteractionPassword = route({
  method: 'PUT',
  path: '/api/experience/profile/password',
  operationId: 'ResetUserPassword',
  tag,
  access,
  summary: 'Choose a new password, in place of a forgotten one or for an account without',
  body: z.object({ password }),
  responses: { 204: null },
  errors: [
    ...common,
    'session.captcha_required',
    'auth.forbidden',
    'session.identifier_not_found',
    'session.identity_conflict',
    'session.mfa.require_mfa_verification',
    'password.rejected',
    'user.same_password',
    'session.verification_blocked_too_many_attempts',
    'user.password_exists_in_profile',
    'request.overloaded',
  ],
});

export const submitInteraction = route({
  method: 'POST',
  path: '/api/experience/submit',
  operationId: 'SubmitInteraction',
  tag,
  access,
  summary: 'Complete the sign-in or the password reset; a password reset does not sign the user in',
  responses: { 200: z.object({ redirectTo: z.string().optional() }) },
  errors: [
    ...common,
    'session.identifier_not_found',
    'auth.forbidden',
    'session.mfa.require_mfa_verification',
    'session.mfa.suggest_additional_mfa',
    'session.mfa.backup_code_required',
    'user.passkey_preferred',
    'user.suggest_mfa',
    'user.missing_mfa',
    'user.missing_profile',
    'user.new_password_required_in_profile',
    'user.email_already_in_use',
    'user.phone_already_in_use',
    ...blocklistErrors,
    'password.expired',
    'session.invalid_credentials',
    'user.suspended',
    'user.user_not_exist',
    'user.identity_already_in_use',
    'user.identity_exists_in_profile',
    ...byActions,
  ],
});
