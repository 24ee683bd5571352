import { createLedger, garbage, neverAnswer, type SandboxWorld, serverError } from './answers.ts';
import { claimsOf, findPersona, type Persona } from './personas.ts';
import type { Dialect, PlayedProvider, Refusal } from './played-provider.ts';
import { playedProviders } from './providers.ts';
import { type SigningAlgorithm, signingKey } from './signing.ts';

/** What a provider answers after the user agreed, so that each failure can be tried. */
export const providerOutcomes = [
  'success',
  'token_invalid_grant',
  'token_invalid_client',
  'token_timeout',
  'token_garbage',
  'token_500',
  'id_token_issuer',
  'id_token_audience',
  'id_token_expired',
  'id_token_nonce',
  'id_token_signature',
  'profile_401',
  'profile_timeout',
  'profile_garbage',
  'profile_500',
] as const;
export type ProviderOutcome = (typeof providerOutcomes)[number];

/** Whether a string names an outcome. */
export const isProviderOutcome = (value: unknown): value is ProviderOutcome =>
  providerOutcomes.some((outcome) => outcome === value);

export interface ProviderDecision {
  /** The address of the authorization request, as the connector made it. */
  readonly address: string;
  /** Key of a persona. */
  readonly persona: string;
  readonly outcome: ProviderOutcome;
}

/** Where the browser goes on, and with what (RFC 6749 section 4.1.2). */
export interface ProviderReply {
  readonly redirectUri: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly responseMode: 'query' | 'form_post';
}

export interface ProviderSandbox {
  /** Whether an address belongs to one of the providers. */
  plays: (address: URL) => boolean;
  /** Answers for the providers only; any other address fails as an unreachable host does. */
  readonly fetch: typeof globalThis.fetch;
  /**
   * The user agreed: a code that can be redeemed once, within ten minutes, by that client.
   * Rejects with RangeError for a request that no provider would take, or an unknown persona or outcome.
   */
  agree: (decision: ProviderDecision) => Promise<ProviderReply>;
  /**
   * The user declined.
   * @throws RangeError for a request that no provider would take
   */
  decline: (address: string) => ProviderReply;
}

interface Grant {
  readonly provider: PlayedProvider;
  readonly persona: Persona;
  readonly outcome: ProviderOutcome;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
}

const minute = 60_000;
const codeLife = 10 * minute;
const accessTokenLife = 60 * minute;

const json = (body: unknown, status = 200): Response => Response.json(body, { status });

const words = 'The sandbox says so.';
/** RFC 6749 section 5.2, and RFC 6750 section 3.1. */
const standardRefusals: Readonly<Record<Refusal, { body: unknown; status: number }>> = {
  code: { body: { error: 'invalid_grant', error_description: words }, status: 400 },
  client: { body: { error: 'invalid_client', error_description: words }, status: 401 },
  token: { body: { error: 'invalid_token', error_description: words }, status: 401 },
};

const refuse = ({ refusals }: PlayedProvider, what: Refusal): Response => {
  const { body, status } = refusals?.[what] ?? standardRefusals[what];
  return json(body, status);
};

/** RFC 7636 section 4.6. */
const fitsChallenge = async (challenge: string | null, verifier: string | null): Promise<boolean> => {
  if (challenge === null || verifier === null) return challenge === verifier;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return Buffer.from(digest).toString('base64url') === challenge;
};

/** The parameters of a request by their standard names, from wherever the provider takes them. */
const readParameters = async (
  stand: Stand,
  { dialect }: PlayedProvider,
  request: Request,
): Promise<URLSearchParams> => {
  const body = await request.text();
  if (dialect === undefined) return new URLSearchParams(body);
  const fromBody = body.startsWith('{') ? Object.entries<string>(JSON.parse(body)) : [...new URLSearchParams(body)];
  const given = new Map([...request.headers, ...new URL(request.url).searchParams, ...fromBody]);
  const parameters = new URLSearchParams({ grant_type: 'authorization_code' });
  for (const name of ['grant_type', 'client_id', 'client_secret', 'code', 'redirect_uri', 'access_token']) {
    const value = given.get(dialect.names?.[name] ?? name);
    if (value !== undefined) parameters.set(name, value);
  }
  const clientId = stand.appTokens.find(parameters.get('access_token') ?? '')?.value.clientId;
  if (clientId !== undefined) for (const name of ['client_id', 'client_secret']) parameters.set(name, clientId);
  return parameters;
};

