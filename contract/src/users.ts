import { z } from 'zod';
import { roleSchema } from './roles.ts';
import { route } from './route.ts';
import { profileSchema } from './user-profile.ts';
import { flag, idList, instant, jsonObject, pathId, revokeSessions, searchQuery, time } from './values.ts';

export const identitySchema = z.object({ userId: z.string(), details: jsonObject.optional() });
export type Identity = z.output<typeof identitySchema>;
/** By connector target, e.g. `wechat`. */
export const identitiesSchema = z.record(z.string(), identitySchema);
export type Identities = z.output<typeof identitiesSchema>;

/** The first eight are known to every client of the wire contract; the others are Aldaba's own (docs/moving.md). */
export const passwordAlgorithmSchema = z.enum([
  'Argon2i',
  'Argon2id',
  'Argon2d',
  'SHA1',
  'SHA256',
  'MD5',
  'Bcrypt',
  'Legacy',
  'Pbkdf2',
  'Scrypt',
  'Auth0',
  'Django',
  'Firebase',
  'Keycloak',
]);

/** A person, as the Management API shows them. */
export const userSchema = z.object({
  id: z.string(),
  username: z.string().nullable(),
  primaryEmail: z.string().nullable(),
  primaryPhone: z.string().nullable(),
  name: z.string().nullable(),
  avatar: z.string().nullable(),
  customData: jsonObject,
  identities: identitiesSchema,
  lastSignInAt: instant.nullable(),
  createdAt: instant,
  updatedAt: instant,
  profile: jsonObject,
  applicationId: z.string().nullable(),
  isSuspended: z.boolean(),
  hasPassword: z.boolean(),
});

export type User = z.output<typeof userSchema>;

/** Who a user is at an enterprise provider. */
export const ssoIdentitySchema = z.object({
  tenantId: z.string(),
  id: z.string(),
  userId: z.string(),
  issuer: z.string(),
  identityId: z.string().describe('The ID of the user at the provider.'),
  detail: jsonObject.describe('What the provider told at the last sign-in.'),
  createdAt: instant,
  updatedAt: instant,
  ssoConnectorId: z.string(),
});
export type SsoIdentity = z.output<typeof ssoIdentitySchema>;

const requestedUserSchema = userSchema.extend({
  ssoIdentities: z.array(ssoIdentitySchema).optional().describe('With includeSsoIdentities.'),
  passwordDigest: z.string().nullable().optional().describe('With includePasswordHash; needs the scope `all`.'),
  passwordAlgorithm: passwordAlgorithmSchema.nullable().optional().describe('With includePasswordHash.'),
});

/** Starts with a letter or an underscore; letters, digits and underscores. */
export const usernameSchema = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'must start with a letter or an underscore and contain letters, digits and underscores only')
  .max(128);
/**
 * International addresses as well (RFC 6531): no quotes, blanks or control characters, and a dot in the domain. The
 * server normalizes them and refuses domains that cannot be with `user.invalid_email`.
 */
export const emailSchema = z
  .email({
    pattern:
      /^(?!\.)(?!.*\.\.)(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]|(?![\p{C}\p{Z}])[^\0-\x7f])+(?<!\.)@(?![-.])(?:[A-Za-z0-9-]|[\p{L}\p{N}\p{M}])+(?:[.。](?:[A-Za-z0-9-]|[\p{L}\p{N}\p{M}])+)+$/u,
  })
  .max(128);
/** Digits with the country code, without a plus sign. Impossible numbers get `user.invalid_phone`. */
export const phoneSchema = z
  .string()
  .regex(/^[1-9]\d{3,15}$/, 'must be digits with the country code and without a plus sign');
/** Forms empty an identifier by sending an empty text. */
const emptied = z.literal('').transform(() => null);
export const nameSchema = z.string().max(128);
export const avatarSchema = z
  .string()
  .max(2048)
  .refine((value) => value === '' || /^https?:\/\/./i.test(value), { message: 'must be an http or https URL' });
/** Longer than any password policy allows would only cost hashing time. */
const passwordSchema = z.string().min(1).max(256);

const tag = 'Users';
const access = 'management';
const params = z.object({ userId: pathId });
const identifierErrors = [
  'user.username_already_in_use',
  'user.email_already_in_use',
  'user.phone_already_in_use',
  'user.invalid_email',
  'user.invalid_phone',
] as const;

