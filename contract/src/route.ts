import type { z } from 'zod';
import type { ErrorCode } from './errors.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may call a route. A route without it does not compile, so authorization is deny by default.
 * - `anonymous`: all callers.
 * - `management`: a Bearer token for the tenant's Management API with the route's permission (`permissionOf`) or the
 *   scope `all`.
 * - `organization`: a Bearer token of a member for the organization in the path (`:id`), with the route's organization
 *   permission (`organizationPermissionOf`).
 * - `account`: an opaque Bearer token with `openid` that a user granted to an application of the operator's own.
 * - `me`: on the admin tenant, a Bearer token of the Console for the resource `https://admin.logto.app/me`.
 * - `interaction`: a browser (or custom sign-in UI) that holds the cookie of a sign-in in progress.
 */
export type Access = 'anonymous' | 'management' | 'organization' | 'interaction' | 'account' | 'me';

/** `required`: pages, 20 by default. `optional`: all items, without headers, unless a page is requested. */
export type Pagination = 'required' | 'optional';

/** One request of the wire, declared once: routes, OpenAPI and the tests are derived from it. */
export interface RouteContract {
  readonly method: Method;
  /** Path under the tenant's base URL with `:name` parameters, e.g. `/api/users/:userId`. */
  readonly path: string;
  /** Unique name in the OpenAPI document, e.g. `GetUser`. */
  readonly operationId: string;
  /** Group in the OpenAPI document; in the Management API the permission follows from it. */
  readonly tag: string;
  readonly summary: string;
  readonly access: Access;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly pagination?: Pagination;
  /** The body is multipart/form-data with one file of at most so many bytes. */
  readonly upload?: number;
  /**
   * The answer is one JSON document a line (application/x-ndjson) of the shape in `responses`; with `request` so is the
   * body. Both are streams: each line is validated where it is read.
   */
  readonly ndjson?: { readonly request?: z.ZodType };
  /** Success statuses with the shape of their body, `null` for an empty one. */
  readonly responses: Readonly<Record<number, z.ZodType | null>>;
  /** The codes this route may answer with, beyond what its access and guards imply. */
  readonly errors?: readonly ErrorCode[];
  /** It answers for the process as a whole, whatever tenant the address names, and needs no database to be found. */
  readonly isOfProcess?: true;
  /** Statuses that differ from the catalog for wire compatibility. */
  readonly statuses?: Readonly<Partial<Record<ErrorCode, number>>>;
}

/** Declares a route; keeps the literal types so that the server's handlers are checked against it. */
export const route = <const R extends RouteContract>(contract: R): R => contract;

type Infer<S, Fallback> = S extends z.ZodType ? z.output<S> : Fallback;
export type ParamsOf<R extends RouteContract> = Infer<R['params'], Record<string, never>>;
export type QueryOf<R extends RouteContract> = Infer<R['query'], Record<string, never>>;
export type BodyOf<R extends RouteContract> = Infer<R['body'], undefined>;

/** The success statuses that a route declares. */
export type StatusOf<R extends RouteContract> = Extract<keyof R['responses'], number>;
/** The body of a success status, or of all of them: `undefined` where the contract leaves it empty. */
export type ResponseOf<R extends RouteContract, Status extends StatusOf<R> = StatusOf<R>> = Status extends unknown
  ? Infer<R['responses'][Status], undefined>
  : never;
/** The default status of a route's answers, unless its handler sets another: the lowest it declares. */
export type DefaultStatusOf<R extends RouteContract> =
  200 extends StatusOf<R> ? 200 : 201 extends StatusOf<R> ? 201 : 202 extends StatusOf<R> ? 202 : 204;
