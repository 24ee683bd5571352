/**
 * File storage: stores the files of uploads in the data folder or an S3-compatible store, as the operator configured
 * it.
 *
 * Owns the files under their keys, the protocol of the store and its errors. Does not own file types, access or the
 * rows that refer to files (user-assets, custom-ui-assets). Both implementations keep the promise of `FileStorage`: a
 * key is written once, and a read returns all of it or nothing.
 */
export { createDiskStorage } from './disk.ts';
export { createS3Storage, s3Host } from './s3.ts';
export type { FileKey, FileStorage } from './storage.ts';
