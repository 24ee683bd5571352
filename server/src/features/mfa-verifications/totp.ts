import { randomBytes } from 'node:crypto';
import { generate } from 'lean-qr';
import { toPngDataURL } from 'lean-qr/extras/node_export';
import { AldabaError } from '../../kernel/errors.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** As long as the output of HMAC-SHA-1, which RFC 4226 section 4 (R6) recommends. */
const secretBytes = 20;
/** Characters: 80 bits, the shortest that authenticator apps hand out. */
const shortest = 16;
const longest = 128;

/** A new secret in base32 (RFC 4648 section 6): 32 characters, 160 bits. */
export function newTotpSecret(): string {
  // A byte is a multiple of 32, so its lower five bits are even.
  return Array.from(randomBytes((secretBytes * 8) / 5), (byte) => alphabet[byte % 32]).join('');
}

/**
 * A secret from elsewhere as it is kept: capitals, no padding.
 * @throws AldabaError `user.totp_secret_invalid`
 */
export function readTotpSecret(given: string): string {
  const secret = given.toUpperCase().replace(/=+$/, '');
  const isWhole = ![1, 3, 6].includes(secret.length % 8);
  if (!/^[A-Z2-7]+$/.test(secret) || secret.length < shortest || secret.length > longest || !isWhole)
    throw new AldabaError('user.totp_secret_invalid');
  return secret;
}

/** What an authenticator app scans: a PNG as a data URL. `issuer` and `account` are what the app shows. */
export function totpQrCode(secret: string, { issuer, account }: { issuer: string; account: string }): string {
  const label = [issuer, account].map(encodeURIComponent).join(':');
  const uri = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
  return toPngDataURL(generate(uri), { on: [0, 0, 0], off: [255, 255, 255], pad: 4, scale: 4 });
}
