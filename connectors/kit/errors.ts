/**
 * Every way a connector may fail. The server answers `connector.<code>` with the status that the contract's
 * catalog binds to it. Published connector packages know all of these but `timeout`, which is Aldaba's own:
 * a provider that does not respond in time is distinguished from one that returns an error.
 */
export const connectorErrorCodes = [
  'general',
  'not_implemented',
  'unexpected_type',
  'invalid_metadata',
  'invalid_config_guard',
  'invalid_config',
  'invalid_certificate',
  'invalid_request_parameters',
  'insufficient_request_parameters',
  'invalid_response',
  'template_not_found',
  'template_not_supported',
  'rate_limit_exceeded',
  'usage_limit_exceeded',
  'social_auth_code_invalid',
  'social_invalid_access_token',
  'social_invalid_id_token',
  'authorization_failed',
  'timeout',
] as const;

export type ConnectorErrorCode = (typeof connectorErrorCodes)[number];

/** Whether a value is one of the codes above. */
export const isConnectorErrorCode = (value: unknown): value is ConnectorErrorCode =>
  connectorErrorCodes.some((code) => code === value);

/** What a program may read about a failure. Never holds a secret, a token or a code. */
export type ConnectorErrorData = Readonly<Record<string, unknown>>;

/**
 * The only error that a connector throws on purpose. `data.errorDescription` is put into the sentence of
 * `connector.general`; `data.message` carries the provider's own words. There is deliberately no `cause`:
 * an HTTP client's error holds the address it called, and with it the secret in the query.
 */
export class ConnectorError extends Error {
  readonly code: ConnectorErrorCode;
  readonly data: ConnectorErrorData | undefined;

  constructor(code: ConnectorErrorCode, data?: ConnectorErrorData) {
    super(`ConnectorError: ${code}`);
    this.name = 'ConnectorError';
    this.code = code;
    this.data = data;
  }
}
