/**
 * The file of breached passwords: the first 8 bytes of SHA-1 hashes in ascending order. A lookup reads three places of
 * the file and keeps nothing in memory, so a file that replaces another is used at once. A password that is not in the
 * list is taken for one that is with a probability of one in 18 billion for a list of a billion (2^30 / 2^64).
 *
 * | Bytes | Content |
 * |---|---|
 * | 64 | header: magic, version, number of entries, SHA-256 of entries and table |
 * | 65,537 × 8 | table: for each value of the first two bytes, the number of entries before it; then their total |
 * | 6 each | entries: bytes 3 to 8 of the hash; the table has the first two |
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

export const headerSize = 64;
export const buckets = 65_536;
export const tableSize = (buckets + 1) * 8;
export const entrySize = 6;
const entriesAt = headerSize + tableSize;
const magic = 'ALDABAPW';
const version = 1;
const digestAt = 24;

/** Path of the file in the data folder. */
export const breachedPasswordsFile = (dataFolder: string): string => join(dataFolder, 'breached-passwords');

/** The file is not one of breached passwords, of another version, or damaged. */
export class DamagedFile extends Error {}

interface Header {
  count: number;
  digest: Buffer;
}

export function makeHeader({ count, digest }: Header): Buffer {
  const header = Buffer.alloc(headerSize);
  header.write(magic, 'latin1');
  header.writeUInt32BE(version, 8);
  header.writeBigUInt64BE(BigInt(count), 16);
  digest.copy(header, digestAt);
  return header;
}

/**
 * Whether the file has a hash. False without a file.
 * @param hash 20 bytes
 * @throws DamagedFile, and what the system says about the file
 */
export async function fileHas(path: string, hash: Buffer): Promise<boolean> {
  const file = await openIfThere(path);
  if (!file) return false;
  try {
    const { count } = await readHeader(file);
    const bucket = hash.readUInt16BE(0);
    const bounds = await readAt(file, headerSize + bucket * 8, 16);
    const [start, end] = [Number(bounds.readBigUInt64BE(0)), Number(bounds.readBigUInt64BE(8))];
    if (start > end || end > count) throw new DamagedFile('The table is damaged.');
    const entries = await readAt(file, entriesAt + start * entrySize, (end - start) * entrySize);
    return includes(entries, hash.subarray(2, 2 + entrySize));
  } finally {
    await file.close();
  }
}

/** Binary search. */
function includes(entries: Buffer, wanted: Buffer): boolean {
  let [low, high] = [0, entries.length / entrySize];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = wanted.compare(entries, middle * entrySize, (middle + 1) * entrySize);
    if (order === 0) return true;
    if (order > 0) low = middle + 1;
    else high = middle;
  }
  return false;
}

/**
 * Reads all of the file and compares its checksum.
 * @returns undefined without a file
 * @throws DamagedFile
 */
export async function verifyFile(path: string): Promise<{ count: number; bytes: number } | undefined> {
  const file = await openIfThere(path);
  if (!file) return undefined;
  try {
    const { count, digest } = await readHeader(file);
    const sum = createHash('sha256');
    const end = entriesAt + count * entrySize;
    for (let at = entriesAt; at < end; at += chunk) sum.update(await readAt(file, at, Math.min(chunk, end - at)));
    sum.update(await readAt(file, headerSize, tableSize));
    if (!sum.digest().equals(digest)) throw new DamagedFile('The checksum is wrong.');
    return { count, bytes: end };
  } finally {
    await file.close();
  }
}

/** Bytes that are read at once. */
const chunk = 1_048_576;

async function readHeader(file: FileHandle): Promise<Header> {
  const header = await readAt(file, 0, headerSize);
  if (header.toString('latin1', 0, 8) !== magic || header.readUInt32BE(8) !== version)
    throw new DamagedFile('This is not a file of breached passwords, or of another version.');
  const count = Number(header.readBigUInt64BE(16));
  if ((await file.stat()).size !== entriesAt + count * entrySize) throw new DamagedFile('The size is wrong.');
  return { count, digest: header.subarray(digestAt, digestAt + 32) };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new DamagedFile('The file ends too early.');
  return buffer;
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
