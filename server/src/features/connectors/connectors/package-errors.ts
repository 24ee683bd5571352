import {
  ConnectorError,
  type ConnectorErrorData,
  type ConnectorLog,
  type FormItem,
  isConnectorErrorCode,
  redact,
} from '@aldaba/connectors/kit';

/* Translates errors of published connector packages into errors of our kit, without their secrets. */

const secretName = /secret|passw|^pass$|token|credential|(private|api|access).?key|authorization/i;
/** Shorter values are not useful secrets, and replacing them would garble every sentence. */
const shortestSecret = 4;

const stringsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
};

/** The values of a configuration that must not appear in an error, by field name or marked in the form. */
export const confidentialValues = (config: unknown, formItems: readonly FormItem[]): string[] => {
  const marked = new Set(
    formItems.filter((item) => 'isConfidential' in item && item.isConfidential).map(({ key }) => key),
  );
  const collect = (value: unknown): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) =>
          secretName.test(key) || marked.has(key) ? stringsIn(inner) : collect(inner),
        )
      : [];
  return collect(config).filter((secret) => secret.length >= shortestSecret);
};

const clean = (value: unknown, secrets: readonly string[]): unknown => {
  if (typeof value === 'string') return redact(value, secrets);
  if (Array.isArray(value)) return value.map((item) => clean(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner, secrets)]));
};

/** The data of a package's error, as plain JSON without secrets. */
const cleanData = (data: unknown, secrets: readonly string[]): ConnectorErrorData | undefined => {
  if (data === undefined || data === null) return undefined;
  let plain: unknown;
  try {
    plain = JSON.parse(JSON.stringify(data) ?? 'null');
  } catch {
    // A cycle or a BigInt cannot be sent as JSON; the code alone is enough.
    return undefined;
  }
  const safe = clean(plain, secrets);
  return typeof safe === 'object' && safe !== null && !Array.isArray(safe) ? { ...safe } : { message: safe };
};

/** A stack without secrets and without URL queries, which contain codes and tokens. */
const cleanStack = (error: Error, secrets: readonly string[]): string =>
  redact(error.stack ?? error.message, secrets).replaceAll(/\?[^\s"'`)]+/g, '?[removed]');

const statusOf = (error: object): unknown => {
  const response = Reflect.get(error, 'response');
  if (typeof response !== 'object' || response === null) return undefined;
  return Reflect.get(response, 'status') ?? Reflect.get(response, 'statusCode');
};

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ESOCKET',
  'EDNS',
  'ECONNECTION',
]);
const timeOuts = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ECONNABORTED']);

export interface Translation {
  readonly packageName: string;
  readonly secrets: readonly string[];
  readonly log: ConnectorLog;
}

/**
 * An error of our kit if the failure is recognized; otherwise an error that becomes a 500 and contains no text of the
 * package (an HTTP client's error includes the URL with its query). The log gets the rest, without the secrets of the
 * configuration.
 */
export const translatePackageError = (error: unknown, { packageName, secrets, log }: Translation): Error => {
  if (error instanceof ConnectorError) return error;
  if (!(error instanceof Error)) {
    log.error({ package: packageName }, 'A connector package threw something that is not an error');
    return new Error(`The connector package ${packageName} failed`);
  }
  const code: unknown = Reflect.get(error, 'code');
  // Created by the package's own copy of the published kit, so `instanceof` does not match.
  if (isConnectorErrorCode(code) && error.message.startsWith('ConnectorError:')) {
    return new ConnectorError(code, cleanData(Reflect.get(error, 'data'), secrets));
  }
  log.error(
    { package: packageName, error: error.name, stack: cleanStack(error, secrets) },
    'A connector package failed',
  );
  if (error.name === 'TimeoutError' || timeOuts.has(String(code))) {
    return new ConnectorError('timeout', { message: 'The provider did not answer in time' });
  }
  if (error.name === 'ZodError') return new ConnectorError('invalid_response');
  const status = statusOf(error);
  if (typeof status === 'number') {
    return new ConnectorError('general', { errorDescription: `The provider answered with HTTP ${status}` });
  }
  if (unreachable.has(String(code))) {
    return new ConnectorError('general', { errorDescription: 'The provider could not be reached' });
  }
  return new Error(`The connector package ${packageName} failed (${error.name})`);
};
