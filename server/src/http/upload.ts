import multipart from '@fastify/multipart';
import { AldabaError } from '../kernel/errors.ts';
import type { Http, Request } from './types.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Maximum file size in bytes that the route accepts as multipart/form-data; other routes reject that type. */
    upload?: number;
  }
}

/** Lets routes that declare it accept a file. Nothing is read before the route's guard has admitted the request. */
export function installUploads(http: Http): void {
  http.register(multipart, { limits: { files: 1, fields: 10, fieldSize: 10_000, parts: 11, headerPairs: 20 } });
  http.addHook('preParsing', async (request) => {
    const type = request.headers['content-type'] ?? '';
    if (/^multipart\//i.test(type.trim()) && request.routeOptions.config.upload === undefined)
      throw new AldabaError('guard.unsupported_media_type');
  });
}

/**
 * The file of a request to a route with `upload`. Its name comes from the sender: never use it in a path.
 * @throws AldabaError `guard.invalid_input` without a file, `guard.file_size_exceeded`
 */
export async function readUpload(request: Request): Promise<Buffer> {
  const maximum = request.routeOptions.config.upload ?? 0;
  if (!request.isMultipart()) throw new AldabaError('guard.unsupported_media_type');
  try {
    const part = await request.file({ limits: { fileSize: maximum } });
    if (part) return await part.toBuffer();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code = '' } = error as { code?: string };
    if (code === 'FST_REQ_FILE_TOO_LARGE')
      throw new AldabaError('guard.file_size_exceeded', { maximum }, { cause: error });
    throw new AldabaError('guard.invalid_input', { reason: 'the form could not be read' }, { cause: error });
  }
  throw new AldabaError('guard.invalid_input', { reason: 'the form holds no file' });
}
