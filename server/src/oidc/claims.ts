import type { ExtendedClaim } from '@aldaba/contract';
import type { User } from '../features/users/index.ts';

/** Scopes about the person (OpenID Connect Core section 5.4 and our own), as discovery publishes them. */
export const supportedScopes = [
  'openid',
  'offline_access',
  'profile',
  'email',
  'phone',
  'address',
  'roles',
  'custom_data',
  'identities',
  'urn:logto:scope:organizations',
  'urn:logto:scope:organization_roles',
] as const;

/** Claims that `profile` takes from the user's profile as they are, where they are set. */
const profileClaims: Record<string, string> = {
  family_name: 'familyName',
  given_name: 'givenName',
  middle_name: 'middleName',
  nickname: 'nickname',
  profile: 'profile',
  website: 'website',
  gender: 'gender',
  birthdate: 'birthdate',
  zoneinfo: 'zoneinfo',
  locale: 'locale',
};

const addressClaims: Record<string, string> = {
  formatted: 'formatted',
  street_address: 'streetAddress',
  locality: 'locality',
  region: 'region',
  postal_code: 'postalCode',
  country: 'country',
};

export const supportedClaims = [
  'sub',
  'iss',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'amr',
  'nonce',
  'sid',
  'name',
  'picture',
  'username',
  'preferred_username',
  'updated_at',
  'created_at',
  ...Object.keys(profileClaims),
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'address',
  'roles',
  'custom_data',
  'identities',
  'organizations',
  'organization_roles',
] as const;

type Claims = Record<string, unknown>;

/** What each scope says about a user. Only set profile members appear; name, picture, username, email and phone may be null. */
const claimsOf: Record<string, (user: User, roleNames: readonly string[]) => Claims> = {
  profile: (user) => ({
    name: user.name,
    ...pick(user.profile, profileClaims),
    preferred_username: user.profile.preferredUsername ?? user.username,
    picture: user.avatar,
    username: user.username,
    // Milliseconds, unlike the specification's seconds: the wire contract of the SDKs.
    updated_at: user.updatedAt,
    created_at: user.createdAt,
  }),
  email: (user) => ({ email: user.primaryEmail, email_verified: Boolean(user.primaryEmail) }),
  phone: (user) => ({ phone_number: user.primaryPhone, phone_number_verified: Boolean(user.primaryPhone) }),
  address: ({ profile }) =>
    typeof profile.address === 'object' && profile.address !== null
      ? { address: pick(profile.address as Record<string, unknown>, addressClaims) }
      : {},
  roles: (_user, roleNames) => ({ roles: [...roleNames] }),
  // Their members keep the names that the operator gave them.
  custom_data: (user) => ({ custom_data: user.customData }),
  identities: (user) => ({ identities: user.identities }),
};

function pick(source: Record<string, unknown>, names: Record<string, string>): Claims {
  const claims: Claims = {};
  for (const [claim, member] of Object.entries(names)) {
    const value = source[member];
    if (value !== undefined && value !== null) claims[claim] = value;
  }
  return claims;
}

/** Scopes whose claims may be too large or too private for an ID token: the tenant decides; userinfo always tells them. */
const extendedScopes = new Set(['custom_data', 'identities', 'roles']);

/**
 * The claims about a user for the granted scopes.
 * @param options.extended the extended claims that an ID token carries; undefined for userinfo, which carries all
 */
export function userClaims(
  user: User,
  scopes: readonly string[],
  options: { roleNames: readonly string[]; extended?: ReadonlySet<ExtendedClaim> },
): Claims {
  const claims: Claims = {};
  for (const scope of scopes) {
    if (options.extended && extendedScopes.has(scope) && !options.extended.has(scope as ExtendedClaim)) continue;
    // Scopes come from requests: `constructor` is not one of ours.
    if (Object.hasOwn(claimsOf, scope)) Object.assign(claims, claimsOf[scope]?.(user, options.roleNames));
  }
  return claims;
}
