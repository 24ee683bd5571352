import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileStorage, pathOf } from './storage.ts';

/**
 * Files in a folder of this machine, readable only by the server's user. Keys contain random ids, so tenants need no
 * separate folders.
 *
 * @param folder absolute path; subfolders are created with the first file
 */
export function createDiskStorage(folder: string): FileStorage {
  return {
    put: async (_tenant, { key, bytes }) => {
      const path = join(folder, pathOf(key));
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      // Written to a temporary file first, so that no reader gets a partial file.
      const draft = `${path}.${randomUUID()}.part`;
      await writeFile(draft, bytes, { mode: 0o600, flag: 'wx', flush: true });
      await rename(draft, path);
    },
    get: async (_tenant, key) => {
      try {
        return await readFile(join(folder, pathOf(key)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return undefined;
      }
    },
    remove: (_tenant, key) => rm(join(folder, pathOf(key)), { force: true }),
    publicUrl: () => undefined,
  };
}
