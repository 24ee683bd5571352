/**
 * Backup and restore over a connection, without PostgreSQL's client programs. Owns the format of the archive
 * (`manifest.ts`); callers enter through `writeBackup` and `restoreBackup`.
 */
export { restoreBackup } from './restore.ts';
export { writeBackup } from './write.ts';
