import { pino } from 'pino';
import { currentOrigin } from './origin.ts';

/** Structured log: fields first, then a sentence. Values are JSON-escaped, which prevents log injection. */
export interface Log {
  debug: (fields: object, message: string) => void;
  info: (fields: object, message: string) => void;
  warn: (fields: object, message: string) => void;
  error: (fields: object, message: string) => void;
}

/** Names of secret values, one and two levels deep. */
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
 * JSON lines; secrets are masked here, whatever a caller passes.
 * @param to file descriptor: standard output for a server, standard error for a command, whose standard output is its
 *   result
 */
export const createLog = (level: string, to = 1): Log =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Lines logged during a request can be found by the id in its response.
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
