/** Parses the identifiers that users enter in forms. Pure. */
import { AldabaError } from '../kernel/errors.ts';
import { normalizeEmail, normalizeIdentifier, normalizePhone, phoneDigits } from '../kernel/identifiers.ts';
import type { IdentifierType } from './machine/policy.ts';
import type { Address } from './machine/state.ts';
import type { Identifier } from './needs.ts';

/**
 * An email or a phone if the tenant signs in with those, else a username. @throws AldabaError `user.username_required`
 */
export function identifierOf(text: string, types: readonly IdentifierType[]): Identifier {
  if (text === '') throw new AldabaError('user.username_required');
  if (types.includes('email') && text.includes('@')) return normalizeIdentifier({ type: 'email', value: text });
  if (types.includes('phone') && /^\d{4,}$/.test(phoneDigits(text)))
    return normalizeIdentifier({ type: 'phone', value: text });
  return {
    type: types[0] === 'username' ? 'username' : (types.find((type) => type === 'username') ?? 'email'),
    value: text,
  };
}

/** An address that a code can be sent to. @throws AldabaError `user.invalid_email`, `user.invalid_phone` */
export function addressOf(text: string, types: readonly Address['type'][]): Address {
  const looksLikePhone = /^\d+$/.test(phoneDigits(text));
  const type = types.length > 1 ? (looksLikePhone ? 'phone' : 'email') : (types[0] ?? 'email');
  const value = type === 'email' ? normalizeEmail(text) : normalizePhone(text);
  if (value === undefined) throw new AldabaError(`user.invalid_${type}`);
  return { type, value };
}