export const listUsers = route({
  method: 'GET',
  path: '/api/users',
  operationId: 'ListUsers',
  tag,
  access,
  summary: 'List and search users',
  query: searchQuery.extend({
    roleId: z.string().optional().describe('Users that have this role.'),
    organizationId: z.string().optional().describe('Members of this organization.'),
    ssoConnectorId: z.string().optional().describe('Users with an identity at this enterprise connector.'),
    isSuspended: flag.optional(),
    hasMfa: flag.optional().describe('Users who have an authenticator app, a passkey or backup codes, or the others.'),
    createdAfter: time.optional().describe('Users created at this time or later; milliseconds since the epoch.'),
    lastSignInAfter: time
      .optional()
      .describe('Users whose last sign-in was at this time or later; milliseconds since the epoch.'),
    excludeRoleId: z.string().optional(),
    excludeOrganizationId: z.string().optional(),
    sort: z
      .enum(['-createdAt', 'createdAt', '-lastSignInAt', 'lastSignInAt'])
      .default('-createdAt')
      .describe('Descending with a minus sign. Users who have never signed in are sorted before all others.'),
  }),
  pagination: 'required',
  responses: { 200: z.array(userSchema) },
  errors: ['request.invalid_input'],
});
export const createUser = route({
  method: 'POST',
  path: '/api/users',
  operationId: 'CreateUser',
  tag,
  access,
  summary: 'Create a user',
  body: z
    .object({
      primaryPhone: phoneSchema.describe('Digits with the country code, without a plus sign.'),
      primaryEmail: emailSchema,
      username: usernameSchema,
      password: passwordSchema,
      passwordDigest: z.string().min(1).max(4096),
      passwordAlgorithm: passwordAlgorithmSchema,
      name: nameSchema,
      avatar: avatarSchema.nullable().describe('URL of an image.'),
      customData: jsonObject.describe('JSON that your applications store with the user.'),
      profile: profileSchema.describe('Standard claims of OpenID Connect.'),
    })
    .partial(),
  responses: { 200: userSchema },
  errors: [...identifierErrors, 'password.invalid_legacy_password_format'],
});
export const getUser = route({
  method: 'GET',
  path: '/api/users/:userId',
  operationId: 'GetUser',
  tag,
  access,
  summary: 'Get a user',
  params,
  query: z.object({ includeSsoIdentities: flag, includePasswordHash: flag }).partial(),
  responses: { 200: requestedUserSchema },
  errors: ['entity.not_found'],
});
export const updateUser = route({
  method: 'PATCH',
  path: '/api/users/:userId',
  operationId: 'UpdateUser',
  tag,
  access,
  summary: 'Change a user',
  params,
  body: z
    .object({
      username: z.union([usernameSchema, emptied]).nullable(),
      primaryEmail: z.union([emailSchema, emptied]).nullable(),
      primaryPhone: z
        .union([phoneSchema, emptied])
        .nullable()
        .describe('Digits with the country code, without a plus sign.'),
      name: nameSchema.nullable(),
      avatar: avatarSchema.nullable().describe('URL of an image.'),
      customData: jsonObject.describe('JSON that your applications store with the user.'),
      profile: profileSchema.describe('Standard claims of OpenID Connect.'),
    })
    .partial(),
  responses: { 200: userSchema },
  errors: ['entity.not_found', ...identifierErrors],
});
export const deleteUser = route({
  method: 'DELETE',
  path: '/api/users/:userId',
  operationId: 'DeleteUser',
  tag,
  access,
  summary: 'Delete a user and everything that is theirs',
  params,
  responses: { 204: null },
  errors: ['entity.not_found'],
});
export const getUserCustomData = route({
  method: 'GET',
  path: '/api/users/:userId/custom-data',
  operationId: 'ListUserCustomData',
  tag,
  access,
  summary: 'Get the custom data of a user',
  params,
  responses: { 200: jsonObject },
  errors: ['entity.not_found'],
});
export const updateUserCustomData = route({
  method: 'PATCH',
  path: '/api/users/:userId/custom-data',
  operationId: 'UpdateUserCustomData',
  tag,
  access,
  summary: 'Merge into the custom data of a user',
  params,
  body: z.object({ customData: jsonObject }),
  responses: { 200: jsonObject },
  errors: ['entity.not_found'],
});
export const updateUserProfile = route({
  method: 'PATCH',
  path: '/api/users/:userId/profile',
  operationId: 'UpdateUserProfile',
  tag,
  access,
  summary: 'Merge into the profile of a user',
  params,
  body: z.object({ profile: profileSchema }),
  responses: { 200: jsonObject },
  errors: ['entity.not_found'],
});
export const updateUserPassword = route({
  method: 'PATCH',
  path: '/api/users/:userId/password',
  operationId: 'UpdateUserPassword',
  tag,
  access,
  summary: 'Set the password of a user, which ends their sessions and grants unless revokeSessions is false',
  params,
  body: z.object({ password: passwordSchema, revokeSessions }),
  responses: { 200: userSchema },
  errors: ['entity.not_found', 'request.overloaded'],
});
export const updateUserPasswordExpiration = route({
  method: 'PATCH',
  path: '/api/users/:userId/password/expiration',
  operationId: 'UpdateUserPasswordExpiration',
  tag,
  access,
  summary: 'Set or unset the password of a user as expired; the next sign-in then asks for a new one',
  params,
  body: z.object({ isExpired: z.boolean() }),
  responses: { 200: userSchema },
  errors: ['entity.not_found'],
});
export const verifyUserPassword = route({
  method: 'POST',
  path: '/api/users/:userId/password/verify',
  operationId: 'VerifyUserPassword',
  tag,
  access,
  summary: 'Check the password of a user',
  params,
  body: z.object({ password: passwordSchema }),
  responses: { 204: null },
  errors: ['entity.not_found', 'session.invalid_credentials', 'request.overloaded'],
});
export const getUserHasPassword = route({
  method: 'GET',
  path: '/api/users/:userId/has-password',
  operationId: 'GetUserHasPassword',
  tag,
  access,
  summary: 'Get whether a user has a password',
  params,
  responses: { 200: z.object({ hasPassword: z.boolean() }) },
  errors: ['entity.not_found'],
});
export const updateUserIsSuspended = route({
  method: 'PATCH',
  path: '/api/users/:userId/is-suspended',
  operationId: 'UpdateUserIsSuspended',
  tag,
  access,
  summary: 'Suspend a user and end their sessions and grants, or reactivate the user',
  params,
  body: z.object({ isSuspended: z.boolean() }),
  responses: { 200: userSchema },
  errors: ['entity.not_found'],
});

