import { type ClaimsForm, type ExtendedClaim, extendedClaimSchema } from '@aldaba/contract';
import type { Client } from '../features/applications/applications/index.ts';
import type { Subject, User } from '../features/people/users/index.ts';

/** User scopes (OpenID Connect Core section 5.4 and our own), as published by discovery. */
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
  // Without claims: what the Account API shows.
  'urn:logto:scope:sessions',
  'urn:logto:scope:trusted_devices',
] as const;

type UserScope = Exclude<
  (typeof supportedScopes)[number],
  'openid' | 'offline_access' | 'urn:logto:scope:sessions' | 'urn:logto:scope:trusted_devices'
>;

const addressClaims: Record<string, string> = {
  formatted: 'formatted',
  street_address: 'streetAddress',
  locality: 'locality',
  region: 'region',
  postal_code: 'postalCode',
  country: 'country',
};

type Known = Omit<Subject, 'details'>;
/** The value of a claim for a user; null or undefined if the user has none. */
type Tell = (subject: Known) => unknown;

const fromProfile =
  (member: string): Tell =>
  ({ user }) =>
    user.profile[member];

/** Every user claim, by the scope that requests it (OpenID Connect Core sections 5.1 and 5.4). */
const claimsOf: Record<UserScope, Record<string, Tell>> = {
  profile: {
    name: ({ user }) => user.name,
    family_name: fromProfile('familyName'),
    given_name: fromProfile('givenName'),
    middle_name: fromProfile('middleName'),
    nickname: fromProfile('nickname'),
    profile: fromProfile('profile'),
    website: fromProfile('website'),
    gender: fromProfile('gender'),
    birthdate: fromProfile('birthdate'),
    zoneinfo: fromProfile('zoneinfo'),
    locale: fromProfile('locale'),
    preferred_username: ({ user }) => user.profile.preferredUsername ?? user.username,
    picture: ({ user }) => user.avatar,
    username: ({ user }) => user.username,
    updated_at: ({ user }) => Math.floor(user.updatedAt / 1000),
    created_at: ({ user }) => Math.floor(user.createdAt / 1000),
  },
  email: {
    email: ({ user }) => user.primaryEmail,
    email_verified: ({ user, isEmailVerified }) => (user.primaryEmail ? isEmailVerified : undefined),
  },
  phone: {
    phone_number: ({ user }) => user.primaryPhone,
    phone_number_verified: ({ user }) => (user.primaryPhone ? true : undefined),
  },
  address: { address: ({ user }) => addressOf(user) },
  roles: { roles: ({ roleNames }) => [...roleNames] },
  // Their members keep the operator's names.
  custom_data: { custom_data: ({ user }) => user.customData },
  identities: {
    identities: ({ user }) => user.identities,
    sso_identities: ({ ssoIdentities }) => [...ssoIdentities],
  },
  'urn:logto:scope:organizations': {
    organizations: ({ organizations }) => organizations.map(({ id }) => id),
    organization_data: ({ organizations }) => organizations.map(({ roles: _, ...organization }) => organization),
  },
  'urn:logto:scope:organization_roles': {
    /** `<id of the organization>:<name of the role>` */
    organization_roles: ({ organizations }) =>
      organizations.flatMap(({ id, roles }) => roles.map((role) => `${id}:${role}`)),
  },
};

function addressOf({ profile }: User): unknown {
  const { address } = profile;
  if (typeof address !== 'object' || address === null) return undefined;
  const members = Object.entries(addressClaims).flatMap(([claim, member]) => {
    const value = (address as Record<string, unknown>)[member];
    return value === undefined || value === null ? [] : [[claim, value]];
  });
  return Object.fromEntries(members);
}

/** The scope of each claim. */
const scopeOf: ReadonlyMap<string, UserScope> = new Map(
  Object.entries(claimsOf).flatMap(([scope, claims]) =>
    Object.keys(claims).map((claim) => [claim, scope as UserScope]),
  ),
);
const tellOf: ReadonlyMap<string, Tell> = new Map(Object.values(claimsOf).flatMap((claims) => Object.entries(claims)));

