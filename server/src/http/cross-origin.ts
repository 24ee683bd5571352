import type { Http } from './types.ts';

const api = /^\/(?:api|me)(?:[/?]|$)/i;
/** What a user's pages in any application may call, with a token that the user granted. */
const usersApi = /^\/api\/(?:my-account|verifications|organizations\/[^/?]+\/(?:members|roles|invitations))(?:[/?]|$)/i;
const methods = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';

/**
 * Which origins may read responses of `/api` and `/me` (Fetch standard, section 3.2): the server's own origins,
 * compared exactly, because the Console may have another of them than the API it calls; any origin for the Account API
 * and the delegated Management API.
 * Never with credentials: access depends on the page's token, not on cookies.
 */
export function allowConsole(http: Http, endpoints: readonly string[]): void {
  const known = new Set(endpoints.map((endpoint) => new URL(endpoint).origin));
  http.addHook('onRequest', async (request, reply) => {
    if (!api.test(request.url)) return undefined;
    reply.header('vary', 'Origin, Access-Control-Request-Headers');
    const { origin } = request.headers;
    if (origin === undefined || !(known.has(origin) || usersApi.test(request.url))) return undefined;
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', '*');
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return undefined;
    // A wildcard does not include `Authorization`. The listed headers decide nothing here.
    const asked = request.headers['access-control-request-headers'];
    if (asked !== undefined && /^[\w, -]+$/.test(asked)) reply.header('access-control-allow-headers', asked);
    return reply
      .header('access-control-allow-methods', methods)
      .header('access-control-max-age', '3600')
      .code(204)
      .send();
  });
}
