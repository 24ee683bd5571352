import {
  AuthorizationResponseError,
  type AuthorizationServer,
  allowInsecureRequests,
  calculatePKCECodeChallenge,
  customFetch,
  generateRandomCodeVerifier,
  generateRandomNonce,
  genericTokenEndpointRequest,
  skipStateCheck,
  validateAuthResponse,
} from 'oauth4webapi';
import { z } from 'zod';
import { callbackError, readParameters } from './callback.ts';
import { authenticationOf } from './client-authentication.ts';
import type { AuthorizationRequest, Call, TokenResponse, World } from './connector.ts';
import { ConnectorError } from './errors.ts';
import { issuersOf, matchIssuer, readCallbackIdToken, readIdToken } from './oauth-id-token.ts';
import { callProvider, type Journey, networkFor } from './oauth-network.ts';
import type { OAuthProvider } from './oauth-provider.ts';
import { addressOf, allowsInsecure, findServer } from './oauth-server.ts';

const keptSession = z.object({
  state: z.string().optional(),
  redirectUri: z.string().optional(),
  nonce: z.string().optional(),
  codeVerifier: z.string().optional(),
});
type KeptSession = z.output<typeof keptSession>;

/** One configured connector at work. */
interface Setting {
  readonly provider: OAuthProvider;
  /** The provider's name, for the sentences of errors. */
  readonly name: string;
  readonly world: World;
}

export interface Exchange {
  readonly tokens: TokenResponse;
  /** What the provider said, by name. */
  readonly answers: Readonly<Record<string, unknown>>;
  /** What the browser brought. */
  readonly callback: Readonly<Record<string, string>>;
}

const startJourney = ({ provider, name, world }: Setting, signal: AbortSignal | undefined): Journey => ({
  world,
  provider: name,
  signal,
  secrets: typeof provider.client.secret === 'string' ? [provider.client.secret] : [],
  acceptsForm: provider.acceptsForm ?? false,
  errors: provider.errors,
});

/** The issuers that count, the discovered one among them. */
const acceptedIssuers = ({ idToken, endpoints }: OAuthProvider, server: AuthorizationServer): readonly string[] =>
  issuersOf(idToken, endpoints.discoverFrom === undefined ? undefined : server.issuer);

/** Goes on with `value` where the connector can do without a session and the call has none. */
const withoutSession = <Value>({ provider }: Setting, error: unknown, value: Value): Value => {
  const isMissing = error instanceof ConnectorError && error.code === 'not_implemented';
  if (provider.worksWithoutSession && isMissing) return value;
  throw error;
};

const authorizationUri = async (setting: Setting, request: AuthorizationRequest, call: Call): Promise<string> => {
  const { provider } = setting;
  const journey = startJourney(setting, call.signal);
  const { authorization_endpoint: address } = await findServer(journey, provider.endpoints);
  const url = addressOf(journey, provider.endpoints, address, 'authorization endpoint');
  const { state, redirectUri } = request;
  const wanted: KeptSession = {
    state,
    redirectUri,
    ...(provider.idToken ? { nonce: generateRandomNonce() } : {}),
    ...(provider.usesPkce === false || provider.takesIdTokenFromCallback
      ? {}
      : { codeVerifier: generateRandomCodeVerifier() }),
  };
  const { nonce, codeVerifier } = await call.session.set(wanted).then(
    () => wanted,
    (error: unknown) => withoutSession<KeptSession>(setting, error, {}),
  );
  const parameters = {
    ...provider.parameters,
    response_type: provider.takesIdTokenFromCallback ? 'code id_token' : 'code',
    client_id: provider.client.id,
    redirect_uri: redirectUri,
    scope: request.scope || provider.scope,
    state,
    nonce,
    code_challenge: codeVerifier && (await calculatePKCECodeChallenge(codeVerifier)),
    code_challenge_method: codeVerifier && 'S256',
    response_mode: provider.responseMode,
  };
  for (const [key, value] of Object.entries(parameters)) if (value) url.searchParams.set(key, value);
  return url.href;
};

/** Checks the authorization response. `data` comes from the browser. */
const readCallback = ({ name, provider }: Setting, server: AuthorizationServer, data: unknown): URLSearchParams => {
  const parameters = readParameters(data);
  const issuers = acceptedIssuers(provider, server);
  const issuer = matchIssuer(issuers, parameters.get('iss')) ?? issuers[0] ?? server.issuer;
  // Without a known issuer `iss` (RFC 9207) has nothing to be compared with.
  if (issuers.length === 0) parameters.delete('iss');
  // Where an ID token may come beside the code, it is checked later.
  if (provider.takesIdTokenFromCallback) parameters.delete('id_token');
  try {
    return validateAuthResponse({ ...server, issuer }, { client_id: provider.client.id }, parameters, skipStateCheck);
  } catch (error) {
    if (!(error instanceof AuthorizationResponseError))
      throw new ConnectorError('invalid_response', {
        message: `The answer is not one that ${name} gave for this sign-in`,
      });
    throw callbackError(name, error.error);
  }
};

const readSession = async (setting: Setting, { session }: Call): Promise<KeptSession> =>
  keptSession.parse(await session.get().catch((error: unknown) => withoutSession(setting, error, {})));

