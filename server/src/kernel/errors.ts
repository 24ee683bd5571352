import { type DataOf, type ErrorBody, type ErrorCode, type ErrorWithData, errorCatalog } from '@aldaba/contract';
import type { AldabaErrorConstructor, AldabaError as AnyAldabaError } from './error-types.ts';

export type AldabaError = AnyAldabaError;

/**
 * The type of the constructor ties the data to the code; instances have one plain type, to which `instanceof` narrows.
 */
export const AldabaError = class AldabaError extends Error {
  readonly code: ErrorCode;
  readonly data: DataOf<ErrorCode>;

  constructor(code: ErrorCode, data?: DataOf<ErrorCode>, options?: ErrorOptions) {
    super(sentenceOf(code, data), options);
    this.name = 'AldabaError';
    this.code = code;
    this.data = data;
  }

  static of({ code, data }: ErrorWithData, options?: ErrorOptions): AldabaError {
    return new AldabaError(code, data, options);
  }

  get status(): number {
    return errorCatalog[this.code][0];
  }

  is<Code extends ErrorCode>(code: Code): this is { readonly code: Code; readonly data: DataOf<Code> } {
    return this.code === code;
  }

  withoutData(): AldabaError {
    return new AldabaError(this.code);
  }

  toBody(): ErrorBody {
    const body: ErrorBody = { code: this.code, message: this.message };
    if (this.data !== undefined) body.data = this.data;
    return body;
  }
} as AldabaErrorConstructor;

/** The catalog's sentence with `{name}` filled from string or number members of `data`. */
export function sentenceOf(code: ErrorCode, data?: unknown): string {
  const values = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const fill = (_: string, name: string) => {
    const value = values[name];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return errorCatalog[code][1].replaceAll(/\{(\w+)\}/g, fill).trimEnd();
}
