/**
 * HTTP: the only importer of Fastify. Owns body parsing, tenant resolution per request, validation against the
 * contract, pagination headers, static files and the error response. Does not own routes (features do) or authorization
 * (guards are passed in). A request enters at `createHttp`, is bound to its tenant, and reaches a feature through
 * `Implement` or a plain route.
 */
export type { Caller } from './guards.ts';
export type { Implement } from './implement.ts';
export type { OutagePage } from './outage.ts';
export type { Http, Reply, Request } from './types.ts';
