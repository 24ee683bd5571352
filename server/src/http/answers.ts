import type { DefaultStatusOf, Pagination, ResponseOf, RouteContract, StatusOf } from '@aldaba/contract';
import type { Lines } from './ndjson.ts';

/** A page of a list: rows `offset` to `offset + limit`. */
export interface Page {
  number: number;
  size: number;
  limit: number;
  offset: number;
}

/**
 * A page of a list with the data for the pagination headers; `Member` names the member that contains it if the response
 * is an object.
 */
export class Paged<Item = unknown, Member extends string | undefined = string | undefined> {
  readonly items: readonly Item[];
  readonly total: number;
  /** Counting stopped at `total`: more exist. */
  readonly isCapped: boolean;
  readonly member: Member;
  constructor(items: readonly Item[], total: number, isCapped = false, member: Member = undefined as Member) {
    this.items = items;
    this.total = total;
    this.isCapped = isCapped;
    this.member = member;
  }
}

/** A body with another status than the route's default. */
export class Answer<Status extends number = number, Body = unknown> {
  readonly status: Status;
  readonly body: Body;
  constructor(status: Status, body: Body) {
    this.status = status;
    this.body = body;
  }
}

/** No body, with another status than the route's default. */
export class Empty<Status extends number = number> {
  readonly status: Status;
  constructor(status: Status) {
    this.status = status;
  }
}

/** A body that is already serialized JSON, possibly compressed. */
export class Encoded<Body = unknown> {
  declare readonly body: Body;
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** One page of a short list that is read as a whole. */
export const pageOf = <Item>(items: readonly Item[], page: Page | undefined): Paged<Item, undefined> =>
  new Paged(page ? items.slice(page.offset, page.offset + page.limit) : items, items.length);

/** The body of a list route: its items, or an object with one member that contains them. */
type PagedOf<Body> = Body extends readonly (infer Item)[]
  ? Paged<Item, undefined>
  : {
      [Member in keyof Body & string]: Body[Member] extends readonly (infer Item)[] ? Paged<Item, Member> : never;
    }[keyof Body & string];
type Nothing = Awaited<Promise<void>>;
type DefaultResult<R extends RouteContract, Body = ResponseOf<R, DefaultStatusOf<R> & StatusOf<R>>> = R extends {
  ndjson: object;
}
  ? Lines<Body>
  : R extends { pagination: Pagination }
    ? PagedOf<Body>
    : [Body] extends [undefined]
      ? Nothing
      : Body extends readonly (infer Item)[]
        ? readonly Item[]
        : Body;
type StatusResult<Status extends number, Body> = [Body] extends [undefined]
  ? Empty<Status>
  : Answer<Status, Body | Encoded<Body>>;
/**
 * What the handler of a route may return: the body of its default status, or an `Answer` with the body that the
 * contract declares for that status. 304 responds to a conditional request and has no body (RFC 9110 section 15.4.5).
 */
export type ResultOf<R extends RouteContract> =
  | DefaultResult<R>
  | { [Status in StatusOf<R>]: StatusResult<Status, ResponseOf<R, Status>> }[StatusOf<R>]
  | Empty<304>;