interface ClientCredentials {
  readonly id: string;
  readonly isAuthenticated: boolean;
}

/** RFC 6749 section 2.3.1, and client assertions. Any secret counts: the sandbox has no clients to compare with. */
const clientOf = (headers: Headers, form: URLSearchParams): ClientCredentials => {
  const [scheme, credentials = ''] = (headers.get('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() === 'basic') {
    const [id = '', secret = ''] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
    return { id: decodeURIComponent(id.replaceAll('+', ' ')), isAuthenticated: secret !== '' };
  }
  const isAuthenticated = form.has('client_secret') || form.has('client_assertion') || form.has('code_verifier');
  return { id: form.get('client_id') ?? '', isAuthenticated };
};

interface Stand {
  readonly world: SandboxWorld & { readonly algorithm: SigningAlgorithm };
  readonly codes: ReturnType<typeof createLedger<Grant & { used: boolean }>>;
  readonly accessTokens: ReturnType<typeof createLedger<Grant>>;
  readonly refreshTokens: ReturnType<typeof createLedger<Grant>>;
  /** Tokens of clients, with the last grant that each redeemed. */
  readonly appTokens: ReturnType<typeof createLedger<{ clientId: string; grant?: Grant }>>;
}

/** The left half of a code's hash (OpenID Connect Core section 3.3.2.11), for algorithms with SHA-256. */
const codeHash = async (code: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(code));
  return Buffer.from(digest).subarray(0, 16).toString('base64url');
};

const idTokenOf = async ({ world }: Stand, grant: Grant, code?: string): Promise<string | undefined> => {
  const { provider, persona, outcome, nonce } = grant;
  if (!provider.openid || !(provider.sendsIdToken || grant.scope.split(' ').includes('openid'))) return undefined;
  const issuedAt = Math.floor(world.now() / 1000) - (outcome === 'id_token_expired' ? 7200 : 0);
  const told = outcome === 'id_token_nonce' ? 'of another sign-in' : nonce;
  const key = await signingKey(world.algorithm, outcome === 'id_token_signature' ? 'unknown' : 'published');
  return key.sign({
    iss: outcome === 'id_token_issuer' ? 'https://elsewhere.sandbox.test' : provider.openid.issuer,
    aud: outcome === 'id_token_audience' ? 'another client' : grant.clientId,
    iat: issuedAt,
    exp: issuedAt + 3600,
    ...(told === null ? {} : { nonce: told }),
    ...(code === undefined ? {} : { c_hash: await codeHash(code) }),
    ...(provider.openid.claims ?? claimsOf)(persona),
  });
};

const withPrefix = async ({ prefix }: Dialect, response: Response): Promise<Response> =>
  prefix === undefined ? response : new Response(prefix + (await response.text()), { status: response.status });

const grantTokens = async (stand: Stand, grant: Grant, { isRefresh = false } = {}): Promise<Response> => {
  const { dialect } = grant.provider;
  const accessToken = stand.accessTokens.add(grant);
  if (dialect) return withPrefix(dialect, json(dialect.tokens(accessToken, grant.persona)));
  const idToken = await idTokenOf(stand, isRefresh ? { ...grant, nonce: null } : grant);
  return json({
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: accessTokenLife / 1000,
    refresh_token: stand.refreshTokens.add(grant),
    scope: grant.scope,
    ...(idToken === undefined ? {} : { id_token: idToken }),
  });
};

