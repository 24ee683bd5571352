/** Foreign password hashes: which digests can be imported, and whether a password matches one. */
import { AldabaError } from '../../../kernel/errors.ts';
import type { PasswordAlgorithm, PasswordDigest } from '../digest.ts';
import { readDjango } from './django.ts';
import { readAuth0, readFirebase, readKeycloak } from './json.ts';
import { matchesLegacy, readLegacy } from './legacy.ts';
import { readArgon2, readBcrypt, readPbkdf2, readScrypt } from './phc.ts';
import { isBounded, matchesRecipe, type Recipe } from './recipe.ts';

const maximumDigestLength = 4096;
const none = Buffer.alloc(0);

const hex =
  (hash: string, length: number) =>
  (digest: string): Recipe | undefined =>
    digest.length === length && /^[0-9a-f]+$/i.test(digest)
      ? { kind: 'hash', hash, before: none, after: none, expected: Buffer.from(digest, 'hex') }
      : undefined;
const argon2 = (variant: string) => (digest: string) => {
  const recipe = readArgon2(digest);
  return recipe?.variant === variant ? recipe : undefined;
};

const readers: Record<Exclude<PasswordAlgorithm, 'Legacy'>, (digest: string) => Recipe | undefined> = {
  Argon2i: argon2('argon2i'),
  Argon2id: argon2('argon2id'),
  Argon2d: argon2('argon2d'),
  MD5: hex('md5', 32),
  SHA1: hex('sha1', 40),
  SHA256: hex('sha256', 64),
  Bcrypt: readBcrypt,
  Pbkdf2: readPbkdf2,
  Scrypt: readScrypt,
  Auth0: readAuth0,
  Django: readDjango,
  Firebase: readFirebase,
  Keycloak: readKeycloak,
};

function recipeOf(digest: string, algorithm: Exclude<PasswordAlgorithm, 'Legacy'>): Recipe | undefined {
  const recipe = readers[algorithm](digest);
  return recipe && isBounded(recipe) ? recipe : undefined;
}

/**
 * Checks that a digest can be verified later at a bounded cost; called when passwords are imported.
 * @throws AldabaError `password.invalid_legacy_password_format`
 */
export function assertUsableDigest({ digest, algorithm }: PasswordDigest): void {
  const isUsable =
    digest.length <= maximumDigestLength &&
    (algorithm === 'Legacy' ? readLegacy(digest) !== undefined : recipeOf(digest, algorithm) !== undefined);
  if (!isUsable) throw new AldabaError('password.invalid_legacy_password_format', { method: algorithm });
}

/** Whether a password matches a stored digest. A malformed or too expensive one matches nothing. */
export async function matchesForeign(password: string, { digest, algorithm }: PasswordDigest): Promise<boolean> {
  if (algorithm === 'Legacy') return matchesLegacy(password, digest);
  const recipe = recipeOf(digest, algorithm);
  return recipe !== undefined && matchesRecipe(recipe, password);
}
