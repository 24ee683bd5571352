/** Digests that are JSON documents: the export and import formats of Auth0, Firebase and Keycloak. */
import { z } from 'zod';
import { readArgon2, readBcrypt, readPbkdf2 } from './phc.ts';
import type { Recipe } from './recipe.ts';

/** A document of the shape, or undefined. */
function read<T>(schema: z.ZodType<T>, document: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(document)).data;
  } catch {
    return undefined; // not JSON: the caller reports the format
  }
}

const encoding = z.enum(['base64', 'hex', 'utf8']);
const encodedSchema = z.object({ value: z.string(), encoding: encoding.default('utf8') });
const auth0Schema = z.object({
  algorithm: z.enum(['argon2', 'bcrypt', 'hmac', 'md5', 'sha1', 'sha256', 'sha512', 'pbkdf2', 'scrypt']),
  hash: z.object({
    value: z.string(),
    encoding: encoding.optional(),
    digest: z.string().optional(),
    key: encodedSchema.optional(),
  }),
  salt: encodedSchema.extend({ position: z.enum(['prefix', 'suffix']).default('prefix') }).optional(),
  password: z.object({ encoding: z.literal('utf8') }).optional(),
  keylen: z.number().optional(),
  cost: z.number().optional(),
  blockSize: z.number().optional(),
  parallelization: z.number().optional(),
});
const none = Buffer.alloc(0);

/** `custom_password_hash` of an Auth0 user. Without `password.encoding`, the password is encoded as UTF-8. */
export function readAuth0(document: string): Recipe | undefined {
  const given = read(auth0Schema, document);
  if (!given) return undefined;
  const { algorithm, hash, salt } = given;
  if (algorithm === 'argon2') return readArgon2(hash.value);
  if (algorithm === 'bcrypt') return readBcrypt(hash.value);
  if (algorithm === 'pbkdf2') return readPbkdf2(hash.value);
  const expected = Buffer.from(hash.value, hash.encoding ?? 'hex');
  const saltBytes = salt ? Buffer.from(salt.value, salt.encoding) : none;
  if (algorithm === 'scrypt') {
    // The defaults are those of Node's `crypto.scrypt`, which Auth0 documents as its own.
    const { cost: n = 16_384, blockSize: r = 8, parallelization: p = 1, keylen = expected.length } = given;
    return keylen === expected.length ? { kind: 'scrypt', n, r, p, salt: saltBytes, expected } : undefined;
  }
  const isSuffix = salt?.position === 'suffix';
  const around = { before: isSuffix ? none : saltBytes, after: isSuffix ? saltBytes : none };
  if (algorithm !== 'hmac') return { kind: 'hash', hash: algorithm, ...around, expected };
  if (!hash.digest || !hash.key) return undefined;
  return { kind: 'hash', hash: hash.digest, key: Buffer.from(hash.key.value, hash.key.encoding), ...around, expected };
}

const base64Text = z.string().regex(/^[A-Za-z0-9+/_-]*={0,2}$/);
const firebaseSchema = z.object({
  passwordHash: base64Text,
  salt: base64Text,
  /** The next four are the hash parameters of the project. */
  signerKey: base64Text,
  saltSeparator: base64Text,
  rounds: z.number(),
  memCost: z.number().int().min(1).max(30),
});

/**
 * Firebase's variant of scrypt: the derived key encrypts the signer key of the project (github.com/firebase/scrypt,
 * README).
 */
export function readFirebase(document: string): Recipe | undefined {
  const given = read(firebaseSchema, document);
  if (!given) return undefined;
  const bytes = (text: string) => Buffer.from(text, 'base64');
  return {
    kind: 'firebase-scrypt',
    n: 2 ** given.memCost,
    r: given.rounds,
    p: 1,
    salt: Buffer.concat([bytes(given.salt), bytes(given.saltSeparator)]),
    signerKey: bytes(given.signerKey),
    expected: bytes(given.passwordHash),
  };
}

/** Keycloak writes secretData and credentialData as JSON strings; exports edited by hand contain objects. */
const nested = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value);
    } catch {
      return undefined;
    }
  }, schema);
const one = z.array(z.string()).min(1).optional();
const keycloakSchema = z.object({
  secretData: nested(z.object({ value: base64Text, salt: base64Text })),
  credentialData: nested(
    z.object({
      algorithm: z.string(),
      hashIterations: z.number(),
      additionalParameters: z
        .object({ memory: one, parallelism: one, type: one, version: one })
        .nullish()
        .transform((value) => value ?? {}),
    }),
  ),
});
const keycloakHashes: Record<string, string> = { pbkdf2: 'sha1', 'pbkdf2-sha256': 'sha256', 'pbkdf2-sha512': 'sha512' };
const argon2Versions: Record<string, number> = { '1.0': 16, '1.3': 19 };

/** A credential of the type `password` in the export of a Keycloak realm. */
export function readKeycloak(document: string): Recipe | undefined {
  const given = read(keycloakSchema, document);
  if (!given) return undefined;
  const { algorithm, hashIterations, additionalParameters: more } = given.credentialData;
  const salt = Buffer.from(given.secretData.salt, 'base64');
  const expected = Buffer.from(given.secretData.value, 'base64');
  const hash = keycloakHashes[algorithm];
  if (hash) return { kind: 'pbkdf2', hash, iterations: hashIterations, salt, expected };
  const type = more.type?.[0] ?? 'id';
  if (algorithm !== 'argon2' || !['i', 'd', 'id'].includes(type)) return undefined;
  return {
    kind: 'argon2-raw',
    variant: `argon2${type as 'i' | 'd' | 'id'}`,
    version: argon2Versions[more.version?.[0] ?? '1.3'] ?? 0,
    memory: Number(more.memory?.[0]),
    passes: hashIterations,
    lanes: Number(more.parallelism?.[0]),
    salt,
    expected,
  };
}
