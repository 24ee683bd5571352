import { z } from 'zod';
import { route } from './route.ts';
import { optionalLink, webUrl } from './values.ts';

const control = z.enum(['Off', 'ReadOnly', 'Edit']);
const fields = z
  .object({
    name: control,
    avatar: control,
    profile: control,
    email: control,
    phone: control,
    password: control,
    username: control,
    social: control,
    customData: control,
    mfa: control,
    passkey: control,
    session: control,
  })
  .partial();

const settings = {
  enabled: z.boolean(),
  fields,
  webauthnRelatedOrigins: z.array(webUrl).max(100),
  /** An empty one is none. */
  deleteAccountUrl: optionalLink.overwrite((link) => (link === '' ? null : link)),
  customCss: z.string().max(65_536).nullable(),
  profileFields: z
    .array(z.object({ name: z.string().min(1).max(128) }))
    .max(100)
    .nullable(),
};

/** What people may see and change about themselves; without an entry a field is off. */
export const accountCenterSchema = z.object({
  tenantId: z.string(),
  id: z.literal('default'),
  enabled: settings.enabled.default(false),
  fields: settings.fields.default({}),
  webauthnRelatedOrigins: settings.webauthnRelatedOrigins.default([]),
  deleteAccountUrl: settings.deleteAccountUrl.default(null),
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
