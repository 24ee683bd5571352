import type { BodyOf, ParamsOf, ResponseOf, RouteContract } from '@aldaba/contract';
import type { z } from 'zod';
import type { Tenant } from '../tenancy/index.ts';
import { localOperator } from './guards.ts';
import { Answer, type Call, check, Empty, type Implement, type Page, Paged } from './implement.ts';
import type { Reply, Request } from './types.ts';

interface Given<R extends RouteContract> {
  params?: ParamsOf<R>;
  query?: z.input<NonNullable<R['query']> & z.ZodType>;
  /** Validated against the contract like the body of a request. */
  body?: BodyOf<R> extends undefined ? undefined : unknown;
  page?: Page;
}

export interface DirectCalls {
  implement: Implement;
  /**
   * Calls the handler of a route in this process: the same validation, decisions and errors as over HTTP, without a
   * guard.
   * @throws AldabaError as the route does
   */
  call: <R extends RouteContract>(contract: R, tenant: Tenant, given?: Given<R>) => Promise<ResponseOf<R>>;
  /** The same for a route that returns pages. */
  list: <R extends RouteContract>(
    contract: R,
    tenant: Tenant,
    given: Given<R> & { page: Page },
  ) => Promise<{ items: ResponseOf<R>; total: number }>;
}

type Handler = (call: Call<RouteContract>) => Promise<unknown>;

/** Collects the handlers of routes so that the command line can call them without an HTTP server. */
export function createDirectCalls(): DirectCalls {
  const handlers = new Map<RouteContract, Handler>();
  const run = async (contract: RouteContract, tenant: Tenant, given: Given<RouteContract> = {}) => {
    const handler = handlers.get(contract);
    if (!handler) throw new Error(`${contract.operationId} is not implemented.`);
    // A request without a query has an empty one; schemas may add defaults.
    const query = check(contract.query, given.query ?? {}, 'query');
    const body = check(contract.body, given.body, 'body');
    const params = check(contract.params, given.params ?? {}, 'params');
    return handler({
      ...({ tenant, caller: localOperator, params, query, body, page: given.page } as Call<RouteContract>),
      // A request without headers; routes that write to the reply themselves cannot be called directly.
      request: { headers: {}, tenant } as Request,
      reply: {} as Reply,
    });
  };
  return {
    implement: (contract, handler) => void handlers.set(contract, handler as unknown as Handler),
    async call(contract, tenant, given) {
      const result = await run(contract, tenant, given as Given<RouteContract>);
      const body = result instanceof Answer ? result.body : result instanceof Empty ? undefined : result;
      return (body instanceof Paged ? body.items : body) as never;
    },
    async list(contract, tenant, given) {
      const result = await run(contract, tenant, given as Given<RouteContract>);
      if (!(result instanceof Paged)) throw new Error(`${contract.operationId} does not answer pages.`);
      return { items: result.items as never, total: result.total };
    },
  };
}
