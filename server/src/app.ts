/**
 * The composition root: plain calls in dependency order. Read it from top to bottom to see what the server is made of
 * and what each part receives. It contains no decisions.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInConnectors } from '@aldaba/connectors';
import type { Connector } from '@aldaba/connectors/kit';
import type { Config } from './config.ts';
import { connectorsFolderOf } from './connectors-folder.ts';
import { createDirectory, type Directory } from './directory.ts';
import { createAccountCenters } from './features/appearance/account-center/index.ts';
import type { CustomPhrases } from './features/appearance/custom-phrases/index.ts';
import { createCustomPhrases } from './features/appearance/custom-phrases/index.ts';
import type { ProfileFields } from './features/appearance/custom-profile-fields/index.ts';
import { createProfileFields } from './features/appearance/custom-profile-fields/index.ts';
import { createCustomUiAssets, createCustomUiPages } from './features/appearance/custom-ui-assets/index.ts';
import { createEmailTemplates, type EmailTemplates } from './features/appearance/email-templates/index.ts';
import { createErrorAnswers, createPageSender, renderOutage } from './features/appearance/hosted-pages/index.ts';
import {
  createSignInExperienceReader,
  createSignInExperiences,
  type SignInExperiences,
} from './features/appearance/sign-in-experience/index.ts';
import { createUserAssets } from './features/appearance/user-assets/index.ts';
import { createWellKnown } from './features/appearance/well-known/index.ts';
import type { Applications } from './features/applications/applications/index.ts';
import { type Connectors, createConnectors, loadConnectorPackages } from './features/connectors/connectors/index.ts';
import { createSandbox, type Sandbox } from './features/connectors/sandbox/index.ts';
import { createUserIdentities } from './features/connectors/user-identities/index.ts';
import { createVerificationCodes } from './features/connectors/verification-codes/index.ts';
import { createSetup } from './features/operation/setup/index.ts';
import { createReadiness } from './features/operation/status/index.ts';
import { createOrganizationInvitations } from './features/organizations/organization-invitations/index.ts';
import type { OrganizationRoles } from './features/organizations/organization-roles/index.ts';
import type { Organizations } from './features/organizations/organizations/index.ts';
import type { SecondFactors } from './features/people/mfa-verifications/index.ts';
import { createOneTimeTokens } from './features/people/one-time-tokens/index.ts';
import type { UserTransfers } from './features/people/user-transfers/index.ts';
import type { Users } from './features/people/users/index.ts';
import { createFoundation, type Extent, type Foundation, type World } from './foundation.ts';
import { createDirectCalls, type DirectCalls } from './http/direct.ts';
import { createHttp } from './http/server.ts';
import type { Http } from './http/types.ts';
import type { Log } from './kernel/log.ts';
import { createOidc, type Oidc } from './oidc/index.ts';
import { managementRoutes, mountRoutes } from './routes.ts';
import { migrationsOf } from './schema.ts';
import { type MessageLimits, sweepMessageLimits } from './services/message-limits/index.ts';
import type { Passwords } from './services/passwords/index.ts';
import { createSignIn, sweepAttempts } from './sign-in/index.ts';
import type { Database } from './store/database.ts';
import { startSweeps } from './store/sweep.ts';
import { adminTenantId, defaultTenantId, defaultTenantName } from './tenancy/address.ts';
import type { Tenancy } from './tenancy/service.ts';

export type { World } from './foundation.ts';

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
  createAdminLink: () => Promise<string>;
  /** The same while there is no administrator, else undefined. */
  firstAdminLink: () => Promise<string | undefined>;
  /** Finishes requests in flight, then ends background work and the pool. */
  close: () => Promise<void>;
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

