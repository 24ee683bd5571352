import type { FieldMeta } from './forms.ts';

/** How forms show a user. */
export const userFields = {
  username: { label: 'Username' },
  primaryEmail: { label: 'Email address' },
  primaryPhone: { label: 'Phone number', help: 'Digits with the country code, without a plus sign.' },
  name: { label: 'Full name' },
  avatar: { label: 'Picture', help: 'URL of an image.' },
  customData: { label: 'Custom data', help: 'JSON that your applications store with the user.', multiline: true },
  profile: { label: 'Profile', help: 'Standard claims of OpenID Connect.' },
} as const satisfies Record<string, FieldMeta | null>;

export const newUserFields = {
  ...userFields,
  password: { label: 'Password', secret: true },
  passwordDigest: null,
  passwordAlgorithm: null,
} as const satisfies Record<string, FieldMeta | null>;

export const passwordFields = {
  password: { label: 'New password', secret: true },
  revokeSessions: { label: 'Sign the user out everywhere', help: 'Ends all sessions and grants.' },
} as const satisfies Record<string, FieldMeta | null>;
