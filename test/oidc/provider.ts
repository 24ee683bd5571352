import { randomUUID } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import { type Application, listUsers } from '@aldaba/contract';
import { createPageSender } from '../../server/src/features/appearance/hosted-pages/index.ts';
import {
  createSignInExperienceReader,
  createSignInExperiences,
} from '../../server/src/features/appearance/sign-in-experience/index.ts';
import { createAccessControl } from '../../server/src/features/applications/access-control/index.ts';
import { createApplicationExperiences } from '../../server/src/features/applications/application-experiences/index.ts';
import {
  type ApplicationDraft,
  type Applications,
  createApplications,
} from '../../server/src/features/applications/applications/index.ts';
import {
  type ConsentOrganizations,
  createConsentOrganizations,
} from '../../server/src/features/applications/consent-organizations/index.ts';
import {
  type ConsentScopesService,
  createConsentScopes,
} from '../../server/src/features/applications/consent-scopes/index.ts';
import { createResources } from '../../server/src/features/authorization/resources/index.ts';
import {
  createRoles,
  seedManagedTenant,
  seedManagementApi,
} from '../../server/src/features/authorization/roles/index.ts';
import { type Configs, createConfigs } from '../../server/src/features/operation/configs/index.ts';
import {
  type CustomClaims,
  createCustomClaims,
} from '../../server/src/features/operator-scripts/custom-claims/index.ts';
import { createOrganizationJit } from '../../server/src/features/organizations/organization-jit/index.ts';
import { createOrganizationRoles } from '../../server/src/features/organizations/organization-roles/index.ts';
import { createOrganizations } from '../../server/src/features/organizations/organizations/index.ts';
import {
  createPersonalAccessTokens,
  type PersonalAccessTokens,
} from '../../server/src/features/people/personal-access-tokens/index.ts';
import { createSubjectTokens, type SubjectTokens } from '../../server/src/features/people/subject-tokens/index.ts';
import { createUsers, type User, type Users } from '../../server/src/features/people/users/index.ts';
import { createAuthorize } from '../../server/src/http/guards.ts';
import { createHttp } from '../../server/src/http/server.ts';
import type { Http, Request } from '../../server/src/http/types.ts';
import { type Changes, createChanges } from '../../server/src/kernel/changes.ts';
import type { Clock } from '../../server/src/kernel/clock.ts';
import { createVault } from '../../server/src/kernel/crypto.ts';
import { createLog, type Log } from '../../server/src/kernel/log.ts';
import {
  createOidc,
  endOfApplication,
  endOfUser,
  type Oidc,
  type OidcNeeds,
  oidcRoutes,
  requireAlgorithm,
} from '../../server/src/oidc/index.ts';
import { findRoot } from '../../server/src/root.ts';
import { createScripts, type Scripts } from '../../server/src/services/isolates/index.ts';
import { createJobs } from '../../server/src/services/jobs/index.ts';
import { createPasswords } from '../../server/src/services/passwords/index.ts';
import { createCaches } from '../../server/src/store/cache.ts';
import { type Database, openDatabase, type Transaction } from '../../server/src/store/database.ts';
import { migrate } from '../../server/src/store/migrations.ts';
import { createTenancy, type Tenancy, type Tenant } from '../../server/src/tenancy/service.ts';
import { cluster } from '../support/cluster.ts';

/** The protocol over real HTTP and PostgreSQL with a clock that tests move; signing in is done through the port. */
export interface Provider {
  url: string;
  tenant: Tenant;
  tenancy: Tenancy;
  database: Database;
  clock: { now: () => number; advance: (milliseconds: number) => void };
  oidc: Oidc;
  configs: Configs;
  customClaims: CustomClaims;
  scripts: Scripts;
  applications: Applications;
  applicationExperiences: ReturnType<typeof createApplicationExperiences>;
  users: Users;
  resources: ReturnType<typeof createResources>;
  roles: ReturnType<typeof createRoles>;
  accessControl: ReturnType<typeof createAccessControl>;
  consentOrganizations: ConsentOrganizations;
  consentScopes: ConsentScopesService;
  personalAccessTokens: PersonalAccessTokens;
  subjectTokens: SubjectTokens;
  organizations: ReturnType<typeof createOrganizations>;
  organizationRoles: ReturnType<typeof createOrganizationRoles>;
  /** How people prove who they are at the test's sign-in, until a test changes it. */
  signIn: { amr: string[] };
  addClient: (draft: Partial<ApplicationDraft> & Pick<ApplicationDraft, 'type'>) => Promise<Application>;
  addUser: (draft?: Parameters<Users['create']>[1]) => Promise<User>;
  close: () => Promise<void>;
}

