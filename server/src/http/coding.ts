import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';
import type { Request } from './types.ts';

/** A content coding of responses. */
export type Coding = 'br' | 'gzip';

/**
 * The coding to send, from the offered ones, preferred first; undefined for uncompressed bytes (RFC 9110 section
 * 12.5.3).
 */
export function chooseCoding(request: Request, offered: readonly Coding[]): Coding | undefined {
  const header = String(request.headers['accept-encoding'] ?? '').toLowerCase();
  const chosen = negotiate(header, [...offered, 'identity']);
  return chosen === 'identity' ? undefined : ((chosen as Coding | null) ?? undefined);
}

const asGzip = promisify(gzip);
const asBrotli = promisify(brotliCompress);

/** Compresses in the thread pool, fast enough for every response. */
export const compress = (bytes: Uint8Array): Promise<Buffer> => asGzip(bytes);

/** The compressed forms of bytes that are sent many times. */
export type Compressed = Readonly<Record<Coding, () => Buffer | Promise<Buffer>>>;

/** Compresses in the thread pool on first use; concurrent callers share the result. */
export function compressOnce(bytes: Uint8Array): Compressed {
  let brotli: Promise<Buffer> | undefined;
  let gzipped: Promise<Buffer> | undefined;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return {
    br: () => (brotli ??= asBrotli(bytes, quality)),
    gzip: () => (gzipped ??= asGzip(bytes)),
  };
}