const answerToken = async (stand: Stand, provider: PlayedProvider, request: Request): Promise<Response> => {
  const form = await readParameters(stand, provider, request);
  const { id, isAuthenticated } = clientOf(request.headers, form);
  if (id === '' || !isAuthenticated) return refuse(provider, 'client');
  if (form.get('grant_type') === 'refresh_token') {
    const grant = stand.refreshTokens.find(form.get('refresh_token') ?? '')?.value;
    const isKnown = grant?.provider === provider && grant.clientId === id;
    return isKnown ? grantTokens(stand, grant, { isRefresh: true }) : refuse(provider, 'code');
  }
  if (form.get('grant_type') !== 'authorization_code') return json({ error: 'unsupported_grant_type' }, 400);
  const issued = stand.codes.find(form.get('code') ?? '');
  if (issued?.value.provider !== provider || issued.value.clientId !== id) return refuse(provider, 'code');
  const grant = issued.value;
  const { outcome } = grant;
  if (outcome === 'token_timeout') return neverAnswer(request.signal);
  if (outcome === 'token_500') return serverError();
  if (outcome === 'token_garbage') return garbage();
  if (outcome === 'token_invalid_client') return refuse(provider, 'client');
  const isValid =
    !grant.used &&
    issued.age <= codeLife &&
    outcome !== 'token_invalid_grant' &&
    (form.get('redirect_uri') ?? grant.redirectUri) === grant.redirectUri &&
    (await fitsChallenge(grant.challenge, form.get('code_verifier')));
  grant.used = true;
  const app = stand.appTokens.find(form.get('access_token') ?? '')?.value;
  if (app) app.grant = grant;
  return isValid ? grantTokens(stand, grant) : refuse(provider, 'code');
};

/** A token of the client itself, before any user is known. */
const answerAppToken = async (stand: Stand, provider: PlayedProvider, request: Request): Promise<Response> => {
  const parameters = await readParameters(stand, provider, request);
  const clientId = parameters.get('client_id');
  if (!clientId || !parameters.has('client_secret')) return refuse(provider, 'client');
  return json({ errcode: 0, errmsg: 'ok', access_token: stand.appTokens.add({ clientId }), expires_in: 7200 });
};

const answerProfile = async (stand: Stand, provider: PlayedProvider, address: string, request: Request) => {
  const bearer = /^bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const token = bearer ?? (await readParameters(stand, provider, request)).get('access_token') ?? '';
  const grant = stand.accessTokens.find(token)?.value ?? stand.appTokens.find(token)?.value.grant;
  if (grant?.provider !== provider || grant.outcome === 'profile_401') return refuse(provider, 'token');
  if (grant.outcome === 'profile_timeout') return neverAnswer(request.signal);
  if (grant.outcome === 'profile_garbage') return garbage();
  if (grant.outcome === 'profile_500') return serverError();
  return json(provider.profiles[address]?.(grant.persona));
};

/** OpenID Connect Discovery 1.0 section 3. */
const discoveryOf = ({ authorization, token }: PlayedProvider, openid: NonNullable<PlayedProvider['openid']>) => ({
  issuer: openid.issuer,
  authorization_endpoint: authorization,
  token_endpoint: token,
  userinfo_endpoint: openid.userinfo,
  jwks_uri: openid.keys,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
  code_challenge_methods_supported: ['S256'],
});

const answer = async (stand: Stand, provider: PlayedProvider, request: Request): Promise<Response> => {
  const address = addressOf(new URL(request.url));
  const { openid } = provider;
  if (address === provider.token) {
    const isWrong = request.method !== 'POST' && provider.dialect === undefined;
    return isWrong ? new Response('', { status: 405 }) : answerToken(stand, provider, request);
  }
  if (address === provider.dialect?.appToken) return answerAppToken(stand, provider, request);
  if (Object.hasOwn(provider.profiles, address)) return answerProfile(stand, provider, address, request);
  if (openid && address === openid.keys) return json({ keys: [(await signingKey(stand.world.algorithm)).publicKey] });
  if (openid && address === `${openid.issuer}/.well-known/openid-configuration`)
    return json(discoveryOf(provider, openid));
  return new Response('', { status: 404 });
};

/** An address without its query, but with the name of the method at a gateway. */
const addressOf = ({ origin, pathname, searchParams }: URL): string => {
  const method = searchParams.get('method');
  return `${origin}${pathname}${method === null ? '' : `?method=${method}`}`;
};

