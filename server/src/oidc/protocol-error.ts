import { type ErrorCode, errorCatalog } from '@aldaba/contract';

type NameOf<C> = C extends `oidc.${infer Name}` ? Name : never;
/** The protocol's error codes: every `oidc.*` code of the contract. */
export type ProtocolErrorName = NameOf<ErrorCode>;

/**
 * An error of OAuth 2.0 (RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750, RFC 8707) or OpenID Connect. The description is
 * for the developer of the application; it never contains a secret or reveals whether a user exists.
 */
export class ProtocolError extends Error {
  readonly error: ProtocolErrorName;
  readonly description: string;
  readonly status: number;

  constructor(error: ProtocolErrorName, description: string, options?: ErrorOptions & { status?: number }) {
    super(description, options);
    this.name = 'ProtocolError';
    this.error = error;
    this.description = description;
    this.status = options?.status ?? errorCatalog[`oidc.${error}`][0];
  }

  get code(): ErrorCode {
    return `oidc.${this.error}`;
  }

  /** The sentence for a user. */
  get sentence(): string {
    return errorCatalog[this.code][1];
  }
}
