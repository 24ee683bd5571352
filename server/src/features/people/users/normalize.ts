/** How what identifies and names a user is written before it is stored, on every path. Pure. */
import { requireEmail, requirePhone } from '../../../kernel/identifiers.ts';
import { normalizeName } from '../../../kernel/text.ts';

interface Columns {
  primaryEmail?: string | null | undefined;
  primaryPhone?: string | null | undefined;
  name?: string | null | undefined;
  profile?: Record<string, unknown> | undefined;
}

/**
 * The same columns as they are stored: email addresses and phone numbers in their one spelling, names in Unicode normal form
 * NFC. Usernames are ASCII already; whether their case counts is the tenant's policy, which the database enforces.
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

/** Standard claims are texts, and one of them an object of texts (`address`). */
export const normalizeClaims = (claims: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, normalizeClaim(value)]));

function normalizeClaim(value: unknown): unknown {
  if (typeof value === 'string') return normalizeName(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return normalizeClaims(value as Record<string, unknown>);
}
