import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { World } from './app.ts';
import type { Config } from './config.ts';
import { connectorsFolderOf, prepareConnectorsFolder } from './connectors-folder.ts';
import { systemClock } from './kernel/clock.ts';
import { createLog } from './kernel/log.ts';
import { folderFailure } from './start-failure.ts';
import { startEmbedded } from './store/embedded.ts';
import { waitForDatabase } from './store/reach.ts';

export interface OpenWorld extends World {
  /** Stops the bundled PostgreSQL if this process started it. Close the app first. */
  stop: () => Promise<void>;
}

/**
 * Makes what the app takes from the outside for a real run: the data folder, the secret, the database, the log.
 *
 * @param purpose a `server` claims the data folder; a `command` works next to a running server or alone
 * @throws Error with a sentence for the operator
 */
export async function openWorld(
  config: Config,
  options: { root: string; purpose: 'server' | 'command'; progress: (message: string) => void },
): Promise<OpenWorld> {
  const { root, progress } = options;
  const dataFolder = dataFolderOf(config, root);
  const secret = await prepareFolder(config, dataFolder);
  // A person who types a command sees at once that there is no database; a server is started by programs.
  if (config.DATABASE_URL && options.purpose === 'server')
    await waitForDatabase(config.DATABASE_URL, { limit: config.DATABASE_WAIT * 1000, progress });
  const log = createLog(config.LOG_LEVEL, options.purpose === 'command' ? 2 : 1);
  const database = config.DATABASE_URL
    ? { url: config.DATABASE_URL, stop: async () => undefined }
    : await startEmbedded({ dataFolder, progress, log, purpose: options.purpose });
  return {
    clock: systemClock,
    log,
    databaseUrl: database.url,
    secret,
    root,
    dataFolder,
    progress,
    checkResponses: false,
    stop: () => database.stop(),
  };
}

/** Absolute folder of the data. */
export const dataFolderOf = (config: Config, root: string): string => resolve(root, config.ALDABA_DATA);

/** Makes the data folder with the folder of connectors in it, and returns the secret. @throws StartFailure */
async function prepareFolder(config: Config, dataFolder: string): Promise<string> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    await prepareConnectorsFolder(connectorsFolderOf(config, dataFolder));
    return config.ALDABA_SECRET ?? (await readOrMakeSecret(join(dataFolder, 'secret')));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : folderFailure(dataFolder, error);
  }
}

/** The key for secrets at rest: made once, readable by the owner only. Losing it loses every sealed secret. */
async function readOrMakeSecret(path: string): Promise<string> {
  if (!existsSync(path)) {
    // Written aside and linked into place: processes that start together agree on one whole secret.
    const draft = `${path}.${randomBytes(4).toString('hex')}`;
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flush: true });
    try {
      await link(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await unlink(draft);
    }
  }
  const secret = (await readFile(path, 'utf8')).trim();
  if (secret.length < 32) {
    throw new Error(
      `The file ${path} does not hold a secret of 32 characters or more. Restore it from a backup: sealed secrets cannot be read without it.`,
    );
  }
  return secret;
}
