import type { Origin } from '../kernel/origin.ts';
import type { Request } from './types.ts';

/** Reads the request only when somebody asks: most requests are never written down. */
export class RequestOrigin implements Origin {
  readonly #request: Request;
  status?: number;
  about?: Readonly<Record<string, unknown>>;
  constructor(request: Request) {
    this.#request = request;
  }
  get ip(): string {
    return this.#request.ip;
  }
  get userAgent(): string | undefined {
    return this.#request.headers['user-agent'];
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
