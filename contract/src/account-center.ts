import { z } from 'zod';
import { route } from './route.ts';
import { optionalLink, webUrl } from './values.ts';

/** `Off`: not shown; `ReadOnly`: shown; `Edit`: the user can change it. */
const control = z.enum(['Off', 'ReadOnly', 'Edit']);
const fields = z
  .object({
    name: control,
    avatar: control,
    profile: control.describe('Standard claims, such as the birthdate, and custom profile fields.'),
    email: control,
    phone: control,
    password: control,
    username: control,
    social: control,
    customData: control.describe('JSON that your applications store with the user.'),
    mfa: control,
    passkey: control,
    session: control.describe('Where the user is signed in.'),
  })
  .partial();

const settings = {
  enabled: z.boolean().describe('Signed-in users can see and change their own account.'),
  fields: fields.describe('What users see, and what they can change.'),
  webauthnRelatedOrigins: z
    .array(webUrl)
    .max(100)
    .describe('Other origins of your own at which the same passkeys work.'),
  /** An empty one is none. */
  deleteAccountUrl: optionalLink
    .overwrite((link) => (link === '' ? null : link))
    .describe('Page of your own where users ask to delete their account.'),
  deletionGraceDays: z
    .number()
    .int()
    .min(1)
    .max(365)
    .nullable()
    .describe('Days after which an account is deleted whose user asked for that; null: users cannot.'),
  customCss: z.string().max(65_536).nullable(),
  profileFields: z
    .array(z.object({ name: z.string().min(1).max(128) }))
    .max(100)
    .nullable()
    .describe('Custom profile fields, shown in the order of the list.'),
};

/** What people may see and change about themselves; without an entry a field is off. */
export const accountCenterSchema = z.object({
  tenantId: z.string(),
  id: z.literal('default'),
  enabled: settings.enabled.default(false),
  fields: settings.fields.default({}),
  webauthnRelatedOrigins: settings.webauthnRelatedOrigins.default([]),
  deleteAccountUrl: settings.deleteAccountUrl.default(null),
  deletionGraceDays: settings.deletionGraceDays.default(null),
  customCss: settings.customCss.default(null),
  profileFields: settings.profileFields.default(null),
});
export type AccountCenter = z.output<typeof accountCenterSchema>;

const change = z.object(settings).partial();
export type AccountCenterChange = z.output<typeof change>;

const tag = 'Account center';

export const getAccountCenter = route({
  method: 'GET',
  path: '/api/account-center',
  operationId: 'GetAccountCenterSettings',
  tag,
  access: 'management',
  summary: 'Get the settings of the account center',
  responses: { 200: accountCenterSchema },
});
export const updateAccountCenter = route({
  method: 'PATCH',
  path: '/api/account-center',
  operationId: 'UpdateAccountCenterSettings',
  tag,
  access: 'management',
  summary: 'Update the settings of the account center',
  body: change,
  responses: { 200: accountCenterSchema },
  errors: ['request.feature_not_supported', 'custom_profile_fields.entity_not_exists_with_names'],
});
export const getPublicAccountCenter = route({
  method: 'GET',
  path: '/api/.well-known/account-center',
  operationId: 'GetWellKnownAccountCenter',
  tag,
  access: 'anonymous',
  summary: 'Get the settings of the account center',
  responses: { 200: accountCenterSchema },
});
export const getRelatedOrigins = route({
  method: 'GET',
  path: '/.well-known/webauthn',
  operationId: 'GetWebAuthnRelatedOrigins',
  tag,
  access: 'anonymous',
  summary: 'Get the origins at which passkeys of this host work (Web Authentication Level 3, section 5.11)',
  responses: { 200: z.object({ origins: z.array(z.string()) }) },
});
