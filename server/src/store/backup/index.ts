/**
 * Backup and restore over a connection, without PostgreSQL's client programs. Owns the format of the archive (`manifest.ts`); enters at
 * `writeBackup` and `restoreBackup`.
 */
export { type RestoreResult, restoreBackup } from './restore.ts';
export { type BackupResult, writeBackup } from './write.ts';
