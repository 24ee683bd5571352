/** Types of the client's calls: the input and the result of a route. */
import type { z } from 'zod';
import type { ResponseOf, RouteContract } from './route.ts';

type Member<Name extends string, Schema> = Schema extends z.ZodType
  ? Record<never, never> extends z.input<Schema>
    ? { [N in Name]?: z.input<Schema> | z.output<Schema> }
    : { [N in Name]: z.input<Schema> }
  : { [N in Name]?: undefined };
/** The input of a call: path parameters, query, body, and the page of a list. */
export type Given<R extends RouteContract> = Member<'params', R['params']> &
  Member<'query', R['query']> &
  (R extends { upload: number } ? { body: FormData } : Member<'body', R['body']>) &
  (R extends { pagination: string } ? { page?: number; pageSize?: number } : Record<never, never>);
export type Arguments<R extends RouteContract> =
  Record<never, never> extends Given<R> ? [given?: Given<R>] : [given: Given<R>];
/** The answer of the route: its body, or every line of a streamed one. */
export type BodyFrom<R extends RouteContract> = R extends { ndjson: object } ? ResponseOf<R>[] : ResponseOf<R>;
type ItemOf<Body> = Body extends readonly (infer Item)[]
  ? Item
  : Body extends object
    ? ItemOf<Body[keyof Body]>
    : never;
export type List<R extends RouteContract> = { items: ItemOf<ResponseOf<R>>[]; total: number; isCapped: boolean };
