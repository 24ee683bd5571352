import { randomBytes, randomInt } from 'node:crypto';

const lower = '0123456789abcdefghijklmnopqrstuvwxyz';
const alphanumeric = `${lower}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

/** `length` uniformly random characters of `alphabet` (bytes outside the largest multiple are drawn again). */
function draw(alphabet: string, length: number): string {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length + 8)) {
      if (byte < limit && text.length < length) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}

/** Id of most rows: 21 characters of `[0-9a-z]`. */
export const standardId = (): string => draw(lower, 21);
/** Id of users, organizations and connectors: 12 characters of `[0-9a-z]`. */
export const shortId = (): string => draw(lower, 12);
/** Secret of applications, hooks and one-time links: 32 characters of `[0-9A-Za-z]`, 190 bits. */
export const standardSecret = (): string => draw(alphanumeric, 32);
/** Opaque protocol value (codes, tokens, session and interaction ids): 43 url-safe characters, 256 bits. */
export const opaqueToken = (): string => randomBytes(32).toString('base64url');
/** A number code of `digits` digits, e.g. `042137`. */
export const numberCode = (digits: number): string =>
  randomInt(10 ** digits)
    .toString()
    .padStart(digits, '0');
