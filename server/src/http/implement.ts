import { type BodyOf, hiderOf, type ParamsOf, type QueryOf, type RouteContract } from '@aldaba/contract';
import { z } from 'zod';
import { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import type { Tenant } from '../tenancy/index.ts';
import { Answer, Empty, Encoded, type Page, Paged, type ResultOf } from './answers.ts';
import { sendError } from './errors.ts';
import { type Caller, createAuthorize, type Guards, maySeeSecrets } from './guards.ts';
import { Lines } from './ndjson.ts';
import type { Http, Reply, Request } from './types.ts';

export { Answer, Empty, Encoded, type Page, Paged, pageOf } from './answers.ts';

export interface Call<R extends RouteContract> {
  tenant: Tenant;
  caller: Caller;
  params: ParamsOf<R>;
  query: QueryOf<R>;
  body: BodyOf<R>;
  /** Present for `pagination: 'required'`, and for `'optional'` if the client requested a page. */
  page: Page | undefined;
  request: Request;
  reply: Reply;
}

/**
 * Binds a contract route to its handler: guard, validation, pagination, status and error response are handled here,
 * once.
 */
export type Implement = <R extends RouteContract>(
  contract: R,
  handler: (call: Call<R>) => Promise<ResultOf<R>>,
) => void;

export interface ImplementOptions {
  guards: Guards;
  log: Log;
  /** Validates every response against the contract; enabled in tests, where a mismatch is a 500. */
  checkResponses: boolean;
}

/** Maximum bytes of a request body of a caller with a token. */
const managementBodyLimit = 256 * 1024;

export function createImplement(http: Http, options: ImplementOptions): Implement {
  return (contract, handler) => {
    const authorize = createAuthorize(options.guards, contract);
    const hiders = hidersOf(contract);
    const firstStatus = Math.min(...Object.keys(contract.responses).map(Number));
    http.route({
      method: contract.method,
      url: contract.path,
      ...(contract.access === 'management' ? { bodyLimit: managementBodyLimit } : {}),
      config: {
        access: 'guarded',
        successStatus: firstStatus,
        ...(contract.isOfProcess ? { tenant: 'none' } : {}),
        ...(contract.upload === undefined ? {} : { upload: contract.upload }),
        ...(contract.ndjson?.request === undefined ? {} : { takesLines: true }),
      },
      handler: async (request, reply) => {
        const caller = await authorize(request, request.tenant);
        // Personal data and secrets; a route may set another value.
        if (contract.access !== 'anonymous') reply.header('cache-control', 'no-store');
        const query = { ...(request.query as Record<string, unknown>) };
        const page = contract.pagination ? takePage(query, contract.pagination === 'required') : undefined;
        const result = await handler({
          tenant: request.tenant,
          caller,
          params: check(contract.params, request.params ?? {}, 'params') as never,
          query: check(contract.query, query, 'query') as never,
          body: check(contract.body, request.body, 'body') as never,
          page,
          request,
          reply,
        });
        if (reply.sent) return reply;
        const status = result instanceof Answer || result instanceof Empty ? result.status : firstStatus;
        let body: unknown = result instanceof Answer ? result.body : result instanceof Empty ? undefined : result;
        if (body instanceof Encoded) return reply.code(status).send(body.bytes);
        if (body instanceof Lines) return reply.code(status).type(body.type).send(body.stream);
        if (body instanceof Paged) {
          if (page) setPageHeaders(request, reply, page, body);
          body = body.member === undefined ? body.items : { [body.member]: body.items };
        }
        const hide = hiders.get(status);
        if (hide && !maySeeSecrets(caller, request.tenant, contract)) body = hide(body);
        if (options.checkResponses && status !== 304) checkResponse(contract, status, body);
        reply.code(status);
        return body === undefined ? reply.send() : reply.send(body);
      },
      errorHandler: (error, request, reply) =>
        sendError(error, request, reply, { log: options.log, statuses: contract.statuses }),
    });
  };
}

/**
 * What hides the secrets of a route's answers, by status.
 * @throws Error for answers whose secrets could not be hidden
 */
function hidersOf({ operationId, responses, ndjson }: RouteContract): Map<number, (body: unknown) => unknown> {
  const hiders = new Map<number, (body: unknown) => unknown>();
  for (const [status, schema] of Object.entries(responses)) {
    const hide = schema && hiderOf(schema);
    if (hide && ndjson) throw new Error(`${operationId} streams its answer, in which secrets are not hidden.`);
    if (hide) hiders.set(Number(status), hide);
  }
  return hiders;
}

/** zod's objects drop unknown fields; invalid ones are named with the rule. */
export function check(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message }));
  const reason = issues.map(({ path, message }) => `${[where, ...path].join('.')}: ${message}`).join('; ');
  throw new AldabaError('guard.invalid_input', { reason, issues });
}

const pageNumber = z.coerce.number().int().min(1).max(1_000_000_000);
const pageSize = z.coerce.number().int().min(1).max(100);

function takePage(query: Record<string, unknown>, required: boolean): Page | undefined {
  const { page, page_size: size } = query;
  delete query.page;
  delete query.page_size;
  if (!required && page === undefined && size === undefined) return undefined;
  const number = pageNumber.safeParse(page ?? 1);
  const limit = pageSize.safeParse(size ?? 20);
  if (!number.success || !limit.success) throw new AldabaError('guard.invalid_pagination');
  return { number: number.data, size: limit.data, limit: limit.data, offset: (number.data - 1) * limit.data };
}

/** `Total-Number`, and one `Link` header per relation (RFC 8288). */
function setPageHeaders(request: Request, reply: Reply, page: Page, { total, isCapped }: Paged): void {
  const last = Math.max(1, Math.ceil(total / page.size));
  const link = (relation: string, number: number) => {
    const url = new URL(`${request.tenant.baseUrl}${request.url}`);
    url.searchParams.set('page', String(number));
    url.searchParams.set('page_size', String(page.size));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [link('first', 1)];
  if (page.number > 1) links.push(link('prev', page.number - 1));
  // If the last page is unknown, so is whether a next one exists.
  if (!isCapped && page.number < last) links.push(link('next', page.number + 1));
  if (!isCapped) links.push(link('last', last));
  if (isCapped) reply.header('total-number-is-capped', 'true');
  reply.header('total-number', String(total)).header('link', links);
}

function checkResponse(contract: RouteContract, status: number, body: unknown): void {
  const schema = contract.responses[status];
  if (schema === undefined)
    throw new Error(`${contract.operationId} answered ${status}, which its contract does not name.`);
  if (schema === null) {
    if (body !== undefined)
      throw new Error(`${contract.operationId} sent a body with ${status}, which its contract leaves empty.`);
    return;
  }
  // Validates the serialized form: dates, undefined members and classes become JSON first.
  const result = schema.safeParse(JSON.parse(JSON.stringify(body ?? null)));
  if (!result.success)
    throw new Error(
      `${contract.operationId} answered ${status} in another shape than its contract: ${result.error.message}`,
    );
}
