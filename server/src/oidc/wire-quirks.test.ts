import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  firstScreenPath,
  givenSecret,
  namedApplication,
  sameClient,
  scopeMember,
  splitResources,
  uniqueScopes,
} from './wire-quirks.ts';

describe('Wire quirks of client libraries', () => {
  it('treats the literal None of the Python SDK as no secret', () => {
    assert.equal(givenSecret('None'), undefined);
    assert.equal(givenSecret('none'), 'none');
  });

  it('accepts repeated scopes and resources from the Python and JavaScript SDKs', () => {
    assert.deepEqual(uniqueScopes('openid profile  openid'), ['openid', 'profile']);
    assert.deepEqual(splitResources(['a', 'b,a', ' c ']), ['a', 'b', 'c']);
  });

  it('returns scope as a string even without scopes for the Swift and Kotlin SDKs', () =>
    assert.deepEqual(scopeMember([]), { scope: '' }));

  it('accepts the same client in header and body from the Node SDK', () => {
    assert.equal(sameClient('a', 'a'), true);
    assert.equal(sameClient('a', undefined), true);
    assert.equal(sameClient('a', 'b'), false);
  });

  it('accepts old and new names for the first page from all SDKs', () => {
    assert.equal(firstScreenPath('identifier:register', undefined), '/identifier-register');
    assert.equal(firstScreenPath(undefined, 'signUp'), '/register');
    assert.equal(firstScreenPath('constructor', undefined), '/sign-in');
  });

  it('lets the header name the application before the query on sign-in pages', () => {
    assert.equal(namedApplication({ headers: { 'logto-app-id': 'a' }, query: { app_id: 'b' } }), 'a');
    assert.equal(namedApplication({ headers: {}, query: { app_id: 'b' } }), 'b');
    assert.equal(namedApplication({ headers: {}, query: { app_id: ['a', 'b'] } }), undefined);
  });
});
