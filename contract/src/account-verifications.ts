import { z } from 'zod';
import { providerErrors } from './account-access.ts';
import { verifyWebAuthnRegistration } from './experience-factors.ts';
import { route } from './route.ts';
import { emailSchema, phoneSchema } from './users.ts';
import { instant, jsonObject, pathId } from './values.ts';
import { blocklistErrors, messageErrors, messageStatuses } from './verification-codes.ts';

/*
 * Verification records of the Account API: what the user proves before a sensitive change (`Password`, and a code to an
 * own address), and about what the change brings (a new address, a social account, a passkey). A record is for the user
 * and the sign-in that made it, and for 10 minutes.
 */

const tag = 'Verifications';
const access = 'account';
const common = ['account_center.not_enabled'] as const;
const recordId = z.string().min(1).max(128);
const record = z.object({ verificationRecordId: z.string(), expiresAt: instant });
const address = z.discriminatedUnion('type', [
  z.object({ type: z.literal('email'), value: emailSchema }),
  z.object({ type: z.literal('phone'), value: phoneSchema }),
]);
const attempts = ['session.verification_blocked_too_many_attempts'] as const;
/** What a code is refused for, by whichever API. */
export const codeErrors = [
  ...attempts,
  'verification_record.not_found',
  'verification_code.not_found',
  'verification_code.expired',
  'verification_code.code_mismatch',
  'verification_code.exceed_max_try',
  'verification_code.email_mismatch',
] as const;

export const createPasswordVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/password',
  operationId: 'CreateVerificationByPassword',
  tag,
  access,
  summary: 'Check the password of the user',
  body: z.object({ password: z.string().min(1).max(256) }),
  responses: { 201: record },
  errors: [...common, ...attempts, 'session.invalid_credentials', 'request.overloaded'],
});
export const createCodeVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/verification-code',
  operationId: 'CreateVerificationByVerificationCode',
  tag,
  access,
  summary: 'Send a code to an address of the user, or to one that is to be added',
  body: z.object({
    identifier: address,
    templateType: z
      .enum(['UserPermissionValidation', 'BindNewIdentifier'])
      .default('UserPermissionValidation')
      .describe('For a sensitive change, to an address of the account; or for a new address, to that address.'),
  }),
  responses: { 201: record },
  errors: [
    ...common,
    ...messageErrors,
    ...blocklistErrors,
    'verification_record.identifier_mismatch',
    'request.overloaded',
  ],
  statuses: messageStatuses,
});
export const verifyCodeVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/verification-code/verify',
  operationId: 'VerifyVerificationByVerificationCode',
  tag,
  access,
  summary: 'Check a code',
  body: z.object({ identifier: address, verificationId: recordId, code: z.string().max(64) }),
  responses: { 200: z.object({ verificationRecordId: z.string() }) },
  errors: [...common, ...codeErrors, 'verification_code.phone_mismatch'],
});
export const createSocialVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/social',
  operationId: 'CreateVerificationBySocial',
  tag,
  access,
  summary: 'Start at a social provider, whose account is to be linked',
  body: z.object({ connectorId: pathId, state: z.string().min(1).max(2048), redirectUri: z.url().max(2048) }),
  responses: { 201: record.extend({ authorizationUri: z.string() }) },
  errors: [...common, ...providerErrors],
});
export const verifySocialVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/social/verify',
  operationId: 'VerifyVerificationBySocial',
  tag,
  access,
  summary: 'Check the answer of a social provider',
  body: z.object({
    connectorData: jsonObject,
    verificationId: recordId.optional(),
    verificationRecordId: recordId.optional(),
  }),
  responses: { 200: z.object({ verificationRecordId: z.string() }) },
  errors: [...common, ...providerErrors, 'verification_record.not_found'],
});
export const createPasskeyVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/web-authn/registration',
  operationId: 'GenerateWebAuthnRegistrationOptions',
  tag,
  access,
  summary: 'Start the registration of a passkey',
  responses: { 200: record.extend({ registrationOptions: jsonObject }) },
  errors: [...common, 'session.mfa.webauthn_address_not_supported'],
});
export const verifyPasskeyVerificationRecord = route({
  method: 'POST',
  path: '/api/verifications/web-authn/registration/verify',
  operationId: 'VerifyWebAuthnRegistration',
  tag,
  access,
  summary: 'Check a new passkey',
  body: z.object({ verificationRecordId: recordId, payload: verifyWebAuthnRegistration.body.shape.payload }),
  responses: { 200: z.object({ verificationRecordId: z.string() }) },
  errors: [...common, 'verification_record.not_found', 'session.mfa.webauthn_verification_failed'],
});
