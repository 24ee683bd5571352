import { pino } from 'pino';
import { currentOrigin } from './origin.ts';

/** Structured log: fields first, then a sentence. Values are JSON-escaped, so nobody can forge a line. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Names that carry secrets wherever they stand, one and two levels deep. */
const secretNames = [
  'password',
  'secret',
  'client_secret',
  'code',
  'code_verifier',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'authorization',
  'cookie',
  'set-cookie',
  'appSecret',
  'secretAccessKey',
  'S3_SECRET_ACCESS_KEY',
  'parameters',
];

/**
 * JSON lines; secrets are masked here, whatever a caller hands over.
 * @param to file descriptor: standard output for a server, standard error for a command, whose standard output is its answer
 */
export const createLog = (level: string, to: 1 | 2 = 1): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // What is logged while a request is served can be found by the id on its answer.
      mixin: () => {
        const requestId = currentOrigin()?.requestId;
        return requestId === undefined ? {} : { requestId };
      },
      redact: {
        paths: secretNames.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
        censor: '[masked]',
      },
    },
    pino.destination(to),
  );
