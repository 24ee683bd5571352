import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseFilter } from './filters.ts';
import { firstNameOf, identifierOf, type LdapEntry, textsOf } from './values.ts';

const entry = (name: string, ...values: (string | Buffer)[]): LdapEntry => ({
  dn: 'cn=x',
  attributes: new Map([[name.toLowerCase(), values.map((value) => Buffer.from(value as string))]]),
});

describe('Values of a directory', () => {
  it('reads a binary GUID of Active Directory in its usual spelling', () => {
    const bytes = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
    assert.equal(identifierOf(entry('objectGUID', bytes), 'objectGUID'), '33221100-5544-7766-8899-aabbccddeeff');
  });

  it('reads an identifier once, as text or in base64url, and none of several', () => {
    assert.equal(identifierOf(entry('entryUUID', 'a-b'), 'entryuuid'), 'a-b');
    assert.equal(identifierOf(entry('objectSid', Buffer.from([255, 254, 1])), 'objectSid'), '__4B');
    assert.equal(identifierOf(entry('uid', 'a', 'b'), 'uid'), undefined);
    assert.equal(identifierOf(entry('uid', ''), 'uid'), undefined);
    assert.equal(identifierOf(entry('uid', 'a'), 'mail'), undefined);
    assert.deepEqual(textsOf(entry('mail', 'a@b', Buffer.from([255]), ''), 'MAIL'), ['a@b']);
  });

  const names: [dn: string, name: string | undefined][] = [
    ['cn=Engineers,ou=groups,dc=acme', 'Engineers'],
    ['CN=Engineers\\, Berlin,OU=x', 'Engineers, Berlin'],
    ['cn=Z\\C3\\BCrich,dc=x', 'Zürich'],
    ['cn=Zürich,dc=x', 'Zürich'],
    ['cn=a\\+b+uid=c,dc=x', 'a+b'],
    ['cn=a\\\\,dc=x', 'a\\'],
    ['cn=#0401,dc=x', undefined],
    ['cn=\\FF,dc=x', undefined],
    ['cn=,dc=x', undefined],
    ['nothing', undefined],
    ['cn=a\\', 'a'],
  ];
  for (const [dn, name] of names)
    it(`reads the first name of ${dn} (RFC 4514)`, () => assert.equal(firstNameOf(dn), name));

  it('reads filters, and refuses what is none, too long or too deep', () => {
    const good = ['(a=b)', '(&(a=b)(!(c=*)))', '(userAccountControl:1.2.840.113556.1.4.803:=2)', '(cn=a\\2ab)'];
    for (const text of good) assert.ok(parseFilter(text), text);
    const bad = [
      '',
      '(a=b',
      '(a=b))',
      '(&)',
      '(a b)',
      `(a=${'b'.repeat(3000)})`,
      `${'(!'.repeat(40)}(a=b)${')'.repeat(40)}`,
    ];
    for (const text of bad) assert.equal(parseFilter(text), undefined, text.slice(0, 40));
  });
});
