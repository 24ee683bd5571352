/** Bodies with one JSON document per line (application/x-ndjson), read and written as streams. */
import { Readable } from 'node:stream';
import { AldabaError } from '../kernel/errors.ts';
import { allowLongBody } from './connections.ts';
import type { Http, Request } from './types.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route accepts lines; other routes reject the type. */
    takesLines?: boolean;
  }
}

const type = 'application/x-ndjson';

/** Lets routes that declare it accept lines. Nothing is read before the route's guard has admitted the request. */
export function installLines(http: Http): void {
  http.addContentTypeParser(type, (request, payload, done) => {
    if (request.routeOptions.config.takesLines) done(null, payload);
    else done(new AldabaError('guard.unsupported_media_type'));
  });
}

/** The bytes of such a body. @throws AldabaError `guard.unsupported_media_type` for a body of another type */
export function readLines(request: Request): AsyncIterable<Buffer> {
  if (!(request.body instanceof Readable)) throw new AldabaError('guard.unsupported_media_type');
  allowLongBody(request);
  return request.body;
}

/** A response that is sent line by line, as fast as the client reads. */
export class Lines<Item = unknown> {
  readonly type = `${type}; charset=utf-8`;
  readonly stream: Readable;
  constructor(items: AsyncIterable<Item>) {
    this.stream = Readable.from(serialize(items), { objectMode: false });
  }
}

async function* serialize(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(item)}\n`;
}
