import { constants, type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';
import type { SigningAlgorithm } from '@aldaba/contract';

export type { SigningAlgorithm };

type SignInput = KeyObject | SignKeyObjectInput;

interface Method {
  hash: 'sha256' | 'sha384' | 'sha512';
  /** Bytes of each of the two integers of an ECDSA signature. */
  size?: 32 | 48 | 66;
  input: (key: KeyObject) => SignInput;
}

// Plain key objects: with options next to the key, node:crypto prepares the key at each signature, which costs as much
// as the signature.
const plain = (key: KeyObject): SignInput => key;
const pss = (key: KeyObject): SignInput => ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });

/** The node:crypto parameters of each signature of RFC 7518 section 3.1. */
const methods: Record<SigningAlgorithm, Method> = {
  ES256: { hash: 'sha256', size: 32, input: plain },
  ES384: { hash: 'sha384', size: 48, input: plain },
  ES512: { hash: 'sha512', size: 66, input: plain },
  RS256: { hash: 'sha256', input: plain },
  PS256: { hash: 'sha256', input: pss },
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The hash function of an algorithm, also used for `at_hash` (OpenID Connect Core section 3.1.3.6). */
export const hashOf = (algorithm: SigningAlgorithm): string => methods[algorithm].hash;

/**
 * A JWS in compact form (RFC 7515). ES256 takes less than 0.1 ms and runs synchronously; the others take several times
 * as long and use the thread pool.
 *
 * @param header must name the algorithm of `key`
 */
export async function signJws(
  header: { alg: SigningAlgorithm } & Record<string, unknown>,
  payload: object,
  key: KeyObject,
): Promise<string> {
  const text = `${encode(header)}.${encode(payload)}`;
  const { hash, size, input } = methods[header.alg];
  const data = Buffer.from(text);
  const made = header.alg === 'ES256' ? sign(hash, data, input(key)) : await signInPool(hash, data, input(key));
  return `${text}.${(size ? toFixedSize(made, size) : made).toString('base64url')}`;
}

const signInPool = (hash: string, data: Buffer, key: SignInput): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    sign(hash, data, key, (error, result) => (error ? reject(error) : resolve(result)));
  });

/**
 * Converts an ECDSA signature from OpenSSL's DER (RFC 3279 section 2.2.3) to two concatenated integers (RFC 7518
 * section 3.4).
 */
function toFixedSize(der: Buffer, size: number): Buffer {
  const fixed = Buffer.alloc(2 * size);
  // After the header of the sequence, whose length takes a second byte from 128 on.
  let at = (der[1] as number) & 0x80 ? 3 : 2;
  for (const end of [size, 2 * size]) {
    const length = der[at + 1] as number;
    const next = at + 2 + length;
    // A leading zero byte marks a positive number and is dropped.
    const from = Math.max(at + 2, next - size);
    der.copy(fixed, end - (next - from), from, next);
    at = next;
  }
  return fixed;
}

/** Whether a text has the form of a JWS: opaque tokens of this server never contain a dot. */
export const looksLikeJws = (token: string): boolean => /^[\w-]+\.[\w-]*\.[\w-]*$/.test(token);
