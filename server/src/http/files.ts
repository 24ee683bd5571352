/**
 * The one sender of static files: built files, files of packages, and uploads of tenants.
 *
 * Every file gets a content type, an entity tag for each sequence of bytes, and one of three cache rules; conditional
 * requests get 304, requests for one range 206 (RFC 9110 sections 13 and 14), text is sent compressed to clients that
 * take it. `nosniff` comes from `server.ts`. What else keeps a file safe, a Content-Security-Policy above all, its
 * owner gives as headers.
 */
import { createHash } from 'node:crypto';
import { parse as parseRange } from 'range-parser';
import { AldabaError } from '../kernel/errors.ts';
import { type Coding, type Compressed, chooseCoding, compress, compressOnce } from './coding.ts';
import { matchesEtag } from './conditional.ts';
import { isCompressible } from './content-types.ts';
import type { Reply, Request } from './types.ts';
import { addToVary } from './vary.ts';

/** How long clients may use a file without asking. */
const cacheControls = {
  /** The address names this content: a hash or an id that no other content ever gets. */
  immutable: 'public, max-age=31536000, immutable',
  /** The content may change: clients ask each time and get 304 while it has not. */
  revalidate: 'no-cache',
  /** The address names other content than this. */
  never: 'no-store',
} as const;

export interface StaticFile {
  contentType: string;
  cache: keyof typeof cacheControls;
  /** Changes whenever the bytes change: their digest, or an id whose bytes never change. Characters of base64url. */
  version: string;
  /** Bytes. */
  size: number;
  /** The bytes; undefined if the file was deleted. Not called for a 304. */
  read: () => Buffer | Promise<Buffer | undefined>;
  /** The compressed forms, if stored. Otherwise text is compressed with gzip for each response. */
  compressed?: Compressed;
}

/** Minimum size for compression in bytes; below it, compression saves nothing. */
const leastCompressed = 1024;

const nothing: readonly Coding[] = [];
const perAnswer: readonly Coding[] = ['gzip'];
const kept: readonly Coding[] = ['br', 'gzip'];

function codingsOf({ compressed, contentType, size }: StaticFile): readonly Coding[] {
  if (!isCompressible(contentType)) return nothing;
  if (compressed) return kept;
  return size < leastCompressed ? nothing : perAnswer;
}

/**
 * Answers a GET or HEAD with a file, its range, or 304.
 *
 * @param headers of the file's owner, sent with a 304 as well, because a client replaces the stored ones by these
 * @returns false, and nothing is sent, if the bytes are gone
 * @throws AldabaError `request.range_not_satisfiable`
 */
export async function sendFile(
  request: Request,
  reply: Reply,
  file: StaticFile,
  headers: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const codings = codingsOf(file);
  // A range is one of the plain bytes: compressed ones may differ from answer to answer.
  const coding = request.headers.range === undefined ? chooseCoding(request, codings) : undefined;
  const etag = `"${file.version}${coding ? `-${coding}` : ''}"`;
  const isKnown = matchesEtag(request, etag);
  const bytes = isKnown ? undefined : await readAs(file, coding);
  if (!isKnown && !bytes) return false;
  const range = bytes && rangeOf(request, reply, { etag, size: bytes.length });
  reply.headers({ ...headers, etag, 'cache-control': cacheControls[file.cache] });
  if (codings.length > 0) reply.header('vary', addToVary(reply, 'accept-encoding'));
  if (!bytes) {
    reply.code(304).send();
    return true;
  }
  reply.header('content-type', file.contentType).header('accept-ranges', 'bytes');
  if (coding) reply.header('content-encoding', coding);
  if (range) reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${bytes.length}`);
  reply.send(range ? bytes.subarray(range.start, range.end + 1) : bytes);
  return true;
}

async function readAs(file: StaticFile, coding: Coding | undefined): Promise<Buffer | undefined> {
  if (coding && file.compressed) return file.compressed[coding]();
  const bytes = await file.read();
  return bytes && coding ? compress(bytes) : bytes;
}

/**
 * The range to send (RFC 9110 section 14.2): undefined for the whole file, which is also the answer to several ranges,
 * to malformed ones, and to a range of content that has changed (section 13.1.5).
 *
 * @throws AldabaError `request.range_not_satisfiable` if the range is outside of the file
 */
function rangeOf(
  request: Request,
  reply: Reply,
  { etag, size }: { etag: string; size: number },
): { start: number; end: number } | undefined {
  const { range: header, 'if-range': condition } = request.headers;
  if (request.method !== 'GET' || header === undefined) return undefined;
  if (condition !== undefined && condition !== etag) return undefined;
  const { code, type, ranges } = parseRange(size, header);
  const isMalformed = (code & 1) !== 0;
  if (type !== 'bytes' || isMalformed || ranges.length > 1) return undefined;
  const [range] = ranges;
  if (range) return range;
  reply.header('content-range', `bytes */${size}`);
  throw new AldabaError('request.range_not_satisfiable', { size });
}

/** A version for bytes: 128 bits of their digest. */
const versionOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 22);

/** A file whose bytes stay in memory, with its compressed forms: those given, or made when they are first asked for. */
export function keepFile(
  bytes: Buffer,
  { contentType, cache, compressed }: Pick<StaticFile, 'contentType' | 'cache' | 'compressed'>,
): StaticFile {
  return {
    contentType,
    cache,
    version: versionOf(bytes),
    size: bytes.length,
    read: () => bytes,
    compressed: compressed ?? compressOnce(bytes),
  };
}

/** A text that is made for one answer, such as a page. */
export function textFile(text: string, { contentType, cache }: Pick<StaticFile, 'contentType' | 'cache'>): StaticFile {
  const bytes = Buffer.from(text);
  return { contentType, cache, version: versionOf(bytes), size: bytes.length, read: () => bytes };
}
