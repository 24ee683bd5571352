import { type ErrorBody, type ErrorCode, errorCatalog } from '@aldaba/contract';

/**
 * The one error that features throw. The status comes from the contract's catalog, never from the place of the throw.
 * `data` is sent to the client: it never holds a secret.
 */
export class AldabaError extends Error {
  readonly code: ErrorCode;
  readonly data: unknown;

  constructor(code: ErrorCode, data?: unknown, options?: ErrorOptions) {
    super(sentenceOf(code, data), options);
    this.name = 'AldabaError';
    this.code = code;
    this.data = data;
  }

  get status(): number {
    return errorCatalog[this.code][0];
  }

  toBody(): ErrorBody {
    const body: ErrorBody = { code: this.code, message: this.message };
    if (this.data !== undefined) body.data = this.data;
    return body;
  }
}

/** The catalog's sentence with `{name}` filled from string or number members of `data`. */
export function sentenceOf(code: ErrorCode, data?: unknown): string {
  const values = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const fill = (_: string, name: string) => {
    const value = values[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return errorCatalog[code][1].replaceAll(/\{(\w+)\}/g, fill).trimEnd();
}