/** User claims that a `claims` parameter can request. */
export const isUserClaim = (name: string): boolean => scopeOf.has(name);

export const supportedClaims: readonly string[] = [
  ...['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'acr', 'amr', 'nonce', 'sid'],
  ...scopeOf.keys(),
];

/** Scopes whose claims need more than the user's own row. */
const wideScopes = ['roles', 'identities', 'urn:logto:scope:organizations', 'urn:logto:scope:organization_roles'];

/** Whether the claims need roles, organizations or company identities of the user. */
export const needsMembership = (scopes: readonly string[], requested: RequestedClaims = {}): boolean =>
  wideScopes.some((scope) => scopes.includes(scope)) ||
  Object.keys(requested).some((claim) => wideScopes.includes(scopeOf.get(claim) ?? ''));

/** Claims that may be too large or too private for an ID token: the tenant decides; userinfo always includes them. */
const extendedClaims: ReadonlySet<string> = new Set(extendedClaimSchema.options);

/** Members that Logto's wire format sends as `null` if the user has no value, and flags that it sends as `false`. */
const nullable: Record<string, readonly string[]> = {
  profile: ['name', 'picture', 'username', 'preferred_username'],
  email: ['email'],
  phone: ['phone_number'],
};
const flags: Record<string, string> = { email: 'email_verified', phone: 'phone_number_verified' };

type Claims = Record<string, unknown>;

/** Claims by name, with the requested values; null if any value will do. */
export type RequestedClaims = Readonly<Record<string, readonly unknown[] | null>>;

const accepts = (wanted: readonly unknown[] | null, value: unknown): boolean =>
  wanted === null || wanted.some((one) => JSON.stringify(one) === JSON.stringify(value));

export interface Told {
  /** Granted scopes of the application, within its allowed scopes. */
  scopes: readonly string[];
  /** The claims that the `claims` parameter requests in this place, in addition to the scopes. */
  requested?: RequestedClaims | undefined;
  /** The extended claims of the tenant's ID tokens; undefined for userinfo, which includes all. */
  extended?: ReadonlySet<ExtendedClaim>;
  client: Pick<Client, 'isThirdParty'> & { custom: { claims?: ClaimsForm } };
}

/**
 * The claims about a user. Claims without a value are omitted and times are in seconds (OpenID Connect Core sections
 * 5.1 and 5.3.2), unless the application uses Logto's wire format.
 *
 * Requested claims are added to those of the scopes. A third party gets them only with the matching granted scope: the
 * parameter selects where a claim is returned, not what the user consented to.
 */
export function userClaims(subject: Known, told: Told): Claims {
  const { scopes, requested = {}, extended, client } = told;
  const claims: Claims = {};
  const add = (name: string, value: unknown) => {
    if (value !== undefined && value !== null) claims[name] = value;
  };
  const isLogto = client.custom.claims === 'logto';
  for (const scope of scopes) {
    // Scopes come from requests: `constructor` must not match.
    if (!Object.hasOwn(claimsOf, scope)) continue;
    for (const [name, tell] of Object.entries(claimsOf[scope as UserScope]))
      if (!extended || !extendedClaims.has(name) || extended.has(name as ExtendedClaim)) add(name, tell(subject));
    if (isLogto) addLogtoForm(claims, scope, subject.user);
  }
  for (const [name, wanted] of Object.entries(requested)) {
    const scope = scopeOf.get(name);
    if (!scope || (client.isThirdParty && !scopes.includes(scope))) continue;
    const value = tellOf.get(name)?.(subject);
    if (accepts(wanted, value)) add(name, value);
  }
  return claims;
}

/** Differences of the wire format: `null` for missing values, flags that are always present, milliseconds. */
function addLogtoForm(claims: Claims, scope: string, user: User): void {
  for (const name of nullable[scope] ?? []) claims[name] ??= null;
  const flag = flags[scope];
  if (flag !== undefined) claims[flag] ??= false;
  if (scope === 'profile') Object.assign(claims, { updated_at: user.updatedAt, created_at: user.createdAt });
}
