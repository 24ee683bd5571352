import { spawn } from 'node:child_process';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedDatabaseError, explainFailure } from './embedded-error.ts';

/**
 * A lock of the kernel on a file (flock(2)). It is gone the moment its process is gone, also after a kill -9, so no
 * lock is ever stale and no process id has to be guessed at; it also holds between containers that share a folder.
 */
export interface FileLock {
  /** Changes how the lock is held. False when others hold it in the way; the lock must then be regarded as lost. */
  change: (mode: LockMode) => Promise<boolean>;
  /** Replaces the text of the locked file, which names the holder to other processes. */
  write: (text: string) => Promise<void>;
  release: () => Promise<void>;
}

/** Any number may hold a file `shared`, one alone may hold it `exclusive`. */
export type LockMode = 'shared' | 'exclusive';

/**
 * Locks `path`, which is made if missing. With `wait` it returns when the lock is held; without, it returns undefined
 * at once when others hold it.
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

// Node has no flock. The lock belongs to the open file, which a child shares with us, so the `flock` program
// (util-linux) can take it for us and go; the postmaster never inherits the file, because Node opens it close-on-exec.
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
        new EmbeddedDatabaseError('The data folder lies on a file system without locks. Set ALDABA_DATA to another.'),
      );
  });
  return promise;
}
