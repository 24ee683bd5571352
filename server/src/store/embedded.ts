import { mkdir, readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureCluster } from './embedded-cluster.ts';
import { EmbeddedDatabaseError, explainFailure } from './embedded-error.ts';
import { type FileLock, lockFile } from './embedded-locks.ts';
import { findPostmaster, type Postmaster, startPostmaster, stopPostmaster } from './embedded-postmaster.ts';
import { findPrograms } from './embedded-programs.ts';
import { type Supervisor, supervise } from './embedded-supervisor.ts';
import { markLeakproofAt } from './leakproof.ts';

/** The bundled PostgreSQL, in use by this process. */
export interface EmbeddedDatabase {
  /**
   * Connection string for node-postgres: the role `aldaba` and the database that it owns. The role is never a
   * superuser, because superusers bypass row-level security.
   */
  readonly url: string;
  /** Connection string of the superuser to the database `postgres`. Tests clone databases with it. */
  readonly adminUrl: string;
  /** The cluster's folder, which can be outside of the data folder (see embedded-programs.ts). */
  readonly location: string;
  /** Stops the database, unless another process still uses it. Close your connections first. */
  stop: () => Promise<void>;
}

export interface EmbeddedOptions {
  /** Absolute or relative to the working directory; created if missing. */
  dataFolder: string;
  /** Receives a sentence without a period before each step that takes time. */
  progress: (message: string) => void;
  /** A folder can be used by one `server` and any number of commands at the same time. */
  purpose: 'server' | 'command';
  /** Logs unexpected ends and restarts of the database. */
  log?: { warn: (fields: object, message: string) => void; error: (fields: object, message: string) => void };
}

/**
 * Starts the bundled PostgreSQL on a data folder, or joins the one that runs there.
 *
 * No process owns the running PostgreSQL. Every process that uses it holds a shared lock on `locks/users`, and the last
 * one to leave stops PostgreSQL. A command therefore neither stops a server's database nor loses its own when the
 * server ends, and a PostgreSQL that a killed process left running is joined. A process holds `locks/change` while it
 * joins or leaves; `locks/server` prevents a second server. A server also restarts PostgreSQL when it ends
 * unexpectedly.
 * @throws EmbeddedDatabaseError if it cannot be used, with a message that says what to do.
 */
export async function startEmbedded({
  dataFolder,
  progress,
  purpose,
  log = quiet,
}: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const folder = await prepareFolder(dataFolder);
  const locks = join(folder, 'locks');
  const serverLock = purpose === 'server' ? await claimServer(locks, folder) : undefined;
  try {
    const change = await lockFile(join(locks, 'change'), 'exclusive', true);
    try {
      const { cluster, postmaster, joined } = await startOrJoin(folder, progress);
      // Missing in a data folder of an older version; only a superuser can set it.
      if (serverLock) await markLeakproofAt(connection('postgres', 'aldaba', postmaster));
      const users = await lockFile(join(locks, 'users'), 'shared', true);
      if (joined && serverLock) progress('PostgreSQL is already running on the data folder: using it');
      const supervisor = serverLock ? supervise(postmaster, () => startAgain(folder, locks), log) : undefined;
      return {
        url: connection('aldaba', 'aldaba', postmaster),
        adminUrl: connection('postgres', 'postgres', postmaster),
        location: cluster,
        stop: once(() => leave({ locks, users, serverLock, cluster, supervisor })),
      };
    } finally {
      await change.release();
    }
  } catch (error) {
    await serverLock?.release();
    throw error;
  }
}

const quiet = { warn: () => undefined, error: () => undefined };

/** Waits for the lock, so that two processes that notice the same end start only one server. */
async function startAgain(folder: string, locks: string): Promise<Postmaster> {
  const change = await lockFile(join(locks, 'change'), 'exclusive', true);
  try {
    return (await startOrJoin(folder, () => undefined)).postmaster;
  } finally {
    await change.release();
  }
}

async function prepareFolder(dataFolder: string): Promise<string> {
  const path = resolve(dataFolder);
  try {
    await mkdir(join(path, 'locks'), { recursive: true, mode: 0o700 });
    return await realpath(path);
  } catch (error) {
    throw explainFailure(`The data folder ${path} cannot be used.`, path, String(error));
  }
}

async function claimServer(locks: string, folder: string): Promise<FileLock> {
  const path = join(locks, 'server');
  const lock = await lockFile(path, 'exclusive', false);
  if (!lock) {
    const holder = await readFile(path, 'utf8');
    throw new EmbeddedDatabaseError(
      `Another Aldaba server${holder ? ` (process ${holder})` : ''} uses the data folder ${folder}. ` +
        'Stop it first, or give this one its own data and port: ALDABA_DATA=/another/folder PORT=3002 npm start',
    );
  }
  await lock.write(String(process.pid));
  return lock;
}

async function startOrJoin(folder: string, progress: (message: string) => void) {
  const programs = await findPrograms(folder, progress);
  const cluster = await ensureCluster(programs, progress);
  const running = await findPostmaster(cluster);
  const postmaster = running ?? (await startPostmaster(programs, cluster, progress));
  return { cluster, postmaster, joined: running !== undefined };
}

interface Use {
  locks: string;
  users: FileLock;
  serverLock: FileLock | undefined;
  cluster: string;
  supervisor: Supervisor | undefined;
}

async function leave({ locks, users, serverLock, cluster, supervisor }: Use): Promise<void> {
  await supervisor?.stop();
  const change = await lockFile(join(locks, 'change'), 'exclusive', true);
  try {
    // Looked up again, because PostgreSQL may have been restarted since this process joined.
    const running = (await users.change('exclusive')) ? await findPostmaster(cluster) : undefined;
    if (running) await stopPostmaster(cluster, running);
  } finally {
    await users.release();
    await change.release();
    await serverLock?.release();
  }
}

function connection(user: string, database: string, { socketFolder }: Postmaster): string {
  // The port is part of the socket's file name; it is set here so that PGPORT in the environment has no effect.
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(socketFolder)}&port=5432`;
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
