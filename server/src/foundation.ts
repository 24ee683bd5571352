import { join } from 'node:path';
import type { Config } from './config.ts';
import { seedSignInExperience } from './features/appearance/sign-in-experience/index.ts';
import { seedManagedTenant, seedManagementApi } from './features/authorization/roles/index.ts';
import { createFiles } from './files.ts';
import { createChanges } from './kernel/changes.ts';
import type { Clock } from './kernel/clock.ts';
import { createVault } from './kernel/crypto.ts';
import { createResolveTxt, type ResolveTxt } from './kernel/dns.ts';
import type { Log } from './kernel/log.ts';
import { createOutbound } from './kernel/outbound.ts';
import { createConnect } from './kernel/outbound-socket.ts';
import { openMigrated } from './schema.ts';
import { breachedPasswordsFile, createBreachedPasswords } from './services/breached-passwords/index.ts';
import { createJobs } from './services/jobs/index.ts';
import { messageLimitsOf } from './services/message-limits/index.ts';
import { createCaches } from './store/cache.ts';
import type { Transaction } from './store/database.ts';
import { createTenancy } from './tenancy/service.ts';

/** External inputs of the server; tests pass their own clock and network. */
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
  /** Outgoing requests; the SSRF-safe client unless a test replaces it. */
  outbound?: typeof fetch;
  /** Reads TXT records; the system's name servers unless a test replaces it. */
  resolveTxt?: ResolveTxt;
  progress: (message: string) => void;
  /** Checks every response against the contract; on in tests. */
  checkResponses: boolean;
}

/**
 * Which parts of the server start. A command does no background work and rarely needs connector packages, which load
 * slowly.
 */
export interface Extent {
  background: boolean;
  connectorPackages: boolean;
}

/** What every part of the server needs: database, caches, tenants, clock, log, network and jobs. */
export async function createFoundation(config: Config, world: World, { background }: Extent) {
  const { clock, log, root } = world;
  const database = await openMigrated(config, world);
  // A command ends before another process can change what it has read.
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
  const providerOutbound = world.outbound ?? createOutbound({ allowed, requiresEncryption: true });
  const hookOutbound = world.outbound ?? createOutbound({ allowed, keepsConnections: true });
  const connect = createConnect({ allowed });
  const jobs = createJobs({ database, clock, log }, { works: background });
  return {
    clock,
    log,
    database,
    caches,
    changes: createChanges<Transaction>(),
    vault,
    tenancy,
    outbound,
    providerOutbound,
    connect,
    hookOutbound,
    resolveTxt: world.resolveTxt ?? createResolveTxt(),
    jobs,
    files: createFiles(config, world),
    messageLimits: messageLimitsOf(config.MESSAGE_LIMITS_JSON),
    logRetentionDays: config.LOG_RETENTION_DAYS,
    background,
    docsFolder: join(root, 'docs'),
    breachedPasswords: createBreachedPasswords({
      file: breachedPasswordsFile(world.dataFolder),
      rangeUrl: config.BREACHED_PASSWORDS_URL,
      outbound,
      clock,
      log,
    }),
  };
}

export type Foundation = Awaited<ReturnType<typeof createFoundation>>;