const secret = 'a secret for tests that is long enough';

export interface ProviderOptions {
  /**
   * Whether nothing but the test's own requests sends statements: time passes only by `clock.advance`, so that no
   * cached value expires on a slow machine, and the signing keys exist, which are otherwise created in the background.
   */
  isStill?: boolean;
}

export async function startProvider({ isStill = false }: ProviderOptions = {}): Promise<Provider> {
  const { urlOf, admin, drop } = await cluster();
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await admin(`create database ${name} owner ${/\/\/([^:@/]+)/.exec(urlOf(name))?.[1] ?? 'postgres'}`);
  const log = createLog(process.env.ALDABA_TEST_LOG ?? 'silent');
  const migrations = `${findRoot(process.env)}/server/src/store/migrations`;
  const { role } = await migrate(urlOf(name), migrations, () => undefined);
  const database = openDatabase({ url: urlOf(name), poolSize: 6, log, ...(role ? { role } : {}) });
  const clock = createClock(isStill);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const features = await compose({ database, clock, url, log });
  const { tenancy, oidc, applications, users } = features;
  const tenant = await tenancy.get('default');
  const http = createHttp({ tenancy, log, trustedProxies: [] });
  oidcRoutes(http, oidc);
  if (isStill) await oidc.keys.list(tenant);
  const signIn = { amr: ['pwd'] };
  addTestRoutes(http, oidc, { clock, signIn });
  await http.listen({ port, host: '127.0.0.1' });
  return {
    ...features,
    signIn,
    url,
    tenant,
    clock,
    addClient: (draft) => tenant.db.transaction((tx) => applications.create(tx, { name: 'Test app', ...draft })),
    addUser: (draft = {}) => tenant.db.transaction((tx) => users.create(tx, draft)),
    async close() {
      await http.close();
      await features.jobs.close();
      await oidc.close();
      await features.scripts.close();
      await database.close();
      await drop(name);
    },
  };
}

function createClock(isStopped: boolean) {
  const start = Date.now();
  let ahead = 0;
  return {
    now: () => (isStopped ? start : Date.now()) + ahead,
    advance(milliseconds: number) {
      ahead += milliseconds;
    },
  };
}

async function compose({ database, clock, url, log }: { database: Database; clock: Clock; url: string; log: Log }) {
  const caches = await createCaches(database, clock.now);
  const vault = createVault(secret);
  const seeds = [seedManagementApi];
  const tenancy = createTenancy({
    database,
    caches,
    addresses: { endpoint: url },
    seeds,
    managedSeed: seedManagedTenant,
  });
  for (const id of ['default', 'admin', 'other']) await tenancy.create({ id, name: id });
  const ground = {
    database,
    caches,
    changes: createChanges<Transaction>(),
    clock,
    vault,
    log,
    tenancy,
    jobs: createJobs({ database, clock, log }),
    outbound: fetch,
    // Webhooks, the audit log and the dashboard are not part of the protocol: their events are dropped.
    events: { publish: async () => undefined },
    logs: { write: () => undefined },
    dashboard: { recordActive: () => undefined },
    deviceTrust: { forgetAll: async () => undefined, limit: async () => undefined },
    // Neither are SAML applications.
    singleLogout: { begin: async () => undefined, resume: async () => undefined },
  };
  // Notices of changes by email are not, either.
  ground.changes.on('account.changed', async () => undefined);
  ground.changes.on('user.deleted', async () => undefined);
  const features = composeFeatures(ground);
  const pages = createPageSender({
    ...ground,
    ...features,
    signInExperiences: createSignInExperiences({
      ...ground,
      reader: createSignInExperienceReader(ground),
      connectors: { available: async () => [], socialTargets: async () => [] },
      captchaProviders: { exists: async () => false },
      ownLanguages: async () => [],
      profileFields: { requireNames: async () => {} },
      customUiAssets: { exists: async () => false },
    }),
    customPhrases: { words: async () => undefined, languages: async () => [] },
  });
  return { ...ground, ...features, oidc: createOidc({ ...ground, ...features, pages }) };
}

