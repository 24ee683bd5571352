/**
 * The composition root: plain calls in dependency order. Read it from top to bottom to see what the server is made of
 * and what each part gets. Nothing here decides anything.
 */
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { builtInConnectors } from '@aldaba/connectors';
import type { Connector } from '@aldaba/connectors/kit';
import type { Config } from './config.ts';
import { connectorsFolderOf } from './connectors-folder.ts';
import { createAccountCenters } from './features/appearance/account-center/index.ts';
import { createCustomPhrases } from './features/appearance/custom-phrases/index.ts';
import { createProfileFields } from './features/appearance/custom-profile-fields/index.ts';
import { createCustomUiAssets, createCustomUiPages } from './features/appearance/custom-ui-assets/index.ts';
import { createEmailTemplates, type EmailTemplates } from './features/appearance/email-templates/index.ts';
import { createErrorAnswers, createPageSender, renderOutage } from './features/appearance/hosted-pages/index.ts';
import {
  createSignInExperienceReader,
  createSignInExperiences,
  type SignInExperiences,
  seedSignInExperience,
} from './features/appearance/sign-in-experience/index.ts';
import { createUserAssets } from './features/appearance/user-assets/index.ts';
import { createWellKnown } from './features/appearance/well-known/index.ts';
import { createAccessControl } from './features/applications/access-control/index.ts';
import { createApplicationExperiences } from './features/applications/application-experiences/index.ts';
import { type Applications, createApplications } from './features/applications/applications/index.ts';
import { createConsentOrganizations } from './features/applications/consent-organizations/index.ts';
import { createConsentScopes } from './features/applications/consent-scopes/index.ts';
import { createResources } from './features/authorization/resources/index.ts';
import { createRoles, seedManagedTenant, seedManagementApi } from './features/authorization/roles/index.ts';
import { type Connectors, createConnectors, loadConnectorPackages } from './features/connectors/connectors/index.ts';
import { createSandbox, type Sandbox } from './features/connectors/sandbox/index.ts';
import { createUserIdentities } from './features/connectors/user-identities/index.ts';
import { createVerificationCodes } from './features/connectors/verification-codes/index.ts';
import { createConfigs } from './features/operation/configs/index.ts';
import { createSetup } from './features/operation/setup/index.ts';
import { createReadiness } from './features/operation/status/index.ts';
import { createActions } from './features/operator-scripts/actions/index.ts';
import { createCustomClaims } from './features/operator-scripts/custom-claims/index.ts';
import { createOrganizationInvitations } from './features/organizations/organization-invitations/index.ts';
import { createOrganizationJit } from './features/organizations/organization-jit/index.ts';
import { createOrganizationRoles, type OrganizationRoles } from './features/organizations/organization-roles/index.ts';
import { createOrganizations, type Organizations } from './features/organizations/organizations/index.ts';
import { createAdaptiveMfa } from './features/people/adaptive-mfa/index.ts';
import {
  createMfaVerifications,
  createSecondFactors,
  type SecondFactors,
} from './features/people/mfa-verifications/index.ts';
import { createOneTimeTokens } from './features/people/one-time-tokens/index.ts';
import { createPersonalAccessTokens } from './features/people/personal-access-tokens/index.ts';
import { createSubjectTokens } from './features/people/subject-tokens/index.ts';
import { createTrustedDevices } from './features/people/trusted-devices/index.ts';
import { createUserTransfers, type UserTransfers } from './features/people/user-transfers/index.ts';
import { createUsers, type Users } from './features/people/users/index.ts';
import { createDashboard } from './features/records/dashboard/index.ts';
import { createHooks } from './features/records/hooks/index.ts';
import { createLogs } from './features/records/logs/index.ts';
import { createFiles } from './files.ts';
import { createDirectCalls, type DirectCalls } from './http/direct.ts';
import { createHttp } from './http/server.ts';
import type { Http } from './http/types.ts';
import { createChanges } from './kernel/changes.ts';
import type { Clock } from './kernel/clock.ts';
import { createVault } from './kernel/crypto.ts';
import type { Log } from './kernel/log.ts';
import { createOutbound } from './kernel/outbound.ts';
import { createOidc, endOfApplication, endOfUser, type Oidc, requireAlgorithm } from './oidc/index.ts';
import { managementRoutes, mountRoutes } from './routes.ts';
import { migrationsOf, openMigrated } from './schema.ts';
import { createScripts } from './services/isolates/index.ts';
import { createJobs } from './services/jobs/index.ts';
import {
  createMessageLimits,
  type MessageLimits,
  messageLimitsOf,
  sweepMessageLimits,
} from './services/message-limits/index.ts';
import { createPasswords, type Passwords } from './services/passwords/index.ts';
import { createSignIn, sweepAttempts } from './sign-in/index.ts';
import { createCaches } from './store/cache.ts';
import type { Database, Transaction } from './store/database.ts';
import { startSweeps } from './store/sweep.ts';
import { adminTenantId, defaultTenantId, defaultTenantName } from './tenancy/address.ts';
import { createTenancy, type Tenancy } from './tenancy/service.ts';

