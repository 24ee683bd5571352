import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { buckets, entrySize, headerSize, makeHeader, tableSize, verifyFile } from './file.ts';
import { readHashes } from './list-lines.ts';

/** Bytes that are written at once. */
const blockSize = 174_762 * entrySize;

export interface Imported {
  /** Hashes in the file. */
  count: number;
  /** Size of the file. */
  bytes: number;
}

/**
 * Builds the file of breached passwords from a published list, and puts it in the place of the old one when it is
 * complete and its checksum is right. Memory does not depend on the length of the list.
 * @param source the list in bytes: a SHA-1 hash and a count per line, ordered by hash
 * @throws WrongLine for another form or order; the old file stays
 */
export async function importList(source: AsyncIterable<Buffer>, target: string): Promise<Imported> {
  const path = `${target}.${randomUUID()}.importing`;
  const file = await open(path, 'wx', 0o644);
  try {
    try {
      await write(file, source);
      await file.sync();
    } finally {
      await file.close();
    }
    const imported = await verifyFile(path);
    if (!imported) throw new Error(`${path} was deleted during the import.`);
    await rename(path, target);
    return imported;
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

async function write(file: FileHandle, source: AsyncIterable<Buffer>): Promise<void> {
  const table = Buffer.alloc(tableSize);
  const sum = createHash('sha256');
  let position = headerSize + tableSize;
  const block = Buffer.alloc(blockSize);
  let filled = 0;
  const flush = async () => {
    const part = block.subarray(0, filled);
    sum.update(part);
    await file.write(part, 0, filled, position);
    position += filled;
    filled = 0;
  };
  let [count, bucket] = [0, -1];
  const closeBuckets = (until: number) => {
    for (; bucket < until; bucket += 1) table.writeBigUInt64BE(BigInt(count), (bucket + 1) * 8);
  };
  for await (const batch of readHashes(source)) {
    for (let at = 0; at < batch.length; at += 8) {
      closeBuckets(batch.readUInt16BE(at));
      filled += batch.copy(block, filled, at + 2, at + 8);
      count += 1;
      if (filled === blockSize) await flush();
    }
  }
  await flush();
  closeBuckets(buckets);
  sum.update(table);
  await file.write(table, 0, tableSize, headerSize);
  await file.write(makeHeader({ count, digest: sum.digest() }), 0, headerSize, 0);
}
