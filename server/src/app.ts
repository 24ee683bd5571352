/**
 * The composition root: plain calls in dependency order, which hand each part what it needs by name. It contains no
 * decisions. `foundation.ts` and `areas.ts` are composed in the same way; `routes.ts` is the table of surfaces.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { builtInConnectors } from '@aldaba/connectors';
import { type Areas, createAreas } from './areas.ts';
import type { Config } from './config.ts';
import { connectorsFolderOf } from './connectors-folder.ts';
import { sweepCaptchaAnswers } from './features/appearance/captcha-provider/index.ts';
import { createErrorAnswers, renderOutage } from './features/appearance/hosted-pages/index.ts';
import type { SignInExperiences } from './features/appearance/sign-in-experience/index.ts';
import type { UserAssets } from './features/appearance/user-assets/index.ts';
import type { Applications } from './features/applications/applications/index.ts';
import { addNewManagementScopes } from './features/authorization/resources/index.ts';
import { grantReading } from './features/authorization/roles/index.ts';
import { type Connectors, loadConnectorPackages } from './features/connectors/connectors/index.ts';
import type { EmailTemplates } from './features/connectors/email-templates/index.ts';
import { type Inbox, sweepInbox } from './features/connectors/inbox/index.ts';
import type { Sandbox } from './features/connectors/sandbox/index.ts';
import type { CertificateWarnings } from './features/enterprise/certificate-warnings/index.ts';
import { sweepInitiated } from './features/enterprise/idp-initiated/index.ts';
import type { LdapSyncs } from './features/enterprise/ldap-sync/index.ts';
import type { OrganizationDomains } from './features/enterprise/organization-domains/index.ts';
import { sweepTests } from './features/enterprise/organization-sso/index.ts';
import { sweepPortalLinks } from './features/enterprise/portal-links/index.ts';
import { sweepSaml } from './features/enterprise/saml-applications/index.ts';
import { type SsoConnectors, sweepUsedIds } from './features/enterprise/sso-connectors/index.ts';
import { createReadiness } from './features/operation/status/index.ts';
import type { UserTransfers } from './features/operation/user-transfers/index.ts';
import type { OrganizationRoles } from './features/organizations/organization-roles/index.ts';
import type { Organizations } from './features/organizations/organizations/index.ts';
import type { AccountDeletions } from './features/people/account-deletions/index.ts';
import type { SecondFactors } from './features/people/mfa-verifications/index.ts';
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
import { createAccountApi } from './sign-in/account/index.ts';
import { createSignIn, type SignInNeeds, sweepAttempts } from './sign-in/index.ts';
import { createPagePreviews } from './sign-in/preview/index.ts';
import type { Database } from './store/database.ts';
import { startSweeps } from './store/sweep.ts';
import { adminTenantId, defaultTenantId, defaultTenantName } from './tenancy/address.ts';
import type { Tenancy, Tenant } from './tenancy/service.ts';

export type { World } from './foundation.ts';

/** The parts that the command line and the tests work with. */
interface Parts {
  database: Database;
  tenancy: Tenancy;
  keys: Oidc['keys'];
  passwords: Passwords;
  limits: MessageLimits;
  connectors: Connectors;
  sandbox: Sandbox;
  inbox: Inbox;
  emailTemplates: EmailTemplates;
  users: Users;
  secondFactors: SecondFactors;
  organizations: Organizations;
  organizationRoles: OrganizationRoles;
  organizationDomains: OrganizationDomains;
  applications: Applications;
  signInExperiences: SignInExperiences;
  userTransfers: UserTransfers;
  accountDeletions: AccountDeletions;
  ssoConnectors: SsoConnectors;
  ldapSyncs: LdapSyncs;
  warnOfCertificates: CertificateWarnings;
  userAssets: UserAssets;
  /** Makes a one-time link for creating an administrator. */
  createAdminLink: () => Promise<string>;
  /** The same while there is no administrator, else undefined. */
  firstAdminLink: () => Promise<string | undefined>;
  /** Where the Console shows the inbox of the default tenant; undefined if messages do not go there. */
  inboxUrl: () => Promise<string | undefined>;
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
      captchas: (now, isStopped) => sweepCaptchaAnswers(parts.database.system, now, isStopped),
      attempts: (now, isStopped) => sweepAttempts(parts.database.system, now, isStopped),
      deletions: mounted.areas.people.accountDeletions.sweep,
      messages: (now, isStopped) => sweepMessageLimits(parts.database.system, now, isStopped),
      pictures: mounted.areas.appearance.userAssets.sweep,
      sso: (now, isStopped) => sweepUsedIds(parts.database.system, now, isStopped),
      ssoInitiated: (now) => sweepInitiated(parts.database.system, now),
      ssoTests: (now, isStopped) => sweepTests(parts.database.system, now, isStopped),
      portalLinks: (now, isStopped) => sweepPortalLinks(parts.database.system, now, isStopped),
      saml: (now, isStopped) => sweepSaml(parts.database.system, now, isStopped),
      domains: mounted.areas.enterprise.organizationDomains.sweep,
      ssoMetadata: mounted.areas.enterprise.ssoConnectors.refreshMetadata,
      certificates: mounted.areas.enterprise.warnOfCertificates,
      ldapSyncs: mounted.areas.enterprise.ldapSyncs.startDue,
      inbox: (now, isStopped) => sweepInbox(parts.database.system, now, isStopped),
    },
  });
  await addNewManagementScopes({ ...parts, grantReading }, await parts.tenancy.get(adminTenantId));
  const clockWatch = mounted.readiness.watch();
  const http = createHttp({
    tenancy: parts.tenancy,
    log: world.log,
    trustedProxies: config.TRUSTED_PROXIES,
    placeHeaders: config.INJECTED_HEADER_MAPPING_JSON ?? {},
    errorAnswers: createErrorAnswers(mounted.areas.appearance.pages),
    endpoints: endpointsOf(config),
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
    checkResponses: world.checkResponses,
    phoneFolder,
    console: {
      root: join(world.root, 'console/dist'),
      endpoint: config.ENDPOINT,
      adminUrl: (await parts.tenancy.get(adminTenantId)).baseUrl,
      url: parts.tenancy.consoleUrl,
    },
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

/** The server's own base URLs: the Console is served under each, and pages of their origins may call `/api`. */
const endpointsOf = ({ ENDPOINT, ADMIN_ENDPOINT }: Config): string[] => [
  ENDPOINT,
  ...(ADMIN_ENDPOINT ? [ADMIN_ENDPOINT] : []),
];

async function compose(config: Config, world: World, extent: Extent) {
  const foundation = await createFoundation(config, world, extent);
  const { database, tenancy, clock, log } = foundation;
  const kinds = extent.connectorPackages ? await loadConnectorKinds(config, world) : builtInConnectors;
  const areas = createAreas(foundation, kinds);
  const oidc = composeOidc(foundation, areas);
  const signInNeeds = signInNeedsOf(foundation, areas, oidc.port);
  const signIn = createSignIn(signInNeeds);
  const account = createAccountApi({
    ...{ ...signInNeeds, ...areas.people, ...areas.appearance },
    providerTokens: areas.connectors.providerTokens,
    sessions: oidc.sessions,
    changes: foundation.changes,
  });
  const { appearance, applications, connectors } = areas;
  const previews = createPagePreviews({
    ...{ clock, vault: foundation.vault, signIn, ...appearance, ...applications },
    connectors: connectors.connectors,
    consoleOrigins: endpointsOf(config).map((endpoint) => new URL(endpoint).origin),
  });

  await tenancy.create({ id: defaultTenantId, name: defaultTenantName });
  const admin = await tenancy.create({ id: adminTenantId, name: 'Aldaba administration' });
  const readiness = createReadiness({
    database,
    clock,
    log,
    migrations: await readdir(migrationsOf(world)),
    readKeys: async () => oidc.keys.ring(await tenancy.get(defaultTenantId)),
  });
  return {
    parts: partsOf(foundation, areas, oidc.keys, admin),
    mounted: { log, clock, readiness, oidc, signIn, account, previews, areas },
    async close() {
      await areas.connectors.close();
      await foundation.jobs.close();
      await oidc.close();
      await areas.operatorScripts.close();
      await areas.records.close();
      await database.close();
    },
  };
}

function partsOf(foundation: Foundation, areas: Areas, keys: Oidc['keys'], admin: Tenant): Omit<Parts, 'close'> {
  const { database, tenancy } = foundation;
  const { operation } = areas;
  return {
    database,
    tenancy,
    keys,
    passwords: areas.passwords,
    limits: areas.limits,
    connectors: areas.connectors.connectors,
    sandbox: areas.connectors.sandbox,
    inbox: areas.connectors.inbox,
    emailTemplates: areas.connectors.emailTemplates,
    users: areas.people.users,
    secondFactors: areas.people.secondFactors,
    ...{ organizations: areas.organizations.organizations, applications: areas.applications.applications },
    organizationRoles: areas.organizations.organizationRoles,
    organizationDomains: areas.enterprise.organizationDomains,
    signInExperiences: areas.appearance.signInExperiences,
    userTransfers: areas.operation.userTransfers,
    accountDeletions: areas.people.accountDeletions,
    ...{ ssoConnectors: areas.enterprise.ssoConnectors, ldapSyncs: areas.enterprise.ldapSyncs },
    warnOfCertificates: areas.enterprise.warnOfCertificates,
    userAssets: areas.appearance.userAssets,
    createAdminLink: () => operation.setup.createAdminLink(admin),
    inboxUrl: async () => {
      const kinds = await areas.connectors.connectors.inboxKinds(await tenancy.get(defaultTenantId));
      return kinds.length > 0 ? `${tenancy.consoleUrl}/t/${defaultTenantId}/inbox` : undefined;
    },
    firstAdminLink: async () =>
      (await operation.setup.hasAdministrator(admin)) ? undefined : operation.setup.createAdminLink(admin),
  };
}

function composeOidc(foundation: Foundation, areas: Areas): Oidc {
  const { records, operatorScripts, authorization, people, organizations, applications, appearance, operation } = areas;
  return createOidc({
    database: foundation.database,
    caches: foundation.caches,
    clock: foundation.clock,
    vault: foundation.vault,
    log: foundation.log,
    jobs: foundation.jobs,
    outbound: foundation.outbound,
    tenancy: foundation.tenancy,
    logs: records.logs,
    events: records.hooks,
    dashboard: records.dashboard,
    customClaims: operatorScripts.customClaims,
    resources: authorization.resources,
    roles: authorization.roles,
    users: people.users,
    personalAccessTokens: people.personalAccessTokens,
    subjectTokens: people.subjectTokens,
    organizations: organizations.organizations,
    applications: applications.applications,
    applicationExperiences: applications.applicationExperiences,
    accessControl: applications.accessControl,
    consentScopes: applications.consentScopes,
    consentOrganizations: applications.consentOrganizations,
    pages: appearance.pages,
    configs: operation.configs,
    singleLogout: areas.enterprise.samlApplications.singleLogout,
  });
}

function signInNeedsOf(foundation: Foundation, areas: Areas, port: Oidc['port']): SignInNeeds {
  const { records, operatorScripts, connectors, people, organizations, applications, appearance } = areas;
  return {
    clock: foundation.clock,
    vault: foundation.vault,
    log: foundation.log,
    passwords: areas.passwords,
    logs: records.logs,
    events: records.hooks,
    actions: operatorScripts.actions,
    changes: foundation.changes,
    connectors: connectors.connectors,
    tokenSets: connectors.tokenSets,
    ssoConnectors: areas.enterprise.ssoConnectors,
    ssoIdentities: people.ssoIdentities,
    ssoLogout: areas.enterprise.ssoLogout,
    idpInitiated: areas.enterprise.idpInitiated,
    verificationCodes: connectors.verificationCodes,
    users: people.users,
    secondFactors: people.secondFactors,
    adaptiveMfa: people.adaptiveMfa,
    deviceTrust: people.deviceTrust,
    oneTimeTokens: people.oneTimeTokens,
    organizations: organizations.organizations,
    organizationJit: organizations.organizationJit,
    applications: applications.applications,
    applicationExperiences: applications.applicationExperiences,
    profileFields: appearance.profileFields,
    accountCenters: appearance.accountCenters,
    captchaProviders: appearance.captchaProviders,
    signInExperiences: appearance.signInExperiences,
    userAssets: appearance.userAssets,
    pages: appearance.pages,
    port,
  };
}

/** Every kind of connector: the built-in ones, and published packages from the operator's folder. */
export async function loadConnectorKinds(config: Config, { dataFolder, log }: Pick<World, 'dataFolder' | 'log'>) {
  const folder = connectorsFolderOf(config, dataFolder);
  const takenIds = builtInConnectors.map(({ metadata }) => metadata.id);
  return [...builtInConnectors, ...(await loadConnectorPackages({ folder, takenIds, log }))];
}
