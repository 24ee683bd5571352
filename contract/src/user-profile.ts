import { z } from 'zod';
import { form } from './forms.ts';

const claim = z.string().max(2048);
const address = form(
  'users.profile.address',
  z
    .object({
      formatted: claim,
      streetAddress: claim,
      locality: claim,
      region: claim,
      postalCode: claim,
      country: claim,
    })
    .partial(),
  {
    formatted: { label: 'Full address', multiline: true },
    streetAddress: { label: 'Street address' },
    locality: { label: 'City' },
    region: { label: 'State or region' },
    postalCode: { label: 'Postal code' },
    country: { label: 'Country' },
  },
);

/** OpenID Connect standard claims (OpenID Connect Core 1.0 section 5.1) without a column of their own, in camelCase. */
export const profileSchema = form(
  'users.profile',
  z
    .object({
      familyName: claim,
      givenName: claim,
      middleName: claim,
      nickname: claim,
      preferredUsername: claim,
      profile: claim,
      website: claim,
      gender: claim,
      birthdate: claim,
      zoneinfo: claim,
      locale: claim,
      address,
    })
    .partial(),
  {
    familyName: { label: 'Family name' },
    givenName: { label: 'Given name' },
    middleName: { label: 'Middle name' },
    nickname: { label: 'Nickname' },
    preferredUsername: { label: 'Preferred username' },
    profile: { label: 'Profile page' },
    website: { label: 'Website' },
    gender: { label: 'Gender' },
    birthdate: { label: 'Birthdate', help: 'Year, month and day, such as 1990-12-31.' },
    zoneinfo: { label: 'Time zone', help: 'A name such as Europe/Madrid.' },
    locale: { label: 'Language', help: 'A language tag such as es-MX.' },
    address: { label: 'Address' },
  },
);
