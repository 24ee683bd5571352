/** The values of the form: what the API has, with every field that an input shows. */
import type { AccountCenter, AccountCenterChange } from '@aldaba/contract';
import { accountCenterSchema } from '@aldaba/contract/routes';
import { limitsOf } from '../../patterns/whole-number.tsx';

export type Field = keyof AccountCenter['fields'];

/** In the order of the account page. */
export const fieldNames = [
  'name',
  'avatar',
  'profile',
  'username',
  'email',
  'phone',
  'password',
  'mfa',
  'passkey',
  'social',
  'session',
  'customData',
] as const satisfies readonly Field[];

export const controls = ['Off', 'ReadOnly', 'Edit'] as const;
export type Control = (typeof controls)[number];

export const graceLimits = limitsOf(accountCenterSchema.shape.deletionGraceDays);

export type Values = ReturnType<typeof valuesOf>;

export const valuesOf = (saved: AccountCenter) => ({
  enabled: saved.enabled,
  fields: Object.fromEntries(fieldNames.map((name) => [name, saved.fields[name] ?? 'Off'])) as Record<Field, Control>,
  /** null: all of them. */
  profileFields: saved.profileFields,
  webauthnRelatedOrigins: saved.webauthnRelatedOrigins,
  /** Empty: users cannot ask for the deletion. */
  deletionGraceDays: saved.deletionGraceDays ?? ('' as number | string),
  deleteAccountUrl: saved.deleteAccountUrl ?? '',
});

export const bodyOf = ({ deletionGraceDays, ...values }: Values) =>
  ({
    ...values,
    webauthnRelatedOrigins: values.webauthnRelatedOrigins.map((origin) => origin.trim()).filter(Boolean),
    deletionGraceDays: deletionGraceDays === '' ? null : Number(deletionGraceDays),
  }) satisfies AccountCenterChange;
