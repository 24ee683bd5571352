import type { Networks, Origin, Place } from '../kernel/origin.ts';
import { type PlaceHeaders, placeOf } from './place.ts';
import { type Client, networksOf, type Proxies } from './proxies.ts';
import type { Request } from './types.ts';

/** Maximum stored length of a user agent: it goes into rows that anonymous callers cause. */
const longestUserAgent = 512;

/** Reads the request lazily: most requests are never written to a log. */
export class RequestOrigin implements Origin {
  readonly #request: Request;
  readonly #proxies: Proxies;
  readonly #placeHeaders: PlaceHeaders;
  #client: Client | undefined;
  constructor(request: Request, proxies: Proxies, placeHeaders: PlaceHeaders) {
    this.#request = request;
    this.#proxies = proxies;
    this.#placeHeaders = placeHeaders;
  }
  get requestId(): string {
    return this.#request.id;
  }
  get client(): Client {
    this.#client ??= this.#proxies.client(this.#request.raw);
    return this.#client;
  }
  get ip(): string {
    return this.client.ip;
  }
  get networks(): Networks {
    return networksOf(this.ip);
  }
  get userAgent(): string | undefined {
    return this.#request.headers['user-agent']?.slice(0, longestUserAgent);
  }
  get place(): Place | undefined {
    return this.client.isForwarded ? placeOf(this.#request.headers, this.#placeHeaders) : undefined;
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
  get status(): number | undefined {
    return this.#request.routeOptions.config.successStatus;
  }
  get params(): Readonly<Record<string, unknown>> {
    return (this.#request.params ?? {}) as Record<string, unknown>;
  }
}
