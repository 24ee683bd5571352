/**
 * The composition root: plain calls in dependency order. Read it from top to bottom to see what the server is made of and
 * what each part gets. Nothing here decides anything.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { type Applications, createApplications } from './features/applications/index.ts';
import { createPageSender } from './features/hosted-pages/index.ts';
import { createPasswords, type Passwords } from './features/passwords/index.ts';
import { createResources } from './features/resources/index.ts';
import { createRoles, seedManagementApi } from './features/roles/index.ts';
import { createSignInExperiences, type SignInExperiences, seedSignInExperience } from './features/sign-in-experience/index.ts';
import { createUsers, type Users } from './features/users/index.ts';
import { createHttp, type Http } from './http/index.ts';
import type { Clock } from './kernel/clock.ts';
import { createVault } from './kernel/crypto.ts';
import type { Log } from './kernel/log.ts';
import { createOidc, createSigningKeySeed, endOfApplication, endOfUser, type Oidc } from './oidc/index.ts';
import { mountRoutes } from './routes.ts';
import { createSignIn } from './sign-in/index.ts';
import { createCaches, type Database, migrate, openDatabase } from './store/index.ts';
import { adminTenantId, createTenancy, defaultTenantId, type Tenancy } from './tenancy/index.ts';

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

export interface App {
  http: Http;
  database: Database;
  tenancy: Tenancy;
  users: Users;
  passwords: Passwords;
  applications: Applications;
  signInExperiences: SignInExperiences;
  keys: Oidc['keys'];
  /** Makes a one-time link for creating an administrator. */
  createAdminLink(): Promise<string>;
  /** The same while there is no administrator, else undefined. */
  firstAdminLink(): Promise<string | undefined>;
  /** Finishes requests in flight, then ends background work and the pool. */
  close(): Promise<void>;
}

/** Migrates the database, wires the features and seeds the first tenants. The HTTP server does not listen yet. */
export async function createApp(config: Config, world: World): Promise<App> {
  const { clock, log } = world;
  const database = await openMigrated(config, world);
  const caches = await createCaches(database, clock.now);
  const vault = createVault(world.secret);
  const tenancy = createTenancy({
    database,
    caches,
    addresses: { endpoint: config.ENDPOINT, ...(config.ADMIN_ENDPOINT ? { adminEndpoint: config.ADMIN_ENDPOINT } : {}) },
    seeds: [createSigningKeySeed(vault), seedManagementApi, seedSignInExperience],
  });

  const passwords = createPasswords({ concurrency: availableParallelism(), maximumQueue: 200 });
  const roles = createRoles({ database, caches });
  const resources = createResources({ database, caches, roles });
  const users = createUsers({ clock, passwords, roles, sessions: { endAll: endOfUser } });
  const applications = createApplications({ database, caches, clock, vault, roles, grants: { endOfApplication } });
  const connectors = { social: async () => [], instance: async () => undefined };
  const signInExperiences = createSignInExperiences({ database, caches, connectorsOf: async () => [] });
  const pages = createPageSender({ signInExperiences, applications, tenancy });

  const oidc = createOidc({ database, caches, clock, vault, log, tenancy, applications, users, resources, roles, pages });
  const signIn = createSignIn({ port: oidc.port, users, passwords, connectors, signInExperiences, pages, clock, vault, log });

  await tenancy.create({ id: defaultTenantId, name: 'Default' });
  await tenancy.create({ id: adminTenantId, name: 'Admin' });

  const http = createHttp({ tenancy, log, trustedProxies: config.TRUSTED_PROXIES });
  mountRoutes(http, {
    log,
    checkResponses: world.checkResponses,
    oidc, signIn, pages, users, applications, resources, roles, signInExperiences,
  });
  return {
    http, database, tenancy, users, passwords, applications, signInExperiences,
    keys: oidc.keys,
    createAdminLink: async () => '',
    firstAdminLink: async () => undefined,
    async close() {
      await http.close();
      await oidc.close();
      await database.close();
    },
  };
}

async function openMigrated(config: Config, world: World): Promise<Database> {
  const migrated = await migrate(world.databaseUrl, join(world.root, 'server/src/store/migrations'), world.progress);
  return openDatabase({
    url: world.databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    log: world.log,
    ...(migrated.role ? { role: migrated.role } : {}),
  });
}
