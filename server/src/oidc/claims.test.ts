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
  customData: { favouriteColour: 'green' },
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
const subjectOf = (one: User) => ({ user: one, roleNames: ['clerk'], organizations: [{ id: 'o1', roles: ['boss'] }] });
const ownClient = { isThirdParty: false, custom: {} };
const thirdParty = { isThirdParty: true, custom: {} };
const tell = (one: User, scopes: readonly string[], more: Partial<Told> = {}) =>
  userClaims(subjectOf(one), { scopes, client: ownClient, ...more });

describe('claims about a user', () => {
  it('leave out what has no value and give times in seconds', () => {
    const claims = tell(user, ['profile', 'email', 'phone', 'address']);
    assert.deepEqual(claims, { updated_at: 1_700_000_001, created_at: 1_700_000_000 });
  });

  it('have null, false and milliseconds in the form of Logto', () => {
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

  it('name roles and organizations, in an ID token only where the tenant wants them', () => {
    const scopes = ['roles', 'urn:logto:scope:organizations', 'urn:logto:scope:organization_roles'];
    const all = { roles: ['clerk'], organizations: ['o1'], organization_roles: ['o1:boss'] };
    assert.deepEqual(tell(user, scopes), all);
    assert.deepEqual(tell(user, scopes, { extended: new Set(['roles', 'organizations'] as const) }), {
      roles: ['clerk'],
      organizations: ['o1'],
    });
  });

  it('keep the names of members of custom data and identities, and leave them out of ID tokens', () => {
    const scopes = ['custom_data', 'identities'];
    assert.deepEqual(tell(user, scopes), { custom_data: user.customData, identities: user.identities });
    assert.deepEqual(tell(user, scopes, { extended: new Set() }), {});
  });

  it('give nothing away from which the password or the suspension could be read', () => {
    const claims = JSON.stringify(tell(known, supportedScopes));
    for (const word of ['hasPassword', 'isSuspended', 'lastSignInAt']) assert.equal(claims.includes(word), false);
  });

  it('ignore unknown scopes, whatever they are called', () => {
    const scopes = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing'];
    assert.deepEqual(tell(known, scopes, { extended: new Set() }), {});
  });

  it('come one by one when they are requested, if the user has them', () => {
    const requested: RequestedClaims = { email: null, picture: null, roles: null };
    assert.deepEqual(tell(known, ['openid'], { requested, extended: new Set() }), {
      email: 'ada@example.com',
      roles: ['clerk'],
    });
  });

  it('come with a requested value or not at all', () => {
    const scopes = ['openid'];
    assert.deepEqual(tell(known, scopes, { requested: { locale: ['de', 'en'] } }), { locale: 'en' });
    assert.deepEqual(tell(known, scopes, { requested: { locale: ['de'] } }), {});
    assert.deepEqual(tell(known, scopes, { requested: { locale: [] } }), {});
  });

  it('come to a third party only under a scope that it was granted', () => {
    const requested: RequestedClaims = { email: null, name: null };
    assert.deepEqual(tell(known, ['openid', 'email'], { requested, client: thirdParty, extended: new Set() }), {
      email: 'ada@example.com',
      email_verified: true,
    });
    assert.deepEqual(tell(known, ['openid'], { requested, client: thirdParty }), {});
  });
});
