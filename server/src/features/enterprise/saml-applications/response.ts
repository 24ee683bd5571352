import type { SamlClaim } from '@aldaba/contract';
import type { Vault } from '../../../kernel/crypto.ts';
import { nameIdFormats } from '../../../services/saml/index.ts';
import type { SamlConfiguration } from './store.ts';

/** The user of a session, with every claim that the user has. */
export interface SignedInUser {
  userId: string;
  sessionUid: string;
  authenticatedAt: Date;
  /** When the session ends here. */
  expiresAt: Date;
  amr: readonly string[];
  claims: Readonly<Record<string, unknown>>;
}

/**
 * The user's name for the service provider; undefined if the user has no value of that kind. A transient name differs
 * in each session and is derived from it, so that a sign-out can name it.
 */
export function nameIdOf(
  vault: Pick<Vault, 'sign'>,
  { nameIdFormat: format }: Pick<SamlConfiguration, 'nameIdFormat'>,
  { userId, sessionUid, claims }: SignedInUser,
): { value: string; format: string } | undefined {
  if (format === nameIdFormats.transient) return { format, value: `_${vault.sign(sessionUid, 'saml-transient-name')}` };
  const value = format === nameIdFormats.emailAddress ? tellable('email', claims) : userId;
  return typeof value === 'string' ? { format, value } : undefined;
}

/** The attributes of the mapping for which the user has a value, lists with one value for each item. */
export function attributesOf(
  mapping: SamlConfiguration['attributeMapping'],
  claims: SignedInUser['claims'],
): { name: string; values: string[] }[] {
  return Object.entries(mapping).flatMap(([claim, name]) => {
    const value = tellable(claim as SamlClaim, claims);
    const values = (Array.isArray(value) ? value : [value]).flatMap((item) => textOf(item) ?? []);
    return values.length > 0 ? [{ name, values }] : [];
  });
}

/** A service provider takes an address as the user's: an assertion does not tell it that the address is unverified. */
const tellable = (claim: SamlClaim, claims: SignedInUser['claims']): unknown =>
  claim === 'email' && claims.email_verified !== true ? undefined : claims[claim];

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
