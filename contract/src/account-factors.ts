import { z } from 'zod';
import { changing, proved, proving, reading } from './account-access.ts';
import { route } from './route.ts';
import { mfaVerificationSchema } from './user-mfa.ts';
import { userLogtoConfigSchema } from './user-settings.ts';
import { pathId } from './values.ts';

/* The Account API's second factors, and what the user decided about them. */

const tag = 'My account';
const access = 'account';

export const getMyLogtoConfig = route({
  method: 'GET',
  path: '/api/my-account/logto-configs',
  operationId: 'GetLogtoConfig',
  tag,
  access,
  summary: 'Get what the user decided about second factors and passkeys',
  responses: { 200: userLogtoConfigSchema },
  errors: reading,
});
export const updateMyLogtoConfig = route({
  method: 'PATCH',
  path: '/api/my-account/logto-configs',
  operationId: 'UpdateLogtoConfig',
  tag,
  access,
  summary: 'Change what the user decided about second factors and passkeys',
  body: z
    .object({
      mfa: z
        .object({ enabled: z.boolean(), skipped: z.boolean(), additionalBindingSuggestionSkipped: z.boolean() })
        .partial(),
      passkeySignIn: z.object({ skipped: z.boolean() }).partial(),
    })
    .partial(),
  responses: { 200: userLogtoConfigSchema },
  errors: changing,
});
const mfaSettings = z.object({ skipMfaOnSignIn: z.boolean() });
export const getMyMfaSettings = route({
  method: 'GET',
  path: '/api/my-account/mfa-settings',
  operationId: 'GetMfaSettings',
  tag,
  access,
  summary: 'Get whether the user is asked for a second factor at sign-in',
  responses: { 200: mfaSettings },
  errors: reading,
});
export const updateMyMfaSettings = route({
  method: 'PATCH',
  path: '/api/my-account/mfa-settings',
  operationId: 'UpdateMfaSettings',
  tag,
  access,
  summary: 'Change whether the user is asked for a second factor at sign-in, where the tenant leaves it to users',
  body: mfaSettings,
  responses: { 200: mfaSettings },
  errors: proving,
});

export const listMyFactors = route({
  method: 'GET',
  path: '/api/my-account/mfa-verifications',
  operationId: 'GetMfaVerifications',
  tag,
  access,
  summary: 'List the second factors of the user, without their secrets',
  responses: { 200: z.array(mfaVerificationSchema) },
  errors: reading,
});
const factorName = z.string().min(1).max(256);
export const createMyFactor = route({
  method: 'POST',
  path: '/api/my-account/mfa-verifications',
  operationId: 'AddMfaVerification',
  tag,
  access,
  summary: 'Add a second factor: a passkey that was verified, an authenticator app, or backup codes',
  body: z.discriminatedUnion('type', [
    proved.extend({ type: z.literal('WebAuthn'), name: factorName.optional() }),
    z.object({
      type: z.literal('Totp'),
      secret: z.string().max(256),
      code: z.string().max(64).optional().describe('Proves that the app has the secret.'),
    }),
    z.object({ type: z.literal('BackupCode'), codes: z.array(z.string().max(64)).max(100) }),
  ]),
  responses: { 204: null },
  errors: [
    ...proving,
    'session.mfa.mfa_factor_not_enabled',
    'session.mfa.invalid_totp_code',
    'session.mfa.backup_code_can_not_be_alone',
    'user.totp_already_in_use',
    'user.totp_secret_invalid',
    'user.passkey_already_in_use',
    'user.backup_code_already_in_use',
    'user.wrong_backup_code_format',
  ],
});
const ofFactor = z.object({ verificationId: pathId });
export const deleteMyFactor = route({
  method: 'DELETE',
  path: '/api/my-account/mfa-verifications/:verificationId',
  operationId: 'DeleteMfaVerification',
  tag,
  access,
  summary: 'Remove a second factor, and the backup codes with the last other one; ends all other sessions',
  params: ofFactor,
  responses: { 204: null },
  errors: [...proving, 'entity.not_found', 'account_center.identifier_required'],
});
export const renameMyFactor = route({
  method: 'PATCH',
  path: '/api/my-account/mfa-verifications/:verificationId/name',
  operationId: 'UpdateMfaVerificationName',
  tag,
  access,
  summary: 'Rename a passkey',
  params: ofFactor,
  body: z.object({ name: factorName }),
  responses: { 200: mfaVerificationSchema },
  errors: [...proving, 'entity.not_found'],
});
export const getMyBackupCodes = route({
  method: 'GET',
  path: '/api/my-account/mfa-verifications/backup-codes',
  operationId: 'GetBackupCodes',
  tag,
  access,
  summary: 'Get the backup codes of the user',
  responses: { 200: z.object({ codes: z.array(z.object({ code: z.string(), usedAt: z.iso.datetime().optional() })) }) },
  errors: [...reading, 'verification_record.permission_denied', 'entity.not_found'],
});
export const generateMyBackupCodes = route({
  method: 'POST',
  path: '/api/my-account/mfa-verifications/backup-codes/generate',
  operationId: 'GenerateMyAccountBackupCodes',
  tag,
  access,
  summary: 'Make backup codes to add',
  responses: { 200: z.object({ codes: z.array(z.string()) }) },
  errors: changing,
});
export const generateMyAuthenticatorSecret = route({
  method: 'POST',
  path: '/api/my-account/mfa-verifications/totp-secret/generate',
  operationId: 'GenerateTotpSecret',
  tag,
  access,
  summary: 'Make the secret of an authenticator app to add',
  responses: { 200: z.object({ secret: z.string(), secretQrCode: z.string() }) },
  errors: changing,
});
export const replaceMyAuthenticator = route({
  method: 'PUT',
  path: '/api/my-account/mfa-verifications/totp',
  operationId: 'ReplaceTotpVerification',
  tag,
  access,
  summary: 'Replace the authenticator app; a code proves that the new one has the secret',
  body: z.object({ secret: z.string().max(256), code: z.string().max(64) }),
  responses: { 204: null },
  errors: [
    ...proving,
    'session.mfa.mfa_factor_not_enabled',
    'session.mfa.invalid_totp_code',
    'user.totp_secret_invalid',
  ],
});