/** What the server takes from the outside; tests give their own clock and network. */
export interface World {
  clock: Clock;
  log: Log;
  databaseUrl: string;
  /** Key material for secrets at rest. */
  secret: string;
  /** Folder of Aldaba's own files (see `root.ts`). */
  root: string;
  /** Absolute folder of the data. */
  dataFolder: string;
  /** Outgoing requests; the SSRF-safe client unless a test answers for the outside. */
  outbound?: typeof fetch;
  progress(message: string): void;
  /** Checks every answer against the contract; on in tests. */
  checkResponses: boolean;
}

/** The parts that the server and the command line share. */
interface Parts {
  database: Database;
  tenancy: Tenancy;
  users: Users;
  userTransfers: UserTransfers;
  passwords: Passwords;
  organizationRoles: OrganizationRoles;
  organizations: Organizations;
  applications: Applications;
  connectors: Connectors;
  sandbox: Sandbox;
  secondFactors: SecondFactors;
  signInExperiences: SignInExperiences;
  emailTemplates: EmailTemplates;
  limits: MessageLimits;
  keys: Oidc['keys'];
  /** Makes a one-time link for creating an administrator. */
  createAdminLink(): Promise<string>;
  /** The same while there is no administrator, else undefined. */
  firstAdminLink(): Promise<string | undefined>;
  /** Finishes requests in flight, then ends background work and the pool. */
  close(): Promise<void>;
}

export interface App extends Parts {
  http: Http;
}

/** What the command line works with. */
export interface CommandApp extends Parts {
  /** Calls the operations of the Management API in this process. */
  api: Pick<DirectCalls, 'call' | 'list'>;
  log: Log;
}

/**
 * How much of the server is wanted. A command does no background work, and rarely needs connector packages, which load
 * slowly.
 */
interface Extent {
  background: boolean;
  connectorPackages: boolean;
}

/** Migrates the database, wires the features and seeds the first tenants. The HTTP server does not listen yet. */
export async function createApp(config: Config, world: World): Promise<App> {
  const { parts, mounted, close } = await compose(config, world, { background: true, connectorPackages: true });
  const sweeps = startSweeps({
    clock: world.clock,
    log: world.log,
    sweeps: {
      protocol: mounted.oidc.sweep,
      attempts: (now, isStopped) => sweepAttempts(parts.database.system, now, isStopped),
      messages: (now, isStopped) => sweepMessageLimits(parts.database.system, now, isStopped),
    },
  });
  const clockWatch = mounted.readiness.watch();
  const http = createHttp({
    tenancy: parts.tenancy,
    log: world.log,
    trustedProxies: config.TRUSTED_PROXIES,
    placeHeaders: config.INJECTED_HEADER_MAPPING_JSON ?? {},
    errorAnswers: createErrorAnswers(mounted.pages),
    endpoints: [config.ENDPOINT, ...(config.ADMIN_ENDPOINT ? [config.ADMIN_ENDPOINT] : [])],
    connectionLimits: {
      headersTimeout: config.HEADERS_TIMEOUT * 1000,
      requestTimeout: config.REQUEST_TIMEOUT * 1000,
      maximum: config.MAX_CONNECTIONS,
    },
    outagePage: renderOutage,
  });
  for (const id of [defaultTenantId, adminTenantId]) parts.keys.prepare(await parts.tenancy.get(id));
  const phoneFolder = join(world.root, 'connectors/sandbox/phone');
  mountRoutes(http, {
    ...mounted,
    endpoint: config.ENDPOINT,
    checkResponses: world.checkResponses,
    phoneFolder,
  });
  return {
    ...parts,
    http,
    async close() {
      await http.close();
      await sweeps.close();
      clockWatch.close();
      await close();
    },
  };
}

