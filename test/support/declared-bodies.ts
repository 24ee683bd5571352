import type { ErrorBody, ResponseOf, RouteContract, StatusOf } from '@aldaba/contract';
import type * as routes from '@aldaba/contract/routes';

type Declared = Extract<(typeof routes)[keyof typeof routes], RouteContract>;
/** A path whose parameters are `*`: `/api/users/:userId` and a template with a value there are the same. */
type Pattern<Path extends string> = Path extends `${infer Head}/${infer Rest}`
  ? `${Part<Head>}/${Pattern<Rest>}`
  : Part<Path>;
type Part<Text extends string> = string extends Text ? '*' : Text extends `:${string}` ? '*' : Text;
type WithoutQuery<Path extends string> = Path extends `${infer Plain}?${string}` ? Plain : Path;
type Table = { [R in Declared as `${R['method']} ${Pattern<R['path']>}`]: R };

/** What errors have, so that a test can read the refusal and the success of the same call. */
type Refusal = { code: ErrorBody['code']; message: string; data: Json; details: string };
// biome-ignore lint/suspicious/noExplicitAny: a body that no route declares, or the free JSON in one
export type Json = any;
/**
 * Reading a member or an item that is not there fails the test, so each may be read without a question; values that the
 * contract leaves open are read as they are.
 */
type Open<T> = unknown extends T
  ? Json
  : T extends readonly (infer Item)[]
    ? [Open<Item>, Open<Item>, ...Open<Item>[]]
    : T extends object
      ? string extends keyof T
        ? Json
        : { [Name in keyof T]-?: Open<NonNullable<T[Name]>> }
      : T;
type Success<R extends RouteContract> = Exclude<ResponseOf<R, StatusOf<R>>, undefined>;

/** The body of an answer to a request that a route declares, by method and path. */
export type BodyAt<
  Method extends string,
  Path extends string,
> = `${Method} ${Pattern<WithoutQuery<Path>>}` extends infer Key
  ? Key extends keyof Table
    ? [Success<Table[Key]>] extends [never]
      ? Json
      : Open<Success<Table[Key]>> & Refusal
    : Json
  : never;
