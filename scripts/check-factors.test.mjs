import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, it } from 'node:test';
import { checkFactors, filesNamingFactors } from './check-factors.mjs';

const base = mkdtempSync(join(tmpdir(), 'aldaba-factors-'));
after(() => rmSync(base, { recursive: true, force: true }));

it('counts the files that name a second factor outside of its folder, in text or path, without names of the contract', () => {
  for (const [path, text] of Object.entries({
    'server/src/sign-in/factors/totp/index.ts': 'export const totp = 1;\n',
    'server/src/features/people/totp.ts': 'export const step = 1;\n',
    'server/src/sign-in/factors/other/webauthn.ts': 'export const key = 1;\n',
    'server/src/a.test.ts': 'export const totp = 1;\n',
    'server/src/codes.ts': "export const code = 'session.mfa.invalid_totp_code';\n",
    'server/src/a.ts': "export const type = 'Totp';\n",
    'server/src/b.ts': "export const type = 'WebAuthn';\n",
    'server/src/c.ts': "export const type = 'SignInPasskey';\n",
  })) {
    mkdirSync(dirname(join(base, path)), { recursive: true });
    writeFileSync(join(base, path), text);
  }
  assert.deepEqual(filesNamingFactors(base).sort(), [
    'server/src/a.ts',
    'server/src/b.ts',
    'server/src/features/people/totp.ts',
    'server/src/sign-in/factors/other/webauthn.ts',
  ]);
  assert.deepEqual(checkFactors(base, 4), []);
  assert.equal(checkFactors(base, 3).length, 1);
});
