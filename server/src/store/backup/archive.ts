import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/**
 * A gzip-compressed tar archive (POSIX.1-1988 "ustar", with GNU's type `L` for names of more than 100 bytes), so that
 * any `tar` can read it. Entries fit in memory; the caller splits large contents.
 */
const block = 512;
const longestName = 100;
/** Maximum bytes of an entry that a reader accepts; writers create much smaller ones. */
const largestEntry = 256 * 1_048_576;

export interface ArchiveWriter {
  add: (name: string, content: Buffer) => Promise<void>;
  /** Moves the finished archive to its path. */
  finish: () => Promise<void>;
  /** Removes the partial archive. */
  abandon: () => Promise<void>;
}

/**
 * Writes to a draft beside `path`, readable only by its owner, so that an interrupted backup leaves no file that looks
 * complete.
 */
export function createArchive(path: string): ArchiveWriter {
  const draft = `${path}.partial`;
  const gzip = createGzip({ level: 6 });
  const written = pipeline(gzip, createWriteStream(draft, { mode: 0o600, flags: 'w', flush: true }));
  let failure: unknown;
  written.catch((error: unknown) => {
    failure = error;
  });
  const write = async (chunk: Buffer): Promise<void> => {
    if (failure) throw failure;
    if (gzip.write(chunk)) return;
    const drained = new Promise<void>((resolve) => gzip.once('drain', resolve));
    await Promise.race([drained, written]);
  };
  const put = async (name: string, content: Buffer, type: string): Promise<void> => {
    await write(header(name, content.length, type));
    await write(content);
    const rest = content.length % block;
    if (rest > 0) await write(Buffer.alloc(block - rest));
  };
  return {
    async add(name, content) {
      if (Buffer.byteLength(name) > longestName) await put('././@LongLink', Buffer.from(`${name}\0`), 'L');
      await put(Buffer.from(name).subarray(0, longestName).toString('latin1'), content, '0');
    },
    async finish() {
      gzip.end(Buffer.alloc(2 * block));
      await written;
      await rename(draft, path);
    },
    async abandon() {
      gzip.destroy();
      await written.catch(() => undefined);
      await rm(draft, { force: true });
    },
  };
}

function header(name: string, size: number, type: string): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name, 0, longestName, 'latin1');
  bytes.write('0000600\0', 100);
  bytes.write('0000000\0', 108);
  bytes.write('0000000\0', 116);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write(
    `${Math.floor(Date.now() / 1000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  );
  bytes.write('        ', 148);
  bytes.write(type, 156);
  bytes.write('ustar\0', 257);
  bytes.write('00', 263);
  bytes.write(`${checksum(bytes).toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

const checksum = (bytes: Buffer): number => bytes.reduce((sum, byte) => sum + byte, 0);

export interface ArchiveEntry {
  name: string;
  content: Buffer;
}

/** The archive is truncated, or the file is not an archive. */
export class DamagedArchive extends Error {}

/** The entries of an archive in order. @throws DamagedArchive */
export async function* readArchive(path: string): AsyncGenerator<ArchiveEntry> {
  const source = createReadStream(path);
  const take = taker(source.pipe(createGunzip()));
  // A failing source does not end the stream that it is piped into.
  source.once('error', (error) => take.fail(error));
  try {
    let longName: string | undefined;
    for (;;) {
      const head = await take(block);
      if (head.every((byte) => byte === 0)) return;
      const size = Number.parseInt(text(head, 124, 12), 8);
      const expected = Number.parseInt(text(head, 148, 8), 8);
      head.fill(' ', 148, 156);
      if (checksum(head) !== expected || !(size <= largestEntry))
        throw new DamagedArchive('a header of the archive is damaged');
      const content = await take(size);
      await take((block - (size % block)) % block);
      if (text(head, 156, 1) === 'L') longName = content.subarray(0, -1).toString();
      else {
        yield { name: longName ?? Buffer.from(text(head, 0, longestName), 'latin1').toString(), content };
        longName = undefined;
      }
    }
  } finally {
    source.destroy();
  }
}

const text = (bytes: Buffer, from: number, length: number): string =>
  bytes
    .toString('latin1', from, from + length)
    .split('\0', 1)[0]
    ?.trim() ?? '';

/** Reads this many bytes from a stream. */
function taker(stream: NodeJS.ReadableStream & { destroy: (error?: Error) => unknown }) {
  const chunks = stream[Symbol.asyncIterator]();
  let kept: Buffer = Buffer.alloc(0);
  const take = async (size: number): Promise<Buffer> => {
    const parts: Buffer[] = [kept];
    let length = kept.length;
    while (length < size) {
      const next = await chunks.next().catch((error: Error) => {
        throw (error as { syscall?: string }).syscall ? error : new DamagedArchive(error.message, { cause: error });
      });
      if (next.done) throw new DamagedArchive('the archive ends too early');
      parts.push(next.value as Buffer);
      length += (next.value as Buffer).length;
    }
    const all = Buffer.concat(parts);
    kept = all.subarray(size);
    return Buffer.from(all.subarray(0, size));
  };
  take.fail = (error: Error) => {
    stream.destroy(error);
  };
  return take;
}
