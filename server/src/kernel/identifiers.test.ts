import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { emailKey, normalizeDomain, normalizeEmail, normalizePhone } from './identifiers.ts';
import { normalizeCode, normalizeName, normalizePassword } from './text.ts';

/** Text similar to addresses: letters of several scripts, look-alikes, marks, controls, and surrounding characters. */
const characters = 'aAbBk\u212aKſsßüÜиаåÅÅİıöñŁςΣ漢１a\u0308\u030a\u200b\u202e.-_+\'"@ ()<>,;:\\\0９';
const near = fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 });
const address = fc
  .tuple(
    near,
    fc.oneof(near, fc.constantFrom('example.com', 'EXAMPLE.com', 'bücher.example', 'BÜCHER.example', '\u212a.example')),
  )
  .map(([local, domain]) => `${local}@${domain}`);
const any = fc.oneof(address, fc.emailAddress(), fc.string({ unit: 'grapheme' }));

describe('Email address normalization', () => {
  it('accepts email addresses of any language in one canonical form', () => {
    const shown: [typed: string, stored: string][] = [
      ['Ada@example.com', 'Ada@example.com'],
      ['ada@EXAMPLE.Com', 'ada@example.com'],
      ['a@b.c', 'a@b.c'],
      ["o'neil+news=x@example.com", "o'neil+news=x@example.com"],
      ['müller@example.com', 'müller@example.com'],
      ['mu\u0308ller@example.com', 'müller@example.com'],
      ['MÜLLER@example.com', 'MüLLER@example.com'],
      ['ünï@example.com', 'ünï@example.com'],
      ['straße@example.com', 'straße@example.com'],
      ['用户@例子。中国', '用户@xn--fsqu00a.xn--fiqs8s'],
      ['ana@bücher.example', 'ana@xn--bcher-kva.example'],
      ['ana@xn--bcher-kva.example', 'ana@xn--bcher-kva.example'],
      ['ana@ｅｘａｍｐｌｅ．com', 'ana@example.com'],
    ];
    for (const [typed, stored] of shown) assert.equal(normalizeEmail(typed), stored, typed);
    assert.equal(emailKey('MÜLLER@BÜCHER.example'), emailKey('müller@xn--bcher-kva.EXAMPLE'));
  });

  // security: similar-addresses
  it('rejects invalid email addresses and addresses that mail systems may read as another user’s', () => {
    const refused = [
      ...['ada', 'ada@', '@example.com', 'ada@localhost', 'ada@@example.com', 'a b@example.com', 'ada@exa mple.com'],
      ...['.ada@example.com', 'ada.@example.com', 'a..b@example.com', 'ada@-a.com', 'ada@a-.com', 'ada@a..com'],
      ...['"ada"@example.com', 'ada@[127.0.0.1]', 'ada@127.0.0.1', 'ada@1.2.3', 'ada@0x7f.1', 'ada@ex%61mple.com'],
      ...['ada@example.com.', 'ada@example.com\r\nBcc: all@example.com', 'ada\0@example.com', '<ada@example.com>'],
      // Kelvin sign, long s, dotted uppercase I, full-width letters and signs, ligature.
      ...[
        'mi\u212ae@example.com',
        'paſcal@example.com',
        'İda@example.com',
        'ａda@example.com',
        'ada＠evil.com@example.com',
      ],
      ...['ﬁn@example.com', 'ada\u202e@example.com', 'a\u200bda@example.com', `${'a'.repeat(65)}@example.com`],
      `ada@${'a'.repeat(64)}.com`,
    ];
    for (const typed of refused) assert.equal(normalizeEmail(typed), undefined, JSON.stringify(typed));
  });

  it('normalizes an email address idempotently', () => {
    fc.assert(
      fc.property(any, (typed) => {
        const once = normalizeEmail(typed);
        if (once === undefined) return;
        assert.equal(normalizeEmail(once), once);
        assert.equal(emailKey(emailKey(typed)), emailKey(typed));
      }),
      { numRuns: 5000 },
    );
  });

  // security: similar-addresses
  it('never merges email addresses whose local parts differ in more than case and canonical equivalence', () => {
    const folded = (typed: string) =>
      typed.slice(0, typed.lastIndexOf('@')).normalize('NFC').toLowerCase().normalize('NFC');
    const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);
    fc.assert(
      fc.property(address, address, (a, b) => {
        const [one, other] = [normalizeEmail(a), normalizeEmail(b)];
        if (one === undefined || other === undefined || emailKey(one) !== emailKey(other)) return;
        assert.equal(folded(a), folded(b));
        const [first, second] = [a, b].map((typed) => typed.slice(0, typed.lastIndexOf('@')));
        assert.equal(
          isAscii(first ?? ''),
          isAscii(second ?? ''),
          'a letter beyond ASCII never passes for one of ASCII',
        );
      }),
      { numRuns: 5000 },
    );
  });

  it('derives the same email key as the database’s lower(), whatever its locale', () => {
    const lowerAscii = (text: string) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
    fc.assert(
      fc.property(any, (typed) => {
        const stored = normalizeEmail(typed);
        if (stored !== undefined) assert.equal(lowerAscii(stored), emailKey(stored));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('Phone number normalization', () => {
  it('treats a phone number with and without trunk prefix as one, in any spelling', () => {
    const shown: [typed: string, stored: string | undefined][] = [
      ['61412345678', '61412345678'],
      ['610412345678', '61412345678'],
      ['+61 (0) 412-345-678', '61412345678'],
      ['0061 412 345 678', '61412345678'],
      ['４４ ７９１１ １２３４５６', '447911123456'],
      ['+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧', '966501234567'],
      ['4407911123456', '447911123456'],
      // The zero of Italian landlines is part of the number.
      ['390612345678', '390612345678'],
      ['8613800138000', '8613800138000'],
      ['34600123456', '34600123456'],
      ['15555550100', '15555550100'],
      ['99999', undefined],
      ['346001', undefined],
      ['99912345678', undefined],
      ['0412345678', undefined],
      ['346001234567890', undefined],
      ['ada', undefined],
      ['', undefined],
    ];
    for (const [typed, stored] of shown) assert.equal(normalizePhone(typed), stored, typed);
  });

  it('normalizes a phone number idempotently and keeps its last digits', () => {
    const digits = fc.tuple(
      fc.constantFrom('1', '34', '39', '44', '49', '52', '54', '61', '86', '7', '800', ''),
      fc.bigInt(0n, 10n ** 11n),
    );
    fc.assert(
      fc.property(digits, ([country, rest]) => {
        const typed = `${country}${rest}`;
        const once = normalizePhone(typed);
        if (once === undefined) return;
        assert.equal(normalizePhone(once), once);
        // Argentina dials 15 between the area code and the subscriber's number, which has five digits or more.
        assert.equal(once.slice(-5), typed.slice(-5), 'only prefixes are dropped');
      }),
      { numRuns: 5000 },
    );
  });
});

describe('Typed text normalization', () => {
  it('reads a code with blanks, hyphens and full-width digits', () => {
    for (const typed of [
      ' 123456 ',
      '123456\u00a0',
      '123-456',
      '123 456',
      '１２３４５６',
      '١٢٣٤٥٦',
      '۱۲۳ ۴۵۶',
      '１２３　４５６',
      '123–456',
      '\u200e123456\ufeff',
      '1 2 3 4 5 6',
    ])
      assert.equal(normalizeCode(typed), '123456', JSON.stringify(typed));
    assert.notEqual(normalizeCode('12345x'), '12345');
  });

  it('normalizes typed text idempotently and keeps look-alikes of other scripts distinct', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (typed) => {
        for (const normalize of [normalizeCode, normalizeName, normalizePassword])
          assert.equal(normalize(normalize(typed)), normalize(typed));
      }),
      { numRuns: 2000 },
    );
    assert.equal(normalizeName('Zoe\u0308'), 'Zoë');
    assert.equal(normalizePassword('ｐａｓｓ'), 'pass');
    assert.notEqual(normalizePassword('pаss'), 'pass', 'a Cyrillic letter is another one');
  });
});

describe('ASCII domain names', () => {
  it('normalizes an ASCII domain as IDNA does, whatever its case and length', () => {
    const longest = `${'a'.repeat(63)}.`.repeat(3);
    const names = ['Example.COM', 'a-b.c--d.example', 'x1.2y.example', `${longest}${'b'.repeat(61)}`];
    for (const name of names) assert.equal(normalizeDomain(name), domainToASCII(name), name);
    const others = ['xn-.example.org', `${longest}${'b'.repeat(62)}`, `${'a'.repeat(64)}.example`, '-a.example'];
    for (const name of others) assert.equal(normalizeDomain(name), undefined, name);
    assert.equal(normalizeDomain('XN--Bcher-KVA.example'), 'xn--bcher-kva.example');
  });
});
