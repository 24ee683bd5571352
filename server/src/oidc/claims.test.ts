import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { User } from '../features/people/users/index.ts';
import { type RequestedClaims, supportedScopes, type Told, userClaims } from './claims.ts';

const user: User = {
  id: 'abcdefghijkl',
  username: null,
  primaryEmail: null,
  primaryPhone: null,
  name: null,
  avatar: null,
  customData: { favouriteColor: 'green' },
  identities: { wechat: { userId: 'u', details: { rawData: { openId: 'o' } } } },
  lastSignInAt: null,
  createdAt: 1_700_000_000_900,
  updatedAt: 1_700_000_001_999,
  profile: {},
  applicationId: null,
  isSuspended: false,
  hasPassword: false,
};
const known: User = { ...user, name: 'Ada', primaryEmail: 'ada@example.com', profile: { locale: 'en' } };
const ssoIdentities = [{ ssoConnectorId: 'c1', issuer: 'https://acme.example', identityId: 'u1', detail: { a: 1 } }];
const organization = { id: 'o1', name: 'Acme', description: null };
const subjectOf = (one: User) => ({
  user: one,
  isEmailVerified: true,
  roleNames: ['clerk'],
  organizations: [{ ...organization, roles: ['boss'] }],
  ssoIdentities,
});
const ownClient = { isThirdParty: false, custom: {} };
const thirdParty = { isThirdParty: true, custom: {} };
const tell = (one: User, scopes: readonly string[], more: Partial<Told> = {}) =>
  userClaims(subjectOf(one), { scopes, client: ownClient, ...more });

describe('User claims', () => {
  it('omits claims without a value and gives times in seconds', () => {
    const claims = tell(user, ['profile', 'email', 'phone', 'address']);
    assert.deepEqual(claims, { updated_at: 1_700_000_001, created_at: 1_700_000_000 });
  });

  it('claims that an address is not verified until its owner has proved it', () => {
    const subject = { ...subjectOf(known), isEmailVerified: false };
    const claims = userClaims(subject, { scopes: ['email'], client: ownClient });
    assert.deepEqual(claims, { email: 'ada@example.com', email_verified: false });
  });

  it('returns null, false and milliseconds in Logto’s format', () => {
    const client = { isThirdParty: false, custom: { claims: 'logto' } } as const;
    const claims = tell(user, ['profile', 'email', 'phone', 'address'], { client });
    assert.deepEqual(claims, {
      name: null,
      picture: null,
      username: null,
      preferred_username: null,
      updated_at: 1_700_000_001_999,
      created_at: 1_700_000_000_900,
      email: null,
      email_verified: false,
      phone_number: null,
      phone_number_verified: false,
    });
  });

  it('returns roles and organizations, in an ID token only if the tenant enables them', () => {
    const scopes = ['roles', 'urn:logto:scope:organizations', 'urn:logto:scope:organization_roles'];
    const all = {
      ...{ roles: ['clerk'], organizations: ['o1'], organization_roles: ['o1:boss'] },
      organization_data: [organization],
    };
    assert.deepEqual(tell(user, scopes), all);
    assert.deepEqual(tell(user, scopes, { extended: new Set(['roles', 'organizations'] as const) }), {
      roles: ['clerk'],
      organizations: ['o1'],
    });
  });

  it('keeps member names of custom data and identities, and omits them from ID tokens unless the tenant enables each', () => {
    const scopes = ['custom_data', 'identities'];
    const identities = { identities: user.identities, sso_identities: ssoIdentities };
    assert.deepEqual(tell(user, scopes), { custom_data: user.customData, ...identities });
    assert.deepEqual(tell(user, scopes, { extended: new Set() }), {});
    const extended = new Set(['sso_identities'] as const);
    assert.deepEqual(tell(user, scopes, { extended }), { sso_identities: ssoIdentities });
  });

  it('reveals nothing about the password or a suspension in claims', () => {
    const claims = JSON.stringify(tell(known, supportedScopes));
    for (const word of ['hasPassword', 'isSuspended', 'lastSignInAt']) assert.equal(claims.includes(word), false);
  });

  it('ignores unknown scopes, including names of object members', () => {
    const scopes = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing'];
    assert.deepEqual(tell(known, scopes, { extended: new Set() }), {});
  });

  it('returns individually requested claims if the user has them', () => {
    const requested: RequestedClaims = { email: null, picture: null, roles: null };
    assert.deepEqual(tell(known, ['openid'], { requested, extended: new Set() }), {
      email: 'ada@example.com',
      roles: ['clerk'],
    });
  });

  it('returns a claim with the requested value or not at all', () => {
    const scopes = ['openid'];
    assert.deepEqual(tell(known, scopes, { requested: { locale: ['de', 'en'] } }), { locale: 'en' });
    assert.deepEqual(tell(known, scopes, { requested: { locale: ['de'] } }), {});
    assert.deepEqual(tell(known, scopes, { requested: { locale: [] } }), {});
  });

  it('returns requested claims to a third party only under a granted scope', () => {
    const requested: RequestedClaims = { email: null, name: null };
    assert.deepEqual(tell(known, ['openid', 'email'], { requested, client: thirdParty, extended: new Set() }), {
      email: 'ada@example.com',
      email_verified: true,
    });
    assert.deepEqual(tell(known, ['openid'], { requested, client: thirdParty }), {});
  });
});
