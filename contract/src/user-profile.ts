import { z } from 'zod';

const claim = z.string().max(2048);
const address = z
  .object({
    formatted: claim,
    streetAddress: claim,
    locality: claim,
    region: claim,
    postalCode: claim,
    country: claim,
  })
  .partial();

/** OpenID Connect standard claims (OpenID Connect Core 1.0 section 5.1) without a column of their own, in camelCase. */
export const profileSchema = z
  .object({
    familyName: claim,
    givenName: claim,
    middleName: claim,
    nickname: claim,
    preferredUsername: claim,
    profile: claim,
    website: claim,
    gender: claim,
    birthdate: claim.describe('Year, month and day, such as 1990-12-31.'),
    zoneinfo: claim.describe('A name such as Europe/Madrid.'),
    locale: claim.describe('A language tag such as es-MX.'),
    address,
  })
  .partial();
