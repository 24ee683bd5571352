import { createHash, getHashes, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { AldabaError } from '../../kernel/errors.ts';
import type { PasswordDigest } from './digest.ts';

const derive = promisify(pbkdf2);

/** What an imported Argon2 digest may cost: 256 MiB, 10 passes, 4 lanes. More would let one sign-in hold the server up. */
const argon2Limits = { m: 262_144, t: 10, p: 4 };
const maximumIterations = 2_000_000;
const maximumDigestLength = 4096;

const hexLength = { MD5: 32, SHA1: 40, SHA256: 64 } as const;
const phc = /^\$(argon2id|argon2i|argon2d)\$v=(\d+)\$m=(\d+),t=(\d+),p=(\d+)\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;

/** Parameters of an Argon2 digest in PHC format, or undefined when it is something else or beyond the limits. */
export function readArgon2(
  digest: string,
): { variant: string; version: number; m: number; t: number; p: number } | undefined {
  const match = phc.exec(digest);
  if (!match) return undefined;
  const [version = 0, m = 0, t = 0, p = 0] = match.slice(2).map(Number);
  if (m > argon2Limits.m || t > argon2Limits.t || p > argon2Limits.p) return undefined;
  return { variant: match[1] as string, version, m, t, p };
}

/** `[algorithm, [arguments], hash]`: `@` among the arguments stands for the password. */
interface Legacy {
  algorithm: string;
  parts: string[];
  expected: string;
}

function readLegacy(digest: string): Legacy | undefined {
  let value: unknown;
  try {
    value = JSON.parse(digest);
  } catch {
    return undefined; // not JSON: not of this format, which the caller reports
  }
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [algorithm, parts, expected] = value as unknown[];
  if (typeof algorithm !== 'string' || typeof expected !== 'string' || expected === '') return undefined;
  if (!Array.isArray(parts) || !parts.every((part) => typeof part === 'string')) return undefined;
  if (!parts.includes('@')) return undefined;
  const legacy = { algorithm, parts, expected };
  if (algorithm === 'pbkdf2') return readPbkdf2(legacy, '') ? legacy : undefined;
  return getHashes().includes(algorithm) ? legacy : undefined;
}

/** Arguments of pbkdf2 in order: salt, iterations, key length in bytes, digest, password. */
function readPbkdf2({ parts }: Legacy, password: string) {
  if (parts.length !== 5) return undefined;
  const [salt = '', iterations, length, digest = '', secret = ''] = parts.map((part) =>
    part === '@' ? password : part,
  );
  const count = Number(iterations);
  const size = Number(length);
  if (!Number.isInteger(count) || count < 1 || count > maximumIterations) return undefined;
  if (!Number.isInteger(size) || size < 1 || size > 512 || !getHashes().includes(digest)) return undefined;
  return { secret, salt, count, size, digest };
}

/**
 * Checks that a digest can be verified later; called when passwords are imported.
 * @throws AldabaError `password.unsupported_encryption_method`, or `password.invalid_legacy_password_format` for a digest
 *   that is not what its method says.
 */
export function assertUsableDigest({ digest, algorithm }: PasswordDigest): void {
  if (algorithm === 'Bcrypt') throw new AldabaError('password.unsupported_encryption_method', { method: algorithm });
  if (digest.length > maximumDigestLength || !isUsable(digest, algorithm)) {
    throw new AldabaError('password.invalid_legacy_password_format', { method: algorithm });
  }
}

function isUsable(digest: string, algorithm: PasswordDigest['algorithm']): boolean {
  switch (algorithm) {
    case 'MD5':
    case 'SHA1':
    case 'SHA256':
      return digest.length === hexLength[algorithm] && /^[0-9a-f]+$/i.test(digest);
    case 'Legacy':
      return readLegacy(digest) !== undefined;
    case 'Bcrypt':
      return false;
    default:
      return readArgon2(digest)?.variant === algorithm.toLowerCase();
  }
}

/** Whether a password fits a digest of MD5, SHA1, SHA256 or Legacy. These are fast, hence never kept after a sign-in. */
export async function matchesForeign(password: string, { digest, algorithm }: PasswordDigest): Promise<boolean> {
  if (algorithm === 'MD5' || algorithm === 'SHA1' || algorithm === 'SHA256') {
    return equalBytes(createHash(algorithm).update(password).digest(), Buffer.from(digest, 'hex'));
  }
  if (algorithm !== 'Legacy') return false;
  const legacy = readLegacy(digest);
  if (!legacy) return false;
  const bytes = await computeLegacy(legacy, password);
  return [Buffer.from(legacy.expected, 'hex'), Buffer.from(legacy.expected, 'base64')].some((expected) =>
    equalBytes(bytes, expected),
  );
}

async function computeLegacy(legacy: Legacy, password: string): Promise<Buffer> {
  if (legacy.algorithm === 'pbkdf2') {
    const parameters = readPbkdf2(legacy, password);
    if (!parameters) return Buffer.alloc(0);
    return derive(parameters.secret, parameters.salt, parameters.count, parameters.size, parameters.digest);
  }
  const text = legacy.parts.map((part) => (part === '@' ? password : part)).join('');
  return createHash(legacy.algorithm).update(text).digest();
}

const equalBytes = (a: Buffer, b: Buffer): boolean => a.length > 0 && a.length === b.length && timingSafeEqual(a, b);
