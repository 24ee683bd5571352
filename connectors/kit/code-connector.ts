/*
 * Connectors for providers that are OAuth 2.0 by name only: the user consents, the browser brings a code, and what
 * follows are calls in forms of their own. A connector says which calls; limits, errors and secrets are handled here.
 */
import type { z } from 'zod';
import { callbackError, readParameters } from './callback.ts';
import { type AuthorizationRequest, type Connector, defineConnector, type World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import type { ConnectorMetadata } from './metadata.ts';
import type { ErrorForm } from './oauth-errors.ts';
import { callProvider, type Journey, type Purpose } from './oauth-network.ts';
import { type MappedProfile, toUserInfo } from './profile.ts';
import { readAnswer } from './request.ts';

type Parameters = Readonly<Record<string, string | undefined>>;

/** One call of the provider. A body makes it a POST. */
export interface ProviderQuestion<Shape extends z.ZodType> {
  /** `token` while the code and the client are in question, `profile` from then on. */
  readonly purpose: Extract<Purpose, 'token' | 'profile'>;
  readonly address: string;
  readonly query?: Parameters;
  readonly form?: Parameters;
  readonly json?: Parameters;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: Shape;
}

export type Ask = <Shape extends z.ZodType>(question: ProviderQuestion<Shape>) => Promise<z.output<Shape>>;

interface CodeCallback {
  readonly code: string;
  readonly redirectUri: string | undefined;
}

export interface CodeDefinition<Config extends z.ZodType> {
  readonly metadata: ConnectorMetadata;
  readonly config: Config;
  /** Where the user is sent; parameters without a value are left out. */
  readonly authorization: (
    config: z.output<Config>,
    request: AuthorizationRequest,
  ) => { readonly address: string; readonly parameters: Parameters; readonly fragment?: string };
  /** The parameter of the callback that has the code; `code` if left out. */
  readonly codeParameter?: string;
  readonly errors: ErrorForm;
  /** What stands before the JSON of answers. */
  readonly prefix?: string;
  /** The calls, from the code to the profile. */
  readonly signIn: (
    callback: CodeCallback,
    ask: Ask,
    config: z.output<Config>,
    world: World,
  ) => Promise<MappedProfile & { readonly rawData: unknown }>;
}

interface Client {
  readonly clientId: string;
  readonly scope?: string | undefined;
}

/** The parameters of an authorization request that most providers share (RFC 6749 section 4.1.1). */
export const usualAuthorization = (client: Client, request: AuthorizationRequest, scope: string) => ({
  response_type: 'code',
  client_id: client.clientId,
  redirect_uri: request.redirectUri,
  scope: request.scope || client.scope || scope,
  state: request.state,
});

/** The parameters that redeem a code (RFC 6749 section 4.1.3), with the client's secret. */
export const usualRedemption = (
  client: Client & { readonly clientSecret: string },
  { code, redirectUri }: CodeCallback,
) => ({
  grant_type: 'authorization_code',
  client_id: client.clientId,
  client_secret: client.clientSecret,
  code,
  redirect_uri: redirectUri,
});

const given = (parameters: Parameters = {}): [string, string][] =>
  Object.entries(parameters).flatMap(([name, value]) => (value ? [[name, value]] : []));

const askThrough =
  (journey: Journey): Ask =>
  async ({ purpose, address, query, form, json, headers, answer }) => {
    const url = new URL(address);
    for (const [name, value] of given(query)) url.searchParams.set(name, value);
    const body = form ? new URLSearchParams(given(form)) : json && JSON.stringify(Object.fromEntries(given(json)));
    const init = {
      headers: { accept: 'application/json', ...(json ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { method: 'POST', body }),
    };
    return readAnswer(answer, await callProvider(journey, { purpose, url, init }), journey.provider);
  };

/**
 * Makes a social connector out of its calls. Nothing is kept between the two ends of a sign-in, so it also works for
 * links that the Management API makes.
 * @throws ConnectorError `invalid_metadata`
 */
export const createCodeConnector = <Config extends z.ZodType>(definition: CodeDefinition<Config>): Connector => {
  const { metadata, config, codeParameter = 'code', errors, prefix } = definition;
  const name = metadata.name.en;
  return defineConnector({
    metadata,
    config,
    create: (settings, world) => ({
      getAuthorizationUri: async (request) => {
        const { address, parameters, fragment = '' } = definition.authorization(settings, request);
        return `${address}?${new URLSearchParams(given(parameters))}${fragment}`;
      },
      getUserInfo: async (data, { signal }) => {
        const callback = readParameters(data);
        const error = callback.get('error');
        if (error) throw callbackError(name, error);
        const code = callback.get(codeParameter);
        if (!code) throw new ConnectorError('general', { errorDescription: `${name} sent no authorization code` });
        const journey = { world, provider: name, signal, secrets: [], acceptsForm: false, errors, prefix };
        const redirectUri = callback.get('redirectUri') ?? undefined;
        const profile = await definition.signIn({ code, redirectUri }, askThrough(journey), settings, world);
        return toUserInfo(name, profile, {});
      },
    }),
  });
};
