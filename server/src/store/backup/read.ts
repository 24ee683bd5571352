import { createHash } from 'node:crypto';
import { DamagedArchive, readArchive } from './archive.ts';
import { type Manifest, manifestName, type Summary, secretName, summaryName } from './manifest.ts';
import { lines } from './write.ts';

export interface Verified {
  manifest: Manifest;
  summary: Summary;
  /** The secret, if the archive contains it. */
  secret: string | undefined;
}

/**
 * Reads an archive completely and compares every count and checksum, so that a truncated or damaged one changes
 * nothing.
 *
 * @throws Error with a sentence for the operator
 */
export async function verifyArchive(path: string): Promise<Verified> {
  let manifest: Manifest | undefined;
  let summary: Summary | undefined;
  let secret: string | undefined;
  const tables = createTableCounts();
  const files: Summary['files'] = {};
  try {
    for await (const { name, content } of readArchive(path)) {
      if (!manifest) manifest = parseManifest(name, content, path);
      else if (name === summaryName) summary = JSON.parse(content.toString()) as Summary;
      else if (name === secretName) secret = content.toString();
      else if (name.startsWith('files/')) files[name.slice('files/'.length)] = digest(content);
      else tables.add(tableOf(name), content);
    }
  } catch (error) {
    if (error instanceof DamagedArchive)
      throw new Error(`${path} is damaged or no backup: ${error.message}. Use another copy.`, { cause: error });
    throw error;
  }
  if (!manifest || !summary) throw new Error(`${path} is incomplete: its last part is missing. Use another copy.`);
  const isWhole =
    JSON.stringify(sorted(files)) === JSON.stringify(sorted(summary.files)) &&
    manifest.tables.every(({ name }) => JSON.stringify(tables.of(name)) === JSON.stringify(summary?.tables[name]));
  if (!isWhole) throw new Error(`${path} is damaged: its contents do not match their checksums. Use another copy.`);
  return { manifest, summary, secret };
}

const sorted = (record: Record<string, string>) =>
  Object.entries(record).toSorted(([one], [other]) => (one < other ? -1 : 1));
const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');

function parseManifest(name: string, content: Buffer, path: string): Manifest {
  const manifest = name === manifestName ? (JSON.parse(content.toString()) as Partial<Manifest>) : {};
  if (manifest.product !== 'aldaba') throw new Error(`${path} is not a backup made by "aldaba backup".`);
  if (manifest.format !== 1)
    throw new Error(`${path} was made by a newer Aldaba (format ${manifest.format}). Restore it with that version.`);
  return manifest as Manifest;
}

/** The table of an entry `tables/<table>/<number>.copy`, or undefined. */
export const tableOf = (name: string): string | undefined => /^tables\/([a-z_][a-z0-9_]*)\/\d+\.copy$/.exec(name)?.[1];

function createTableCounts() {
  const counts = new Map<string, { rows: number; bytes: number; hash: ReturnType<typeof createHash> }>();
  const none = digest(Buffer.alloc(0));
  return {
    add(table: string | undefined, content: Buffer) {
      if (table === undefined) throw new DamagedArchive('it has an entry that does not belong there');
      const count = counts.get(table) ?? { rows: 0, bytes: 0, hash: createHash('sha256') };
      count.rows += lines(content);
      count.bytes += content.length;
      count.hash.update(content);
      counts.set(table, count);
    },
    of(table: string): Summary['tables'][string] {
      const count = counts.get(table);
      if (!count) return { rows: 0, bytes: 0, sha256: none };
      return { rows: count.rows, bytes: count.bytes, sha256: count.hash.copy().digest('hex') };
    },
  };
}
