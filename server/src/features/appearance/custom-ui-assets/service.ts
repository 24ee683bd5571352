import { createHash } from 'node:crypto';
import type { SignInExperience } from '@aldaba/contract';
import { contentTypeOf } from '../../../http/content-types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { standardId } from '../../../kernel/ids.ts';
import type { Log } from '../../../kernel/log.ts';
import type { FileKey, FileStorage } from '../../../services/file-storage/index.ts';
import type { CacheRegistry, Database, Queries, Transaction } from '../../../store/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import { type ArchiveFile, readArchive } from './archive.ts';
import { type CustomUiFile, deleteOldAssets, findFiles, insertAssets } from './store.ts';

export interface CustomUiAssetsNeeds {
  database: Database;
  caches: CacheRegistry;
  files: FileStorage;
  log: Log;
}

export interface CustomUiAssets {
  /**
   * Stores the files of a zip archive and returns the id of the upload. Deletes earlier uploads except the newest ones
   * and the active one.
   * @throws AldabaError `custom_ui.…`, `storage.…`
   */
  upload: (tenant: Tenant, archive: Buffer, settings: ActivePages) => Promise<string>;
  exists: (q: Queries, id: string) => Promise<boolean>;
  /** The file of a tenant's upload at a path. */
  find: (tenant: Tenant, id: string, path: string) => Promise<CustomUiFile | undefined>;
  /** @throws AldabaError `storage.…` */
  read: (tenant: Tenant, id: string, file: CustomUiFile) => Promise<Buffer | undefined>;
}

/** The settings that name the active upload, locked so that no other becomes active until the transaction ends. */
export interface ActivePages {
  lock: (tx: Transaction) => Promise<Pick<SignInExperience, 'customUiAssets'>>;
}

/** Uploads kept in addition to the active one, for rollback. */
const keptUploads = 10;
/** Files that are unpacked and stored concurrently. */
const batchSize = 8;

const keyOf = (id: string, digest: string): FileKey => ['custom-ui', id, digest];

export function createCustomUiAssets({ database, caches, files, log }: CustomUiAssetsNeeds): CustomUiAssets {
  // An upload is immutable.
  const uploads = caches.create<ReadonlyMap<string, CustomUiFile>>({
    name: 'custom-ui-assets',
    maximum: 200,
    maximumAge: 600_000,
    load: async (tenantId, id) => {
      const found = await findFiles(database.tenant(tenantId), id);
      return found && new Map(found.map((file) => [file.path, file]));
    },
  });
  /**
   * Deletes files that no row refers to any more. A failure leaves only unused files, so it is logged and not thrown.
   */
  const discard = async (tenant: Tenant, id: string, digests: Iterable<string>) => {
    for (const digest of new Set(digests)) {
      try {
        await files.remove(tenant, keyOf(id, digest));
      } catch (error) {
        if (!(error instanceof AldabaError)) throw error;
        log.warn({ tenant: tenant.id, upload: id, reason: error.code }, 'A file of an old upload could not be removed');
        return;
      }
    }
  };
  return {
    upload: async (tenant, archive, settings) => {
      const id = standardId();
      const stored: CustomUiFile[] = [];
      const keep = async (file: ArchiveFile) => {
        const bytes = await file.read();
        const digest = createHash('sha256').update(bytes).digest('base64url');
        const contentType = contentTypeOf(file.path);
        stored.push({ path: file.path, contentType, size: bytes.length, digest });
        await files.put(tenant, { key: keyOf(id, digest), bytes, contentType, disposition: 'attachment' });
      };
      try {
        const found = await readArchive(archive);
        for (let at = 0; at < found.length; at += batchSize)
          await allSettled(found.slice(at, at + batchSize).map(keep));
        await insertAssets(tenant.db, { id, files: stored });
      } catch (error) {
        await discard(tenant, id, digestsOf(stored));
        throw error;
      }
      const old = await tenant.db.transaction(async (tx) => {
        const { customUiAssets: active } = await settings.lock(tx);
        return deleteOldAssets(tx, { kept: keptUploads, inUse: active?.id });
      });
      for (const upload of old) await discard(tenant, upload.id, digestsOf(upload.files));
      return id;
    },
    exists: async (q, id) => (await findFiles(q, id)) !== undefined,
    find: async (tenant, id, path) => (await uploads.get(tenant.id, id))?.get(path),
    read: (tenant, id, { digest }) => files.get(tenant, keyOf(id, digest)),
  };
}

const digestsOf = (files: readonly CustomUiFile[]): string[] => files.map(({ digest }) => digest);

/** Like `Promise.all`, but waits for all to settle before it throws. */
async function allSettled(work: Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}
