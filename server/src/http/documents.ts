import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { acceptsCoding, addToVary } from './coding.ts';
import { Answer, Empty, Encoded } from './implement.ts';
import type { Reply, Request } from './types.ts';

const packGzip = promisify(gzip);
const packBrotli = promisify(brotliCompress);

/** A large JSON document whose bytes are made once and sent to every caller, compressed if the caller takes it. */
export interface Document {
  /** Answers with the bytes, or 304 where the caller has them already (RFC 9110 section 13.1.2). */
  answer(request: Request, reply: Reply): Promise<Answer<200, Encoded<Record<string, unknown>>> | Empty<304>>;
}

/** @param json the document's text */
export function createDocument(json: string): Document {
  const plain = Buffer.from(json);
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 27);
  // In the thread pool, once: callers that come before it is done wait for the same bytes.
  let brotli: Promise<Buffer> | undefined;
  let zipped: Promise<Buffer> | undefined;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } };
  const variants = {
    br: () => (brotli ??= packBrotli(plain, quality)),
    gzip: () => (zipped ??= packGzip(plain)),
  };
  return {
    async answer(request, reply) {
      const coding = acceptsCoding(request, 'br') ? 'br' : acceptsCoding(request, 'gzip') ? 'gzip' : undefined;
      // One tag for each sequence of bytes.
      const tag = `"${etag}${coding ? `-${coding}` : ''}"`;
      reply
        .header('etag', tag)
        .header('cache-control', 'public, no-cache')
        .header('vary', addToVary(reply, 'accept-encoding'));
      const known = String(request.headers['if-none-match'] ?? '')
        .split(',')
        .map((one) => one.trim().replace(/^W\//, ''));
      if (known.includes(tag) || known.includes('*')) return new Empty(304);
      reply.header('content-type', 'application/json; charset=utf-8');
      if (coding === undefined) return new Answer(200, new Encoded(plain));
      reply.header('content-encoding', coding);
      return new Answer(200, new Encoded(await variants[coding]()));
    },
  };
}