/** The same without HTTP server and background work: in a quarter of the time. */
export async function createCommandApp(
  config: Config,
  world: World,
  { connectorPackages }: { connectorPackages: boolean },
): Promise<CommandApp> {
  const { parts, mounted, close } = await compose(config, world, { background: false, connectorPackages });
  const api = createDirectCalls();
  managementRoutes(api.implement, mounted);
  return { ...parts, api, log: world.log, close };
}

async function compose(config: Config, world: World, extent: Extent) {
  const ground = await layGround(config, world, extent);
  const { database, tenancy } = ground;
  const features = createFeatures(
    ground,
    extent.connectorPackages ? await loadConnectorKinds(config, world) : builtInConnectors,
  );
  const { setup } = features;
  const oidc = createOidc({ ...ground, ...features });
  const signIn = createSignIn({ ...ground, ...features, port: oidc.port });

  await tenancy.create({ id: defaultTenantId, name: defaultTenantName });
  const admin = await tenancy.create({ id: adminTenantId, name: 'Aldaba administration' });
  const readiness = createReadiness({
    ...ground,
    migrations: await readdir(migrationsOf(world)),
    readKeys: async () => oidc.keys.ring(await tenancy.get(defaultTenantId)),
  });
  const parts: Omit<Parts, 'close'> = {
    ...features,
    database,
    tenancy,
    keys: oidc.keys,
    createAdminLink: () => setup.createAdminLink(admin),
    firstAdminLink: async () => ((await setup.hasAdministrator(admin)) ? undefined : setup.createAdminLink(admin)),
  };
  return {
    parts,
    mounted: { ...features, logs: ground.logs, dashboard: ground.dashboard, oidc, signIn, readiness, log: world.log },
    async close() {
      await features.verificationCodes.close();
      await ground.jobs.close();
      await oidc.close();
      await features.scripts.close();
      await Promise.all([ground.logs.close(), ground.dashboard.close()]);
      await database.close();
    },
  };
}

/** What everything stands on. */
async function layGround(config: Config, world: World, { background }: Extent) {
  const { clock, log, root } = world;
  const database = await openMigrated(config, world);
  // A command is over before another process changes what it has read.
  const heard = background ? database : { ...database, listen: async () => undefined };
  const caches = await createCaches(heard, clock.now);
  const vault = createVault(world.secret);
  const tenancy = createTenancy({
    database,
    caches,
    addresses: {
      endpoint: config.ENDPOINT,
      ...(config.ADMIN_ENDPOINT ? { adminEndpoint: config.ADMIN_ENDPOINT } : {}),
    },
    seeds: [seedManagementApi, seedSignInExperience],
    managedSeed: seedManagedTenant,
  });
  const allowed = config.OUTBOUND_ALLOWED_HOSTS;
  const outbound = world.outbound ?? createOutbound({ allowed });
  const hookOutbound = world.outbound ?? createOutbound({ allowed, keepsConnections: true });
  const logs = createLogs({ database, clock, log, retentionDays: config.LOG_RETENTION_DAYS }, { sweeps: background });
  const jobs = createJobs({ database, clock, log }, { works: background });
  const dashboard = createDashboard({ database, clock, log });
  return {
    clock,
    log,
    database,
    caches,
    changes: createChanges<Transaction>(),
    vault,
    tenancy,
    outbound,
    hookOutbound,
    logs,
    jobs,
    dashboard,
    files: createFiles(config, world),
    messageLimits: messageLimitsOf(config.MESSAGE_LIMITS_JSON),
    docsFolder: join(root, 'docs'),
    dataFolder: world.dataFolder,
  };
}

type Ground = Awaited<ReturnType<typeof layGround>>;

