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
import type { AllowedScopes } from '../features/applications/consent-scopes/index.ts';
import type { Outcome as ClaimsOutcome } from '../features/operator-scripts/custom-claims/index.ts';
import type { TokenHolder } from '../features/people/personal-access-tokens/index.ts';
import type { SubjectToken } from '../features/people/subject-tokens/index.ts';
import type { DetailedUser, Subject, SubjectQuery, SubjectStatement, User } from '../features/people/users/index.ts';
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

/** An API that tokens are issued for (RFC 8707). */
export interface ProtectedResource {
  id: string;
  name: string;
  /** The value of `resource` in requests and of `aud` in tokens. */
  indicator: string;
  /** Seconds. */
  accessTokenTtl: number;
}

/** Data for scripts about the organization of a token. */
export interface OrganizationFacts {
  id: string;
  name: string;
  description: string | null;
  customData: Record<string, unknown>;
}

/** What the protocol needs from the rest of the server; `app.ts` passes the features. */
export interface OidcNeeds {
  database: Database;
  caches: CacheRegistry;
  clock: Clock;
  vault: Vault;
  log: Log;
  jobs: Pick<Jobs, 'enqueue' | 'work'>;
  /** Requests to applications; rejects private addresses. */
  outbound: Fetch;
  logs: Audit;
  events: Events<Transaction>;
  dashboard: Activity;
  tenancy: Pick<Tenancy, 'get'>;
  applications: {
    /** Cached. Undefined for unknown and deleted applications. */
    findClient: (tenant: Tenant, clientId: string) => Promise<Client | undefined>;
  };
  users: {
    find: (q: Queries, userId: string) => Promise<User | undefined>;
    /** The user alone, for claims. */
    findBareSubject: (q: Queries, userId: string) => Promise<Subject | undefined>;
    /** The same with roles and organizations; for a third party, only the organizations that the user granted to it. */
    findSubject: (q: Queries, userId: string, thirdPartyId?: string) => Promise<Subject | undefined>;
    /** The same with the details for scripts. */
    findDetailedSubject: (q: Queries, userId: string, thirdPartyId?: string) => Promise<Subject | undefined>;
    /** Runs a credential's statement, with the user's details if requested. One round trip. */
    findHolder: <Found extends object>(
      q: Queries,
      asked: SubjectStatement,
    ) => Promise<(Found & { person: DetailedUser | undefined }) | undefined>;
  };
  resources: {
    findByIndicator: (tenant: Tenant, indicator: string) => Promise<ProtectedResource | undefined>;
    findDefault: (tenant: Tenant) => Promise<ProtectedResource | undefined>;
    /** The existing permissions of these resources. */
    scopesOf: (q: Queries, resourceIds: readonly string[]) => Promise<Scope[]>;
  };
  roles: {
    /** Names of the permissions that the user's roles give on the resource. */
    userScopes: (q: Queries, userId: string, resourceId: string) => Promise<string[]>;
    /**
     * Names of the permissions that a user of the admin tenant has on a Management API now. Undefined for suspended and
     * deleted users. Cached.
     */
    administratorScopes: (userId: string, indicator: string) => Promise<string[] | undefined>;
    /** Cached. */
    applicationScopes: (tenant: Tenant, applicationId: string, resourceId: string) => Promise<string[]>;
  };
  organizations: {
    /** What a token in an organization needs about a member; undefined for non-members. */
    rightsOf: (
      q: Queries,
      member: { kind: 'user' | 'application'; organizationId: string; id: string },
      resourceId?: string,
    ) => Promise<
      { isMfaRequired: boolean; hasMfa: boolean; scopes: string[]; organization: OrganizationFacts } | undefined
    >;
    /** The permissions that a user has through roles, on organizations and through organizations on resources. */
    permissionsOf: (
      q: Queries,
      userId: string,
    ) => Promise<
      { organizationId: string; resourceId: string | null; id: string; name: string; description: string | null }[]
    >;
    /** The user's organizations. */
    listOf: (q: Queries, kind: 'user', userId: string) => Promise<{ items: { id: string; name: string }[] }>;
  };
  configs: {
    /** Seconds; cached. */
    sessionTtl: (tenant: Tenant) => Promise<number>;
    /** Cached. */
    signingAlgorithms: (tenant: Tenant) => Promise<SigningAlgorithms>;
    changeSigningAlgorithms: (
      tenant: Tenant,
      change: { [Use in keyof SigningAlgorithms]?: SigningAlgorithms[Use] | undefined },
    ) => Promise<SigningAlgorithms>;
    /** Seconds; cached. */
    refreshTokenGracePeriod: (tenant: Tenant) => Promise<number>;
    /** Claims of ID tokens beyond the standard ones; cached. */
    idTokenClaims: (tenant: Tenant) => Promise<ReadonlySet<ExtendedClaim>>;
  };
  customClaims: {
    /** Whether the tenant has a script for these tokens; cached. */
    has: (tenant: Tenant, type: CustomizedToken) => Promise<boolean>;
    /** The claims that the tenant's script adds to an access token; requests its input only if a script exists. */
    run: (
      tenant: Tenant,
      type: CustomizedToken,
      input: () => Promise<{ token: object; context: object }>,
      /** For the audit log, if the script fails. */
      about: { applicationId: string; userId?: string | undefined },
    ) => Promise<ClaimsOutcome>;
  };
  applicationExperiences: {
    /** An application's branding where it differs from the tenant's; cached. */
    lookOf: (tenant: Tenant, applicationId: string) => Promise<Look>;
  };
  accessControl: {
    /** Whether rules of all these applications with limited access admit the user. */
    mayUse: (q: Queries, applicationIds: readonly string[], userId: string) => Promise<boolean>;
  };
  consentOrganizations: {
    /**
     * Lets a third-party application act for the user in exactly these organizations.
     * @throws AldabaError for organizations of which the user is not a member
     */
    replace: (
      tx: Transaction,
      place: { applicationId: string; userId: string },
      organizationIds: readonly string[],
    ) => Promise<void>;
  };
  consentScopes: {
    /** The allowed scopes of a third-party application; cached. */
    allowedScopesOf: (tenant: Tenant, applicationId: string) => Promise<AllowedScopes>;
  };
  personalAccessTokens: {
    /** The user of a personal access token. Undefined for unknown tokens and suspended users. */
    findHolder: (q: Queries, value: string, asked: SubjectQuery) => Promise<TokenHolder | undefined>;
  };
  subjectTokens: {
    /** The same for a subject token. */
    find: (q: Queries, value: string, asked: SubjectQuery) => Promise<SubjectToken | undefined>;
    /** Consumes it. Exactly one of several concurrent calls returns `true`. */
    consume: (q: Queries, value: string) => Promise<boolean>;
  };
  singleLogout: {
    /**
     * Prepares to ask the SAML applications of a session to end theirs; call it before the session's rows are deleted.
     * Undefined if there is none to ask, otherwise where the browser continues in place of the ending's address.
     */
    begin: (
      tx: Transaction,
      ended: { userId: string; sessionUids: readonly string[]; ending: { kind: 'return' | 'page'; url: string } },
    ) => Promise<{ path: string; cookie: { name: string; value: string; maxAge: number } } | undefined>;
    /** The path of a sign-out of this browser that is not finished. */
    resume: (request: Request) => Promise<string | undefined>;
  };
  pages: {
    send: (
      request: Request,
      reply: Reply,
      view: PageView,
      options?: {
        appId?: string | undefined;
        interaction?: string | undefined;
        status?: number;
        uiLocales?: string | undefined;
      },
    ) => Promise<void>;
    /** The page of a finished or expired interaction; it links back to the application. */
    sendEnded: (
      request: Request,
      reply: Reply,
      about: { appId: string | undefined; isSignedIn: boolean; status: number },
    ) => Promise<void>;
    language: (request: Request, options?: { uiLocales?: string | undefined }) => Promise<PageLanguage>;
  };
}
