/**
 * The vocabulary of the sign-in machine: facts (events), changes to execute (effects), and what it asks for (prompts).
 */
import type { ErrorCode, ErrorWithData } from '@aldaba/contract';
import type { Risk } from '../../features/people/adaptive-mfa/index.ts';
import type { MfaStatus, NewFactor } from '../../features/people/mfa-verifications/index.ts';
import type { Details, MissingDetail, SecondFactorType, SignInPolicy } from './policy.ts';
import type {
  Address,
  Challenge,
  ExtraProfile,
  GivenIdentifier,
  Intent,
  PendingIdentity,
  PendingProfile,
  Proof,
  SecondFactorChoices,
  SignInState,
} from './state.ts';

/** What the machine needs to know of the account that an event is about. */
export interface Account extends Details {
  id: string;
  isSuspended: boolean;
  /** The social identities it has: the user's id at each target. */
  identities: Readonly<Record<string, string>>;
  /** Its addresses, as codes are sent there. */
  addresses: readonly Address[];
  /** Absent where the tenant asks for no second factors. */
  secondFactors?: MfaStatus;
  /** Why this sign-in is unusual; empty when it is not, or was not checked. */
  risks: readonly Risk[];
  /** Whether the application accepts no sign-in with one factor. */
  requiresSecondFactor: boolean;
  /** The id of the trusted device that this browser is for the user. */
  trustedDevice?: string | undefined;
}

/** An account that has an address of an unknown social identity. */
export interface Related {
  account: Account;
  address: Address;
  /** Whether the address of the account is verified: by its owner, or set by an operator. */
  isVerified: boolean;
}

/** The answer of the operator's script about a step. Absent when no script ran. */
export type Verdict =
  | { kind: 'passed'; changes: ExtraProfile }
  | { kind: 'denied'; message?: string }
  | { kind: 'failed' };

export type SignInEvent =
  | { type: 'started'; intent: Intent }
  | { type: 'intent-changed'; intent: Intent }
  | { type: 'captcha-passed' }
  /** The user entered an identifier; the password comes next. */
  | { type: 'identifier-given'; identifier: GivenIdentifier }
  | { type: 'proved'; proof: Proof; renewedPassword?: string | undefined; account?: Account | undefined }
  | { type: 'challenged'; challenge: Challenge }
  /** The answer to a challenge was taken; with a proof if it was right. */
  | { type: 'answered'; challengeId: string; proof?: Proof | undefined; account?: Account | undefined }
  /** `account`: the one that the proof points at, if there is one. */
  | {
      type: 'identified';
      proofId?: string | undefined;
      account?: Account | undefined;
      /** Whether an unknown social identity is to be linked: to the identified account, or to the related one. */
      link?: boolean | undefined;
      related?: Related | undefined;
      verdict?: Verdict | undefined;
    }
  /** An account has an address of the unknown social identity; the user is asked about it. */
  | { type: 'link-offered'; proofId: string; related: Related }
  /** The user's answer: proves that account next, or wants another one. */
  | { type: 'link-answered'; proves: boolean }
  /** The user entered an address whose company has several providers. */
  | { type: 'sso-address-named'; email: string }
  | { type: 'created'; account: Account }
  | { type: 'username-chosen'; value: string; account?: Account | undefined; taken: boolean }
  | { type: 'password-chosen'; password: string; account?: Account | undefined }
  | { type: 'social-added'; proofId: string; account?: Account | undefined; inUse: boolean }
  /** An address that a code proved; `taken`: another user has it. */
  | { type: 'address-added'; proofId: string; account?: Account | undefined; taken: boolean }
  | { type: 'profile-added'; profile: ExtraProfile; account?: Account | undefined }
  /** A second factor that was made is to be the account's. */
  | { type: 'factor-added'; proofId: string; account?: Account | undefined }
  /** `enabled`: codes to the account's address become a second factor; the other decisions go on without one. */
  | { type: 'factor-choice'; choice: keyof SecondFactorChoices; account?: Account | undefined }
  /** The user wants to skip second factors in this browser for some time. */
  | { type: 'device-trusted'; account?: Account | undefined }
  | { type: 'submitted'; account?: Account | undefined; verdict?: Verdict | undefined };

