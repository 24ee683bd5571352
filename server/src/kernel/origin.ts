import { AsyncLocalStorage } from 'node:async_hooks';
import type { SignInContext } from '@aldaba/contract';

/** A point on the earth, in degrees. */
export interface Point {
  /** -90 to 90. */
  readonly latitude: number;
  /** -180 to 180. */
  readonly longitude: number;
}

/** What a trusted proxy tells of where a request comes from; what it does not know is left out. */
export interface Place {
  /** ISO 3166-1 alpha-2, in capitals. */
  readonly country?: string;
  readonly city?: string;
  readonly point?: Point;
  /** 1 (surely a program) to 99 (surely a person). */
  readonly botScore?: number;
  /** Whether the proxy knows the program to be harmless. */
  readonly isBotVerified?: boolean;
  /** Whether the proxy takes the sender for a program, or the address for one that hides people. */
  readonly isUntrusted: boolean;
}

/** Who shares a limit by address, as keys: one customer of a provider has many IPv6 addresses. */
export interface Networks {
  /** The IPv4 address, or the /56 of an IPv6 address. */
  readonly client: string;
  /** The /24 of an IPv4 address, the /48 of an IPv6 address. */
  readonly network: string;
}

/**
 * The request that the work in progress serves, available without being passed along: to audit entries and webhook payloads, which
 * describe it, and to rules about where it comes from (adaptive MFA, limits by address). It is fixed when the request arrives.
 * What a caller may do is never read from here; that is passed as values.
 */
export interface Origin {
  /** The id that the answer carries, too. */
  readonly requestId: string;
  /** The validated address of the client; see `TRUSTED_PROXIES`. */
  readonly ip: string;
  readonly networks: Networks;
  readonly userAgent: string | undefined;
  /** Undefined where no trusted proxy tells it. */
  readonly place?: Place | undefined;
  readonly method: string;
  /** Path below the tenant's base URL, without the query. */
  readonly path: string;
  /** The route's pattern, e.g. `/api/users/:userId`. */
  readonly route: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
  /** The status of a success, where the route declares one. */
  readonly status?: number | undefined;
}

interface Served {
  readonly origin: Origin;
  readonly signIn?: SignInContext;
}

const served = new AsyncLocalStorage<Served | undefined>();

/** Runs `work`, and all that it starts, as serving `origin`. */
export const withOrigin = <T>(origin: Origin, work: () => T): T => served.run({ origin }, work);

/** Runs `work`, and all that it starts, as part of a sign-in: webhook payloads of the changes that it makes name the sign-in. */
export function withSignIn<T>(signIn: SignInContext, work: () => T): T {
  const current = served.getStore();
  return current ? served.run({ ...current, signIn }, work) : work();
}

/** Runs `work`, and all that it starts, as background work that serves no request. */
export const withoutOrigin = <T>(work: () => T): T => served.run(undefined, work);

/** Undefined in background work. */
export const currentOrigin = (): Origin | undefined => served.getStore()?.origin;

/** The sign-in that the work in progress is part of. */
export const currentSignIn = (): SignInContext | undefined => served.getStore()?.signIn;
