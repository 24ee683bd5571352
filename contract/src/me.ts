import { z } from 'zod';
import { accountSchema } from './account.ts';
import { providerErrors } from './account-access.ts';
import {
  codeErrors,
  createPasswordVerificationRecord,
  createSocialVerificationRecord,
} from './account-verifications.ts';
import { publicSocialConnectorSchema } from './connectors.ts';
import { route } from './route.ts';
import { assetTypes, maximumAvatarSize } from './user-assets.ts';
import { avatarSchema, emailSchema, usernameSchema } from './users.ts';
import { instant, jsonObject, pathId } from './values.ts';
import { blocklistErrors, messageErrors, messageStatuses } from './verification-codes.ts';

/*
 * The own account of an administrator, on the admin tenant alone. No request names a user: it is the token's. A change
 * of how the user signs in needs a proof, which the sign-in of the token gave a moment before: the password, or a code
 * sent to the own email address. The proof is used up by the change.
 */

const tag = 'Me';
const access = 'me';
const proving = ['verification_record.permission_denied'] as const;
const attempts = ['session.verification_blocked_too_many_attempts'] as const;
const waiting = z.object({ expiresAt: instant });

export const getMe = route({
  method: 'GET',
  path: '/me',
  operationId: 'GetMe',
  tag,
  access,
  summary: 'Get the account of the administrator',
  responses: { 200: accountSchema },
});
export const updateMe = route({
  method: 'PATCH',
  path: '/me',
  operationId: 'UpdateMe',
  tag,
  access,
  summary: 'Change the username or the picture; another username needs a proof',
  body: z.object({ username: usernameSchema, avatar: avatarSchema.nullable() }).partial(),
  responses: { 200: accountSchema },
  errors: [...proving, 'user.username_already_in_use', 'user.username_rejected', 'user.username_uppercase_not_allowed'],
});
export const getMyCustomData = route({
  method: 'GET',
  path: '/me/custom-data',
  operationId: 'GetMyCustomData',
  tag,
  access,
  summary: 'Get the custom data of the administrator',
  responses: { 200: jsonObject },
});
export const updateMyCustomData = route({
  method: 'PATCH',
  path: '/me/custom-data',
  operationId: 'UpdateMyCustomData',
  tag,
  access,
  summary: 'Merge into the custom data',
  body: jsonObject,
  responses: { 200: jsonObject },
});
export const verifyMyOwnPassword = route({
  method: 'POST',
  path: '/me/password/verify',
  operationId: 'VerifyMyOwnPassword',
  tag,
  access,
  summary: 'Prove with the password to be the owner, for one change in the next 10 minutes',
  body: createPasswordVerificationRecord.body,
  responses: { 200: waiting },
  errors: [...attempts, 'session.invalid_credentials', 'request.overloaded'],
});
export const setMyOwnPassword = route({
  method: 'POST',
  path: '/me/password',
  operationId: 'SetMyOwnPassword',
  tag,
  access,
  summary: 'Set a new password, which needs a proof and ends all other sessions of the administrator',
  body: z.object({ password: z.string().min(1).max(256) }),
  responses: { 204: null },
  errors: [...proving, ...attempts, 'password.rejected', 'user.same_password', 'request.overloaded'],
  statuses: { 'password.rejected': 400, 'user.same_password': 400 },
});

const emailErrors = ['user.email_already_in_use', 'user.invalid_email', ...blocklistErrors] as const;
export const sendMyCode = route({
  method: 'POST',
  path: '/me/verification-codes',
  operationId: 'SendMyCode',
  tag,
  access,
  summary: 'Send a code to the own email address as a proof, or to a new address, which needs one',
  body: z.object({ email: emailSchema }),
  responses: { 200: waiting },
  errors: [...proving, ...messageErrors, ...emailErrors, 'request.overloaded'],
  statuses: messageStatuses,
});
export const verifyMyCode = route({
  method: 'POST',
  path: '/me/verification-codes/verify',
  operationId: 'VerifyMyCode',
  tag,
  access,
  summary: 'Check a code: a proof if it was sent to the own address, otherwise the change to the new address',
  body: z.object({ email: emailSchema, verificationCode: z.string().max(64) }),
  responses: { 200: accountSchema },
  errors: [...proving, ...codeErrors, ...emailErrors, 'account_center.company_address'],
});

export const listMyConnectors = route({
  method: 'GET',
  path: '/me/social/connectors',
  operationId: 'ListMyConnectors',
  tag,
  access,
  summary: 'List the social connectors of the admin tenant',
  responses: { 200: z.array(publicSocialConnectorSchema) },
});
export const startMySocial = route({
  method: 'POST',
  path: '/me/social/authorization-uri',
  operationId: 'StartMySocial',
  tag,
  access,
  summary: 'Start at a social provider, whose account is to be linked; needs a proof',
  body: createSocialVerificationRecord.body,
  responses: { 200: z.object({ redirectTo: z.string() }) },
  errors: [...proving, ...providerErrors],
});
export const linkMySocial = route({
  method: 'POST',
  path: '/me/social/link-identity',
  operationId: 'LinkMySocial',
  tag,
  access,
  summary: 'Link the social account that the provider answers with; needs a proof',
  body: z.object({ connectorId: pathId, connectorData: jsonObject }),
  responses: { 200: accountSchema },
  errors: [
    ...proving,
    ...providerErrors,
    'verification_record.not_found',
    'user.identity_already_in_use',
    'user.identity_exists_in_profile',
  ],
});
export const unlinkMySocial = route({
  method: 'DELETE',
  path: '/me/social/identity/:connectorId',
  operationId: 'UnlinkMySocial',
  tag,
  access,
  summary: 'Remove the social account of a connector; needs a proof',
  params: z.object({ connectorId: pathId }),
  responses: { 200: accountSchema },
  errors: [...proving, 'entity.not_found', 'user.identity_not_exist', 'account_center.identifier_required'],
});

export const uploadMyPicture = route({
  method: 'POST',
  path: '/me/user-assets',
  operationId: 'UploadMyPicture',
  tag,
  access,
  summary: 'Upload a picture; the account gets it by a change of `avatar`',
  upload: maximumAvatarSize,
  responses: { 200: z.object({ url: z.string() }) },
  errors: [
    ...(['guard.file_size_exceeded', 'guard.mime_type_not_allowed'] as const),
    ...(['storage.quota_exceeded', 'storage.unavailable', 'storage.refused'] as const),
  ],
});
export const getMyUploadStatus = route({
  method: 'GET',
  path: '/me/user-assets/service-status',
  operationId: 'GetMyUploadStatus',
  tag,
  access,
  summary: 'Get the limits of uploads',
  responses: {
    200: z.object({
      status: z.literal('ready'),
      allowUploadMimeTypes: z.array(z.enum(assetTypes)),
      maxUploadFileSize: z.number().int(),
    }),
  },
});
