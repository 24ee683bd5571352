import type { z } from 'zod';
import type { World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import { describeProblems } from './metadata.ts';

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

/** How a secret may appear in a request that a provider repeats: as it is, in a query, in a form. */
const formsOfSecret = (secret: string): readonly string[] => {
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  return [...new Set([secret, encodeURIComponent(secret), inForm])];
};

/** Takes secrets out of words that came from elsewhere (a provider's error page may repeat the whole request). */
export const redact = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== '')
    .flatMap(formsOfSecret)
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

/** Bytes that a provider's answer may have. No profile, token or key set comes near. */
const maximumAnswer = 1_048_576;

const tooLarge = (provider: string) =>
  new ConnectorError('invalid_response', { message: `${provider} sent an answer that is too large` });

const readText = async (response: Response, provider: string): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maximumAnswer) throw tooLarge(provider);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** The kit's own errors, and the one of a `fetch` that limits the size itself. */
const asKnownError = (error: unknown, provider: string): ConnectorError | undefined => {
  if (error instanceof ConnectorError) return error.code === 'timeout' ? undefined : error;
  const isTooLarge = error instanceof Error && 'reason' in error && error.reason === 'size';
  return isTooLarge ? tooLarge(provider) : undefined;
};

/** Why the server's `fetch` does not call the address: a sentence about the host, for the operator. */
const whyRefused = (error: unknown): { detail?: string } =>
  error instanceof Error && 'reason' in error && error.reason === 'address' ? { detail: error.message } : {};

/**
 * One request to a provider: answer and body within the time limit, no retry (a code can be redeemed only once), no
 * redirect (the query may hold a secret that must not travel on).
 * @throws ConnectorError `timeout`, `general` when there is no answer at all, `invalid_response` for one above 1 MiB.
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
      return { status: response.status, text: await readText(response, provider) };
    });
  } catch (error) {
    signal?.throwIfAborted();
    const known = asKnownError(error, provider);
    if (known) throw known;
    const timedOut = error instanceof ConnectorError && error.code === 'timeout';
    // Only host and path: the query and the client's own error may hold secrets.
    world.log.warn(
      { provider, address: `${url.host}${url.pathname}`, milliseconds: world.now() - startedAt, ...whyRefused(error) },
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

/**
 * Reads a provider's answer in the shape that the connector expects.
 * @throws ConnectorError `invalid_response`, naming the fields that are wrong and never their values.
 */
export const readAnswer = <Shape extends z.ZodType>(
  shape: Shape,
  value: unknown,
  provider: string,
): z.output<Shape> => {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  throw new ConnectorError('invalid_response', {
    message: `${provider} sent an answer of another form`,
    problems: describeProblems(result.error.issues),
  });
};
