import { randomBytes } from 'node:crypto';
import { equalSecrets } from '../../../kernel/crypto.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { normalizeCode } from '../../../kernel/text.ts';

const count = 10;
const format = /^[0-9a-f]{10}$/;

/** Ten different codes of ten hexadecimal digits. */
export function newBackupCodes(): string[] {
  const codes = new Set<string>();
  while (codes.size < count) codes.add(randomBytes(5).toString('hex'));
  return [...codes];
}

/** Imported codes in their stored form. @throws AldabaError `user.wrong_backup_code_format` */
export function readBackupCodes(given: readonly string[]): string[] {
  const codes = new Set(given.map((code) => normalizeCode(code).toLowerCase()));
  if (given.length !== count || codes.size !== count || ![...codes].every((code) => format.test(code)))
    throw new AldabaError('user.wrong_backup_code_format');
  return [...codes];
}

/** The index of a code in the list, or -1. Compares every code, so that timing does not reveal the index. */
export function placeOfCode(codes: readonly string[], given: string): number {
  const wanted = normalizeCode(given).toLowerCase();
  return codes.map((code) => equalSecrets(code, wanted)).indexOf(true);
}
