import { z } from 'zod';
import { mfaFactorSchema } from './mfa-factors.ts';
import { route } from './route.ts';
import { identifierSchema } from './sign-in-experience.ts';
import { emailSchema, phoneSchema } from './users.ts';
import { jsonObject, pathId } from './values.ts';
import { messageErrors, messageStatuses } from './verification-codes.ts';

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
/** Names of a provider's parameters are not ours to choose; what they mean is checked by the connector. */
const connectorData = jsonObject;
const redirectUri = z.url().max(2048);

const tag = 'Experience';
const access = 'interaction';
const verified = z.object({ verificationId: z.string() });
/** An operator's script refused the person, or failed. */
const byActions = ['action.access_denied', 'action.execution_failed'] as const;
/** An operator refuses some email addresses. */
const byBlocklist = [
  'session.email_blocklist.email_not_allowed',
  'session.email_blocklist.email_subaddressing_not_allowed',
  'session.email_blocklist.disposable_email_not_allowed',
] as const;
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
  errors: [...common, 'auth.forbidden'],
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
    'EmailVerificationCode',
    'PhoneVerificationCode',
    'OneTimeToken',
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
      }),
      captcha: z.object({ verified: z.boolean(), skipped: z.boolean() }),
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
    'auth.forbidden',
    'session.not_supported_for_forgot_password',
    'user.sign_in_method_not_enabled',
    'user.sign_up_method_not_enabled',
    ...byBlocklist,
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

const connectorParams = z.object({ connectorId: pathId });
export const createSocialAuthorizationUri = route({
  method: 'POST',
  path: '/api/experience/verification/social/:connectorId/authorization-uri',
  operationId: 'CreateSocialVerification',
  tag,
  access,
  summary: 'Get the authorization URI of a social provider',
  params: connectorParams,
  body: z.object({ state: z.string().min(1).max(1024), redirectUri }),
  responses: { 200: z.object({ authorizationUri: z.string(), verificationId: z.string() }) },
  errors: [...common, 'entity.not_found', 'connector.general', 'connector.invalid_config'],
});
export const verifySocial = route({
  method: 'POST',
  path: '/api/experience/verification/social/:connectorId/verify',
  operationId: 'VerifySocialVerification',
  tag,
  access,
  summary: 'Check what a social provider answered',
  params: connectorParams,
  body: z.object({ connectorData, verificationId: verificationId.optional() }),
  responses: { 200: verified },
  errors: [
    ...common,
    'session.verification_session_not_found',
    'session.connector_id_mismatch',
    'session.invalid_connector_id',
    'session.connector_validation_session_not_found',
    'connector.general',
    'connector.invalid_response',
    'connector.timeout',
    'connector.social_auth_code_invalid',
    'connector.social_invalid_access_token',
    'connector.authorization_failed',
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
    'auth.forbidden',
    'session.verification_session_not_found',
    'session.verification_failed',
    'session.identity_conflict',
    'session.identifier_not_found',
    'user.user_not_exist',
    'user.identity_not_exist',
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
    ...byBlocklist,
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
    'user.suggest_mfa',
    'user.missing_mfa',
    'user.missing_profile',
    'user.new_password_required_in_profile',
    'user.email_already_in_use',
    'user.phone_already_in_use',
    ...byBlocklist,
    'password.expired',
    'session.invalid_credentials',
    'user.suspended',
    'user.user_not_exist',
    'user.identity_already_in_use',
    'user.identity_exists_in_profile',
    ...byActions,
  ],
});
