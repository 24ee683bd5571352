import type { World } from './connector.ts';
import { ConnectorError } from './errors.ts';

/**
 * Runs a call that must end in time.
 * @param limit milliseconds.
 * @throws ConnectorError `timeout` when the limit is reached, whether or not the call heeds its signal; the reason of
 * `signal` when the caller stops it.
 */
export const withTimeLimit = async <T>(
  limit: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const stop = () => controller.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => controller.abort(new ConnectorError('timeout')), limit);
  try {
    const stopped = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
    });
    return await Promise.race([stopped, call(controller.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
};

/** Takes secrets out of words that came from elsewhere (a provider's error page may repeat the whole request). */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((clean, secret) => clean.replaceAll(secret, '[removed]'), text);

export interface ProviderRequest {
  /** The provider's name, for the sentence a person reads. */
  readonly provider: string;
  readonly url: URL;
  readonly init?: Omit<RequestInit, 'signal' | 'redirect'>;
  /** Milliseconds; the world's own limit comes first. */
  readonly timeLimit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One request to a provider: answer and body within the time limit, no retry (a code can be redeemed only once), no
 * redirect (the query may hold a secret that must not travel on).
 * @throws ConnectorError `timeout`, or `general` when there is no answer at all.
 */
export const requestProvider = async (
  world: World,
  request: ProviderRequest,
): Promise<{ status: number; text: string }> => {
  const { provider, url, init, signal } = request;
  const startedAt = world.now();
  try {
    return await withTimeLimit(world.timeLimit ?? request.timeLimit, signal, async (abort) => {
      const response = await world.fetch(url, { ...init, redirect: 'manual', signal: abort });
      return { status: response.status, text: await response.text() };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const timedOut = error instanceof ConnectorError && error.code === 'timeout';
    // Only host and path: the query and the client's own error may hold secrets.
    world.log.warn(
      { provider, address: `${url.host}${url.pathname}`, milliseconds: world.now() - startedAt },
      timedOut ? 'The provider did not answer in time' : 'The provider could not be reached',
    );
    throw timedOut
      ? new ConnectorError('timeout', { message: `${provider} did not answer in time` })
      : new ConnectorError('general', { errorDescription: `${provider} could not be reached` });
  }
};

/**
 * Reads a provider's answer as a JSON object, whatever content type it claims.
 * @throws ConnectorError `invalid_response`; the answer itself stays out of the error, as it may hold tokens.
 */
export const parseJsonObject = (text: string): Record<string, unknown> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the text; the check below reports without it.
    value = undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConnectorError('invalid_response', { message: 'The answer is not a JSON object' });
  }
  return { ...value };
};
