import type { ProfileField, SignInExperienceSettings } from '@aldaba/contract';
import type { AccountCenters } from '../features/appearance/account-center/index.ts';
import type { CaptchaProviders } from '../features/appearance/captcha-provider/index.ts';
import type { ProfileFields } from '../features/appearance/custom-profile-fields/index.ts';
import type { PageSender } from '../features/appearance/hosted-pages/index.ts';
import type { UserAssets } from '../features/appearance/user-assets/index.ts';
import type { ApplicationExperiences } from '../features/applications/application-experiences/index.ts';
import type { Client } from '../features/applications/applications/index.ts';
import type { Connectors } from '../features/connectors/connectors/index.ts';
import type { TokenSets } from '../features/connectors/token-sets/index.ts';
import type { VerificationCodes } from '../features/connectors/verification-codes/index.ts';
import type { IdpInitiated } from '../features/enterprise/idp-initiated/index.ts';
import type { OfferedSso, SsoConnectors } from '../features/enterprise/sso-connectors/index.ts';
import type { SsoLogout } from '../features/enterprise/sso-logout/index.ts';
import type { Actions } from '../features/operator-scripts/actions/index.ts';
import type { OrganizationJit } from '../features/organizations/organization-jit/index.ts';
import type { Organizations } from '../features/organizations/organizations/index.ts';
import type { AdaptiveMfa } from '../features/people/adaptive-mfa/index.ts';
import type { SecondFactors } from '../features/people/mfa-verifications/index.ts';
import type { OneTimeTokens } from '../features/people/one-time-tokens/index.ts';
import type { SsoIdentities } from '../features/people/sso-identities/index.ts';
import type { DeviceTrust } from '../features/people/trusted-devices/index.ts';
import type { Identifier, Users } from '../features/people/users/index.ts';
import type { Audit } from '../kernel/audit.ts';
import type { Changes } from '../kernel/changes.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto.ts';
import type { Events } from '../kernel/events.ts';
import type { Log } from '../kernel/log.ts';
import type { Passwords } from '../services/passwords/index.ts';
import type { Transaction } from '../store/index.ts';
import type { InTransaction } from '../store/transaction.ts';
import type { Tenant } from '../tenancy/index.ts';
import type { Address, SecondFactorType } from './machine/factor.ts';
import type { InteractionPort } from './port.ts';

export type { Identifier };

/** What the sign-in needs of users. What changes them belongs to the transaction of a step. */
type SignInUsers = Pick<
  Users,
  | 'find'
  | 'findByIdentifier'
  | 'findByIdentity'
  | 'findWithPassword'
  | 'findPassword'
  | 'resetPassword'
  | 'linkIdentity'
  | 'isEmailVerified'
  | 'reclaim'
  | 'verifyEmail'
> &
  InTransaction<Pick<Users, 'create' | 'update' | 'merge' | 'updateLogtoConfig'>>;

/** How people sign in, with the custom profile fields that a sign-up asks for. */
export type SignInSettings = SignInExperienceSettings & {
  profileFields: readonly ProfileField[];
  /** Factors that cannot be set up at the tenant's address. */
  unavailableFactors: readonly SecondFactorType[];
  /** Origins at which passkeys of the tenant's host work, its own included. */
  passkeyOrigins?: readonly string[];
  /** Enterprise providers; none where the tenant has switched them off. */
  ssoConnectors?: readonly OfferedSso[];
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
  organizationJit: Pick<OrganizationJit, 'join' | 'joinByConnector' | 'applyMappings'>;
  oneTimeTokens: Pick<OneTimeTokens, 'consume'>;
  verificationCodes: Pick<VerificationCodes, 'send' | 'verify'>;
  secondFactors: SecondFactors;
  adaptiveMfa: AdaptiveMfa;
  deviceTrust: Pick<DeviceTrust, 'heldBy' | 'find' | 'trust' | 'use'>;
  /** Operators' scripts. */
  actions: Pick<Actions, 'isAsked' | 'run'>;
  /** Tells users by email what was changed. */
  changes: Pick<Changes<Transaction>, 'announce'>;
  /** Notifies webhooks of sign-ins and lockouts. */
  events: Events<Transaction>;
  logs: Audit;
  connectors: Pick<Connectors, 'available' | 'social' | 'instance' | 'oneTap'>;
  tokenSets: Pick<TokenSets, 'pack' | 'keep'>;
  ssoConnectors: Pick<SsoConnectors, 'offered' | 'connection' | 'samlMetadata'>;
  ssoLogout: Pick<SsoLogout, 'receiveSaml'>;
  idpInitiated: Pick<IdpInitiated, 'receive' | 'take'>;
  ssoIdentities: Pick<SsoIdentities, 'findUser' | 'link' | 'list'>;
  signInExperiences: { get: (tenant: Tenant) => Promise<SignInExperienceSettings> };
  profileFields: Pick<ProfileFields, 'list'>;
  userAssets: Pick<UserAssets, 'savePicture' | 'claimPictures'>;
  accountCenters: Pick<AccountCenters, 'passkeyOrigins'>;
  captchaProviders: Pick<CaptchaProviders, 'challenge' | 'check'>;
  pages: PageSender;
  clock: Clock;
  vault: Vault;
  log: Log;
}
