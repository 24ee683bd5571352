import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { User } from '../features/users/index.ts';
import { supportedScopes, userClaims } from './claims.ts';

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
  createdAt: 1,
  updatedAt: 2,
  profile: {},
  applicationId: null,
  isSuspended: false,
  hasPassword: false,
};

describe('claims about a user', () => {
  it('flags are booleans and unset names null, as strict clients decode them', () => {
    const claims = userClaims(user, supportedScopes, { roleNames: [] });
    assert.deepEqual(
      [
        claims.email,
        claims.email_verified,
        claims.phone_number,
        claims.phone_number_verified,
        claims.name,
        claims.picture,
        claims.username,
      ],
      [null, false, null, false, null, null, null],
    );
    assert.deepEqual(claims.roles, []);
    assert.equal('family_name' in claims, false);
    assert.equal('address' in claims, false);
  });

  it('custom data and identities keep the names of their members and stay out of ID tokens', () => {
    const scopes = ['custom_data', 'identities'];
    const claims = userClaims(user, scopes, { roleNames: [] });
    assert.deepEqual(claims, { custom_data: user.customData, identities: user.identities });
    assert.deepEqual(userClaims(user, scopes, { roleNames: [], extended: new Set() }), {});
  });

  it('no scope gives a claim that the password or the suspension could be read from', () => {
    const claims = JSON.stringify(userClaims(user, supportedScopes, { roleNames: [] }));
    for (const word of ['hasPassword', 'isSuspended', 'lastSignInAt']) assert.equal(claims.includes(word), false);
  });

  it('unknown scopes give nothing, whatever they are called', () => {
    const scopes = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'nothing'];
    assert.deepEqual(userClaims(user, scopes, { roleNames: [], extended: new Set() }), {});
  });
});
