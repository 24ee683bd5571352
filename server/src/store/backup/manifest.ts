/**
 * The archive of a backup, format 1: entries in this order.
 *
 * - `manifest.json`: `Manifest`, the contents of the archive and the requirements of a restore
 * - `tables/<table>/<number>.copy`: rows in PostgreSQL's COPY text format with the manifest's columns, in parts of a
 *   few MB
 * - `files/<path>`: uploads, by their path in the data folder, where they are stored there
 * - `secret`: the content of `ALDABA_SECRET`, only on request
 * - `summary.json`: `Summary`, counts and checksums of the entries before it; an archive without it is incomplete
 */
export interface Manifest {
  product: 'aldaba';
  format: 1;
  /** ISO 8601. */
  createdAt: string;
  /**
   * Version of the PostgreSQL server, for information: the archive can be restored to every version that Aldaba
   * supports.
   */
  postgres: string;
  /** Names of the migrations in the schema. */
  migrations: string[];
  /** Identifies the secret of the sealed values without revealing it. */
  secretFingerprint: string;
  hasSecret: boolean;
  /** False if uploads are in a bucket. */
  hasFiles: boolean;
  tables: { name: string; columns: string[] }[];
  /** Weekly partitions of the audit log, `logs_<Monday>`. */
  partitions: string[];
}

export interface Summary {
  tables: Record<string, { rows: number; bytes: number; sha256: string }>;
  files: Record<string, string>;
}

export const manifestName = 'manifest.json';
export const summaryName = 'summary.json';
export const secretName = 'secret';
/** Folders of the data folder that contain uploads. */
export const fileFolders = ['user-assets', 'custom-ui'] as const;

export const toJson = (value: Manifest | Summary): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
