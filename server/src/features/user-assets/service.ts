import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssetType } from '@aldaba/contract';
import { AldabaError } from '../../kernel/errors.ts';
import { standardId } from '../../kernel/ids.ts';
import type { Tenant } from '../../tenancy/index.ts';
import { sniffType } from './sniffing.ts';
import { findAsset, insertAsset } from './store.ts';

export interface UserAssets {
  /** Keeps a file and returns its address. @throws AldabaError `guard.mime_type_not_allowed` */
  save(tenant: Tenant, bytes: Buffer): Promise<string>;
  /** @throws AldabaError `entity.not_found` */
  open(tenant: Tenant, id: string): Promise<{ contentType: AssetType; bytes: Buffer }>;
}

/** @param folder absolute path of the folder for uploads; made when the first file comes */
export function createUserAssets({ folder }: { folder: string }): UserAssets {
  return {
    save: async (tenant, bytes) => {
      const contentType = sniffType(bytes);
      if (!contentType) throw new AldabaError('guard.mime_type_not_allowed');
      const id = standardId();
      await mkdir(folder, { recursive: true, mode: 0o700 });
      // Written aside, so that nobody is sent half of a file.
      const draft = join(folder, `${id}.part`);
      await writeFile(draft, bytes, { mode: 0o600, flag: 'wx', flush: true });
      await rename(draft, join(folder, id));
      await insertAsset(tenant.db, { id, contentType, size: bytes.length });
      return `${tenant.baseUrl}/user-assets/${id}`;
    },
    open: async (tenant, id) => {
      const asset = await findAsset(tenant.db, id);
      if (!asset) throw new AldabaError('entity.not_found');
      try {
        // The id of a row, which we made: not the text of the request.
        return { contentType: asset.contentType as AssetType, bytes: await readFile(join(folder, asset.id)) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        throw new AldabaError('entity.not_found', undefined, { cause: error });
      }
    },
  };
}
