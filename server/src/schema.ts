import { join } from 'node:path';
import type { Config } from './config.ts';
import { createVault } from './kernel/crypto.ts';
import type { Log } from './kernel/log.ts';
import { type Database, openDatabase } from './store/database.ts';
import { migrate } from './store/migrations.ts';

/** The parts of the app's `World` that are needed here. */
interface Outside {
  databaseUrl: string;
  secret: string;
  root: string;
  log: Log;
  progress: (message: string) => void;
}

/** The folder of the migrations. */
export const migrationsOf = ({ root }: { root: string }) => join(root, 'server/src/store/migrations');

/** Brings the schema up to date and opens the pool. @throws Error with a sentence for the operator */
export async function openMigrated(config: Config, world: Outside): Promise<Database> {
  const migrated = await migrate(world.databaseUrl, migrationsOf(world), world.progress, {
    vault: createVault(world.secret),
  });
  return openDatabase({
    url: world.databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    log: world.log,
    statementLimit: config.DATABASE_STATEMENT_TIMEOUT * 1000,
    ...(migrated.role ? { role: migrated.role } : {}),
  });
}
