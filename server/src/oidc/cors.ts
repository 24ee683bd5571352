import type { Client } from '../features/applications/applications/index.ts';
import { matchesWildcardOrigin } from '../features/applications/applications/wildcards.ts';
import type { Reply, Request } from '../http/index.ts';
import { ProtocolError } from './protocol-error.ts';

const methods = 'GET, POST, OPTIONS';
const headers = 'Authorization, Content-Type, Accept, Logto-App-Id';

/** Public documents. */
export const allowAnyOrigin = (reply: Reply): void => {
  reply.header('access-control-allow-origin', '*');
};

/**
 * Lets a page of the calling origin read the response until the client is known and `checkOrigin` decides: otherwise a
 * single-page app could not distinguish a wrong client id from a network failure. Never with credentials, so another
 * site's page learns nothing.
 */
export function allowCaller(request: Request, reply: Reply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  reply
    .header('access-control-allow-origin', origin)
    .header('vary', 'Origin')
    .header('access-control-expose-headers', 'WWW-Authenticate');
}

/** The response to a preflight, which does not contain the client id yet. */
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
 * A page may use a client from the issuer's own origin, the client's listed origins, and the origins of its redirect
 * URIs; compared exactly.
 * @throws ProtocolError `invalid_request` for every other origin, before any change
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

/** Whether a web origin belongs to one of the URIs (for CORS). */
export const hasOrigin = (origin: string, entries: readonly string[]): boolean =>
  entries.some((entry) => {
    if (entry.includes('*')) return matchesWildcardOrigin(new URL(origin), entry);
    return URL.canParse(entry) && new URL(entry).origin === origin;
  });
