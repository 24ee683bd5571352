// How many files of the server name a second factor outside of its own files (`sign-in/factors/<name>/`, and files
// named after it). A new factor may change each of them, so they stay few. Names of the contract do not count: error
// codes, and the setting of passkeys as a first factor.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files.mjs';
import { root } from './runtime.mjs';

const limit = 12;
const own = /\/(totp|passkey)\/|\/(totp|passkey)[\w-]*\.ts$/;
const ofContract = /'(session|user)\.[\w.]+'|passkeySignIn(\.\w+)?|passkeySkipped/g;

/** The files that name an authenticator app or a passkey, outside of their own files. */
export const filesNamingFactors = (base = root) =>
  listFiles('server/src', base).filter(
    (file) =>
      /\.ts$/.test(file) &&
      !/\.test\.ts$/.test(file) &&
      !own.test(file) &&
      /totp|webauthn|passkey/i.test(readFileSync(join(base, file), 'utf8').replaceAll(ofContract, '')),
  );

/** One finding when more files name a factor than may: [{ file, message }]. */
export function checkFactors(base = root, most = limit) {
  const files = filesNamingFactors(base);
  if (files.length <= most) return [];
  const message = `${files.length} files name a second factor outside of its own files, at most ${most} may: ${files.join(', ')}`;
  return [{ file: 'server/src', message }];
}

if (import.meta.main) for (const file of filesNamingFactors()) process.stdout.write(`${file}\n`);
