import { z } from 'zod';
import { form } from './forms.ts';
import { route } from './route.ts';
import { optionalLink, webUrl } from './values.ts';

/** `Off`: not shown; `ReadOnly`: shown; `Edit`: the user can change it. */
const control = z.enum(['Off', 'ReadOnly', 'Edit']);
const fields = form(
  'account-center.fields',
  z
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
    .partial(),
  {
    name: { label: 'Full name' },
    avatar: { label: 'Picture' },
    profile: { label: 'Profile', help: 'Standard claims, such as the birthdate, and custom profile fields.' },
    email: { label: 'Email address' },
    phone: { label: 'Phone number' },
    password: { label: 'Password' },
    username: { label: 'Username' },
    social: { label: 'Social accounts' },
    customData: { label: 'Custom data', help: 'JSON that your applications store with the user.' },
    mfa: { label: 'Multi-factor authentication' },
    passkey: { label: 'Passkeys' },
    session: { label: 'Sessions', help: 'Where the user is signed in.' },
  },
);

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

const change = form('account-center', z.object(settings).partial(), {
  enabled: { label: 'Account center', help: 'Signed-in users can see and change their own account.' },
  fields: { label: 'Fields', help: 'What users see, and what they can change.' },
  webauthnRelatedOrigins: {
    label: 'Related origins for passkeys',
    help: 'Other origins of your own at which the same passkeys work.',
  },
  deleteAccountUrl: {
    label: 'Account deletion URL',
    help: 'Page of your own where users ask to delete their account.',
  },
  customCss: { label: 'Custom CSS', multiline: true },
  profileFields: { label: 'Custom profile fields', help: 'Shown in the order of the list.' },
});
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