type Patch = Omit<PendingProfile, 'identities'>;

/** What completing a sign-in does: a device was used, or the browser becomes one for so many days. */
export type DeviceAtEnd = { uses: string } | { days: number; replaces?: string | undefined };

export type Effect =
  | { type: 'create-user'; profile: PendingProfile }
  | { type: 'update-user'; userId: string; patch: Patch }
  | {
      type: 'link-identity';
      userId: string;
      identity: PendingIdentity;
      /** On the provider's word alone. */
      automatic: boolean;
    }
  /** Removes what was set before the email address was verified. If it is: does nothing, or refuses if required. */
  | { type: 'reclaim-account'; userId: string; required?: true }
  /** The email address was proved beside a credential of the account, which keeps everything. */
  | { type: 'verify-email'; userId: string; email: string }
  /** What an enterprise sign-in leaves with the account: the identity, if the address led to it, or if it is new. */
  | {
      type: 'enter-sso';
      userId: string;
      proof: Extract<Proof, { type: 'EnterpriseSso' }>;
      adopted?: true;
      created?: true;
    }
  /** The organizations that the operator named for the used link. */
  | { type: 'join-organizations'; userId: string; organizationIds: readonly string[] }
  | { type: 'add-factors'; userId: string; factors: readonly NewFactor[] }
  | { type: 'keep-choices'; userId: string; choices: SecondFactorChoices }
  /** A forgotten password is replaced; the user is not signed in. */
  | { type: 'reset-password'; userId: string; password: string }
  /** The sign-in is complete; `patch` is written to the account with the time of the sign-in. */
  | { type: 'finish'; userId: string; amr: string[]; patch: Patch; risks: readonly Risk[]; device?: DeviceAtEnd };

export type Prompt =
  /** `identifier`: given already, so that its password is asked for. */
  | { kind: 'sign-in'; reason: string; identifier?: GivenIdentifier }
  | { kind: 'register'; reason: string }
  /** An account has the address of an unknown social identity; the user says whether to prove it. */
  | { kind: 'link'; reason: string; address: Address; connectorId: string }
  /** The user forgot the password and is not identified yet. */
  | { kind: 'recover'; reason: string }
  /** A new password has to be chosen in place of the forgotten one. */
  | { kind: 'reset-password'; reason: string }
  /** One of `factors`, the best first, has to be shown. */
  | { kind: 'show-factor'; reason: string; factors: readonly SecondFactorType[]; account: Account }
  /** `expired`: the one detail is a new password in place of the old. */
  | { kind: 'continue'; reason: string; missing: MissingDetail[]; expired?: true }
  /**
   * One of `factors` has to be set up, or skipped. `additional`: in addition to the account's own; lists all kinds that
   * count, its own last. `wanted`: the user decided to have one. `signsIn`: to sign in with next time, not as a second
   * factor.
   */
  | {
      kind: 'add-factor';
      reason: string;
      factors: readonly SecondFactorType[];
      skippable: boolean;
      additional?: readonly SecondFactorType[];
      wanted?: true;
      signsIn?: true;
    }
  | { kind: 'make-backup-codes'; reason: string }
  | { kind: 'done'; reason: string };

export interface Context {
  policy: SignInPolicy;
  /** Milliseconds since the epoch. */
  now: number;
}

export interface Step {
  state: SignInState;
  effects: Effect[];
  prompt: Prompt;
}

/** The event was refused; nothing changes. */
export type Refusal = { [Code in ErrorCode]: { refused: Code } & Omit<ErrorWithData<Code>, 'code'> }[ErrorCode];

/** The result of an event. */
export type Outcome = { state: SignInState; effects?: Effect[] } | Refusal;