interface TokenRequest {
  readonly server: AuthorizationServer;
  readonly grant: 'authorization_code' | 'refresh_token';
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

const askForTokens = async ({ provider, world }: Setting, journey: Journey, request: TokenRequest) => {
  const { server, grant } = request;
  addressOf(journey, provider.endpoints, server.token_endpoint, 'token endpoint');
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(request.parameters)) if (value) parameters.set(key, value);
  const client = { client_id: provider.client.id };
  const authentication = await authenticationOf(provider.client, world.now);
  const purpose = grant === 'refresh_token' ? 'refresh' : 'token';
  return genericTokenEndpointRequest(server, client, authentication, grant, parameters, {
    [customFetch]: networkFor(journey, purpose, {
      keepsIdToken: provider.idToken !== undefined && purpose === 'token',
    }),
    [allowInsecureRequests]: allowsInsecure(provider.endpoints),
  });
};

/** Reads with the access token whatever the connector asks for, at the same time. */
const readProfile = async (setting: Setting, journey: Journey, server: AuthorizationServer, accessToken: string) => {
  const { profile = {}, readsUserinfo, endpoints } = setting.provider;
  const userinfo = readsUserinfo ? server.userinfo_endpoint : undefined;
  const sources = Object.entries({ ...(userinfo === undefined ? {} : { userinfo }), ...profile });
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  const answers = sources.map(async ([key, source]) => {
    const { url, tolerated = [] } = typeof source === 'string' ? { url: source } : source;
    return [
      key,
      await callProvider(journey, {
        purpose: 'profile',
        url: addressOf(journey, endpoints, url, 'profile address'),
        init: { headers },
        tolerated,
      }),
    ];
  });
  return Object.fromEntries((await Promise.all(answers)).filter(([, answer]) => answer !== undefined));
};

/** OpenID Connect Core section 5.3.2: the userinfo of another user than the ID token's must not be used. */
const requireSameSubject = (name: string, subject: string, userinfo: unknown): void => {
  if (userinfo === undefined || (userinfo as { sub?: unknown }).sub === subject) return;
  throw new ConnectorError('invalid_response', { message: `${name} sent the profile of another user` });
};

const idTokenCheckOf = ({ provider }: Setting, server: AuthorizationServer, nonce: string | undefined) => ({
  server,
  issuers: acceptedIssuers(provider, server),
  clientId: provider.client.id,
  rules: provider.idToken ?? {},
  nonce,
  insecure: allowsInsecure(provider.endpoints),
});

const redeem = async (setting: Setting, data: unknown, call: Call): Promise<Exchange> => {
  const { provider, name } = setting;
  const journey = startJourney(setting, call.signal);
  const server = await findServer(journey, provider.endpoints);
  const callback = readCallback(setting, server, data);
  const code = callback.get('code');
  if (!code) throw new ConnectorError('general', { errorDescription: `${name} sent no authorization code` });
  journey.secrets.push(code);
  const kept = await readSession(setting, call);
  // The server compares the state as well; this is for pages of an operator's own that pass on every parameter.
  const state = callback.get('state');
  if (state !== null && kept.state !== undefined && state !== kept.state)
    throw new ConnectorError('authorization_failed', { message: 'The state belongs to another sign-in' });
  if (provider.takesIdTokenFromCallback) {
    const answered = new URLSearchParams({ code, id_token: readParameters(data).get('id_token') ?? '' });
    const claims = await readCallbackIdToken(journey, answered, idTokenCheckOf(setting, server, kept.nonce));
    return { tokens: {}, answers: { claims }, callback: Object.fromEntries(callback) };
  }
  const redirectUri = kept.redirectUri ?? callback.get('redirectUri') ?? undefined;
  const parameters = { code, redirect_uri: redirectUri, code_verifier: kept.codeVerifier };
  const response = await askForTokens(setting, journey, { server, grant: 'authorization_code', parameters });
  const { tokens, claims } = provider.idToken
    ? await readIdToken(journey, response, idTokenCheckOf(setting, server, kept.nonce))
    : { tokens: (await response.json()) as TokenResponse, claims: undefined };
  const answers = await readProfile(setting, journey, server, tokens.access_token ?? '');
  if (claims) requireSameSubject(name, claims.sub, answers.userinfo);
  return {
    tokens,
    answers: { ...(claims ? { claims } : {}), ...answers },
    callback: Object.fromEntries(callback),
  };
};

/** The claims of an ID token that came without a code: the provider gave it to the page. */
const readIdTokenAlone = async (
  setting: Setting,
  { idToken, nonce }: { readonly idToken: string; readonly nonce?: string | undefined },
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>>> => {
  const { provider } = setting;
  const journey = startJourney(setting, signal);
  const server = await findServer(journey, provider.endpoints);
  journey.secrets.push(idToken);
  // In the form of a token response, which the checks read. There is no access token.
  const response = Response.json({ access_token: 'none', token_type: 'bearer', id_token: idToken });
  return (await readIdToken(journey, response, idTokenCheckOf(setting, server, nonce))).claims;
};

const refresh = async (
  setting: Setting,
  refreshToken: string,
  signal: AbortSignal | undefined,
): Promise<TokenResponse> => {
  const journey = startJourney(setting, signal);
  const server = await findServer(journey, setting.provider.endpoints);
  const parameters = { refresh_token: refreshToken };
  const response = await askForTokens(setting, journey, { server, grant: 'refresh_token', parameters });
  return (await response.json()) as TokenResponse;
};

/** The steps of a sign-in with one configured provider. */
export const createFlow = (setting: Setting) => ({
  authorizationUri: (request: AuthorizationRequest, call: Call) => authorizationUri(setting, request, call),
  redeem: (data: unknown, call: Call) => redeem(setting, data, call),
  claimsOf: (given: { idToken: string; nonce?: string | undefined }, { signal }: Pick<Call, 'signal'>) =>
    readIdTokenAlone(setting, given, signal),
  refresh: (refreshToken: string, { signal }: Pick<Call, 'signal'>) => refresh(setting, refreshToken, signal),
});