/** The same without HTTP server and background work, so that commands start quickly. */
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
  const foundation = await createFoundation(config, world, extent);
  const { database, tenancy } = foundation;
  const features = createFeatures(
    foundation,
    extent.connectorPackages ? await loadConnectorKinds(config, world) : builtInConnectors,
  );
  const { setup } = features;
  const oidc = createOidc({ ...foundation, ...features });
  const signIn = createSignIn({ ...foundation, ...features, port: oidc.port });

  await tenancy.create({ id: defaultTenantId, name: defaultTenantName });
  const admin = await tenancy.create({ id: adminTenantId, name: 'Aldaba administration' });
  const readiness = createReadiness({
    database,
    clock: world.clock,
    log: world.log,
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
    mounted: {
      ...features,
      logs: foundation.logs,
      dashboard: foundation.dashboard,
      oidc,
      signIn,
      readiness,
      log: world.log,
    },
    async close() {
      await features.verificationCodes.close();
      await foundation.jobs.close();
      await oidc.close();
      await features.scripts.close();
      await Promise.all([foundation.logs.close(), foundation.dashboard.close()]);
      await database.close();
    },
  };
}

/** What users see: sign-in methods, pages, phrases and messages. */
function createFeatures(foundation: Foundation, kinds: readonly Connector[]) {
  const { clock, log, database, caches, changes, vault, tenancy, outbound, files, docsFolder } = foundation;
  const directory = createDirectory(foundation);
  const sandbox = createSandbox({ tenancy, clock, outbound });
  const emailTemplates = createEmailTemplates();
  const profileFields = createProfileFields({ database, caches, changes });
  const reader = createSignInExperienceReader({ database, caches });
  const connectors = createConnectors({
    database,
    caches,
    clock,
    vault,
    docsFolder,
    changes,
    log,
    limits: directory.limits,
    emailTemplates,
    kinds,
    networkFor: sandbox.networkFor,
    signInExperiences: reader,
  });
  const customUiAssets = createCustomUiAssets({ database, caches, files, log });
  const signInExperiences = createSignInExperiences({
    changes,
    clock,
    log,
    reader,
    profileFields,
    customUiAssets,
    connectorsOf: connectors.list,
  });
  const customPhrases = createCustomPhrases({ database, caches, signInExperiences });
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
    ...createSurfaces(foundation, directory, { connectors, signInExperiences, profileFields, sandbox, customPhrases }),
  };
}

interface Shown {
  connectors: Connectors;
  signInExperiences: SignInExperiences;
  profileFields: ProfileFields;
  sandbox: Sandbox;
  customPhrases: CustomPhrases;
}

/** What pages, messages and applications read from the settings. */
function createSurfaces(foundation: Foundation, directory: Directory, shown: Shown) {
  const { clock, log, vault, tenancy, files } = foundation;
  const { connectors, signInExperiences, profileFields, sandbox, customPhrases } = shown;
  return {
    pages: createPageSender({
      signInExperiences,
      applications: directory.applications,
      applicationExperiences: directory.applicationExperiences,
      organizations: directory.organizations,
      tenancy,
      customPhrases,
    }),
    setup: createSetup({
      clock,
      passwords: directory.passwords,
      users: directory.users,
      roles: directory.roles,
      signInExperiences,
    }),
    wellKnown: createWellKnown({
      signInExperiences,
      applicationExperiences: directory.applicationExperiences,
      connectors,
      organizations: directory.organizations,
      profileFields,
      sandbox,
      tenancy,
    }),
    userIdentities: createUserIdentities({ users: directory.users, connectors }),
    organizationInvitations: createOrganizationInvitations({
      clock,
      organizations: directory.organizations,
      organizationRoles: directory.organizationRoles,
      users: directory.users,
      limits: directory.limits,
      connectors,
    }),
    accountCenters: createAccountCenters({ tenancy }),
    oneTimeTokens: createOneTimeTokens({ clock, vault }),
    userAssets: createUserAssets({ files }),
    verificationCodes: createVerificationCodes({
      clock,
      vault,
      limits: directory.limits,
      connectors,
      signInExperiences,
      log,
    }),
  };
}

/** Every kind of connector: the built-in ones, and published packages from the operator's folder. */
export async function loadConnectorKinds(config: Config, { dataFolder, log }: Pick<World, 'dataFolder' | 'log'>) {
  const folder = connectorsFolderOf(config, dataFolder);
  const takenIds = builtInConnectors.map(({ metadata }) => metadata.id);
  return [...builtInConnectors, ...(await loadConnectorPackages({ folder, takenIds, log }))];
}
