/** Digests of `django.contrib.auth`: `<algorithm>$<parameters>$<salt>$<digest>`. The salt is text, not base64. */
import { readArgon2 } from './phc.ts';
import type { Recipe } from './recipe.ts';

const text = (value = ''): Buffer => Buffer.from(value);
const base64 = (value = ''): Buffer => Buffer.from(value, 'base64');
const isDigits = (values: readonly (string | undefined)[]): boolean =>
  values.every((value) => /^\d{1,9}$/.test(value ?? ''));

export function readDjango(digest: string): Recipe | undefined {
  const [algorithm = '', ...parts] = digest.split('$');
  switch (algorithm) {
    case 'pbkdf2_sha256':
    case 'pbkdf2_sha1': {
      const [iterations, salt, expected] = parts;
      if (parts.length !== 3 || !isDigits([iterations])) return undefined;
      const hash = algorithm.slice('pbkdf2_'.length);
      return { kind: 'pbkdf2', hash, iterations: Number(iterations), salt: text(salt), expected: base64(expected) };
    }
    case 'scrypt': {
      const [n, salt, r, p, expected] = parts;
      if (parts.length !== 5 || !isDigits([n, r, p])) return undefined;
      return { kind: 'scrypt', n: Number(n), r: Number(r), p: Number(p), salt: text(salt), expected: base64(expected) };
    }
    case 'argon2':
      return readArgon2(`$${parts.join('$')}`);
    case 'bcrypt':
    case 'bcrypt_sha256':
      return { kind: 'bcrypt', digest: parts.join('$'), isPrehashed: algorithm === 'bcrypt_sha256' };
    case 'md5': {
      const [salt, expected = ''] = parts;
      if (parts.length !== 2 || !/^[0-9a-f]{32}$/.test(expected)) return undefined;
      return { kind: 'hash', hash: 'md5', before: text(salt), after: text(), expected: Buffer.from(expected, 'hex') };
    }
    default:
      return undefined;
  }
}