/** What the features of the protocol stand on. */
type FeatureGround = Pick<OidcNeeds, 'caches' | 'clock' | 'database' | 'events' | 'jobs' | 'log' | 'logs' | 'vault'> & {
  deviceTrust: { forgetAll: () => Promise<void> };
  tenancy: Tenancy;
  changes: Changes<Transaction>;
};

function composeFeatures(ground: FeatureGround) {
  const roles = createRoles(ground);
  const organizationRoles = createOrganizationRoles(ground);
  const organizations = createOrganizations({ ...ground, organizationRoles });
  const users = createUsers({
    ...ground,
    passwords: createPasswords({ concurrency: 1, maximumQueue: 4 }),
    roles,
    sessions: { endAll: endOfUser(ground.jobs) },
    traces: { removeAll: async () => undefined },
  });
  createOrganizationJit({ organizations, organizationRoles, changes: ground.changes });
  const consentScopes = createConsentScopes(ground);
  // On a busy machine scripts end by their limit of processor time, as on an idle one.
  const scripts = createScripts({ size: 2, wallLimit: 30_000 });
  return {
    roles,
    organizations,
    organizationRoles,
    users,
    consentScopes,
    personalAccessTokens: createPersonalAccessTokens({ ...ground, users }),
    subjectTokens: createSubjectTokens({ ...ground, users }),
    applications: createApplications({
      ...ground,
      consoleUrl: ground.tenancy.consoleUrl,
      roles,
      grants: { endOfApplication },
      keys: { requireAlgorithm },
    }),
    applicationExperiences: createApplicationExperiences(ground),
    accessControl: createAccessControl(),
    consentOrganizations: createConsentOrganizations({ organizations }),
    resources: createResources(ground),
    configs: createConfigs(ground),
    scripts,
    customClaims: createCustomClaims({ ...ground, scripts }),
  };
}

/** Stand for the sign-in pages, where the person in the header has proved who they are, and for the Management API. */
function addTestRoutes(http: Http, oidc: Oidc, { clock, signIn }: { clock: Clock; signIn: { amr: string[] } }): void {
  http.get('/test/interaction', async (request: Request) => {
    const interaction = await oidc.port.load(request);
    return {
      found: interaction !== undefined,
      applicationId: interaction?.applicationId,
      request: interaction?.request,
    };
  });
  http.post('/test/sign-in', async (request: Request, reply) => {
    const interaction = await oidc.port.load(request);
    if (!interaction) return reply.code(400).send({ code: 'session.not_found' });
    const authenticatedAt = new Date(clock.now());
    const userId = String(request.headers['x-test-user']);
    const submission = {
      interactionEvent: 'SignIn' as const,
      userId,
      verificationRecords: [{ id: 'proof', type: 'Password' as const }],
    };
    return request.tenant.db.transaction((tx) =>
      oidc.port.finish(tx, interaction, { userId, amr: signIn.amr, authenticatedAt, submission }),
    );
  });
  const authorize = createAuthorize(
    {
      anonymous: async () => ({}),
      interaction: async () => ({}),
      management: oidc.verifyManagementToken,
      account: oidc.verifyAccountToken,
      me: oidc.verifyMeToken,
      organization: oidc.verifyOrganizationToken,
    },
    listUsers,
  );
  http.get('/test/guarded', async (request: Request) => ({
    subject: (await authorize(request, request.tenant)).subject,
  }));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
