/**
 * The composition root: plain calls in dependency order. Read it from top to bottom to see what the server is made of and
 * what each part gets. Nothing here decides anything.
 */
import type { Config } from './config.ts';
import { createHttp, type Http } from './http/index.ts';
import type { Clock } from './kernel/clock.ts';
import { createVault } from './kernel/crypto.ts';
import type { Log } from './kernel/log.ts';
import { mountRoutes } from './routes.ts';
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
  /** Absolute folder of the data, for connector packages. */
  dataFolder: string;
  progress(message: string): void;
  /** Checks every answer against the contract; on in tests. */
  checkResponses: boolean;
}

export interface App {
  http: Http;
  database: Database;
  tenancy: Tenancy;
  /** Finishes requests in flight, then ends background work and the pool. */
  close(): Promise<void>;
}

/** Migrates the database, wires the features and seeds the first tenants. The HTTP server does not listen yet. */
export async function createApp(config: Config, world: World): Promise<App> {
  const { clock, log } = world;
  const migrated = await migrate(world.databaseUrl, `${world.root}/server/src/store/migrations`, world.progress);
  const database = openDatabase({
    url: world.databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    log,
    ...(migrated.role ? { role: migrated.role } : {}),
  });
  const caches = await createCaches(database, clock.now);
  const vault = createVault(world.secret);
  void vault;

  const tenancy = createTenancy({
    database,
    caches,
    addresses: { endpoint: config.ENDPOINT, ...(config.ADMIN_ENDPOINT ? { adminEndpoint: config.ADMIN_ENDPOINT } : {}) },
    seeds: [],
  });
  await tenancy.create({ id: defaultTenantId, name: 'Default' });
  await tenancy.create({ id: adminTenantId, name: 'Admin' });

  const http = createHttp({ tenancy, log, trustedProxies: config.TRUSTED_PROXIES });
  mountRoutes(http);
  return {
    http,
    database,
    tenancy,
    async close() {
      await http.close();
      await database.close();
    },
  };
}
