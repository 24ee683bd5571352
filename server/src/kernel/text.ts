/** Normalizes typed text before it is compared or stored. Pure. */
import { withAsciiDigits } from './identifiers.ts';

/**
 * The form of a password for hashing: NFKC, so that it is the same from every keyboard and system (NIST SP 800-63B
 * section 3.1.1.2). Idempotent.
 */
export const normalizePassword = (password: string): string => password.normalize('NFKC');

/** The stored form of a name or other displayed text: NFC, which does not change its appearance. Idempotent. */
export const normalizeName = (text: string): string => text.normalize('NFC');

/** Blanks, hyphens and dashes in typed codes, and format characters from copying. */
const betweenDigits = /[\s\p{Pd}\p{Cf}]/gu;

/**
 * The form of a code for comparison: without blanks and hyphens, with ASCII digits and letters (`１２３ ４５６` and `١٢٣٤٥٦`
 * are `123456`). Idempotent.
 */
export const normalizeCode = (code: string): string =>
  withAsciiDigits(code.normalize('NFKC')).replaceAll(betweenDigits, '');
