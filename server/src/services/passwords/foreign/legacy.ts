/** The wire contract's `Legacy` digests: a hash of several texts, one of which is the password. */
import { createHash, getHashes, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { equalBytes } from './recipe.ts';

const derive = promisify(pbkdf2);
const maximumIterations = 2_000_000;

/** `[algorithm, [arguments], hash]`: `@` among the arguments represents the password. */
interface Legacy {
  algorithm: string;
  parts: string[];
  expected: string;
}

export function readLegacy(digest: string): Legacy | undefined {
  let value: unknown;
  try {
    value = JSON.parse(digest);
  } catch {
    return undefined; // not JSON, so not of this format, which the caller reports
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

/** Whether a password matches a digest of this form. */
export async function matchesLegacy(password: string, digest: string): Promise<boolean> {
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
