import { createHmac } from 'node:crypto';

/**
 * What an authenticator app shows for a secret (base32) at a time (milliseconds): six digits (RFC 6238).
 * A code of a later or an earlier step is that of the time 30 seconds away.
 */
export function totpCode(secret: string, time: number): string {
  const bits = [...secret].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const key = Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
  const step = Math.floor(time / 30_000)
    .toString(16)
    .padStart(16, '0');
  const digest = createHmac('sha1', key).update(step, 'hex').digest();
  const offset = (digest.at(-1) ?? 0) % 16;
  return ((digest.readUInt32BE(offset) % 2 ** 31) % 1e6).toString().padStart(6, '0');
}
