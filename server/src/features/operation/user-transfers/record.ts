/** The content of an import line, checked and normalized. Pure. */
import { type TransferredUser, transferredUserSchema } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { whyUnstorable } from '../../../kernel/storable.ts';
import { assertUsableDigest } from '../../../services/passwords/index.ts';
import { normalizeColumns } from '../../people/users/normalize.ts';
import type { Line } from './lines.ts';

export interface ImportOptions {
  /** Also accepts unverified addresses. */
  trustUnverifiedEmails?: boolean | undefined;
}

/** Maximum nesting depth of a line. */
const maximumDepth = 32;

const invalid = (reason: string) => new AldabaError('guard.invalid_input', { reason });

/**
 * Reads a line.
 * @throws AldabaError `guard.invalid_input`, `user.invalid_email`, `user.invalid_phone`, `user.email_not_verified`,
 *   `password.invalid_legacy_password_format`
 */
export function readRecord({ text }: Line, { trustUnverifiedEmails }: ImportOptions): TransferredUser {
  if (text === undefined) throw invalid('the line is longer than 256 KB or not UTF-8');
  const result = transferredUserSchema.safeParse(parse(text));
  if (!result.success) {
    throw invalid(result.error.issues.map(({ path, message }) => `${path.join('.') || 'line'}: ${message}`).join('; '));
  }
  const record = normalizeColumns(result.data);
  if (record.primaryEmail && record.isEmailVerified === false && !trustUnverifiedEmails)
    throw new AldabaError('user.email_not_verified');
  const { passwordDigest: digest, passwordAlgorithm: algorithm } = record;
  if ((digest === undefined) !== (algorithm === undefined))
    throw invalid('passwordDigest and passwordAlgorithm belong together');
  if (digest !== undefined && algorithm !== undefined) assertUsableDigest({ digest, algorithm });
  if (!record.id && keysOf(record).length === 0)
    throw invalid('give an id, a username, an email address, a phone number or an identity');
  return record;
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('the line is not JSON');
  }
  const reason = whyUnstorable(value, maximumDepth);
  if (reason !== undefined) throw invalid(reason);
  return value;
}

export type KeyKind = 'username' | 'email' | 'phone' | 'identity';

/** The user's identifiers other than the id, each as a string that is equal for equal identifiers. */
export const keysOf = (record: TransferredUser): [kind: KeyKind, key: string][] => [
  ...(record.username ? [['username', `username ${record.username}`] as [KeyKind, string]] : []),
  ...(record.primaryEmail ? [['email', `email ${record.primaryEmail.toLowerCase()}`] as [KeyKind, string]] : []),
  ...(record.primaryPhone ? [['phone', `phone ${record.primaryPhone}`] as [KeyKind, string]] : []),
  ...Object.entries(record.identities ?? {}).map(([target, { userId }]): [KeyKind, string] => [
    'identity',
    `identity ${JSON.stringify([target, userId])}`,
  ]),
];
