/** One-line digests in the style of crypt(3): the PHC string format, and the variants of passlib and Auth0. */
import type { Argon2Cost, Recipe } from './recipe.ts';

/** Base64 without padding; passlib writes `.` for `+`. */
const bytes = (text: string): Buffer => Buffer.from(text.replaceAll('.', '+'), 'base64');
const text64 = '[A-Za-z0-9+/.]+={0,2}';

const argon2Form = new RegExp(
  `^\\$(argon2id|argon2i|argon2d)\\$v=(\\d+)\\$m=(\\d+),t=(\\d+),p=(\\d+)\\$${text64}\\$${text64}$`,
);

/** The parameters of an Argon2 digest; undefined for anything else. */
export function readArgon2(digest: string): ({ kind: 'argon2'; digest: string } & Argon2Cost) | undefined {
  const match = argon2Form.exec(digest);
  if (!match) return undefined;
  const [version = 0, memory = 0, passes = 0, lanes = 0] = match.slice(2).map(Number);
  return { kind: 'argon2', digest, variant: match[1] as Argon2Cost['variant'], version, memory, passes, lanes };
}

export const readBcrypt = (digest: string): Recipe => ({ kind: 'bcrypt', digest, isPrehashed: false });

const pbkdf2Form = new RegExp(
  `^\\$pbkdf2(?:-(sha1|sha256|sha512))?\\$(?:i=)?(\\d{1,9})(?:,l=(\\d{1,4}))?\\$(${text64})\\$(${text64})$`,
);

/**
 * `$pbkdf2-sha256$i=100000,l=32$<salt>$<digest>` as written by Auth0, `$pbkdf2-sha256$29000$<salt>$<digest>` by
 * passlib.
 */
export function readPbkdf2(digest: string): Recipe | undefined {
  const [, hash = 'sha1', iterations, length, salt = '', expected = ''] = pbkdf2Form.exec(digest) ?? [];
  if (iterations === undefined) return undefined;
  const recipe: Recipe = {
    kind: 'pbkdf2',
    hash,
    iterations: Number(iterations),
    salt: bytes(salt),
    expected: bytes(expected),
  };
  return length === undefined || Number(length) === recipe.expected.length ? recipe : undefined;
}

const scryptForm = new RegExp(`^\\$scrypt\\$ln=(\\d{1,2}),r=(\\d{1,6}),p=(\\d{1,6})\\$(${text64})\\$(${text64})$`);

/** `$scrypt$ln=16,r=8,p=1$<salt>$<digest>`. */
export function readScrypt(digest: string): Recipe | undefined {
  const [, ln, r, p, salt = '', expected = ''] = scryptForm.exec(digest) ?? [];
  if (ln === undefined) return undefined;
  return {
    kind: 'scrypt',
    n: 2 ** Number(ln),
    r: Number(r),
    p: Number(p),
    salt: bytes(salt),
    expected: bytes(expected),
  };
}
