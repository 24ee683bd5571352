import type { Arguments, BodyFrom, Given, List } from './calls.ts';
import type { DataOf, ErrorBody } from './error-data.ts';
import type { ErrorCode } from './errors.ts';
import type { RouteContract, StatusOf } from './route.ts';

export type { Arguments, BodyFrom, List } from './calls.ts';
export type { RouteContract } from './route.ts';

export interface ClientOptions {
  /** Base URL of the tenant without a trailing slash, e.g. `https://auth.example.com`. */
  baseUrl: string;
  fetch?: typeof fetch | undefined;
  /** The access token, or what gets one for each request; none for anonymous routes. */
  token?: string | (() => string | Promise<string>) | undefined;
}

/** A refusal of the server. `code` is missing where something before the server answered, such as a proxy. */
export class ApiError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly status: number;
  readonly code: Code | undefined;
  readonly data: DataOf<Code>;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  constructor(status: number, body: Partial<ErrorBody<Code>>, requestId?: string) {
    super(body.message ?? `The server answered ${status}.`);
    this.name = 'ApiError';
    this.status = status;
    this.code = body.code;
    this.data = body.data as DataOf<Code>;
    this.requestId = requestId;
  }
  /** Narrows `data` to what the code carries. */
  is<C extends ErrorCode>(code: C): this is ApiError<C> {
    return (this.code as ErrorCode | undefined) === code;
  }
}

export type Client = ReturnType<typeof createClient>;

/** Calls the server by its contract; runs in browsers and in Node. @throws ApiError for every refusal */
export function createClient({ baseUrl, fetch: request = fetch, token }: ClientOptions) {
  /** Sends a request that no route has to declare, and returns every answer, also refusals. */
  const send = async (
    method: string,
    path: string,
    init: { body?: BodyInit; headers?: Record<string, string> } = {},
  ) => {
    const value = typeof token === 'function' ? await token() : token;
    const headers = { ...(value ? { authorization: `Bearer ${value}` } : {}), ...init.headers };
    const response = await request(`${baseUrl}${path}`, { method, ...init, headers });
    const text = await response.text();
    const isJson = /^application\/json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as unknown };
  };

  const reply = async <R extends RouteContract>(route: R, ...[given = {} as Given<R>]: Arguments<R>) => {
    const { params = {}, query = {}, body, page, pageSize } = given as Record<string, Record<string, never>>;
    const search = new URLSearchParams();
    const paging = route.pagination ? { page, page_size: pageSize } : {};
    for (const [name, value] of Object.entries({ ...query, ...paging }))
      for (const one of [value].flat()) if (one !== undefined) search.append(name, String(one));
    const filled = route.path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const path = search.size > 0 ? `${filled}?${search}` : filled;
    const answer = await send(route.method, path, body === undefined ? {} : encode(route, body));
    if (answer.status >= 400)
      throw new ApiError(
        answer.status,
        typeof answer.body === 'object' ? { ...answer.body } : {},
        answer.headers.get('logto-core-request-id') ?? undefined,
      );
    const read = route.ndjson && typeof answer.body === 'string' ? fromLines(answer.body) : answer.body;
    return { ...answer, status: answer.status as StatusOf<R>, body: (read === '' ? undefined : read) as BodyFrom<R> };
  };
  const call = async <R extends RouteContract>(route: R, ...given: Arguments<R>) => (await reply(route, ...given)).body;
  /** One page of a list, the first unless `page` says otherwise, with the number of items in all pages. */
  const list = async <R extends RouteContract>(route: R, ...[given]: Arguments<R>): Promise<List<R>> => {
    const { body, headers } = await reply(route, ...([{ page: 1, ...given }] as unknown as Arguments<R>));
    const items = Array.isArray(body) ? body : Object.values(body as object).find(Array.isArray);
    return {
      items: items ?? [],
      total: Number(headers.get('total-number')),
      isCapped: headers.has('total-number-is-capped'),
    };
  };
  /** Every item of a list, page by page. */
  async function* each<R extends RouteContract>(
    route: R,
    ...[given]: Arguments<R>
  ): AsyncGenerator<List<R>['items'][number]> {
    for (let page = 1, pageSize = 100; ; page += 1) {
      const { items } = await list(route, ...([{ ...given, page, pageSize }] as unknown as Arguments<R>));
      yield* items;
      if (items.length < pageSize) return;
    }
  }
  return { send, reply, call, list, each };
}

const fromLines = (text: string): unknown[] => text.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []));
const encode = ({ upload, ndjson }: RouteContract, body: unknown) => {
  if (upload) return { body: body as FormData };
  const type = ndjson?.request ? 'application/x-ndjson' : 'application/json';
  const values = ndjson?.request ? (body as unknown[]) : [body];
  return { body: values.map((value) => JSON.stringify(value)).join('\n'), headers: { 'content-type': type } };
};
