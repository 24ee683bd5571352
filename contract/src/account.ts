import { z } from 'zod';
import { accountErrors, changing, proved, proving, reading } from './account-access.ts';
import { route } from './route.ts';
import { providerAccessTokenSchema } from './token-sets.ts';
import { trustedDeviceSchema } from './trusted-devices.ts';
import { maximumAvatarSize } from './user-assets.ts';
import { profileSchema } from './user-profile.ts';
import { userGrantSchema, userSessionSchema } from './user-sessions.ts';
import {
  avatarSchema,
  emailSchema,
  identitiesSchema,
  nameSchema,
  phoneSchema,
  ssoIdentitySchema,
  usernameSchema,
} from './users.ts';
import { instant, jsonObject, pathId } from './values.ts';
import { blocklistErrors } from './verification-codes.ts';

/*
 * The Account API: what signed-in users see and change about themselves, with the opaque access token of an application
 * of the operator's own. The account center's settings decide what a field is open to, and sensitive changes need the
 * header `logto-verification-id` (`/api/verifications`).
 */

const tag = 'My account';
const access = 'account';
/** Members that the token's scopes or the account center's settings do not open are left out. */
export const accountSchema = z
  .object({
    id: z.string(),
    username: z.string().nullable(),
    name: z.string().nullable(),
    avatar: z.string().nullable(),
    primaryEmail: z.string().nullable(),
    primaryPhone: z.string().nullable(),
    hasPassword: z.boolean(),
    profile: jsonObject,
    customData: jsonObject,
    identities: identitiesSchema,
    ssoIdentities: z.array(ssoIdentitySchema),
    applicationId: z.string().nullable(),
    isSuspended: z.boolean(),
    lastSignInAt: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .partial()
  .required({ id: true });
export type Account = z.output<typeof accountSchema>;

export const getMyAccount = route({
  method: 'GET',
  path: '/api/my-account',
  operationId: 'GetProfile',
  tag,
  access,
  summary: 'Get the account of the user',
  responses: { 200: accountSchema },
  errors: accountErrors,
});
export const updateMyAccount = route({
  method: 'PATCH',
  path: '/api/my-account',
  operationId: 'UpdateProfile',
  tag,
  access,
  summary: 'Change the name, picture, username or custom data of the user; a username needs a verification',
  body: z
    .object({
      name: nameSchema.nullable(),
      avatar: avatarSchema.nullable(),
      username: usernameSchema.nullable(),
      customData: jsonObject,
    })
    .partial(),
  responses: { 200: accountSchema },
  errors: [
    ...proving,
    'user.username_already_in_use',
    'user.username_rejected',
    'user.username_uppercase_not_allowed',
    'user.username_required',
  ],
});
export const updateMyProfile = route({
  method: 'PATCH',
  path: '/api/my-account/profile',
  operationId: 'UpdateOtherProfile',
  tag,
  access,
  summary: 'Merge into the profile of the user; the address needs the scope `address`',
  body: profileSchema,
  responses: { 200: jsonObject },
  errors: changing,
});
export const updateMyPassword = route({
  method: 'POST',
  path: '/api/my-account/password',
  operationId: 'UpdatePassword',
  tag,
  access,
  summary: 'Set a new password, which ends all other sessions of the user',
  body: z.object({ password: z.string().min(1).max(256) }),
  responses: { 204: null },
  errors: [
    ...proving,
    'password.rejected',
    'user.same_password',
    'session.verification_blocked_too_many_attempts',
    'request.overloaded',
  ],
});

const addressErrors = [
  ...proving,
  'user.email_already_in_use',
  'user.phone_already_in_use',
  'user.invalid_email',
  'user.invalid_phone',
  ...blocklistErrors,
] as const;
export const updateMyEmail = route({
  method: 'POST',
  path: '/api/my-account/primary-email',
  operationId: 'UpdatePrimaryEmail',
  tag,
  access,
  summary: 'Set the email address, which a code has verified',
  body: proved.extend({ email: emailSchema }),
  responses: { 204: null },
  errors: [...addressErrors, 'account_center.company_address'],
});
export const deleteMyEmail = route({
  method: 'DELETE',
  path: '/api/my-account/primary-email',
  operationId: 'DeletePrimaryEmail',
  tag,
  access,
  summary: 'Remove the email address',
  responses: { 204: null },
  errors: [...proving, 'account_center.company_address', 'account_center.identifier_required'],
});
export const updateMyPhone = route({
  method: 'POST',
  path: '/api/my-account/primary-phone',
  operationId: 'UpdatePrimaryPhone',
  tag,
  access,
  summary: 'Set the phone number, which a code has verified',
  body: proved.extend({ phone: phoneSchema }),
  responses: { 204: null },
  errors: addressErrors,
});
export const deleteMyPhone = route({
  method: 'DELETE',
  path: '/api/my-account/primary-phone',
  operationId: 'DeletePrimaryPhone',
  tag,
  access,
  summary: 'Remove the phone number',
  responses: { 204: null },
  errors: [...proving, 'account_center.identifier_required'],
});

const identityErrors = [...proving, 'user.identity_already_in_use', 'user.identity_exists_in_profile'] as const;
export const createMyIdentity = route({
  method: 'POST',
  path: '/api/my-account/identities',
  operationId: 'AddUserIdentities',
  tag,
  access,
  summary: 'Link a social account, which the user has verified',
  body: proved,
  responses: { 204: null },
  errors: identityErrors,
});
export const replaceMyIdentity = route({
  method: 'PUT',
  path: '/api/my-account/identities',
  operationId: 'ReplaceUserIdentities',
  tag,
  access,
  summary: 'Link a social account, or replace the one of the same provider',
  body: proved,
  responses: { 204: null },
  errors: identityErrors,
});
const ofTarget = z.object({ target: z.string().min(1).max(128) });
export const deleteMyIdentity = route({
  method: 'DELETE',
  path: '/api/my-account/identities/:target',
  operationId: 'DeleteIdentity',
  tag,
  access,
  summary: 'Remove a social account',
  params: ofTarget,
  responses: { 204: null },
  errors: [...proving, 'user.identity_not_exist', 'account_center.identifier_required'],
});
const tokenErrors = [
  ...reading,
  'secrets.third_party_token_set.token_not_found',
  'secrets.third_party_token_set.access_token_expired',
  'connector.general',
  'connector.invalid_config',
  'connector.invalid_response',
  'connector.rate_limit_exceeded',
  'connector.timeout',
] as const;
export const getMyIdentityToken = route({
  method: 'GET',
  path: '/api/my-account/identities/:target/access-token',
  operationId: 'GetSocialIdentityAccessToken',
  tag,
  access,
  summary: 'Get the access token of a social provider, which is refreshed if it has expired',
  params: ofTarget,
  responses: { 200: providerAccessTokenSchema },
  errors: tokenErrors,
});
export const replaceMyIdentityToken = route({
  method: 'PUT',
  path: '/api/my-account/identities/:target/access-token',
  operationId: 'UpdateSocialIdentityAccessToken',
  tag,
  access,
  summary: 'Replace the tokens of a social provider with those of a new verification of the same account there',
  params: ofTarget,
  body: z.object({ verificationRecordId: z.string().min(1).max(128) }),
  responses: { 200: providerAccessTokenSchema },
  errors: [...tokenErrors, 'verification_record.permission_denied', 'connector.token_storage_not_supported'],
});
export const getMySsoIdentityToken = route({
  method: 'GET',
  path: '/api/my-account/sso-identities/:connectorId/access-token',
  operationId: 'GetEnterpriseSsoIdentityAccessToken',
  tag,
  access,
  summary: 'Get the access token of an enterprise provider; an expired one is refreshed',
  params: z.object({ connectorId: pathId }),
  responses: { 200: providerAccessTokenSchema },
  errors: [...tokenErrors],
});

const mySession = userSessionSchema.extend({ isCurrent: z.boolean().describe('Whether the token is of it.') });
export const listMySessions = route({
  method: 'GET',
  path: '/api/my-account/sessions',
  operationId: 'GetSessions',
  tag,
  access,
  summary: 'List the sessions of the user',
  responses: { 200: z.object({ sessions: z.array(mySession) }) },
  errors: [...reading, 'verification_record.permission_denied'],
});
export const deleteMySession = route({
  method: 'DELETE',
  path: '/api/my-account/sessions/:sessionId',
  operationId: 'DeleteSessionById',
  tag,
  access,
  summary: 'End a session of the user',
  params: z.object({ sessionId: pathId }),
  query: z.object({ revokeGrantsTarget: z.enum(['all', 'firstParty']) }).partial(),
  responses: { 204: null },
  errors: [...proving, 'oidc.session_not_found'],
});
export const listMyGrants = route({
  method: 'GET',
  path: '/api/my-account/grants',
  operationId: 'GetGrants',
  tag,
  access,
  summary: 'List what the user allowed applications',
  query: z.object({ appType: z.enum(['firstParty', 'thirdParty']) }).partial(),
  responses: { 200: z.object({ grants: z.array(userGrantSchema) }) },
  errors: [...reading, 'verification_record.permission_denied'],
});
export const deleteMyGrant = route({
  method: 'DELETE',
  path: '/api/my-account/grants/:grantId',
  operationId: 'DeleteGrantById',
  tag,
  access,
  summary: 'Revoke what the user allowed an application, with all its tokens',
  params: z.object({ grantId: pathId }),
  responses: { 204: null },
  errors: [...proving, 'oidc.invalid_grant'],
  statuses: { 'oidc.invalid_grant': 404 },
});
export const listMyTrustedDevices = route({
  method: 'GET',
  path: '/api/my-account/trusted-devices',
  operationId: 'GetTrustedDevices',
  tag,
  access,
  summary: 'List the trusted browsers of the user',
  pagination: 'required',
  responses: { 200: z.array(trustedDeviceSchema) },
  errors: reading,
});
export const deleteMyTrustedDevice = route({
  method: 'DELETE',
  path: '/api/my-account/trusted-devices/:trustedDeviceId',
  operationId: 'DeleteTrustedDeviceById',
  tag,
  access,
  summary: 'Delete a trusted browser of the user',
  params: z.object({ trustedDeviceId: pathId }),
  responses: { 204: null },
  errors: [...proving, 'entity.not_found'],
});
export const uploadMyAvatar = route({
  method: 'POST',
  path: '/api/my-account/user-assets/avatar',
  operationId: 'UploadAvatar',
  tag,
  access,
  summary: 'Upload a picture; the account gets it by a change of `avatar`',
  upload: maximumAvatarSize,
  responses: { 200: z.object({ url: z.string() }) },
  errors: [
    ...changing,
    'guard.file_size_exceeded',
    'guard.mime_type_not_allowed',
    'storage.unavailable',
    'storage.refused',
    'storage.quota_exceeded',
  ],
});
