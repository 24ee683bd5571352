import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createVault, equalSecrets, hashToken } from './crypto.ts';

const vault = createVault('key material of at least thirty-two characters');

describe('Vault', () => {
  // security: value-purposes
  it('opens a sealed value in the same context only', () => {
    const sealed = vault.seal('s3cret', 'default/applications/a');
    assert.equal(vault.open(sealed, 'default/applications/a'), 's3cret');
    assert.throws(() => vault.open(sealed, 'default/applications/b'));
  });
  it('rejects a modified sealed value and another key', () => {
    const sealed = vault.seal('s3cret', 'c');
    const middle = Math.floor(sealed.length / 2);
    const changed = sealed.slice(0, middle) + (sealed[middle] === 'A' ? 'B' : 'A') + sealed.slice(middle + 1);
    assert.throws(() => vault.open(changed, 'c'));
    assert.throws(() => createVault('other key material of at least 32 characters').open(sealed, 'c'));
  });
  it('never seals the same text to the same value twice', () => {
    assert.notEqual(vault.seal('s3cret', 'c'), vault.seal('s3cret', 'c'));
  });
  // security: value-purposes
  it('signs with a separate key per purpose', () => {
    assert.equal(vault.sign('text', 'landing'), vault.sign('text', 'landing'));
    assert.notEqual(vault.sign('text', 'landing'), vault.sign('text', 'other'));
  });
});

describe('Comparing secrets', () => {
  // security: database-theft
  it('accepts only the whole secret', () => {
    assert.equal(equalSecrets('abcdef', 'abcdef'), true);
    for (const wrong of ['', 'abcde', 'abcdefg', 'abcdeg']) assert.equal(equalSecrets('abcdef', wrong), false);
  });
  it('hashes secrets with the SHA-256 of FIPS 180-4', () => {
    assert.equal(
      Buffer.from(hashToken('abc'), 'base64url').toString('hex'),
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
