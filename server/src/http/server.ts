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

/** Bytes of a request body, unless a route says otherwise: enough for every form that an anonymous caller may send. */
const bodyLimit = 32 * 1024;

/**
 * The HTTP server without routes: tenant resolution, body parsing, error answers, security headers.
 * Routes are added by `routes.ts`, one encapsulated scope a surface.
 */
export function createHttp(options: {
  tenancy: Tenancy;
  log: Log;
  trustedProxies: string[];
  /** Headers in which those proxies tell where a request comes from; none unless given. */
  placeHeaders?: PlaceHeaders;
  /** URLs of the server's own: pages of their origins may call `/api`. */
  endpoints?: readonly string[];
  connectionLimits?: ConnectionLimits;
  /** The page for people while the database is away, or where no tenant is. */
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
    // The tenant's prefix is taken off before routing, so that every route is declared once and knows nothing of prefixes.
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
    // Addresses that cannot be routed (broken percent-encoding, a parameter that is too long) get our error body too.
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
  // After the body was read: what comes later runs inside of it.
  http.addHook('preHandler', (request, _reply, done) => {
    request.source = new RequestOrigin(request, proxies, placeHeaders);
    withOrigin(request.source, done);
  });
  // A request that is being answered when the server stops is the last one of its connection: the stop need not wait for the client.
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
  // Errors of every surface arrive here when its own handler fails too, as those that show pages do without a database.
  const fail = async (error: unknown, request: Request, reply: Reply) => {
    const { outagePage: page } = options;
    const failure = toAldabaError(error, request, log);
    // Programs ask below /oidc: what does not exist there stays JSON.
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

/** The first segment of an address that is, or may turn out to be, `api`. */
const apiPath = /^\/?(?:api(?:\/|\*|:|\(|$)|[^/]*[*:])/i;

/**
 * Deny by default: a route under `/api` that is neither bound by `Implement` nor opened to everybody in its own options
 * throws where it is mounted, so the server does not start.
 */
function denyUndeclaredRoutes(http: Http): void {
  http.addHook('onRoute', ({ method, url, config }) => {
    if (!apiPath.test(url) || config?.access) return;
    throw new Error(
      `${method} ${url} declares nobody who may call it. Bind its contract with Implement, or give it \`config: { access: 'anonymous' }\`.`,
    );
  });
}
