import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { AldabaError } from '../../../kernel/errors.ts';

/** A file of an archive that was inspected but not unpacked yet. */
export interface ArchiveFile {
  /** Relative, with `/` between segments; no segment is `..`. */
  path: string;
  /** Bytes, unpacked. */
  size: number;
  /** @throws AldabaError `custom_ui.archive_invalid` if the bytes do not match the directory */
  read: () => Promise<Buffer>;
}

/** Files and folders in an archive. */
const maximumEntries = 1000;
/** Unpacked bytes of all files together. */
const maximumSize = 50 * 1_048_576;
/** Unpacked bytes of one file; equals the read limit of the file storage. */
const maximumFileSize = 20 * 1_048_576;

/**
 * Inspects the directory of a zip archive before unpacking. Declared sizes are summed first and enforced while reading,
 * which stops zip bombs. Paths outside the archive, links and special files are rejected, even though the archive's
 * names are never used as paths on disk.
 *
 * @throws AldabaError `custom_ui.…`
 */
export async function readArchive(bytes: Buffer): Promise<ArchiveFile[]> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true, decodeStrings: false, autoClose: false }).catch(
    (cause: unknown) => invalid('its directory cannot be read', cause),
  );
  const files = new Map<string, ArchiveFile>();
  let entries = 0;
  let size = 0;
  for await (const entry of entriesOf(zip)) {
    entries += 1;
    if (entries > maximumEntries) throw new AldabaError('custom_ui.too_many_files', { maximum: maximumEntries });
    const path = pathOf(entry);
    if (!isFile(entry, path)) continue;
    if (files.has(path)) invalid(`${path} is in it twice`);
    if (entry.uncompressedSize > maximumFileSize)
      throw new AldabaError('custom_ui.file_too_large', { path, maximum: maximumFileSize });
    size += entry.uncompressedSize;
    if (size > maximumSize) throw new AldabaError('custom_ui.too_large', { maximum: maximumSize });
    files.set(path, { path, size: entry.uncompressedSize, read: () => read(zip, entry, path) });
  }
  if (!files.has('index.html')) throw new AldabaError('custom_ui.index_missing');
  return [...files.values()];
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  const entries = zip.eachEntry();
  for (;;) {
    const next = await entries.next().catch((cause: unknown) => invalid('its directory cannot be read', cause));
    if (next.done) return;
    yield next.value;
  }
}

/**
 * @throws AldabaError `custom_ui.path_not_allowed` for absolute paths, `..`, backslashes, drives and control characters
 */
function pathOf({ fileNameRaw }: Entry): string {
  const refuse = (): never => {
    throw new AldabaError('custom_ui.path_not_allowed', { path: fileNameRaw.toString('latin1').slice(0, 200) });
  };
  let name: string;
  try {
    name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fileNameRaw);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse();
  }
  const segments = name.replace(/\/$/, '').split('/');
  const isPlain = (segment: string) => /^[^\p{Cc}\\:]+$/u.test(segment) && segment !== '.' && segment !== '..';
  return name.length <= 512 && segments.every(isPlain) ? name : refuse();
}

const unixKinds = 0o170000;
const regularFile = 0o100000;
const folder = 0o040000;

/**
 * Whether the entry is a file, not a folder.
 * @throws AldabaError `custom_ui.link_not_allowed`, `custom_ui.archive_invalid`
 */
function isFile(entry: Entry, path: string): boolean {
  // The upper half holds the Unix mode; it is 0 in archives made on other systems.
  const kind = (entry.externalFileAttributes >>> 16) & unixKinds;
  if (kind !== 0 && kind !== regularFile && kind !== folder)
    throw new AldabaError('custom_ui.link_not_allowed', { path });
  if (kind === folder || path.endsWith('/')) return false;
  if (!entry.canDecodeFileData()) invalid(`${path} is encrypted or packed in an unknown way`);
  return true;
}

async function read(zip: ZipFile, entry: Entry, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    // Fails as soon as a file exceeds its declared size.
    const stream: Readable = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) chunks.push(chunk as Buffer);
  } catch (cause) {
    invalid(`${path} is damaged`, cause);
  }
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) invalid(`${path} is damaged`);
  return bytes;
}

function invalid(reason: string, cause?: unknown): never {
  throw new AldabaError('custom_ui.archive_invalid', { reason }, { cause });
}
