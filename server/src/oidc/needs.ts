import type {
  CustomizedToken,
  ExtendedClaim,
  PageLanguage,
  PageView,
  Scope,
  SigningAlgorithms,
} from '@aldaba/contract';
import type { Look } from '../features/applications/application-experiences/index.ts';
import type { Client } from '../features/applications/applications/index.ts';
import type { Ceiling } from '../features/applications/consent-scopes/index.ts';
import type { Outcome as ClaimsOutcome } from '../features/operator-scripts/custom-claims/index.ts';
import type { TokenHolder } from '../features/people/personal-access-tokens/index.ts';
import type { SubjectToken } from '../features/people/subject-tokens/index.ts';
import type { DetailedUser, HolderQuestion, HolderStatement, Subject, User } from '../features/people/users/index.ts';
import type { Activity } from '../features/records/dashboard/index.ts';
import type { Reply, Request } from '../http/index.ts';
import type { Audit } from '../kernel/audit.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto.ts';
import type { Events } from '../kernel/events.ts';
import type { Log } from '../kernel/log.ts';
import type { Fetch } from '../kernel/outbound.ts';
import type { Jobs } from '../services/jobs/index.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../store/index.ts';
import type { Tenancy, Tenant } from '../tenancy/index.ts';

/** An API that tokens are made for (RFC 8707). */
export interface ProtectedResource {
  id: string;
  name: string;
  /** The value of `resource` in requests and of `aud` in tokens. */
  indicator: string;
  /** Seconds. */
  accessTokenTtl: number;
}

/** What scripts are told of an organization that a token is for. */
export interface OrganizationFacts {
  id: string;
  name: string;
  description: string | null;
  customData: Record<string, unknown>;
}

/** What the protocol needs from the rest of the server; `app.ts` gives the features. */
export interface OidcNeeds {
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  vault: Vault;
  log: Log;
  jobs: Pick<Jobs, 'enqueue' | 'work'>;
  /** Requests to applications; refuses private addresses. */
  outbound: Fetch;
  logs: Audit;
  events: Events<Transaction>;
  dashboard: Activity;
  tenancy: Pick<Tenancy, 'get'>;
  applications: {
    /** Cached. Undefined for unknown and deleted applications. */
    findClient(tenant: Tenant, clientId: string): Promise<Client | undefined>;
  };
  users: {
    find(q: Queries, userId: string): Promise<User | undefined>;
    /** The same with roles and organizations; for a third party those only that the person lets it act in. */
    findSubject(q: Queries, userId: string, thirdPartyId?: string): Promise<Subject | undefined>;
    /** The same with the details that scripts are told. */
    findDetailedSubject(q: Queries, userId: string, thirdPartyId?: string): Promise<Subject | undefined>;
    /** What a statement of a credential finds, with the user's details where they are asked for. One round trip. */
    findHolder<Found extends object>(
      q: Queries,
      asked: HolderStatement,
    ): Promise<(Found & { person: DetailedUser | undefined }) | undefined>;
  };
  resources: {
    findByIndicator(tenant: Tenant, indicator: string): Promise<ProtectedResource | undefined>;
    findDefault(tenant: Tenant): Promise<ProtectedResource | undefined>;
    /** The permissions that there are on these resources. */
    scopesOf(q: Queries, resourceIds: readonly string[]): Promise<Scope[]>;
  };
  roles: {
    /** Names of the permissions that the user's roles give on the resource. */
    userScopes(q: Queries, userId: string, resourceId: string): Promise<string[]>;
    /** Cached. */
    applicationScopes(tenant: Tenant, applicationId: string, resourceId: string): Promise<string[]>;
  };
  organizations: {
    /** What a token in an organization needs to know of a member; undefined for those who are none. */
    standing(
      q: Queries,
      member: { kind: 'user' | 'application'; organizationId: string; id: string },
      resourceId?: string,
    ): Promise<
      { isMfaRequired: boolean; hasMfa: boolean; scopes: string[]; organization: OrganizationFacts } | undefined
    >;
    /** The permissions that a user has through roles, in organizations and by organizations on resources. */
    permissionsOf(
      q: Queries,
      userId: string,
    ): Promise<
      { organizationId: string; resourceId: string | null; id: string; name: string; description: string | null }[]
    >;
    /** The organizations that a user is a member of. */
    listOf(q: Queries, kind: 'user', userId: string): Promise<{ items: { id: string; name: string }[] }>;
  };
  configs: {
    /** Seconds; cached. */
    sessionTtl(tenant: Tenant): Promise<number>;
    /** Cached. */
    signingAlgorithms(tenant: Tenant): Promise<SigningAlgorithms>;
    changeSigningAlgorithms(
      tenant: Tenant,
      change: { [Use in keyof SigningAlgorithms]?: SigningAlgorithms[Use] | undefined },
    ): Promise<SigningAlgorithms>;
    /** Seconds; cached. */
    refreshTokenGracePeriod(tenant: Tenant): Promise<number>;
    /** Claims beyond the standard ones that ID tokens carry; cached. */
    idTokenClaims(tenant: Tenant): Promise<ReadonlySet<ExtendedClaim>>;
  };
  customClaims: {
    /** Whether the tenant has a script for such tokens; cached. */
    has(tenant: Tenant, type: CustomizedToken): Promise<boolean>;
    /** What the tenant's script adds to an access token; asks for its input only where there is a script. */
    run(
      tenant: Tenant,
      type: CustomizedToken,
      input: () => Promise<{ token: object; context: object }>,
      /** For the audit log, when the script fails. */
      about: { applicationId: string; userId?: string | undefined },
    ): Promise<ClaimsOutcome>;
  };
  applicationExperiences: {
    /** How an application looks where it differs from its tenant; cached. */
    lookOf(tenant: Tenant, applicationId: string): Promise<Look>;
  };
  accessControl: {
    /** Whether rules of all these applications with limited access let the user in. */
    mayUse(q: Queries, applicationIds: readonly string[], userId: string): Promise<boolean>;
  };
  consentOrganizations: {
    /** Lets a third party act for the user in these organizations and no others. @throws AldabaError for those they are no member of */
    replace(
      tx: Transaction,
      place: { applicationId: string; userId: string },
      organizationIds: readonly string[],
    ): Promise<void>;
  };
  consentScopes: {
    /** What a third-party application may have; cached. */
    ceilingOf(tenant: Tenant, applicationId: string): Promise<Ceiling>;
  };
  personalAccessTokens: {
    /** Whom a personal access token stands for. Undefined for unknown ones and those of suspended users. */
    findHolder(q: Queries, value: string, asked: HolderQuestion): Promise<TokenHolder | undefined>;
  };
  subjectTokens: {
    /** The same for a token for impersonation. */
    find(q: Queries, value: string, asked: HolderQuestion): Promise<SubjectToken | undefined>;
    /** Uses it up. Of several calls at once one gets `true`. */
    consume(q: Queries, value: string): Promise<boolean>;
  };
  pages: {
    send(
      request: Request,
      reply: Reply,
      view: PageView,
      options?: { appId?: string; interaction?: string; status?: number; uiLocales?: string },
    ): Promise<void>;
    /** The page of an interaction that is finished or expired; it leads back to the application. */
    sendEnded(
      request: Request,
      reply: Reply,
      about: { appId: string | undefined; isSignedIn: boolean; status: number },
    ): Promise<void>;
    language(request: Request, options?: { uiLocales?: string }): Promise<PageLanguage>;
  };
}
