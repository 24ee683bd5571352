/**
 * File storage: the place where the bytes of uploads lie, the data folder or an S3-compatible store, as the operator
 * configured it.
 *
 * Owns the bytes under their keys, how a store is spoken to and what its failures are called. Does not own what a file is, who
 * may have it and which rows tell of it (user-assets, custom-ui-assets). Both fillings keep the promise of `FileStorage`:
 * a key is written once, and whoever reads it gets all of it or nothing.
 */
export { createDiskStorage } from './disk.ts';
export { createS3Storage, s3Host } from './s3.ts';
export type { FileKey, FileStorage } from './storage.ts';
