/** Normalizes identifiers and names of a user before they are stored, on every path. Pure. */
import { requireEmail, requirePhone } from '../../../kernel/identifiers.ts';
import { normalizeName } from '../../../kernel/text.ts';

interface Columns {
  primaryEmail?: string | null | undefined;
  primaryPhone?: string | null | undefined;
  name?: string | null | undefined;
  profile?: Record<string, unknown> | undefined;
}

/**
 * The same columns in their stored form: canonical email addresses and phone numbers, names in Unicode NFC. Usernames
 * are ASCII already; the tenant's policy decides about their case, and the database enforces it.
 * @throws AldabaError `user.invalid_email`, `user.invalid_phone`
 */
export function normalizeColumns<T extends Columns>(columns: T): T {
  const { primaryEmail, primaryPhone, name, profile } = columns;
  return {
    ...columns,
    ...(primaryEmail ? { primaryEmail: requireEmail(primaryEmail) } : {}),
    ...(primaryPhone ? { primaryPhone: requirePhone(primaryPhone) } : {}),
    ...(name ? { name: normalizeName(name) } : {}),
    ...(profile ? { profile: normalizeClaims(profile) } : {}),
  };
}

/** Standard claims are strings; only `address` is an object of strings. */
export const normalizeClaims = (claims: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, normalizeClaim(value)]));

function normalizeClaim(value: unknown): unknown {
  if (typeof value === 'string') return normalizeName(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return normalizeClaims(value as Record<string, unknown>);
}
