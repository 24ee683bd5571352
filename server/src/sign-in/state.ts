/** The machine's memory between two requests: small, versioned JSON in the interaction's row. No rows, no secrets in clear. */

export const stateVersion = 1;
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
        /** The password was right, and its time is over: it has to be replaced. */
        expired?: true;
      }
    | { type: 'NewPasswordIdentity'; identifier: { type: 'username'; value: string }; password: string }
    | { type: 'Social'; connectorId: string; target: string; identity: SocialIdentity; syncProfile: boolean }
  );

export type ProofType = Proof['type'];

/** A social sign-in that was begun and not answered. */
export interface Challenge {
  id: string;
  createdAt: number;
  connectorId: string;
  redirectUri: string;
  /** Hash of the `state` that the provider has to send back; absent where a custom page keeps it. */
  stateHash?: string;
  /** What the connector wants to find again (a nonce). */
  session?: Record<string, unknown>;
  /** Whether the person agreed to the terms before leaving for the provider. */
  agreed?: boolean;
}

/** What is to be written to the account when it is created or when the sign-in ends. */
export interface PendingProfile {
  username?: string;
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

export interface SignInState {
  version: typeof stateVersion;
  intent: Intent;
  startedAt: number;
  /** Who was identified: set once, never exchanged. */
  userId?: string;
  /** At most one per type: a new one replaces the old. */
  proofs: Proof[];
  challenges: Challenge[];
  profile: PendingProfile;
  /** Set when a new person has answered what the operator wants to know, or left it empty. */
  answered?: true;
}

/**
 * The state that was stored, or undefined when there is none or it must not be trusted any more: another version, too old,
 * from the future, or not of this shape.
 */
export function readState(stored: unknown, now: number): SignInState | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const state = stored as Partial<SignInState>;
  if (state.version !== stateVersion || typeof state.startedAt !== 'number') return undefined;
  if (now - state.startedAt > maximumAge || state.startedAt > now + 60_000) return undefined;
  if (!Array.isArray(state.proofs) || !Array.isArray(state.challenges)) return undefined;
  if (typeof state.profile !== 'object' || state.profile === null || typeof state.intent !== 'string') return undefined;
  return state as SignInState;
}
