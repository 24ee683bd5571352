import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { totpCode } from '../../../../../test/support/totp-app.ts';
import { newTotpSecret, readTotpSecret, stepOfCode } from './totp.ts';

describe('TOTP codes', () => {
  // RFC 6238 appendix B (the last six of eight digits), with the secret in base32.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  for (const [seconds, code] of [
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ] as const)
    it(`computes the TOTP codes of RFC 6238 at ${seconds} seconds`, () => {
      assert.equal(stepOfCode(secret, code, seconds * 1000), Math.floor(seconds / 30));
      assert.equal(totpCode(secret, seconds * 1000), code, 'the tests have an app of their own');
    });

  it('accepts a TOTP code one step early or late, and no further', () => {
    const now = 1e12;
    for (const [away, counts] of [
      [-60, false],
      [-30, true],
      [0, true],
      [30, true],
      [60, false],
    ] as const) {
      const code = totpCode(secret, now + away * 1000);
      assert.equal(stepOfCode(secret, code, now), counts ? Math.floor((now + away * 1000) / 30_000) : undefined);
    }
  });

  it('generates TOTP codes of six digits', () => {
    const now = 1e12;
    const code = totpCode(secret, now);
    for (const wrong of ['', code.slice(1), `0${code}`, `${code.slice(0, 5)}x`])
      assert.equal(stepOfCode(secret, wrong, now), undefined);
    const wide = code.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    for (const typed of [` ${code} `, `${code.slice(0, 3)}-${code.slice(3)}`, wide])
      assert.equal(stepOfCode(secret, typed, now), stepOfCode(secret, code, now), typed);
  });

  it('computes TOTP codes from secrets of any length that apps support', () => {
    const now = 1e12;
    for (const known of [
      newTotpSecret(),
      readTotpSecret('JBSWY3DPEHPK3PXP'),
      readTotpSecret('jbswy3dpehpk3pxpjbswy3dpeh'),
    ])
      assert.equal(stepOfCode(known, totpCode(known, now), now), Math.floor(now / 30_000));
  });
});
