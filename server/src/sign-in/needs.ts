import type { Identity, ProfileField, SignInExperienceSettings } from '@aldaba/contract';
import type { ProfileFields } from '../features/appearance/custom-profile-fields/index.ts';
import type { PageSender } from '../features/appearance/hosted-pages/index.ts';
import type { ApplicationExperiences } from '../features/applications/application-experiences/index.ts';
import type { Client } from '../features/applications/applications/index.ts';
import type { Connectors } from '../features/connectors/connectors/index.ts';
import type { VerificationCodes } from '../features/connectors/verification-codes/index.ts';
import type { Actions } from '../features/operator-scripts/actions/index.ts';
import type { OrganizationJit } from '../features/organizations/organization-jit/index.ts';
import type { Organizations } from '../features/organizations/organizations/index.ts';
import type { AdaptiveMfa } from '../features/people/adaptive-mfa/index.ts';
import type { SecondFactors } from '../features/people/mfa-verifications/index.ts';
import type { OneTimeTokens } from '../features/people/one-time-tokens/index.ts';
import type { PasswordDigest, User } from '../features/people/users/index.ts';
import type { Audit } from '../kernel/audit.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto.ts';
import type { Events } from '../kernel/events.ts';
import type { Log } from '../kernel/log.ts';
import type { Passwords } from '../services/passwords/index.ts';
import type { Queries, Transaction } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Address } from './machine/factor.ts';
import type { IdentifierType } from './machine/policy.ts';
import type { InteractionPort } from './port.ts';

export type Identifier = { type: IdentifierType; value: string; ignoresCase?: boolean | undefined };

interface UserColumns {
  username?: string;
  name?: string;
  avatar?: string;
  primaryEmail?: string;
  /** Whether the provider verified the address. */
  isEmailVerified?: boolean;
  primaryPhone?: string;
  password?: PasswordDigest;
}

/**
 * What the sign-in needs of users. Errors: `user.*_already_in_use`, `user.identity_already_in_use`, `entity.not_found`.
 */
interface SignInUsers {
  find: (q: Queries, userId: string) => Promise<User | undefined>;
  findByIdentifier: (q: Queries, identifier: Identifier) => Promise<User | undefined>;
  findByIdentity: (q: Queries, target: string, identityId: string) => Promise<User | undefined>;
  /** One statement, whether the user exists or not, so that both take the same time. */
  findWithPassword: (
    q: Queries,
    identifier: Identifier,
  ) => Promise<
    { user: User; password: (PasswordDigest & { updatedAt: Date; isExpired: boolean }) | undefined } | undefined
  >;
  findPassword: (q: Queries, userId: string) => Promise<PasswordDigest | undefined>;
  create: (
    tx: Transaction,
    user: UserColumns & {
      identity?: Identity & { target: string };
      profile?: Record<string, unknown>;
      customData?: Record<string, unknown>;
      applicationId?: string;
    },
  ) => Promise<User>;
  /** @param given `passwordHash`: fails with `session.invalid_credentials` when the password is another by now */
  update: (
    tx: Transaction,
    userId: string,
    patch: UserColumns & { lastSignInAt?: Date },
    given?: { passwordHash: string },
  ) => Promise<User>;
  /** Ends sessions and grants with the old password. */
  resetPassword: (tx: Transaction, userId: string, password: PasswordDigest) => Promise<User>;
  /** Returns false when the account had an identity of that target, which was replaced. */
  linkIdentity: (tx: Transaction, userId: string, target: string, identity: Identity) => Promise<boolean>;
  /** Merges standard claims, or what applications store, into what is there. */
  merge: (
    tx: Transaction,
    userId: string,
    part: { profile: Record<string, unknown> } | { customData: Record<string, unknown> },
  ) => Promise<unknown>;
  /** Keeps the user's own choices, such as to sign in without a second factor. */
  updateLogtoConfig: (
    tx: Transaction,
    userId: string,
    patch: { mfa: Record<string, boolean | undefined> },
  ) => Promise<unknown>;
}

/** How people sign in, with the custom profile fields that a sign-up asks for. */
export type SignInSettings = SignInExperienceSettings & {
  profileFields: readonly ProfileField[];
  /** Whether browsers can use passkeys at the tenant's address. */
  supportsPasskeys: boolean;
};

/** @throws AldabaError `session.email_blocklist.*` for an address that the tenant takes no account with */
export type AssertNotBlocked = (settings: SignInSettings, address: Address) => Promise<void>;

export interface SignInNeeds {
  port: InteractionPort;
  users: SignInUsers;
  passwords: Passwords;
  applications: {
    /** Cached. */
    findClient: (tenant: Tenant, clientId: string) => Promise<Client | undefined>;
  };
  applicationExperiences: Pick<ApplicationExperiences, 'lookOf'>;
  organizations: Pick<Organizations, 'find'>;
  organizationJit: Pick<OrganizationJit, 'join'>;
  oneTimeTokens: Pick<OneTimeTokens, 'consume'>;
  verificationCodes: Pick<VerificationCodes, 'send' | 'verify'>;
  secondFactors: SecondFactors;
  adaptiveMfa: AdaptiveMfa;
  /** Operators' scripts. */
  actions: Pick<Actions, 'isAsked' | 'run'>;
  /** Notifies webhooks of sign-ins and lockouts. */
  events: Events<Transaction>;
  logs: Audit;
  connectors: Pick<Connectors, 'list' | 'social' | 'instance'>;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperienceSettings> };
  profileFields: Pick<ProfileFields, 'list'>;
  pages: PageSender;
  clock: Clock;
  vault: Vault;
  log: Log;
}
