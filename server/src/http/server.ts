import type { IncomingMessage } from 'node:http';
import Fastify from 'fastify';
import { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { type Origin, withOrigin } from '../kernel/origin.ts';
import { defaultTenantId } from '../tenancy/address.ts';
import type { Tenancy, Tenant } from '../tenancy/service.ts';
import { installBodyParsers } from './body.ts';
import {
  type ConnectionLimits,
  defaultConnectionLimits,
  idleTimeout,
  limitConnections,
  nodeOptionsOf,
  refuseConnection,
} from './connections.ts';
import { allowConsole } from './cross-origin.ts';
import { sendError, toAldabaError } from './errors.ts';
import { installLines } from './ndjson.ts';
import { RequestOrigin } from './origin.ts';
import { isOutage, isVisit, type OutagePage, sendOutage } from './outage.ts';
import type { PlaceHeaders } from './place.ts';
import { createProxies } from './proxies.ts';
import { createRequestIds, requestIdHeader } from './request-id.ts';
import type { ErrorAnswers, Http, Reply, Request } from './types.ts';
import { installUploads } from './upload.ts';

/** Maximum bytes of a request body, unless a route overrides it: enough for every form of an anonymous caller. */
const bodyLimit = 32 * 1024;

/**
 * The HTTP server without routes: tenant resolution, body parsing, error responses, security headers. `routes.ts` adds
 * routes, in one encapsulated scope per surface.
 */
export function createHttp(options: {
  tenancy: Tenancy;
  log: Log;
  trustedProxies: string[];
  /** Headers in which those proxies report the origin of a request; none by default. */
  placeHeaders?: PlaceHeaders;
  /** URLs of the server itself: pages of their origins may call `/api`. */
  endpoints?: readonly string[];
  connectionLimits?: ConnectionLimits;
  /** The page for browsers while the database is unavailable, or at an address without a tenant. */
  outagePage?: OutagePage;
  errorAnswers?: ErrorAnswers;
}): Http {
  const { tenancy, log, placeHeaders = {}, connectionLimits = defaultConnectionLimits } = options;
  const proxies = createProxies(options.trustedProxies);
  const http = Fastify({
    logger: false,
    bodyLimit,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    genReqId: createRequestIds(),
    // The tenant's prefix is removed before routing, so that every route is declared once without prefixes.
    rewriteUrl: (request) => {
      const place = tenancy.locate({
        url: request.url ?? '/',
        host: request.headers.host,
        forwardedHost: proxies.forwarded(request as IncomingMessage, 'x-forwarded-host'),
        forwardedPort: proxies.forwarded(request as IncomingMessage, 'x-forwarded-port'),
      });
      (request as { aldabaTenant?: string | undefined }).aldabaTenant = place.tenantId;
      return place.path;
    },
    http: nodeOptionsOf(connectionLimits),
    requestTimeout: connectionLimits.requestTimeout,
    connectionTimeout: idleTimeout,
    forceCloseConnections: 'idle',
    // Unroutable addresses (invalid percent-encoding, a parameter that is too long) also get our error body.
    frameworkErrors: (error, request, reply) => {
      reply.header(requestIdHeader, request.id);
      sendError(error, request as Request, reply as Reply, { log });
    },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, log),
  });
  limitConnections(http, connectionLimits.maximum, log);
  denyUndeclaredRoutes(http);
  allowConsole(http, options.endpoints ?? []);
  installBodyParsers(http);
  installUploads(http);
  installLines(http);
  http.decorate('errorAnswers', options.errorAnswers);
  http.decorateRequest('tenant', null as unknown as Tenant);
  http.decorateRequest('source', null as unknown as Origin);
  http.addHook('onRequest', async (request) => {
    const need = request.routeOptions.config.tenant;
    const tenantId = tenantIdOf(request);
    if (need === 'none' && tenantId !== undefined) return;
    try {
      request.tenant = await tenancy.get(tenantId);
    } catch (error) {
      if (need !== 'optional' || !isOutage(error)) throw error;
    }
  });
  // After the body was read, so that later hooks and the handler run inside it.
  http.addHook('preHandler', (request, _reply, done) => {
    request.source = new RequestOrigin(request, proxies, placeHeaders);
    withOrigin(request.source, done);
  });
  // A request in progress when the server stops is the last on its connection, so that stopping does not wait for the
  // client.
  let stopping = false;
  http.addHook('preClose', async () => {
    stopping = true;
  });
  http.addHook('onSend', async (request, reply) => {
    if (stopping) reply.header('connection', 'close');
    reply.header(requestIdHeader, request.id);
    reply.header('x-content-type-options', 'nosniff');
    // A caller that exceeds a limit learns when to retry, on every route.
    if (reply.statusCode === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', '2');
    if (!reply.hasHeader('referrer-policy')) reply.header('referrer-policy', 'no-referrer');
  });
  // Errors of every surface end here if its own handler fails too, as page handlers do without a database.
  const fail = async (error: unknown, request: Request, reply: Reply) => {
    const { outagePage: page } = options;
    const failure = toAldabaError(error, request, log);
    // Paths below /oidc are called by programs: unknown ones return JSON.
    const isUnknownEndpoint = failure.code === 'request.not_found' && request.url.startsWith('/oidc/');
    const isForPerson = isVisit(request) && !isUnknownEndpoint;
    if (isForPerson && request.tenant && !isOutage(error) && (await http.errorAnswers?.page(request, reply, failure)))
      return reply;
    const baseTenant = (failure.code === 'tenant.not_found' ? undefined : tenantIdOf(request)) ?? defaultTenantId;
    if (isForPerson && page) sendOutage(failure, request, reply, { page, basePath: tenancy.basePathOf(baseTenant) });
    else sendError(failure, request, reply, { log });
    return reply;
  };
  http.setErrorHandler(fail);
  http.setNotFoundHandler((request, reply) => fail(new AldabaError('request.not_found'), request, reply));
  return http;
}

const tenantIdOf = (request: Request): string | undefined => (request.raw as { aldabaTenant?: string }).aldabaTenant;

/** The first segment of a path that is, or decodes to, `api`. */
const apiPath = /^\/?(?:api(?:\/|\*|:|\(|$)|[^/]*[*:])/i;

/**
 * Deny by default: a route under `/api` that is neither bound by `Implement` nor declared anonymous in its own options
 * throws when it is mounted, so the server does not start.
 */
function denyUndeclaredRoutes(http: Http): void {
  http.addHook('onRoute', ({ method, url, config }) => {
    if (!apiPath.test(url) || config?.access) return;
    throw new Error(
      `${method} ${url} declares no access. Bind its contract with Implement, or give it \`config: { access: 'anonymous' }\`.`,
    );
  });
}
