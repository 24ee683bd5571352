import type { Http } from './types.ts';

const api = /^\/api(?:[/?]|$)/i;
/** What people's own pages of any application may call, with a token that the person gave it. */
const accountApi = /^\/api\/(?:my-account|verifications)(?:[/?]|$)/i;
const methods = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';

/**
 * Which pages of other origins may read answers of `/api` (Fetch standard, section 3.2): those of the server's own origins,
 * compared exactly, since the Console may be served from another of them than the API it calls; at the Account API any.
 * Never with credentials: what a page may do hangs on the token that it has, not on the browser's cookies.
 */
export function allowConsole(http: Http, endpoints: readonly string[]): void {
  const known = new Set(endpoints.map((endpoint) => new URL(endpoint).origin));
  http.addHook('onRequest', async (request, reply) => {
    if (!api.test(request.url)) return undefined;
    reply.header('vary', 'Origin, Access-Control-Request-Headers');
    const { origin } = request.headers;
    if (origin === undefined || !(known.has(origin) || accountApi.test(request.url))) return undefined;
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', '*');
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return undefined;
    // A star would not stand for `Authorization`. Which headers a page sends decides nothing here.
    const asked = request.headers['access-control-request-headers'];
    if (asked !== undefined && /^[\w, -]+$/.test(asked)) reply.header('access-control-allow-headers', asked);
    return reply
      .header('access-control-allow-methods', methods)
      .header('access-control-max-age', '3600')
      .code(204)
      .send();
  });
}
