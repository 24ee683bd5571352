// How many files of the server name a second factor outside of its folder (`sign-in/factors/<name>/`), in their text or
// in their path. A new factor may change each of them, so they stay few. Error codes and settings of the contract do
// not count, nor does the word "passkey": a passkey also signs in by itself, as a first factor.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles } from './files.mjs';
import { root } from './runtime.mjs';

const limit = 15;
const own = /^server\/src\/sign-in\/factors\/(totp|passkey)\//;
const names = /totp|webauthn/i;
const ofContract = /['`](session|user)\.[\w.]+['`]|webauthnRelatedOrigins|\.well-known\/webauthn/g;

/** The files that name an authenticator app or a second factor of Web Authentication, outside of their folders. */
export const filesNamingFactors = (base = root) =>
  listFiles('server/src', base).filter(
    (file) =>
      /\.ts$/.test(file) &&
      !/\.test\.ts$/.test(file) &&
      !own.test(file) &&
      names.test(file + readFileSync(join(base, file), 'utf8').replaceAll(ofContract, '')),
  );

/** One finding when more files name a factor than may: [{ file, message }]. */
export function checkFactors(base = root, most = limit) {
  const files = filesNamingFactors(base);
  if (files.length <= most) return [];
  const message = `${files.length} files name a second factor outside of its folder, at most ${most} may: ${files.join(', ')}`;
  return [{ file: 'server/src', message }];
}

if (import.meta.main) for (const file of filesNamingFactors()) process.stdout.write(`${file}\n`);
