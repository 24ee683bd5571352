import type { Tenant } from '../../tenancy/index.ts';

/**
 * Where a file lies: what it belongs to, then ids and digests that this server made. Nothing of a request becomes part of it.
 */
export type FileKey = readonly [area: 'user-assets' | 'custom-ui', ...ids: string[]];

interface NewFile {
  key: FileKey;
  bytes: Buffer;
  contentType: string;
  /** What a browser is told to do with the file at its public address, where it has one. */
  disposition: 'inline' | 'attachment';
}

type Place = Pick<Tenant, 'id'>;

/** Keeps files of tenants. A key is written once: its content never changes, so everything may be repeated. */
export interface FileStorage {
  /** @throws AldabaError `storage.unavailable`, `storage.refused` */
  put(tenant: Place, file: NewFile): Promise<void>;
  /** The whole file, at most 20 MiB; undefined when there is none. @throws AldabaError `storage.…` */
  get(tenant: Place, key: FileKey): Promise<Buffer | undefined>;
  /** Does nothing when there is no such file. @throws AldabaError `storage.…` */
  remove(tenant: Place, key: FileKey): Promise<void>;
  /** The address where everybody can get the file without this server; undefined where there is none. */
  publicUrl(tenant: Place, key: FileKey): string | undefined;
}

/** The key as a relative path. @throws Error for a key that could leave its place, which no caller makes */
export function pathOf(key: FileKey): string {
  if (!key.every((part) => /^[A-Za-z0-9_-]{1,128}$/.test(part))) throw new Error('A file key holds ids only.');
  return key.join('/');
}
