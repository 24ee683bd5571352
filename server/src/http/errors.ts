import type { ErrorBody, ErrorCode, PlainErrorCode } from '@aldaba/contract';
import { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Reply, Request, TranslatableError } from './types.ts';
import { addToVary } from './vary.ts';

/** Statuses of Fastify's own errors, as codes of the contract. */
const codeOfStatus: Readonly<Record<number, PlainErrorCode | 'guard.invalid_input'>> = {
  400: 'guard.invalid_input',
  404: 'request.not_found',
  405: 'request.method_not_allowed',
  413: 'guard.payload_too_large',
  // A path parameter longer than any id.
  414: 'request.not_found',
  415: 'guard.unsupported_media_type',
};

/**
 * Converts any thrown value to an error of the contract. Unknown errors are logged in full and returned as
 * `request.internal` without details.
 */
export function toAldabaError(error: unknown, request: Request, log: Log): AldabaError {
  if (error instanceof AldabaError) return error;
  const status = error instanceof Error ? (error as { statusCode?: unknown }).statusCode : undefined;
  const code = typeof status === 'number' ? codeOfStatus[status] : undefined;
  if (code === 'guard.invalid_input')
    return new AldabaError(code, { reason: 'the request could not be read' }, { cause: error });
  if (code) return new AldabaError(code, undefined, { cause: error });
  log.error(
    {
      err: error,
      requestId: request.id,
      method: request.method,
      route: request.routeOptions?.url,
      tenant: request.tenant?.id,
    },
    'A request failed',
  );
  return new AldabaError('request.internal', undefined, { cause: error });
}

/** The single exit of JSON surfaces: `{code, message, data?}` with the catalog's status, or the route's override. */
export function sendError(
  error: unknown,
  request: Request,
  reply: Reply,
  options: { log: Log; statuses?: Partial<Record<ErrorCode, number>> | undefined },
): void {
  const failure = toAldabaError(error, request, options.log);
  const wait = retryAfter(failure);
  if (wait !== undefined) reply.header('retry-after', String(wait));
  const body: ErrorBody = failure.toBody();
  if (request.headers['accept-language'] !== undefined) body.message = translate(failure, request, reply);
  reply.code(options.statuses?.[failure.code] ?? failure.status).send(body);
}

/**
 * Seconds for `Retry-After` (RFC 9110 section 10.2.3) of errors that ask the caller to wait; undefined for other
 * errors. `server.ts` sets it for every 503.
 */
export function retryAfter({ status, data }: AldabaError): number | undefined {
  const seconds = data && 'seconds' in data ? data.seconds : undefined;
  return status === 429 && typeof seconds === 'number' ? Math.max(1, Math.ceil(seconds)) : undefined;
}

/**
 * The sentence in the language of `Accept-Language`, with a matching `Content-Language` header. English if the language
 * is not supported.
 */
export function translate(error: TranslatableError, request: Request, reply: Reply): string {
  const answers = request.server.errorAnswers;
  if (!answers) return error.message;
  const { language, sentence } = answers.sentence(request, error);
  reply.header('content-language', language).header('vary', addToVary(reply, 'Accept-Language'));
  return sentence;
}
