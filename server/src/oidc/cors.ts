import type { Client } from '../features/applications/applications/index.ts';
import { matchesWildcardOrigin } from '../features/applications/applications/wildcards.ts';
import type { Reply, Request } from '../http/index.ts';
import { ProtocolError } from './protocol-error.ts';

const methods = 'GET, POST, OPTIONS';
const headers = 'Authorization, Content-Type, Accept, Logto-App-Id';

/** Documents that anybody may read. */
export const allowAnyOrigin = (reply: Reply): void => {
  reply.header('access-control-allow-origin', '*');
};

/**
 * Lets a page of the calling origin read the answer, until the client is known and `checkOrigin` decides: else a single-page
 * app could not tell "wrong client id" from "no network". Never with credentials, so a foreign page learns nothing by it.
 */
export function allowCaller(request: Request, reply: Reply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  reply
    .header('access-control-allow-origin', origin)
    .header('vary', 'Origin')
    .header('access-control-expose-headers', 'WWW-Authenticate');
}

/** The answer to a preflight: the client id is in the request that follows. */
export function answerPreflight(request: Request, reply: Reply): void {
  allowCaller(request, reply);
  reply
    .header('access-control-allow-methods', methods)
    .header('access-control-allow-headers', headers)
    .header('access-control-max-age', '3600')
    .code(204)
    .send();
}

/**
 * A page may use a client from the issuer's own origin, the origins listed for the client, and those of its redirect URIs;
 * compared exactly.
 * @throws ProtocolError `invalid_request` for every other origin, before anything has changed
 */
export function checkOrigin(request: Request, reply: Reply, client: Client): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (origin === new URL(request.tenant.baseUrl).origin) return;
  const isKnown =
    origin !== 'null' &&
    (client.custom.corsAllowedOrigins?.includes(origin) === true ||
      (URL.canParse(origin) && hasOrigin(origin, client.redirectUris)));
  if (isKnown) return;
  reply.removeHeader('access-control-allow-origin');
  throw new ProtocolError('invalid_request', 'origin is not allowed for this client');
}

/** Whether a web origin belongs to one of the addresses (for CORS). */
export const hasOrigin = (origin: string, entries: readonly string[]): boolean =>
  entries.some((entry) => {
    if (entry.includes('*')) return matchesWildcardOrigin(new URL(origin), entry);
    return URL.canParse(entry) && new URL(entry).origin === origin;
  });
