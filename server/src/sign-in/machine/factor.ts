/**
 * What the machine knows of a factor: the kinds of verification records it leaves, and what each of them stands for.
 * Pure.
 */
import type { AuditVerification, SignInExperienceSettings } from '@aldaba/contract';

/** A second factor, by its name on the wire. */
export type SecondFactorType = SignInExperienceSettings['mfa']['factors'][number];

/** An email address, or a phone number's digits with the country code and without the plus; normalized. */
export interface Address {
  type: 'email' | 'phone';
  value: string;
}

/** Whether two normalized addresses are one: case does not count, as with the addresses of accounts. */
export const isSameAddress = (a: Address, b: Address): boolean =>
  a.type === b.type && a.value.toLowerCase() === b.value.toLowerCase();

export const hasAddress = (
  { addresses }: { addresses: readonly Address[] },
  { identifier }: { identifier: Address },
): boolean => addresses.some((known) => isSameAddress(known, identifier));

/**
 * An address that only its owner recognizes: `a****@example.com`, `****4567`. Always four stars, to hide the length.
 */
export function maskAddress({ type, value }: Address): string {
  if (type === 'phone') return `****${value.length > 4 ? value.slice(-4) : ''}`;
  const at = value.lastIndexOf('@');
  const [first = ''] = value.slice(0, Math.max(at, 0));
  return at < 0 ? '****' : `${first}****${value.slice(at)}`;
}

/** A factor's records by their type: what a proof and a challenge hold beside the members that all have. */
export interface FactorRecords {
  proofs: object;
  challenges: object;
}

export interface ProofTraits {
  /**
   * `first`: identifies the user. `second`: a second factor of that user. `new`: one that is set up in this sign-in.
   */
  role: 'first' | 'second' | 'new';
  /** Authentication method, in the words of RFC 8176 where it has one. Absent: the record proves nothing yet. */
  amr?: string;
  /** In the keys of the audit log: `Interaction.<intent>.Verification.<logName>.Submit`. */
  logName: AuditVerification;
  /** How the record proves that the user has an address. */
  provesAddress?: 'code' | 'link';
  /** The record is made by the server at once: the user answers nothing. */
  isGenerated?: true;
  /** The record alone stands for two factors (NIST SP 800-63B section 3.1.7: a multi-factor authenticator). */
  isMultiFactor?: true;
}

/** What decides when a second factor is asked for. */
export interface SecondFactorTraits {
  type: SecondFactorType;
  /** Factors are asked for in this order, the lowest number first. */
  order: number;
  /** The factor comes with an address of the account. */
  address?: Address['type'];
  /** The factor stands in for the others, and is never the only one. */
  isBackup?: true;
  /** The factor also signs in by itself, without another one. */
  signsIn?: true;
}

export interface FactorDefinition<Records extends FactorRecords = FactorRecords> {
  /** Absent for factors that identify the user. */
  second?: SecondFactorTraits;
  proofs: Readonly<Record<keyof Records['proofs'], ProofTraits>>;
  /** Types alone. */
  records?: Records;
}

/** Checks a definition against the records that it declares. */
export const defineFactor =
  <Records extends FactorRecords>() =>
  (definition: FactorDefinition<Records>): FactorDefinition<Records> =>
    definition;

type Members<Records extends object> = { [Type in keyof Records]: { type: Type } & Records[Type] }[keyof Records];
/** The proofs, or the challenges, of a factor as a union by `type`. */
export type RecordsOf<Definition extends FactorDefinition, Kind extends keyof FactorRecords> =
  Definition extends FactorDefinition<infer Records> ? Members<Records[Kind]> : never;