const hostsOf = ({ authorization, token, openid, profiles }: PlayedProvider): readonly string[] =>
  [authorization, token, ...(openid ? [openid.issuer, openid.keys] : []), ...Object.keys(profiles)].map(
    (address) => new URL(address).origin,
  );

const readRequest = (address: string) => {
  const url = new URL(address);
  const provider = playedProviders.find(({ authorization }) => authorization === addressOf(url));
  const query = url.searchParams;
  const redirectUri = query.get('redirect_uri') ?? '';
  if (provider === undefined) throw new RangeError('The sandbox does not play this provider');
  const { dialect, sendsIdToken } = provider;
  const clientId = query.get(dialect?.clientParameter ?? 'client_id') ?? '';
  const responseType = sendsIdToken ? 'code id_token' : dialect?.hasResponseType === false ? null : 'code';
  if (query.get('response_type') !== responseType) throw new RangeError(`response_type must be ${responseType}`);
  if (clientId === '' || clientId.length > 512) throw new RangeError('client_id is missing or too long');
  if (!URL.canParse(redirectUri)) throw new RangeError('redirect_uri must be an absolute address');
  if (query.has('code_challenge') && query.get('code_challenge_method') !== 'S256')
    throw new RangeError('code_challenge_method must be S256');
  return { provider, query, redirectUri, clientId };
};

const replyOf = (query: URLSearchParams, redirectUri: string, given: Record<string, string>): ProviderReply => {
  const state = query.get('state');
  return {
    redirectUri,
    parameters: { ...given, ...(state === null ? {} : { state }) },
    responseMode: query.get('response_mode') === 'form_post' ? 'form_post' : 'query',
  };
};

/** What Apple adds when a user agrees for the first time. */
const userOf = ({ nickname, email }: Persona): string => JSON.stringify({ name: { firstName: nickname }, email });

/**
 * A stand-in for OAuth 2.0 and OpenID Connect providers, so that sign-in can be tried without an account at any of
 * them. Everything is kept in memory, at most 1,000 codes and tokens of each kind, and belongs to one tenant.
 * @param world `algorithm`: how ID tokens are signed; RS256 if left out
 */
export const createProviderSandbox = (
  world: SandboxWorld & { readonly algorithm?: SigningAlgorithm },
): ProviderSandbox => {
  const stand: Stand = {
    world: { algorithm: 'RS256', ...world },
    codes: createLedger(world, codeLife),
    accessTokens: createLedger(world, accessTokenLife),
    refreshTokens: createLedger(world, 24 * accessTokenLife),
    appTokens: createLedger(world, accessTokenLife),
  };
  const providerOf = (url: URL) => playedProviders.find((provider) => hostsOf(provider).includes(url.origin));
  return {
    plays: (url) => providerOf(url) !== undefined,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      const provider = providerOf(new URL(request.url));
      if (provider === undefined) throw new TypeError('The sandbox does not play this host');
      return answer(stand, provider, request);
    },
    agree: async ({ address, persona: key, outcome }) => {
      const { provider, query, redirectUri, clientId } = readRequest(address);
      const persona = findPersona(key);
      if (persona === undefined) throw new RangeError('There is no such persona');
      if (!isProviderOutcome(outcome)) throw new RangeError('There is no such outcome');
      const grant: Grant = {
        provider,
        persona,
        outcome,
        clientId,
        redirectUri,
        scope: query.get('scope') ?? '',
        nonce: query.get('nonce'),
        challenge: query.get('code_challenge'),
      };
      const code = stand.codes.add({ ...grant, used: false });
      const idToken = provider.sendsIdToken ? await idTokenOf(stand, grant, code) : undefined;
      return replyOf(query, redirectUri, {
        [provider.dialect?.codeParameter ?? 'code']: code,
        ...(idToken === undefined ? {} : { id_token: idToken, user: userOf(persona) }),
      });
    },
    decline: (address) => {
      const { query, redirectUri } = readRequest(address);
      return replyOf(query, redirectUri, { error: 'access_denied' });
    },
  };
};
