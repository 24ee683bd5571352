import { type AssetType, pictureTypes } from '@aldaba/contract';
import type { StaticFile } from '../../../http/files.ts';
import type { Changes } from '../../../kernel/changes.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { FileKey, FileStorage } from '../../../services/file-storage/index.ts';
import type { Database, Transaction } from '../../../store/index.ts';
import type { Sweep } from '../../../store/sweep.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { hasMetadata, withoutMetadata } from './picture-metadata.ts';
import { mostPixels, pixelsOf } from './picture-size.ts';
import { sniffType } from './sniffing.ts';
import * as store from './store.ts';

export interface UserAssets {
  /** Stores a file and returns its address. @throws AldabaError `guard.mime_type_not_allowed`, `storage.…` */
  save: (tenant: Tenant, bytes: Buffer) => Promise<string>;
  /**
   * Stores a picture that a user uploads, without its metadata. It is removed when it is not the
   * avatar of the user.
   * @throws AldabaError `storage.quota_exceeded`, and those of `save`
   */
  savePicture: (tenant: Tenant, owner: store.PictureOwner, bytes: Buffer) => Promise<string>;
  /** The pictures that were uploaded in a sign-in become the user's. */
  claimPictures: (tx: Transaction, signIn: string, userId: string) => Promise<void>;
  /** A file to send; reading it can throw `storage.…`. @throws AldabaError `entity.not_found` */
  find: (tenant: Tenant, id: string) => Promise<StaticFile>;
  /** Removes pictures that no user has any more, or never had. */
  sweep: Sweep;
}

interface UserAssetsNeeds {
  files: FileStorage;
  clock: Clock;
  database: Pick<Database, 'system' | 'tenant'>;
  changes: Changes<Transaction>;
}

const pictures: ReadonlySet<AssetType> = new Set(pictureTypes);

/** Pictures that are stored for a user, and for a sign-in, used or not. */
const mostOfUser = 20;
const mostOfSignIn = 5;
/** Of all users of a tenant, in an hour. */
const mostOfTenant = { count: 2000, size: 1024 * 1024 * 1024 };
const hour = 3_600_000;
/** Milliseconds until an upload has to be an avatar: a sign-in may take as long. */
const grace = hour;
/** Milliseconds between two checks of an avatar. */
const recheck = 24 * hour;
const batch = 50;

const keyOf = (id: string): FileKey => ['user-assets', id];

export function createUserAssets({ files, clock, database, changes }: UserAssetsNeeds): UserAssets {
  changes.on('user.deleted', (tx, { userId }) => store.releasePictures(tx, userId, new Date(clock.now())));
  const put = async (tenant: Tenant, { id, contentType }: store.StoredAsset, bytes: Buffer) => {
    await files.put(tenant, { key: keyOf(id), bytes, contentType, disposition: publicDisposition(contentType) });
    return files.publicUrl(tenant, keyOf(id)) ?? `${tenant.baseUrl}/user-assets/${id}`;
  };
  const assertWithinLimits = async (tx: Transaction, owner: store.PictureOwner, size: number) => {
    const most = 'userId' in owner ? mostOfUser : mostOfSignIn;
    if ((await store.countPictures(tx, owner)) >= most) throw new AldabaError('storage.quota_exceeded');
    const recent = await store.sumPictures(tx, new Date(clock.now() - hour));
    if (recent.count >= mostOfTenant.count || recent.size + size > mostOfTenant.size)
      throw new AldabaError('storage.quota_exceeded');
  };
  return {
    async save(tenant, given) {
      const contentType = sniffType(given);
      if (!contentType) throw new AldabaError('guard.mime_type_not_allowed');
      // Of a broken file nothing is known: it is stored as it is, and browsers show what they can.
      const bytes = (hasMetadata(contentType) && withoutMetadata(given, contentType)) || given;
      const asset = { id: standardId(), contentType, size: bytes.length };
      const url = await put(tenant, asset, bytes);
      await store.insertAsset(tenant.db, asset);
      return url;
    },
    async savePicture(tenant, owner, given) {
      const contentType = sniffType(given);
      if (!contentType || !pictures.has(contentType)) throw new AldabaError('guard.mime_type_not_allowed');
      const pixels = pixelsOf(given, contentType);
      if (pixels === undefined) throw new AldabaError('guard.mime_type_not_allowed');
      if (pixels > mostPixels) throw new AldabaError('guard.file_size_exceeded', { maximum: mostPixels });
      const bytes = hasMetadata(contentType) ? withoutMetadata(given, contentType) : given;
      if (!bytes) throw new AldabaError('guard.mime_type_not_allowed');
      const asset = { id: standardId(), contentType, size: bytes.length };
      // The row first: it is counted, and a file without a row would stay for ever.
      await tenant.db.transaction(async (tx) => {
        await store.lockPictures(tx);
        await assertWithinLimits(tx, owner, asset.size);
        const now = clock.now();
        const times = { createdAt: new Date(now), checkAt: new Date(now + grace) };
        await store.insertAsset(tx, asset, { owner, ...times });
      });
      try {
        return await put(tenant, asset, bytes);
      } catch (error) {
        await store.deleteAsset(tenant.db, asset.id);
        throw error;
      }
    },
    claimPictures: store.claimPictures,
    find: async (tenant, id) => {
      const asset = await store.findAsset(tenant.db, id);
      if (!asset) throw new AldabaError('entity.not_found');
      const { contentType, size } = asset;
      // The generated id of the row, not text from the request.
      const read = () => files.get(tenant, keyOf(asset.id));
      return { contentType, size, cache: 'immutable', version: asset.id, read };
    },
    async sweep(now, isStopped) {
      let removed = 0;
      const times = { now: new Date(now), next: new Date(now + recheck) };
      while (!isStopped()) {
        const due = await store.checkPictures(database.system, { ...times, limit: batch });
        for (const { tenantId, id } of due.filter(({ isUsed }) => !isUsed)) {
          // The file first: without its row it would not be found again.
          await files.remove({ id: tenantId }, keyOf(id));
          removed += await store.deleteAsset(database.tenant(tenantId), id);
        }
        if (due.length < batch) return removed;
      }
      return removed;
    },
  };
}

/**
 * An object store sends no Content-Security-Policy, so files that can contain scripts are offered there as a download
 * when opened directly. They still display as images on a page.
 */
const publicDisposition = (type: string): 'inline' | 'attachment' =>
  type === 'image/svg+xml' || type === 'application/zip' ? 'attachment' : 'inline';
