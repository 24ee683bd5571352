import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';
import type { Request } from './types.ts';

/** A content coding that answers are sent in. */
export type Coding = 'br' | 'gzip';

/**
 * The coding to send, of those that are offered, the preferred one first; undefined for the plain bytes
 * (RFC 9110 section 12.5.3).
 */
export function chooseCoding(request: Request, offered: readonly Coding[]): Coding | undefined {
  const header = String(request.headers['accept-encoding'] ?? '').toLowerCase();
  const chosen = negotiate(header, [...offered, 'identity']);
  return chosen === 'identity' ? undefined : ((chosen as Coding | null) ?? undefined);
}

const asGzip = promisify(gzip);
const asBrotli = promisify(brotliCompress);

/** Compresses in the thread pool, fast enough to be done for each answer. */
export const compress = (bytes: Uint8Array): Promise<Buffer> => asGzip(bytes);

/** The compressed forms of bytes that are sent many times. */
export type Compressed = Readonly<Record<Coding, () => Buffer | Promise<Buffer>>>;

/** Compresses in the thread pool when a form is first asked for; concurrent callers wait for the same bytes. */
export function compressOnce(bytes: Uint8Array): Compressed {
  let brotli: Promise<Buffer> | undefined;
  let gzipped: Promise<Buffer> | undefined;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return {
    br: () => (brotli ??= asBrotli(bytes, quality)),
    gzip: () => (gzipped ??= asGzip(bytes)),
  };
}
