import { z } from 'zod';
import type { World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import { type ErrorForm, type OAuthError, readError } from './oauth-errors.ts';
import { readAnswer, redact, requestProvider } from './request.ts';

/** What a request is for: the same HTTP status means something else at each endpoint. */
export type Purpose = 'discovery' | 'keys' | 'token' | 'refresh' | 'profile';

/** One call of a connector on its way to the provider. */
export interface Journey {
  readonly world: World;
  /** The provider's name, for the sentences of errors. */
  readonly provider: string;
  readonly signal: AbortSignal | undefined;
  /** What must not come out in an error, besides what the requests themselves carry. Grows along the way. */
  readonly secrets: string[];
  /** Whether tokens may come as a form, as some providers send them. */
  readonly acceptsForm: boolean;
  /** How the provider reports errors, where it does not keep to RFC 6749. */
  readonly errors?: ErrorForm | undefined;
  /** What stands before the JSON of answers. */
  readonly prefix?: string | undefined;
}

/** Milliseconds for each request. */
const timeLimit = 8000;
/** Characters of a provider's own words that go into an error. */
const maximumWords = 300;

interface Answer {
  readonly purpose: Purpose;
  readonly status: number;
  readonly body: unknown;
}

/** The error in a body. Some providers send it with HTTP 200. */
const errorOf = ({ errors }: Journey, { purpose, body }: Answer): OAuthError | undefined =>
  readError(errors, body, purpose === 'token' || purpose === 'refresh');

/**
 * The one error map: what an unsuccessful response means to the operator and to the user who signs in.
 * `invalid_config`: the provider does not know the client or its secret.
 */
const refusalOf = (journey: Journey, answer: Answer): ConnectorError => {
  const { provider, secrets } = journey;
  const { purpose, status } = answer;
  const told = errorOf(journey, answer);
  const words = redact([told?.error, told?.description].filter(Boolean).join(': '), secrets).slice(0, maximumWords);
  const isToken = purpose === 'token' || purpose === 'refresh';
  if (isToken && told?.refuses === 'code') {
    const code = purpose === 'refresh' ? 'social_invalid_access_token' : 'social_auth_code_invalid';
    return new ConnectorError(code, { message: words });
  }
  if (purpose === 'profile' && (told ? told.refuses === 'token' : status === 401))
    return new ConnectorError('social_invalid_access_token', {
      message: `${provider} did not accept the access token`,
    });
  if (isToken && (told ? told.refuses === 'client' : status === 401)) {
    const message = `${provider} did not accept the client ID or the client secret`;
    return new ConnectorError('invalid_config', {
      message: words || message,
      problems: ['clientId', 'clientSecret'].map((path) => ({ path, message })),
    });
  }
  if (status === 429) return new ConnectorError('rate_limit_exceeded', { message: `${provider} asks to wait` });
  const happened = words === '' ? `${provider} answered with HTTP ${status}` : `${provider} answered: ${words}`;
  return new ConnectorError('general', { errorDescription: happened });
};

const parseBody = (journey: Journey, purpose: Purpose, text: string): unknown => {
  const { prefix = '' } = journey;
  try {
    return JSON.parse(text.startsWith(prefix) ? text.slice(prefix.length) : text);
  } catch {
    // The parser's message quotes the text, which may hold tokens. A form is the only other thing that is read.
    const isForm = journey.acceptsForm && (purpose === 'token' || purpose === 'refresh') && /^[\w.-]+=/.test(text);
    return isForm ? Object.fromEntries(new URLSearchParams(text)) : undefined;
  }
};

/** Names of parameters and headers whose values prove something. */
const secretNames = /secret|token|code|ticket|assertion|^sign$/i;

const fieldsOfBody = (body: unknown): [string, unknown][] => {
  if (body instanceof URLSearchParams) return [...body];
  return typeof body === 'string' ? Object.entries(JSON.parse(body)) : [];
};

const credentialsOf = (url: URL, init: NonNullable<ProviderCall['init']>): string[] => {
  const headers = new Headers(init.headers);
  const sent = [...url.searchParams, ...headers, ...fieldsOfBody(init.body)].flatMap(([name, value]) =>
    secretNames.test(name) && typeof value === 'string' ? [value] : [],
  );
  return [...sent, ...(headers.get('authorization')?.split(' ').slice(1) ?? [])];
};

export interface ProviderCall {
  readonly purpose: Purpose;
  readonly url: URL;
  /** A body is a form, or the text of a JSON object. */
  readonly init?: { method?: string; headers?: HeadersInit; body?: URLSearchParams | string };
  /** Statuses that mean "nothing there" and not a failure. */
  readonly tolerated?: readonly number[];
}

/**
 * Calls the provider and reads its JSON. Undefined for a tolerated status.
 * @throws ConnectorError as the error map says; `invalid_response` when a success is not JSON.
 */
export const callProvider = async (journey: Journey, { purpose, url, init = {}, tolerated }: ProviderCall) => {
  const { world, provider, signal } = journey;
  journey.secrets.push(...credentialsOf(url, init));
  const { status, text } = await requestProvider(world, { provider, url, init, timeLimit, signal });
  if (tolerated?.includes(status)) return undefined;
  const answer = { purpose, status, body: parseBody(journey, purpose, text) };
  const error = errorOf(journey, answer)?.error;
  if (status < 200 || status > 299 || error !== undefined) {
    const address = `${url.host}${url.pathname}`;
    world.log.warn(
      { provider, address, status, ...(error ? { error: redact(error, journey.secrets) } : {}) },
      'The provider refused a request',
    );
    throw refusalOf(journey, answer);
  }
  if (typeof answer.body !== 'object' || answer.body === null)
    throw new ConnectorError('invalid_response', { message: `The answer of ${provider} is not JSON` });
  return answer.body;
};

const optionalText = z.string().optional().catch(undefined);
/** RFC 6749 section 5.1, as loosely as providers keep to it; what is of another type counts as absent. */
const tokenBody = z.object({
  access_token: z.string().min(1),
  token_type: z.string().min(1).catch('bearer'),
  expires_in: z.coerce.number().nonnegative().optional().catch(undefined),
  refresh_token: optionalText,
  scope: optionalText,
  id_token: optionalText,
});

/** RFC 7517 section 5. */
const keySet = z.looseObject({ keys: z.array(z.looseObject({})) });

/**
 * The `fetch` that oauth4webapi gets for one purpose. It goes out through the world of the connector, and gives the
 * library answers in the form of the specification alone: failures leave as ConnectorErrors before it sees them.
 */
export const networkFor =
  (journey: Journey, purpose: Purpose, { keepsIdToken = false } = {}) =>
  async (address: string, options: { method: string; headers: Record<string, string>; body?: unknown }) => {
    const { 'user-agent': _, ...headers } = options.headers;
    const body = options.body instanceof URLSearchParams ? { body: options.body } : {};
    const call = { purpose, url: new URL(address), init: { method: options.method, headers, ...body } };
    const answer = await callProvider(journey, call);
    if (purpose === 'keys') return Response.json(readAnswer(keySet, answer, journey.provider));
    const isToken = purpose === 'token' || purpose === 'refresh';
    return Response.json(isToken ? readTokens(journey, answer, keepsIdToken) : answer);
  };

/** An ID token that nothing checks is dropped here, so that nothing can rely on it. */
const readTokens = (journey: Journey, answer: unknown, keepsIdToken: boolean) => {
  const { id_token, ...tokens } = readAnswer(tokenBody, answer, journey.provider);
  journey.secrets.push(tokens.access_token, tokens.refresh_token ?? '', id_token ?? '');
  return keepsIdToken ? { ...tokens, id_token } : tokens;
};