export const listUserRoles = route({
  method: 'GET',
  path: '/api/users/:userId/roles',
  operationId: 'ListUserRoles',
  tag,
  access,
  summary: 'List the roles of a user',
  params,
  query: searchQuery,
  pagination: 'optional',
  responses: { 200: z.array(roleSchema) },
  errors: ['entity.not_found', 'request.invalid_input'],
});
export const assignUserRoles = route({
  method: 'POST',
  path: '/api/users/:userId/roles',
  operationId: 'AssignUserRoles',
  tag,
  access,
  summary: 'Assign roles to a user; existing roles are kept',
  params,
  body: z.object({ roleIds: idList.min(1) }),
  responses: { 201: z.object({ roleIds: z.array(z.string()), addedRoleIds: z.array(z.string()) }) },
  errors: ['entity.not_found', 'user.invalid_role_type', 'entity.relation_foreign_key_not_found'],
});
export const replaceUserRoles = route({
  method: 'PUT',
  path: '/api/users/:userId/roles',
  operationId: 'ReplaceUserRoles',
  tag,
  access,
  summary: 'Set the roles of a user',
  params,
  body: z.object({ roleIds: idList }),
  responses: { 200: z.object({ roleIds: z.array(z.string()) }) },
  errors: ['entity.not_found', 'user.invalid_role_type', 'entity.relation_foreign_key_not_found'],
});
export const deleteUserRole = route({
  method: 'DELETE',
  path: '/api/users/:userId/roles/:roleId',
  operationId: 'DeleteUserRole',
  tag,
  access,
  summary: 'Remove a role from a user',
  params: params.extend({ roleId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_found'],
});

const ofRole = z.object({ id: pathId });
export const listRoleUsers = route({
  method: 'GET',
  path: '/api/roles/:id/users',
  operationId: 'ListRoleUsers',
  tag: 'Roles',
  access,
  summary: 'List the users of a role',
  params: ofRole,
  query: searchQuery,
  pagination: 'required',
  responses: { 200: z.array(userSchema) },
  errors: ['entity.not_exists_with_id', 'request.invalid_input'],
});
export const createRoleUsers = route({
  method: 'POST',
  path: '/api/roles/:id/users',
  operationId: 'CreateRoleUser',
  tag: 'Roles',
  access,
  summary: 'Assign a role to users',
  params: ofRole,
  body: z.object({ userIds: idList.min(1) }),
  responses: { 201: null },
  errors: [
    'entity.not_exists_with_id',
    'role.user_exists',
    'user.invalid_role_type',
    'entity.relation_foreign_key_not_found',
  ],
});
export const deleteRoleUser = route({
  method: 'DELETE',
  path: '/api/roles/:id/users/:userId',
  operationId: 'DeleteRoleUser',
  tag: 'Roles',
  access,
  summary: 'Remove a role from a user',
  params: ofRole.extend({ userId: pathId }),
  responses: { 204: null },
  errors: ['entity.not_exists_with_id', 'entity.not_found'],
});
