import { createHmac, randomBytes } from 'node:crypto';
import { generate } from 'lean-qr';
import { toPngDataURL } from 'lean-qr/extras/node_export';
import { equalSecrets } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeCode } from '../../../kernel/text.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
/** The output length of HMAC-SHA-1, as recommended by RFC 4226 section 4 (R6). */
const secretBytes = 20;
/** Characters: 80 bits, the shortest secret in use. */
const shortest = 16;
const longest = 128;

/** A new secret in base32 (RFC 4648 section 6): 32 characters, 160 bits. */
export function newTotpSecret(): string {
  // A byte is a multiple of 32, so its lower five bits are even.
  return Array.from(randomBytes((secretBytes * 8) / 5), (byte) => alphabet[byte % 32]).join('');
}

/**
 * A secret from elsewhere in its stored form: uppercase, no padding.
 * @throws AldabaError `user.totp_secret_invalid`
 */
export function readTotpSecret(given: string): string {
  const secret = given.toUpperCase().replace(/=+$/, '');
  const isWhole = ![1, 3, 6].includes(secret.length % 8);
  if (!/^[A-Z2-7]+$/.test(secret) || secret.length < shortest || secret.length > longest || !isWhole)
    throw new AldabaError('user.totp_secret_invalid');
  return secret;
}

/** A PNG data URL for an authenticator app to scan, which shows `issuer` and `account`. */
export function totpQrCode(secret: string, { issuer, account }: { issuer: string; account: string }): string {
  const label = [issuer, account].map(encodeURIComponent).join(':');
  const uri = `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
  return toPngDataURL(generate(uri), { on: [0, 0, 0], off: [255, 255, 255], pad: 4, scale: 4 });
}

const stepLength = 30_000;

/**
 * The time step of a six-digit code, if it is the current one (`now` in milliseconds) or one before or after; otherwise
 * undefined. SHA-1, steps of 30 s (RFC 6238 sections 4 and 5.2). The caller rejects steps that were already used.
 */
export function stepOfCode(secret: string, code: string, now: number): number | undefined {
  const key = decodeSecret(secret);
  const present = Math.floor(now / stepLength);
  const typed = normalizeCode(code);
  // Compares all three, so that timing reveals nothing. A code that matches two steps consumes the later one and with
  // it both.
  return [present - 1, present, present + 1].filter((step) => equalSecrets(codeOf(key, step), typed)).at(-1);
}

/** RFC 4226 section 5.3. */
function codeOf(key: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 0x0f) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

function decodeSecret(secret: string): Buffer {
  const bytes: number[] = [];
  let [rest, bits] = [0, 0];
  for (const letter of secret) {
    rest = ((rest << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((rest >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
