/** How text that people type is written before it is compared or stored. Pure. */

/**
 * A password as it is hashed: NFKC, so that it is the same from every keyboard and system (NIST SP 800-63B section 3.1.1.2).
 * Idempotent.
 */
export const normalizePassword = (password: string): string => password.normalize('NFKC');

/** A name or another text that people read: NFC, without changing what it looks like. Idempotent. */
export const normalizeName = (text: string): string => text.normalize('NFC');

/** Blanks, hyphens and dashes that people put into codes, and format characters that come along when a code is copied. */
const betweenDigits = /[\s\p{Pd}\p{Cf}]/gu;

/** A code as it is compared: without blanks and hyphens, with the digits and letters of ASCII (`１２３ ４５６` is `123456`). Idempotent. */
export const normalizeCode = (code: string): string => code.normalize('NFKC').replaceAll(betweenDigits, '');
