/** The machine's state between two requests: small, versioned JSON in the interaction's row, without plain secrets. */

import type { SocialUserInfo } from '../../features/connectors/connectors/index.ts';
import type { NewFactor } from '../../features/people/mfa-verifications/index.ts';
import type { Address } from './factor.ts';
import { type ChallengeMembers, newFactorTypes, type ProofMembers, type ProofType, traitsOf } from './factors.ts';

export type { Address };

export const stateVersion = 4;
/** Lifetime of a sign-in in milliseconds. */
export const maximumAge = 3_600_000;

export type Intent = 'SignIn' | 'Register' | 'ForgotPassword';

interface ProofBase {
  id: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** A proof identifies the user once. */
  used: boolean;
}

/** Something the server has checked itself. On the wire: a verification record. */
export type Proof = ProofBase & ProofMembers;

type ProofOf<Type extends ProofType> = Extract<Proof, { type: Type }>;
/** A code that was sent to an address: the user has the address. */
export type CodeProof = ProofOf<'EmailVerificationCode' | 'PhoneVerificationCode'>;
/** What says that the user has an address. */
export type AddressProof = CodeProof | ProofOf<'OneTimeToken'>;
/** What an identified user proves beside the first factor. */
export type SecondProof = Exclude<Extract<Proof, { userId: string }>, ProofOf<'Password' | 'SignInPasskey'>>;

export const isSecondProof = (proof: Proof): proof is SecondProof => traitsOf(proof.type)?.role === 'second';
export const isCodeProof = (proof: Proof): proof is CodeProof => traitsOf(proof.type)?.provesAddress === 'code';
export const provesAddress = (proof: Proof): proof is AddressProof => traitsOf(proof.type)?.provesAddress !== undefined;

/** What of several proofs the last one counts: those of a type and, of identities, of a provider. */
const kindOf = (proof: Proof): string => ('target' in proof ? `${proof.type} ${proof.target}` : proof.type);

/** A proof counts once; of each kind the last one that was used is kept. */
export const use = (state: SignInState, proof: Proof): SignInState => ({
  ...state,
  proofs: state.proofs
    .filter((other) => other.id === proof.id || kindOf(other) !== kindOf(proof) || !other.used)
    .map((candidate) => (candidate.id === proof.id ? { ...candidate, used: true } : candidate)),
});

/** Something that was asked of the user and is not answered yet. At most one per type: a new one replaces the old. */
export type Challenge = { id: string; createdAt: number } & ChallengeMembers;
export type ChallengeOf<Type extends Challenge['type']> = Extract<Challenge, { type: Type }>;

/** What is to be written to the account when it is created or when the sign-in ends. */
export interface PendingProfile {
  username?: string;
  /** Proved by a code. */
  email?: string;
  phone?: string;
  /** A digest, sealed by the service. */
  password?: string;
  name?: string;
  avatar?: string;
  /** Standard claims in camelCase, e.g. `familyName`. */
  claims?: Record<string, unknown>;
  /** Merged into what is there, at the first level. */
  customData?: Record<string, unknown>;
  identities?: readonly PendingIdentity[];
}

/** A profile has one of a provider. */
export interface PendingIdentity {
  target: string;
  userId: string;
  details: SocialUserInfo;
}

/** The part that users, or scripts, may set without proof. */
export type ExtraProfile = Pick<PendingProfile, 'name' | 'avatar' | 'claims' | 'customData'>;

/** The user's decisions about second factors, stored with the account. */
export interface SecondFactorChoices {
  enabled?: true;
  skipped?: true;
  suggestionSkipped?: true;
  passkeySkipped?: true;
}

/** An unknown social identity, and an address of it that an account has. */
export interface PendingLink {
  proof: ProofOf<'Social'>;
  address: Address;
  /**
   * `offered`: the user is asked. `wanted`: the user said yes and has to prove the account. `automatic`: the provider's
   * word was enough.
   */
  stage: 'offered' | 'wanted' | 'automatic';
}

/** The identifier that the user entered. */
export interface GivenIdentifier {
  type: 'username' | 'email' | 'phone';
  value: string;
}

export interface SignInState {
  version: typeof stateVersion;
  intent: Intent;
  startedAt: number;
  /** Set when a captcha was passed; starting again keeps it. */
  captcha?: true;
  /** The identified user: set once, never replaced. */
  userId?: string;
  /** Given on the first page of a sign-in, before the password is asked for. Nothing was looked up. */
  identifier?: GivenIdentifier;
  linking?: PendingLink;
  /** An address whose company has several providers, until the user has chosen one. */
  ssoEmail?: string;
  /** The account was found by an address for which the user's provider stands: whether the account had proved it. */
  adopted?: 'verified' | 'unverified';
  /** Of each kind at most one that was used, and of each type one that was not: a new one replaces the old. */
  proofs: Proof[];
  challenges: Challenge[];
  profile: PendingProfile;
  /** Second factors that were made in this sign-in. */
  newFactors?: NewFactor[];
  choices?: SecondFactorChoices;
  /** The browser is to be a trusted device of the user. */
  trustsDevice?: true;
  /** Set when a new user has answered the custom profile fields, or left them empty. */
  answered?: true;
}

const setUpTypes: readonly unknown[] = newFactorTypes;
const intents: readonly unknown[] = ['SignIn', 'Register', 'ForgotPassword'] satisfies Intent[];
const choiceNames: readonly unknown[] = [
  'enabled',
  'skipped',
  'suggestionSkipped',
  'passkeySkipped',
] satisfies (keyof SecondFactorChoices)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const identifierTypes: readonly unknown[] = ['username', 'email', 'phone'] satisfies GivenIdentifier['type'][];
const isIdentifier = (value: unknown): boolean =>
  isObject(value) && identifierTypes.includes(value.type) && typeof value.value === 'string';

/**
 * The state that was stored, or undefined when there is none or it must not be trusted any more: another version, too
 * old, from the future, or not of this shape.
 */
export function readState(stored: unknown, now: number): SignInState | undefined {
  if (!isObject(stored)) return undefined;
  const {
    version,
    intent,
    startedAt,
    userId,
    profile,
    identifier,
    newFactors = [],
    choices = {},
    answered = true,
    trustsDevice = true,
    captcha = true,
    linking = { proof: {}, address: {} },
    ssoEmail = '',
    adopted = 'verified',
  } = stored;
  if (version !== stateVersion || typeof startedAt !== 'number') return undefined;
  if (now - startedAt > maximumAge || startedAt > now + 60_000) return undefined;
  if (!intents.includes(intent) || !isObject(profile) || answered !== true) return undefined;
  if (trustsDevice !== true || captcha !== true) return undefined;
  if (typeof ssoEmail !== 'string' || (adopted !== 'verified' && adopted !== 'unverified')) return undefined;
  if (userId !== undefined && typeof userId !== 'string') return undefined;
  if (identifier !== undefined && !isIdentifier(identifier)) return undefined;
  if (!isObject(linking) || !isObject(linking.proof) || !isObject(linking.address)) return undefined;
  const lists: unknown[] = [stored.proofs, stored.challenges, newFactors];
  if (!lists.every((list) => Array.isArray(list) && list.every(isObject))) return undefined;
  if (!(newFactors as { type?: unknown }[]).every(({ type }) => setUpTypes.includes(type))) return undefined;
  if (
    !isObject(choices) ||
    !Object.entries(choices).every(([name, value]) => choiceNames.includes(name) && value === true)
  )
    return undefined;
  return stored as unknown as SignInState;
}
