import { makeJwt } from '../kit/index.ts';

/** The algorithms by which a stand-in can sign its ID tokens. */
export const signingAlgorithms = ['RS256', 'PS256', 'ES256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const generation = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', ...rsa },
  PS256: { name: 'RSA-PSS', ...rsa },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
};
const signing = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  PS256: { name: 'RSA-PSS', saltLength: 32 },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
};

export interface SigningKey {
  /** As JSON Web Key, for the key set. */
  readonly publicKey: Readonly<Record<string, unknown>>;
  sign: (payload: Readonly<Record<string, unknown>>) => Promise<string>;
}

let serial = 0;

const makeKey = async (algorithm: SigningAlgorithm): Promise<SigningKey> => {
  serial += 1;
  const kid = `sandbox-${algorithm}-${serial}`;
  const pair = (await crypto.subtle.generateKey(generation[algorithm], true, ['sign', 'verify'])) as CryptoKeyPair;
  const jwk = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const { key_ops: _, ext: __, ...publicKey } = jwk;
  return {
    publicKey: { ...publicKey, kid, alg: algorithm, use: 'sig' },
    sign: (payload) =>
      makeJwt(
        { alg: algorithm, typ: 'JWT', kid },
        payload,
        async (input) => new Uint8Array(await crypto.subtle.sign(signing[algorithm], pair.privateKey, input)),
      ),
  };
};

const keys = new Map<string, Promise<SigningKey>>();

/**
 * Keys that all stand-ins of this process share: they protect nothing, and an RSA key takes a tenth of a second to
 * make.
 */
export const signingKey = (
  algorithm: SigningAlgorithm,
  use: 'published' | 'unknown' = 'published',
): Promise<SigningKey> => {
  const name = `${algorithm} ${use}`;
  const key = keys.get(name) ?? makeKey(algorithm);
  keys.set(name, key);
  return key;
};
