/**
 * HTTP: the only importer of Fastify. Owns body parsing, tenant resolution per request, validation against the contract,
 * pagination headers and the error answer. Does not own routes (features do) nor who may call them (guards are given).
 * A request enters at `createHttp`, is bound to its tenant, and reaches a feature through `Implement` or a plain route.
 */
export { type Form, parseForm } from './body.ts';
export { type Cookie, readCookie, readCookies, writeCookie } from './cookies.ts';
export { createDirectCalls, type DirectCalls } from './direct.ts';
export { createDocument, type Document } from './documents.ts';
export { retryAfter, sendError, toAldabaError, translate } from './errors.ts';
export { type Caller, type Guards, hasFullAccess } from './guards.ts';
export {
  Answer,
  type Call,
  createImplement,
  Empty,
  type Implement,
  type Page,
  Paged,
  pageOf,
} from './implement.ts';
export { Lines, readLines } from './ndjson.ts';
export { createOpenapi, type OpenapiScope } from './openapi.ts';
export { type OutagePage, sendOutage } from './outage.ts';
export { assertSameOrigin } from './same-origin.ts';
export { containsSearch, parseSearch } from './search.ts';
export { createHttp } from './server.ts';
export type { ErrorAnswers, Http, Reply, Request } from './types.ts';
export { readUpload } from './upload.ts';
