import multipart from '@fastify/multipart';
import { AldabaError } from '../kernel/errors.ts';
import type { Http, Request } from './types.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Maximum file size in bytes that the route accepts as multipart/form-data; other routes reject that type. */
    upload?: number;
    /** Whether the file comes with fields of a form, which become the body before the route's handler runs. */
    isForm?: boolean;
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
  http.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.isForm && request.isMultipart()) await readForm(request);
  });
}

const uploaded = new WeakMap<object, Buffer | AldabaError>();

/**
 * The file that came with a form; undefined if none did.
 * @throws AldabaError `guard.invalid_input`, `guard.file_size_exceeded`
 */
export function uploadedFile(request: object): Buffer | undefined {
  const file = uploaded.get(request);
  if (file instanceof AldabaError) throw file;
  return file;
}

/** Fields and their bytes of a form with a file: a sign-up may ask for more than other forms. */
const formLimits = { files: 1, fields: 100, fieldSize: 10_000, parts: 101 };

/** Reads a form with a file. What is wrong with it is for the handler to answer: it knows the page. */
async function readForm(request: Request): Promise<void> {
  const maximum = request.routeOptions.config.upload ?? 0;
  const fields = new Map<string, string>();
  try {
    for await (const part of request.parts({ limits: { ...formLimits, fileSize: maximum } })) {
      if (part.type === 'file') uploaded.set(request, await part.toBuffer());
      else if (typeof part.value === 'string') fields.set(part.fieldname, part.value);
    }
  } catch (error) {
    uploaded.set(request, formError(error, maximum));
  } finally {
    request.body = Object.fromEntries(fields);
  }
}

function formError(error: unknown, maximum: number): AldabaError {
  if (!(error instanceof Error)) throw error;
  const { code = '' } = error as { code?: string };
  if (code === 'FST_REQ_FILE_TOO_LARGE')
    return new AldabaError('guard.file_size_exceeded', { maximum }, { cause: error });
  return new AldabaError('guard.invalid_input', { reason: 'the form could not be read' }, { cause: error });
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
    throw formError(error, maximum);
  }
  throw new AldabaError('guard.invalid_input', { reason: 'the form holds no file' });
}
