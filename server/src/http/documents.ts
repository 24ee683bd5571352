import { createHash } from 'node:crypto';
import { chooseCoding, compressOnce } from './coding.ts';
import { matchesEtag } from './conditional.ts';
import { Answer, Empty, Encoded } from './implement.ts';
import type { Reply, Request } from './types.ts';
import { addToVary } from './vary.ts';

/**
 * A large JSON document whose bytes are generated once and sent to every caller, compressed if the caller accepts it.
 */
export interface Document {
  /** Sends the bytes, or 304 if the client's copy is current (RFC 9110 section 13.1.2). */
  answer: (request: Request, reply: Reply) => Promise<Answer<200, Encoded<Record<string, unknown>>> | Empty<304>>;
}

/** @param json the document's text */
export function createDocument(json: string): Document {
  const plain = Buffer.from(json);
  const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 27);
  const compressed = compressOnce(plain);
  return {
    async answer(request, reply) {
      const coding = chooseCoding(request, ['br', 'gzip']);
      // One tag per sequence of bytes.
      const tag = `"${etag}${coding ? `-${coding}` : ''}"`;
      reply
        .header('etag', tag)
        .header('cache-control', 'public, no-cache')
        .header('vary', addToVary(reply, 'accept-encoding'));
      if (matchesEtag(request, tag)) return new Empty(304);
      reply.header('content-type', 'application/json; charset=utf-8');
      if (coding === undefined) return new Answer(200, new Encoded(plain));
      reply.header('content-encoding', coding);
      return new Answer(200, new Encoded(await compressed[coding]()));
    },
  };
}
