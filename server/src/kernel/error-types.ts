import type { DataOf, ErrorBody, ErrorCode, ErrorWithData } from '@aldaba/contract';

/**
 * The one error class of features. The contract's catalog defines the status, never the place of the throw. `data` is
 * sent to the client and never contains a secret.
 */
export interface AldabaError extends Error {
  readonly code: ErrorCode;
  readonly data: DataOf<ErrorCode>;
  readonly status: number;
  /** Whether the error has this code; its data is then typed. */
  is: <Code extends ErrorCode>(code: Code) => this is { readonly code: Code; readonly data: DataOf<Code> };
  /** The same error without its data, for a caller who may not read it. */
  withoutData: () => AldabaError;
  toBody: () => ErrorBody;
}

/** Data that fits each of several codes: an expression may choose between codes with the same data. */
type DataOfEach<Code extends ErrorCode> = (Code extends ErrorCode ? (data: DataOf<Code>) => void : never) extends (
  data: infer Data,
) => void
  ? Data
  : never;

/** What follows the code: its data, which may be left out only where the contract says so. */
type Given<Code extends ErrorCode> =
  undefined extends DataOfEach<Code>
    ? [data?: DataOfEach<Code>, options?: ErrorOptions]
    : [data: DataOfEach<Code>, options?: ErrorOptions];

/** Ties the data to the code. */
export interface AldabaErrorConstructor {
  new <Code extends ErrorCode>(code: Code, ...given: Given<Code>): AldabaError;
  readonly prototype: AldabaError;
  /** The error of a code that is known at run time only, together with its data. */
  of: (failure: ErrorWithData, options?: ErrorOptions) => AldabaError;
}
