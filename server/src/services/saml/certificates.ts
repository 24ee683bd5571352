import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';

/** The least size of RSA keys that are trusted (NIST SP 800-131A). */
const leastModulus = 2048;

/** A certificate as PEM, from PEM or from the bare base64 of SAML metadata; throws when it is not a certificate. */
export function normalizeCertificate(text: string): string {
  const base64 = text.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----/g, '').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new TypeError('not a certificate in PEM or base64');
  return new X509Certificate(Buffer.from(base64, 'base64')).toString().trim();
}

/** The base64 of a certificate without its PEM lines, as SAML writes it. */
export function certificateBody(pem: string): string {
  return new X509Certificate(pem).raw.toString('base64');
}

/** When a certificate expires, in milliseconds. */
export const expiryOf = (certificate: string): number => new X509Certificate(certificate).validToDate.getTime();

/** SHA-256 in hexadecimal. */
export const certificateFingerprint = (certificate: string): string =>
  new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();

const day = 86_400_000;

/** How far a certificate is towards its end, if there is something to do: a partner needs time for a new one. */
export function expiryStage(expiresAt: number, now: number): '30 days' | '7 days' | 'expired' | undefined {
  if (expiresAt <= now) return 'expired';
  if (expiresAt <= now + 7 * day) return '7 days';
  return expiresAt <= now + 30 * day ? '30 days' : undefined;
}

/** Whether a certificate can be trusted: an RSA key of sufficient size. */
export const hasUsableKey = (certificate: string): boolean => verificationKey(certificate) !== undefined;

/** The public key of a trusted certificate, or nothing when it is not an RSA key of sufficient size. */
export function verificationKey(certificate: string): KeyObject | undefined {
  try {
    const key = createPublicKey(
      new X509Certificate(normalizeCertificate(certificate)).publicKey.export({ format: 'pem', type: 'spki' }),
    );
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    return key.asymmetricKeyType === 'rsa' && modulusLength >= leastModulus ? key : undefined;
  } catch {
    return undefined;
  }
}
