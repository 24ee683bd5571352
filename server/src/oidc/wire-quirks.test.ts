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

describe('what single clients need beyond the specifications', () => {
  it('Python: the literal None is no secret', () => {
    assert.equal(givenSecret('None'), undefined);
    assert.equal(givenSecret('none'), 'none');
  });

  it('Python and JavaScript: scopes and resources may repeat', () => {
    assert.deepEqual(uniqueScopes('openid profile  openid'), ['openid', 'profile']);
    assert.deepEqual(splitResources(['a', 'b,a', ' c ']), ['a', 'b', 'c']);
  });

  it('Swift and Kotlin: scope is a string even without scopes', () => assert.deepEqual(scopeMember([]), { scope: '' }));

  it('Node: header and body may both name the client, if it is the same', () => {
    assert.equal(sameClient('a', 'a'), true);
    assert.equal(sameClient('a', undefined), true);
    assert.equal(sameClient('a', 'b'), false);
  });

  it('all: old and new words for the first page', () => {
    assert.equal(firstScreenPath('identifier:register', undefined), '/identifier-register');
    assert.equal(firstScreenPath(undefined, 'signUp'), '/register');
    assert.equal(firstScreenPath('constructor', undefined), '/sign-in');
  });

  it('sign-in pages: the header names the application before the query does', () => {
    assert.equal(namedApplication({ headers: { 'logto-app-id': 'a' }, query: { app_id: 'b' } }), 'a');
    assert.equal(namedApplication({ headers: {}, query: { app_id: 'b' } }), 'b');
    assert.equal(namedApplication({ headers: {}, query: { app_id: ['a', 'b'] } }), undefined);
  });
});
