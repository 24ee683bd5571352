/** The machine's memory between two requests: small, versioned JSON in the interaction's row. No rows, no secrets in clear. */

import type { NewFactor } from '../../features/people/mfa-verifications/index.ts';

export const stateVersion = 2;
/** Milliseconds after which a sign-in that was begun has to be begun anew. */
export const maximumAge = 3_600_000;

export type Intent = 'SignIn' | 'Register' | 'ForgotPassword';

/** Who a social provider says the person is (see the connector kit's SocialUserInfo). */
export interface SocialIdentity {
  id: string;
  name?: string;
  avatar?: string;
  email?: string;
  phone?: string;
  rawData?: unknown;
}

/** An email address, or a phone's digits with the country code and without the plus. */
export interface Address {
  type: 'email' | 'phone';
  value: string;
}

interface ProofBase {
  id: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  /** A proof says who the person is once. */
  used: boolean;
}

/** Something the server has checked itself. On the wire: a verification record. */
export type Proof = ProofBase &
  (
    | {
        type: 'Password';
        identifier: { type: 'username' | 'email' | 'phone'; value: string };
        userId: string;
        /** Hash of the digest that was verified: a password that is replaced meanwhile proves nothing. */
        passwordHash: string;
        /** The password was right, and its time is over: it has to be replaced. */
        expired?: true;
      }
    | { type: 'NewPasswordIdentity'; identifier: { type: 'username'; value: string }; password: string }
    | { type: 'Social'; connectorId: string; target: string; identity: SocialIdentity; syncProfile: boolean }
    /** A code that was sent to an address: whoever shows it has the address. */
    | { type: 'EmailVerificationCode' | 'PhoneVerificationCode'; identifier: Address }
    /** A link that the operator made for an address: whoever shows its token has the address. */
    | {
        type: 'OneTimeToken';
        identifier: Address;
        /** Where the person becomes a member by signing in with it. */
        organizationIds: readonly string[];
      }
    /** A second factor that the account has, and that was shown. */
    | { type: 'Totp' | 'WebAuthn' | 'BackupCode'; userId: string }
    | { type: 'MfaEmailVerificationCode' | 'MfaPhoneVerificationCode'; userId: string; identifier: Address }
    /** A second factor that was made, and is the account's when the sign-in is complete. */
    | { type: 'NewTotp' | 'NewPasskey' | 'NewBackupCodes'; factor: NewFactor }
  );

export type ProofType = Proof['type'];
type ProofOf<Type extends ProofType> = Extract<Proof, { type: Type }>;
/** What says who the person is. */
export type CodeProof = ProofOf<'EmailVerificationCode' | 'PhoneVerificationCode'>;
/** What says that the person has an address. */
export type AddressProof = CodeProof | ProofOf<'OneTimeToken'>;
/** What is shown besides, by somebody who is identified. */
export type SecondProof = ProofOf<
  'Totp' | 'WebAuthn' | 'BackupCode' | 'MfaEmailVerificationCode' | 'MfaPhoneVerificationCode'
>;

const secondProofs: ReadonlySet<ProofType> = new Set<SecondProof['type']>([
  'Totp',
  'WebAuthn',
  'BackupCode',
  'MfaEmailVerificationCode',
  'MfaPhoneVerificationCode',
]);
export const isSecondProof = (proof: Proof): proof is SecondProof => secondProofs.has(proof.type);
export const isCodeProof = (proof: Proof): proof is CodeProof =>
  proof.type === 'EmailVerificationCode' || proof.type === 'PhoneVerificationCode';
export const provesAddress = (proof: Proof): proof is AddressProof =>
  isCodeProof(proof) || proof.type === 'OneTimeToken';

