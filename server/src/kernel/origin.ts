import { AsyncLocalStorage } from 'node:async_hooks';
import type { SignInContext } from '@aldaba/contract';

/** A point on the earth, in degrees. */
export interface Point {
  /** -90 to 90. */
  readonly latitude: number;
  /** -180 to 180. */
  readonly longitude: number;
}

/** The origin of a request according to a trusted proxy; unknown members are omitted. */
export interface Place {
  /** ISO 3166-1 alpha-2, uppercase. */
  readonly country?: string;
  readonly city?: string;
  readonly point?: Point;
  /** 1 (certainly a bot) to 99 (certainly a human). */
  readonly botScore?: number;
  /** Whether the proxy knows the bot to be harmless. */
  readonly isBotVerified?: boolean;
  /** Whether the proxy considers the sender a bot, or the address an anonymizing one. */
  readonly isUntrusted: boolean;
}

/** Keys that share a limit by address: one customer of a provider has many IPv6 addresses. */
export interface Networks {
  /** The IPv4 address, or the /56 of an IPv6 address. */
  readonly client: string;
  /** The /24 of an IPv4 address, the /48 of an IPv6 address. */
  readonly network: string;
}

/**
 * The request that the current work serves, available without being passed along: for audit entries and webhook
 * payloads, which describe it, and for rules about its origin (adaptive MFA, limits by address). It is fixed when the
 * request arrives. Authorization never reads it; permissions are passed as values.
 */
export interface Origin {
  /** The id that the response also contains. */
  readonly requestId: string;
  /** The validated address of the client; see `TRUSTED_PROXIES`. */
  readonly ip: string;
  readonly networks: Networks;
  readonly userAgent: string | undefined;
  /** Undefined if no trusted proxy reports it. */
  readonly place?: Place | undefined;
  readonly method: string;
  /** Path below the tenant's base URL, without the query. */
  readonly path: string;
  /** The route's pattern, e.g. `/api/users/:userId`. */
  readonly route: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** The success status, if the route declares one. */
  readonly status?: number | undefined;
}

interface Served {
  readonly origin: Origin;
  readonly signIn?: SignInContext;
}

const served = new AsyncLocalStorage<Served | undefined>();

/** Runs `work`, and everything it starts, in the context of `origin`. */
export const withOrigin = <T>(origin: Origin, work: () => T): T => served.run({ origin }, work);

/** Runs `work`, and everything it starts, as part of a sign-in: webhook payloads of its changes name the sign-in. */
export function withSignIn<T>(signIn: SignInContext, work: () => T): T {
  const current = served.getStore();
  return current ? served.run({ ...current, signIn }, work) : work();
}

/** Runs `work`, and everything it starts, as background work without a request. */
export const withoutOrigin = <T>(work: () => T): T => served.run(undefined, work);

/** Undefined in background work. */
export const currentOrigin = (): Origin | undefined => served.getStore()?.origin;

/** The sign-in that the current work belongs to. */
export const currentSignIn = (): SignInContext | undefined => served.getStore()?.signIn;
