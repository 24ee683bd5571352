import type { ErrorCode } from '@aldaba/contract';
import { toAldabaError, translate } from '../http/errors.ts';
import type { Reply, Request } from '../http/types.ts';
import type { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { ProtocolError, type ProtocolErrorName } from './protocol-error.ts';

/** Shapes that the HTTP layer refused (null bytes, bad UTF-8, too large) are `invalid_request` in the protocol's words. */
const nameOfCode: Partial<Record<ErrorCode, ProtocolErrorName>> = {
  'guard.invalid_input': 'invalid_request',
  'guard.payload_too_large': 'invalid_request',
  'guard.unsupported_media_type': 'invalid_request',
  'request.overloaded': 'temporarily_unavailable',
  'request.unavailable': 'temporarily_unavailable',
  'request.internal': 'server_error',
};

/** Any thrown value as a protocol error, or as it is when it belongs to another surface (unknown tenant, unknown path). */
export function toProtocolError(error: unknown, request: Request, log: Log): ProtocolError | AldabaError {
  if (error instanceof ProtocolError) return error;
  const failure = toAldabaError(error, request, log);
  const name = nameOfCode[failure.code];
  if (!name) return failure;
  // What went wrong inside stays inside: the log has it.
  const description = name === 'server_error' ? 'an internal error occurred' : failure.message;
  return new ProtocolError(name, description, { status: failure.status, cause: error });
}

/** Whether the client asked for the bare OAuth error object, without our `code` and `message`. */
const wantsBareError = (request: Request): boolean =>
  (request.query as Record<string, unknown> | undefined)?.parse_error === 'false';

/** The JSON error answer: `{error, error_description, code, message}`. */
export function sendProtocolError(error: unknown, request: Request, reply: Reply, log: Log): void {
  const failure = toProtocolError(error, request, log);
  if (!(failure instanceof ProtocolError)) {
    reply.code(failure.status).send({ ...failure.toBody(), message: translate(failure, request, reply) });
    return;
  }
  // The description is for developers, in English (RFC 6749 section 5.2 allows ASCII only); the message is for people.
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
