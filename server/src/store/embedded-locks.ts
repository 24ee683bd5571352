import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedDatabaseError, explainFailure } from './embedded-error.ts';

/**
 * A lock of the kernel on a file (flock(2)). The kernel releases it when its process ends, also after kill -9, so a
 * lock is never stale and no process ID must be checked. It also works between containers that share a folder.
 */
export interface FileLock {
  /** Changes the mode of the lock. False if other holders prevent it; the lock must then be treated as lost. */
  change: (mode: LockMode) => Promise<boolean>;
  /** Replaces the text of the locked file, which tells other processes the holder. */
  write: (text: string) => Promise<void>;
  release: () => Promise<void>;
}

/** Any number of processes can hold a `shared` lock, only one an `exclusive` lock. */
export type LockMode = 'shared' | 'exclusive';

/**
 * Locks `path`, and creates the file if it is missing. With `wait` it waits for the lock; otherwise it returns
 * undefined at once if others hold the lock.
 */
export async function lockFile(path: string, mode: LockMode, wait: true): Promise<FileLock>;
export async function lockFile(path: string, mode: LockMode, wait: false): Promise<FileLock | undefined>;
export async function lockFile(path: string, mode: LockMode, wait: boolean): Promise<FileLock | undefined> {
  const handle = await open(path, 'a+', 0o600).catch((error: unknown) => {
    throw explainFailure('The data folder cannot be used.', dirname(path), String(error));
  });
  try {
    if (!(await flock(handle, mode, wait))) {
      await handle.close();
      return undefined;
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    change: (next) => flock(handle, next, false),
    write: async (text) => {
      await handle.truncate(0);
      await handle.appendFile(text);
    },
    release: () => handle.close(),
  };
}

// Node has no flock. The lock belongs to the open file, which a child process shares with us, so the `flock` program
// (util-linux) can take the lock for us and exit. PostgreSQL never inherits the file, because Node opens it
// close-on-exec.
function flock(handle: FileHandle, mode: LockMode, wait: boolean): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const flags = [mode === 'shared' ? '-s' : '-x', ...(wait ? [] : ['-n']), '3'];
  const child = spawn('flock', flags, { stdio: ['ignore', 'ignore', 'ignore', handle.fd] });
  child.once('error', () => {
    reject(
      new EmbeddedDatabaseError(
        'The program `flock` is missing. Install util-linux, or set DATABASE_URL to a PostgreSQL.',
      ),
    );
  });
  child.once('exit', (code) => {
    if (code === 0 || (code === 1 && !wait)) resolve(code === 0);
    else
      reject(
        new EmbeddedDatabaseError(
          'The file system of the data folder has no locks. Set ALDABA_DATA to a folder on another file system.',
        ),
      );
  });
  return promise;
}
