import type { AssetType } from '@aldaba/contract';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { FileKey, FileStorage } from '../../../services/file-storage/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { sniffType } from './sniffing.ts';
import { findAsset, insertAsset } from './store.ts';

export interface UserAssets {
  /** Keeps a file and returns its address. @throws AldabaError `guard.mime_type_not_allowed`, `storage.…` */
  save(tenant: Tenant, bytes: Buffer): Promise<string>;
  /** @throws AldabaError `entity.not_found`, `storage.…` */
  open(tenant: Tenant, id: string): Promise<{ contentType: AssetType; bytes: Buffer }>;
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
    open: async (tenant, id) => {
      const asset = await findAsset(tenant.db, id);
      // The id of a row, which we made: not the text of the request.
      const bytes = asset && (await files.get(tenant, keyOf(asset.id)));
      if (!asset || !bytes) throw new AldabaError('entity.not_found');
      return { contentType: asset.contentType as AssetType, bytes };
    },
  };
}

/**
 * A store sends no Content-Security-Policy, so what could hold scripts is offered as a download there when it is opened by
 * itself. As an image of a page it shows all the same.
 */
const publicDisposition = (type: AssetType): 'inline' | 'attachment' =>
  type === 'image/svg+xml' || type === 'application/zip' ? 'attachment' : 'inline';
