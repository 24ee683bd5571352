import type { AssetType } from '@aldaba/contract';
import type { StaticFile } from '../../../http/files.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { FileKey, FileStorage } from '../../../services/file-storage/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { sniffType } from './sniffing.ts';
import { findAsset, insertAsset } from './store.ts';

export interface UserAssets {
  /** Stores a file and returns its address. @throws AldabaError `guard.mime_type_not_allowed`, `storage.…` */
  save: (tenant: Tenant, bytes: Buffer) => Promise<string>;
  /** A file to send; reading it can throw `storage.…`. @throws AldabaError `entity.not_found` */
  find: (tenant: Tenant, id: string) => Promise<StaticFile>;
}

const keyOf = (id: string): FileKey => ['user-assets', id];

export function createUserAssets({ files }: { files: FileStorage }): UserAssets {
  return {
    save: async (tenant, bytes) => {
      const contentType = sniffType(bytes);
      if (!contentType) throw new AldabaError('guard.mime_type_not_allowed');
      const id = standardId();
      await files.put(tenant, { key: keyOf(id), bytes, contentType, disposition: publicDisposition(contentType) });
      await insertAsset(tenant.db, { id, contentType, size: bytes.length });
      return files.publicUrl(tenant, keyOf(id)) ?? `${tenant.baseUrl}/user-assets/${id}`;
    },
    find: async (tenant, id) => {
      const asset = await findAsset(tenant.db, id);
      if (!asset) throw new AldabaError('entity.not_found');
      const { contentType, size } = asset;
      // The generated id of the row, not text from the request.
      const read = () => files.get(tenant, keyOf(asset.id));
      return { contentType, size, cache: 'immutable', version: asset.id, read };
    },
  };
}

/**
 * An object store sends no Content-Security-Policy, so files that can contain scripts are offered there as a download
 * when opened directly. They still display as images on a page.
 */
const publicDisposition = (type: AssetType): 'inline' | 'attachment' =>
  type === 'image/svg+xml' || type === 'application/zip' ? 'attachment' : 'inline';
