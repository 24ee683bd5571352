import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** SHA-256 of an opaque value, base64url: stored instead of the value. */
export const hashToken = (token: string): string => hash('sha256', token, 'base64url');

/** Compares two strings in constant time (compares their hashes). */
export const equalSecrets = (a: string, b: string): boolean =>
  timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));

/**
 * Seals secrets at rest with AES-256-GCM. Sealed text is bound to its `context` (e.g. `tenant/table/id`) and cannot be
 * opened in another.
 */
export interface Vault {
  seal: (plain: string, context: string) => string;
  /** Throws if the text was modified, or sealed with another key or for another context. */
  open: (sealed: string, context: string) => string;
  /** HMAC-SHA256 of a text with a separate key per `purpose`, base64url. Purposes are constants of the code. */
  sign: (text: string, purpose: string) => string;
}

/** @param secret at least 32 characters of key material (`ALDABA_SECRET`). */
export function createVault(secret: string): Vault {
  const derive = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `aldaba/${purpose}`, 32)));
  const key = derive('rest');
  // Cached: deriving a key takes ten times as long as a signature, and node:crypto imports a key given as bytes at each
  // use.
  const signingKeys = new Map<string, KeyObject>();
  const signingKeyOf = (purpose: string): KeyObject => {
    const known = signingKeys.get(purpose);
    if (known) return known;
    const derived = derive(`sign/${purpose}`);
    signingKeys.set(purpose, derived);
    return derived;
  };
  return {
    seal(plain, context) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return `v1.${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
    },
    open(sealed, context) {
      if (!sealed.startsWith('v1.')) throw new Error('This secret was sealed in an unknown format.');
      const bytes = Buffer.from(sealed.slice(3), 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(Buffer.from(context));
      decipher.setAuthTag(bytes.subarray(12, 28));
      return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8');
    },
    sign: (text, purpose) => createHmac('sha256', signingKeyOf(purpose)).update(text).digest('base64url'),
  };
}
