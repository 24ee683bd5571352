import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mask, masked } from './masking.ts';

describe('Audit log masking', () => {
  // security: leaked-secrets
  it('stores no secret in the audit log, at any depth and in any notation', () => {
    const given = {
      client_secret: 'a',
      clientSecret: 'b',
      list: [{ newPassword: 'c' }, { nested: { refresh_token: 'd', 'Set-Cookie': ['e'] } }],
      code: 'f',
      code_verifier: 'g',
      subject_token: { jwt: 'h' },
    };
    const stored = JSON.stringify(mask(given));
    assert.doesNotMatch(stored, /"[a-h]"/);
    assert.equal(stored.split(masked).length - 1, 8);
  });

  it('keeps parameters that tell an auditor what was requested', () => {
    const given = {
      client_id: 'app',
      grant_type: 'x',
      subject_token_type: 'y',
      tokenTypes: ['IdToken'],
      scope: 'openid',
    };
    assert.deepEqual(mask(given), given);
  });

  it('limits entries to a small size and to text that the database accepts', () => {
    assert.ok(String(mask('x'.repeat(10_000))).length < 3000);
    assert.equal(mask('a\0b \ud83d'), 'ab \ufffd');
    const deep: Record<string, unknown> = {};
    deep.again = deep;
    assert.ok(JSON.stringify(mask(deep)).length < 1000);
  });
});