/** Something that was asked of the person and is not answered yet. At most one per type: a new one replaces the old. */
export type Challenge = { id: string; createdAt: number } & (
  | {
      /** A social sign-in that was begun. */
      type: 'Social';
      connectorId: string;
      redirectUri: string;
      /** Hash of the `state` that the provider has to send back; absent where a custom page keeps it. */
      stateHash?: string;
      /** What the connector wants to find again (a nonce). */
      session?: Record<string, unknown>;
      /** Whether the person agreed to the terms before leaving for the provider. */
      agreed?: boolean;
    }
  | { type: 'EmailVerificationCode' | 'PhoneVerificationCode'; identifier: Address }
  | { type: 'MfaEmailVerificationCode' | 'MfaPhoneVerificationCode'; identifier: Address; userId: string }
  /** `secretSealed`: of an authenticator app that is to be set up. */
  | { type: 'NewTotp'; secretSealed: string }
  /** `challenge`: what the authenticator signs, base64url. */
  | { type: 'NewPasskey'; challenge: string }
  | { type: 'WebAuthn'; challenge: string; userId: string }
);
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
  identity?: { target: string; userId: string; details: SocialIdentity };
}

/** The part of it that anybody may say of themselves, or a script of a person. */
export type ExtraProfile = Pick<PendingProfile, 'name' | 'avatar' | 'claims' | 'customData'>;

/** What the person decided about second factors, to be kept with the account. */
export interface SecondFactorChoices {
  enabled?: true;
  skipped?: true;
  suggestionSkipped?: true;
}

/** Who a person says they are. */
export interface GivenIdentifier {
  type: 'username' | 'email' | 'phone';
  value: string;
}

export interface SignInState {
  version: typeof stateVersion;
  intent: Intent;
  startedAt: number;
  /** Who was identified: set once, never exchanged. */
  userId?: string;
  /** Given on the first page of a sign-in, before the password is asked for. Nothing was looked up. */
  identifier?: GivenIdentifier;
  /** Of each type at most one that was used, and one that was not: a new one replaces the old. */
  proofs: Proof[];
  challenges: Challenge[];
  profile: PendingProfile;
  /** Second factors that were made in this sign-in. */
  newFactors?: NewFactor[];
  choices?: SecondFactorChoices;
  /** Set when a new person has answered what the operator wants to know, or left it empty. */
  answered?: true;
}

const intents: readonly unknown[] = ['SignIn', 'Register', 'ForgotPassword'] satisfies Intent[];
const newFactorTypes: readonly unknown[] = ['Totp', 'WebAuthn', 'BackupCode'] satisfies NewFactor['type'][];
const choiceNames: readonly unknown[] = [
  'enabled',
  'skipped',
  'suggestionSkipped',
] satisfies (keyof SecondFactorChoices)[];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const identifierTypes: readonly unknown[] = ['username', 'email', 'phone'] satisfies GivenIdentifier['type'][];
const isIdentifier = (value: unknown): boolean =>
  isObject(value) && identifierTypes.includes(value.type) && typeof value.value === 'string';

/**
 * The state that was stored, or undefined when there is none or it must not be trusted any more: another version, too old,
 * from the future, or not of this shape.
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
  } = stored;
  if (version !== stateVersion || typeof startedAt !== 'number') return undefined;
  if (now - startedAt > maximumAge || startedAt > now + 60_000) return undefined;
  if (!intents.includes(intent) || !isObject(profile) || answered !== true) return undefined;
  if (userId !== undefined && typeof userId !== 'string') return undefined;
  if (identifier !== undefined && !isIdentifier(identifier)) return undefined;
  const lists: unknown[] = [stored.proofs, stored.challenges, newFactors];
  if (!lists.every((list) => Array.isArray(list) && list.every(isObject))) return undefined;
  if (!(newFactors as { type?: unknown }[]).every(({ type }) => newFactorTypes.includes(type))) return undefined;
  if (
    !isObject(choices) ||
    !Object.entries(choices).every(([name, value]) => choiceNames.includes(name) && value === true)
  )
    return undefined;
  return stored as unknown as SignInState;
}
