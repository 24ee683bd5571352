/**
 * A parsed foreign digest: the function, its parameters and the expected bytes. Each format has a parser (`phc.ts`,
 * `django.ts`, …) that returns one of these; limits and the computation are here.
 */
import { createCipheriv, createHash, createHmac, getHashes, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { hashRaw, verify as verifyArgon2 } from '@node-rs/argon2';

interface ScryptCost {
  /** CPU and memory cost N, a power of 2. */
  n: number;
  /** Block size r. */
  r: number;
  /** Parallelization p. */
  p: number;
}

export interface Argon2Cost {
  variant: 'argon2id' | 'argon2i' | 'argon2d';
  /** 16 or 19. */
  version: number;
  /** KiB. */
  memory: number;
  passes: number;
  lanes: number;
}

export type Recipe =
  | { kind: 'pbkdf2'; hash: string; iterations: number; salt: Buffer; expected: Buffer }
  | ({ kind: 'scrypt'; salt: Buffer; expected: Buffer } & ScryptCost)
  | ({ kind: 'firebase-scrypt'; salt: Buffer; signerKey: Buffer; expected: Buffer } & ScryptCost)
  | { kind: 'bcrypt'; digest: string; isPrehashed: boolean }
  | ({ kind: 'argon2'; digest: string } & Argon2Cost)
  | ({ kind: 'argon2-raw'; salt: Buffer; expected: Buffer } & Argon2Cost)
  /** The hash of `before + password + after`, or an HMAC of the password if a key is given. */
  | { kind: 'hash'; hash: string; before: Buffer; after: Buffer; key?: Buffer; expected: Buffer };

/**
 * Maximum cost of an imported digest. A higher one would let a single sign-in occupy the server. The most expensive of
 * each takes 2 to 3 s of one core.
 */
const limits = {
  iterations: 2_000_000,
  bcryptCost: 15,
  /** N * r * p; N * r * 128 bytes of memory are 256 MiB at most. */
  scryptWork: 2 ** 23,
  scryptBlocks: 2 ** 21,
  argon2: { memory: 262_144, passes: 10, lanes: 4 },
  bytes: 1024,
} as const;
/** With fewer bytes, any password could match. */
const minimumBytes = 16;

/** Whether a recipe can be computed at an acceptable cost for a sign-in. */
export function isBounded(recipe: Recipe): boolean {
  if ('expected' in recipe && !isLength(recipe.expected, minimumBytes)) return false;
  if ('salt' in recipe && !isLength(recipe.salt, 1)) return false;
  switch (recipe.kind) {
    case 'pbkdf2':
      return isHash(recipe.hash) && isWithin(recipe.iterations, limits.iterations);
    case 'scrypt':
      return isScryptBounded(recipe);
    case 'firebase-scrypt':
      return isScryptBounded(recipe) && recipe.signerKey.length === recipe.expected.length;
    case 'bcrypt':
      return isBcryptBounded(recipe.digest);
    case 'argon2':
    case 'argon2-raw':
      return isArgon2Bounded(recipe);
    case 'hash':
      return isHash(recipe.hash) && recipe.before.length + recipe.after.length <= limits.bytes;
  }
}

const isWithin = (value: number, maximum: number): boolean => Number.isInteger(value) && value >= 1 && value <= maximum;
const isLength = ({ length }: Buffer, minimum: number): boolean => length >= minimum && length <= limits.bytes;
const isHash = (name: string): boolean => getHashes().includes(name);

const isScryptBounded = ({ n, r, p }: ScryptCost): boolean =>
  [n, r, p].every((value) => isWithin(value, limits.scryptWork)) &&
  n > 1 &&
  Number.isInteger(Math.log2(n)) &&
  n * r <= limits.scryptBlocks &&
  n * r * p <= limits.scryptWork;

const isArgon2Bounded = ({ version, memory, passes, lanes }: Argon2Cost): boolean =>
  (version === 16 || version === 19) &&
  isWithin(memory, limits.argon2.memory) &&
  isWithin(passes, limits.argon2.passes) &&
  isWithin(lanes, limits.argon2.lanes);

/** `$2a$`, `$2b$` or `$2y$`, a cost of two digits, 22 characters of salt and 31 of digest. */
const bcryptForm = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const isBcryptBounded = (digest: string): boolean => {
  const cost = Number(bcryptForm.exec(digest)?.[1]);
  return cost >= 4 && cost <= limits.bcryptCost;
};

const derive = promisify(pbkdf2);
const deriveScrypt = (password: string, salt: Buffer, length: number, { n, r, p }: ScryptCost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N: n, r, p, maxmem: 128 * r * (n + p) + 1024 * 1024 };
    scrypt(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
const argon2Variants = { argon2d: 0, argon2i: 1, argon2id: 2 } as const;

/** Whether a password matches. Slow functions run outside the main thread. */
export async function matchesRecipe(recipe: Recipe, password: string): Promise<boolean> {
  if (recipe.kind === 'argon2') return verifyArgon2(recipe.digest, password);
  if (recipe.kind === 'bcrypt') {
    // Loaded with the first such digest, which most servers never have.
    const bcrypt = await import('@node-rs/bcrypt');
    const input = recipe.isPrehashed ? createHash('sha256').update(password).digest('hex') : password;
    return bcrypt.verify(input, recipe.digest);
  }
  return equalBytes(await bytesOf(recipe, password), recipe.expected);
}

type Computed = Exclude<Recipe, { kind: 'argon2' } | { kind: 'bcrypt' }>;

async function bytesOf(recipe: Computed, password: string): Promise<Buffer> {
  const { length } = recipe.expected;
  switch (recipe.kind) {
    case 'pbkdf2':
      return derive(password, recipe.salt, recipe.iterations, length, recipe.hash);
    case 'scrypt':
      return deriveScrypt(password, recipe.salt, length, recipe);
    case 'firebase-scrypt': {
      const key = await deriveScrypt(password, recipe.salt, 32, recipe);
      return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(recipe.signerKey);
    }
    case 'argon2-raw':
      return hashRaw(password, {
        algorithm: argon2Variants[recipe.variant],
        version: recipe.version === 16 ? 0 : 1,
        memoryCost: recipe.memory,
        timeCost: recipe.passes,
        parallelism: recipe.lanes,
        outputLen: length,
        salt: recipe.salt,
      });
    case 'hash': {
      const hash = recipe.key ? createHmac(recipe.hash, recipe.key) : createHash(recipe.hash);
      return hash.update(recipe.before).update(password).update(recipe.after).digest();
    }
  }
}

export const equalBytes = (a: Buffer, b: Buffer): boolean =>
  a.length > 0 && a.length === b.length && timingSafeEqual(a, b);
