import { type ErrorCode, errorCatalog } from '@aldaba/contract';
import { toAldabaError, translate } from '../http/errors.ts';
import type { Reply, Request } from '../http/types.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';

type NameOf<C> = C extends `oidc.${infer Name}` ? Name : never;
/** The protocol's error words: every `oidc.*` code of the contract. */
export type ProtocolErrorName = NameOf<ErrorCode>;

/**
 * An error of OAuth 2.0 (RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750, RFC 8707) or OpenID Connect.
 * The description is for the developer of the application; it never holds a secret or tells whether a user exists.
 */
export class ProtocolError extends Error {
  readonly error: ProtocolErrorName;
  readonly description: string;
  readonly status: number;

  constructor(error: ProtocolErrorName, description: string, options?: ErrorOptions & { status?: number }) {
    super(description, options);
    this.name = 'ProtocolError';
    this.error = error;
    this.description = description;
    this.status = options?.status ?? errorCatalog[`oidc.${error}`][0];
  }

  get code(): ErrorCode {
    return `oidc.${this.error}`;
  }

  /** The sentence for a person. */
  get sentence(): string {
    return errorCatalog[this.code][1];
  }
}

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
      : translate(new AldabaError(failure.code), request, reply);
  reply
    .code(failure.status)
    .header('cache-control', 'no-store')
    .send(wantsBareError(request) ? bare : { ...bare, code: failure.code, message });
}
