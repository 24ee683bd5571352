import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mask, masked } from './masking.ts';

describe('what the audit log stores', () => {
  // security: leaked-secrets
  it('has no secret, however deep and however it is written', () => {
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

  it('keeps what tells an auditor what was asked for', () => {
    const given = {
      client_id: 'app',
      grant_type: 'x',
      subject_token_type: 'y',
      tokenTypes: ['IdToken'],
      scope: 'openid',
    };
    assert.deepEqual(mask(given), given);
  });

  it('is small, and text that the database takes', () => {
    assert.ok(String(mask('x'.repeat(10_000))).length < 3000);
    assert.equal(mask('a\0b \ud83d'), 'ab \ufffd');
    const deep: Record<string, unknown> = {};
    deep.again = deep;
    assert.ok(JSON.stringify(mask(deep)).length < 1000);
  });
});
