import type { ErrorCode } from '@aldaba/contract';
import { toAldabaError, translate } from '../http/errors.ts';
import type { Reply, Request } from '../http/types.ts';
import type { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { ProtocolError, type ProtocolErrorName } from './protocol-error.ts';

/** Requests that the HTTP layer rejects (null bytes, invalid UTF-8, too large) become `invalid_request`. */
const nameOfCode: Partial<Record<ErrorCode, ProtocolErrorName>> = {
  'guard.invalid_input': 'invalid_request',
  'guard.payload_too_large': 'invalid_request',
  'guard.unsupported_media_type': 'invalid_request',
  'request.overloaded': 'temporarily_unavailable',
  'request.unavailable': 'temporarily_unavailable',
  'request.internal': 'server_error',
};

/**
 * Converts a thrown value to a protocol error; errors of another surface (unknown tenant, unknown path) stay as they
 * are.
 */
export function toProtocolError(error: unknown, request: Request, log: Log): ProtocolError | AldabaError {
  if (error instanceof ProtocolError) return error;
  const failure = toAldabaError(error, request, log);
  const name = nameOfCode[failure.code];
  if (!name) return failure;
  // Internal details go to the log only.
  const description = name === 'server_error' ? 'an internal error occurred' : failure.message;
  return new ProtocolError(name, description, { status: failure.status, cause: error });
}

/** Whether the client requested the plain OAuth error object, without `code` and `message`. */
const wantsBareError = (request: Request): boolean =>
  (request.query as Record<string, unknown> | undefined)?.parse_error === 'false';

/** The JSON error response: `{error, error_description, code, message}`. */
export function sendProtocolError(error: unknown, request: Request, reply: Reply, log: Log): void {
  const failure = toProtocolError(error, request, log);
  if (!(failure instanceof ProtocolError)) {
    reply.code(failure.status).send({ ...failure.toBody(), message: translate(failure, request, reply) });
    return;
  }
  // The description is for developers, in English (RFC 6749 section 5.2 allows ASCII only); the message is for users.
  const bare = { error: failure.error, error_description: failure.description };
  const message =
    request.headers['accept-language'] === undefined
      ? failure.sentence
      : translate({ code: failure.code, data: undefined, message: failure.sentence }, request, reply);
  reply
    .code(failure.status)
    .header('cache-control', 'no-store')
    .send(wantsBareError(request) ? bare : { ...bare, code: failure.code, message });
}
