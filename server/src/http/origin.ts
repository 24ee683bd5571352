import type { Origin, Place } from '../kernel/origin.ts';
import { type PlaceHeaders, placeOf } from './place.ts';
import type { Request } from './types.ts';

/** Reads the request only when somebody asks: most requests are never written down. */
export class RequestOrigin implements Origin {
  readonly #request: Request;
  readonly #placeHeaders: PlaceHeaders;
  status?: number;
  about?: Readonly<Record<string, unknown>>;
  constructor(request: Request, placeHeaders: PlaceHeaders) {
    this.#request = request;
    this.#placeHeaders = placeHeaders;
  }
  get ip(): string {
    return this.#request.ip;
  }
  get userAgent(): string | undefined {
    return this.#request.headers['user-agent'];
  }
  /** More than one address: the peer is a trusted proxy that says whom it forwards, so its other headers count as well. */
  get place(): Place | undefined {
    const { ips, headers } = this.#request;
    return ips && ips.length > 1 ? placeOf(headers, this.#placeHeaders) : undefined;
  }
  get method(): string {
    return this.#request.method;
  }
  get path(): string {
    return this.#request.url.split('?', 1)[0] as string;
  }
  get route(): string | undefined {
    return this.#request.routeOptions.url;
  }
  get params(): Readonly<Record<string, unknown>> {
    return (this.#request.params ?? {}) as Record<string, unknown>;
  }
}
