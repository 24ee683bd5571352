/**
 * The only place that decides when two spellings of an email address or a phone number are the same. Every path uses
 * it: hosted pages, Experience API, Management API, command line and import. Pure.
 */
import { domainToASCII } from 'node:url';
import { emailSchema, phoneSchema } from '@aldaba/contract';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { AldabaError } from './errors.ts';

/**
 * The stored form of an email address, or undefined if it is invalid. The domain becomes lowercase ASCII (IDNA, UTS
 * 46), so `Bücher.example` and `xn--bcher-kva.example` are equal; the local part becomes NFC (RFC 6532 section 3.1)
 * with lowercase non-ASCII letters, so that every database folds the rest alike. Case of ASCII letters is kept;
 * `emailKey` folds it. Idempotent.
 *
 * Characters that become ASCII under compatibility normalization or lowercasing are rejected, never mapped: U+212A (the
 * Kelvin sign) in a local part would otherwise match another user's address (Unicode TR 36 section 2.10.2).
 */
export function normalizeEmail(text: string): string | undefined {
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > 512) return undefined;
  const local = normalizeLocalPart(text.slice(0, at));
  if (local === undefined) return undefined;
  const domain = normalizeDomain(text.slice(at + 1));
  if (domain === undefined || Buffer.byteLength(local) > 64) return undefined;
  const address = `${local}@${domain}`;
  return emailSchema.safeParse(address).success ? address : undefined;
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

function normalizeLocalPart(typed: string): string | undefined {
  if (isAscii(typed)) return typed;
  if ([...typed].some(becomesAscii)) return undefined;
  return typed.normalize('NFC').replaceAll(/[^\0-\x7f]+/g, (letters) => letters.toLowerCase().normalize('NFC'));
}

const becomesAscii = (character: string): boolean =>
  character > '\x7f' && /[\0-\x7f]/.test(character.normalize('NFKC') + character.toLowerCase());

const labels = /^[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)+$/u;
const asciiLabels = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A name of ASCII letters, digits and hyphens without an IDNA label (`xn--`): IDNA only lowercases it. */
const plainDomain = /^(?!.*(?:^|\.)xn--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** A domain name in DNS form, in lowercase; undefined for addresses and anything else. Idempotent. */
export function normalizeDomain(text: string): string | undefined {
  // Fast path for nearly every domain; IDNA takes 5 µs.
  const plain = text.length <= 253 && isAscii(text) ? text.toLowerCase() : '';
  if (plainDomain.test(plain)) return plain;
  // `。` is the dot of Chinese and Japanese keyboards. Characters that a URL parser would read as more than a name are
  // rejected first.
  const typed = text.normalize('NFKC').replaceAll('。', '.');
  if (!labels.test(typed)) return undefined;
  const domain = domainToASCII(typed);
  return domain.length <= 253 && asciiLabels.test(domain) ? domain : undefined;
}

/** Equal for equivalent email addresses; the unique index of users uses the same expression. */
export const emailKey = (email: string): string => (normalizeEmail(email) ?? email).toLowerCase();

/** Blanks and punctuation that make a number readable. */
const readable = /[\s()+./\p{Pd}\p{Cf}]/gu;

/** Text with ASCII digits for those of Arabic and Persian keyboards, which NFKC keeps. Idempotent. */
export const withAsciiDigits = (text: string): string =>
  text.replaceAll(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf));

/** The digits of a typed number: accepts those of other keyboards, drops the leading 00 that many dial for the plus. */
export const phoneDigits = (text: string): string =>
  withAsciiDigits(text.normalize('NFKC')).replaceAll(readable, '').replace(/^00/, '');

/**
 * The stored form of a phone number with its country code, digits without a plus (E.164), or undefined if it is
 * invalid: no such country, or a length outside its numbering plan. Ranges are not checked, because plans grow faster
 * than any list. A trunk prefix is dropped: `61 0412 345 678` and `61 412 345 678` are equal. Idempotent.
 */
export function normalizePhone(text: string): string | undefined {
  let digits = phoneDigits(text);
  // If one trunk prefix follows another (`27 0 0…`), the library drops one at a time.
  for (let round = 0; round < 4; round += 1) {
    if (!phoneSchema.safeParse(digits).success) return undefined;
    const number = parsePhoneNumberFromString(`+${digits}`);
    if (!number?.isPossible()) return undefined;
    const normal = number.number.slice(1);
    if (normal === digits) return normal;
    digits = normal;
  }
  return undefined;
}

/** A stored phone number as people write it. */
export const shownPhone = (digits: string): string => `+${digits}`;

/** `normalizeEmail` for an address that is stored or sent to. @throws AldabaError `user.invalid_email` */
export function requireEmail(text: string): string {
  const email = normalizeEmail(text);
  if (email === undefined) throw new AldabaError('user.invalid_email');
  return email;
}

/** `normalizePhone` for a number that is stored or sent to. @throws AldabaError `user.invalid_phone` */
export function requirePhone(text: string): string {
  const phone = normalizePhone(text);
  if (phone === undefined) throw new AldabaError('user.invalid_phone');
  return phone;
}

/**
 * The form of an identifier for looking up accounts and counting attempts. Invalid addresses stay as typed, so that
 * they are unknown like any other. Usernames are unchanged: the tenant's policy decides about their case.
 */
export function normalizeIdentifier<T extends { type: 'username' | 'email' | 'phone'; value: string }>(
  identifier: T,
): T {
  const { type, value } = identifier;
  if (type === 'email') return { ...identifier, value: normalizeEmail(value) ?? value };
  if (type === 'phone') return { ...identifier, value: normalizePhone(value) ?? phoneDigits(value) };
  return identifier;
}