/** Who and what a tenant has, and who may do what. Those below know those above. */
function createDirectory(ground: Ground) {
  const passwords = createPasswords({
    concurrency: availableParallelism(),
    maximumQueue: 200,
    refusalDelay: 1000,
  });
  const hooks = createHooks({ ...ground, outbound: ground.hookOutbound });
  const events = hooks;
  const roles = createRoles({ ...ground, events });
  const consentScopes = createConsentScopes(ground);
  const resources = createResources({ ...ground, events });
  const organizationRoles = createOrganizationRoles({ events });
  const organizations = createOrganizations({ ...ground, organizationRoles, events });
  const organizationJit = createOrganizationJit({ organizations, organizationRoles });
  const sessions = { endAll: endOfUser(ground.jobs) };
  const scripts = createScripts({ size: Math.max(2, availableParallelism()) });
  const users = createUsers({ ...ground, passwords, roles, organizationJit, events, sessions });
  return {
    passwords,
    hooks,
    events,
    roles,
    consentScopes,
    resources,
    organizationRoles,
    organizations,
    organizationJit,
    users,
    userTransfers: createUserTransfers({ ...ground, roles, organizations }),
    applications: createApplications({ ...ground, roles, grants: { endOfApplication }, keys: { requireAlgorithm } }),
    applicationExperiences: createApplicationExperiences(ground),
    accessControl: createAccessControl(),
    consentOrganizations: createConsentOrganizations({ organizations }),
    personalAccessTokens: createPersonalAccessTokens({ ...ground, users }),
    mfaVerifications: createMfaVerifications({ ...ground, users, events }),
    adaptiveMfa: createAdaptiveMfa(ground),
    secondFactors: createSecondFactors({ ...ground, users, events }),
    trustedDevices: createTrustedDevices({ ...ground, users }),
    subjectTokens: createSubjectTokens({ ...ground, users }),
    configs: createConfigs(ground),
    scripts,
    limits: createMessageLimits({ ...ground, events }),
    actions: createActions({ ...ground, scripts }),
    customClaims: createCustomClaims({ ...ground, scripts }),
  };
}

/** What people meet: the ways to sign in, the pages and their words, messages. */
function createFeatures(ground: Ground, kinds: readonly Connector[]) {
  const directory = createDirectory(ground);
  const sandbox = createSandbox(ground);
  const emailTemplates = createEmailTemplates();
  const profileFields = createProfileFields(ground);
  const reader = createSignInExperienceReader(ground);
  const connectors = createConnectors({
    ...ground,
    limits: directory.limits,
    emailTemplates,
    kinds,
    networkFor: sandbox.networkFor,
    signInExperiences: reader,
  });
  const customUiAssets = createCustomUiAssets(ground);
  const about = { reader, profileFields, customUiAssets, connectorsOf: connectors.list };
  const signInExperiences = createSignInExperiences({ ...ground, ...about });
  const shown = { ...ground, ...directory, connectors, signInExperiences, profileFields, sandbox };
  const customPhrases = createCustomPhrases(shown);
  return {
    ...directory,
    sandbox,
    emailTemplates,
    profileFields,
    connectors,
    signInExperiences,
    customPhrases,
    customUiAssets,
    customUiPages: createCustomUiPages({ customUiAssets, signInExperiences }),
    pages: createPageSender({ ...shown, customPhrases }),
    setup: createSetup(shown),
    wellKnown: createWellKnown(shown),
    userIdentities: createUserIdentities(shown),
    organizationInvitations: createOrganizationInvitations(shown),
    accountCenters: createAccountCenters(ground),
    oneTimeTokens: createOneTimeTokens(ground),
    userAssets: createUserAssets(ground),
    verificationCodes: createVerificationCodes(shown),
  };
}

/** Every kind of connector: the built-in ones, and published packages from the operator's folder. */
export async function loadConnectorKinds(config: Config, { dataFolder, log }: Pick<World, 'dataFolder' | 'log'>) {
  const folder = connectorsFolderOf(config, dataFolder);
  const takenIds = builtInConnectors.map(({ metadata }) => metadata.id);
  return [...builtInConnectors, ...(await loadConnectorPackages({ folder, takenIds, log }))];
}
