import type { Http } from './http/index.ts';

/** THE TABLE: every surface of the server, one line each. */
export function mountRoutes(http: Http): void {
  http.get('/api/status', async (_request, reply) => reply.code(204).send());
}
