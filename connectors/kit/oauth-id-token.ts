import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  clockSkew,
  clockTolerance,
  customFetch,
  expectNoNonce,
  expectNoState,
  getValidatedIdTokenClaims,
  type IDToken,
  jwksCache,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  type TokenEndpointResponse,
  validateApplicationLevelSignature,
  validateCodeIdTokenResponse,
} from 'oauth4webapi';
import { ConnectorError } from './errors.ts';
import { type Journey, networkFor } from './oauth-network.ts';
import { keyCacheOf } from './oauth-server.ts';

export const idTokenAlgorithms = [
  'RS256',
  'ES256',
  'PS256',
  'RS384',
  'RS512',
  'ES384',
  'ES512',
  'PS384',
  'PS512',
  'Ed25519',
  'EdDSA',
] as const;
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number];
const usualAlgorithms: readonly IdTokenAlgorithm[] = ['RS256', 'ES256', 'PS256'];

/** What the ID token of a provider has to be (OpenID Connect Core section 3.1.3.7). */
export interface IdTokenRules {
  /** The issuers that count; the discovered one if left out. `{tid}` in one stands for that claim of the token. */
  readonly issuer?: string | readonly string[] | undefined;
  /** The client ID if left out. */
  readonly audience?: string | readonly string[] | undefined;
  /** RS256, ES256 and PS256 if left out. */
  readonly algorithms?: readonly IdTokenAlgorithm[] | undefined;
  /** Seconds that the clocks may differ. */
  readonly clockTolerance?: number | undefined;
  /** Seconds since the user was asked for credentials, where the request carries `max_age`. */
  readonly maxAge?: number | undefined;
}

const defaultTolerance = 30;

const listOf = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;

/** The accepted issuers of a provider; none for one that is OAuth 2 alone. */
export const issuersOf = (rules: IdTokenRules | undefined, discovered: string | undefined): readonly string[] => {
  const accepted = listOf(rules?.issuer);
  return accepted.length > 0 || discovered === undefined ? accepted : [discovered];
};

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const claimValue = /^[\w.-]{1,128}$/;

/**
 * The accepted issuer that a value names, with templates filled in.
 * @param claims fill the templates; without them any value that a claim could have fits
 */
export const matchIssuer = (
  accepted: readonly string[],
  value: unknown,
  claims?: Readonly<Record<string, unknown>>,
): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const fits = (template: string): boolean => {
    const parts = template.split(/\{(\w+)\}/);
    const pattern = parts.map((part, index) => {
      if (index % 2 === 0) return escapePattern(part);
      const claim = claims?.[part];
      if (claims === undefined) return '[\\w.-]{1,128}';
      return typeof claim === 'string' && claimValue.test(claim) ? escapePattern(claim) : '(?!)';
    });
    return new RegExp(`^${pattern.join('')}$`).test(value);
  };
  return accepted.some(fits) ? value : undefined;
};

/**
 * The payload before anything is checked: it only chooses which accepted issuer and audience the checks compare with.
 */
const peek = (token: string): Readonly<Record<string, unknown>> => {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof payload === 'object' && payload !== null ? { ...payload } : {};
  } catch {
    // Not a token at all: the checks say so.
    return {};
  }
};

export interface IdTokenCheck {
  readonly server: AuthorizationServer;
  readonly issuers: readonly string[];
  readonly clientId: string;
  readonly rules: IdTokenRules;
  /** Undefined where no session could keep one. */
  readonly nonce: string | undefined;
  readonly insecure: boolean;
}

/** The accepted issuer and audience that a token names, in the form of the library. */
const checksOf = (
  { world }: Journey,
  check: IdTokenCheck,
  token: string,
): { server: AuthorizationServer; client: Client } => {
  const { rules } = check;
  const untrusted = peek(token);
  const named = listOf(untrusted.aud as string | string[] | undefined);
  const audiences = listOf(rules.audience);
  return {
    server: {
      ...check.server,
      issuer: matchIssuer(check.issuers, untrusted.iss, untrusted) ?? check.issuers[0] ?? check.server.issuer,
      id_token_signing_alg_values_supported: [...(rules.algorithms ?? usualAlgorithms)],
    },
    client: {
      client_id: audiences.find((audience) => named.includes(audience)) ?? audiences[0] ?? check.clientId,
      [clockSkew]: Math.round((world.now() - Date.now()) / 1000),
      [clockTolerance]: rules.clockTolerance ?? defaultTolerance,
    },
  };
};

/** How the library fetches and keeps the keys. */
const keyOptions = (journey: Journey, server: AuthorizationServer, insecure: boolean) => ({
  [customFetch]: networkFor(journey, 'keys'),
  [jwksCache]: keyCacheOf(journey, server),
  [allowInsecureRequests]: insecure,
});

const claims = ['iss', 'aud', 'azp', 'exp', 'nbf', 'iat', 'nonce'] as const;

/** The claim that did not pass, as far as the library says. The rest of what it says quotes the token. */
const claimOf = (error: unknown): (typeof claims)[number] | undefined => {
  const { claim } = (error instanceof OperationProcessingError ? (error.cause ?? {}) : {}) as { claim?: unknown };
  return claims.find((name) => name === claim);
};

/**
 * Runs the library's checks of an ID token.
 * @param what the check, unless it is one of the claims
 * @throws ConnectorError `social_invalid_id_token` where they fail, with `check` if known; the network's own error
 */
const trusting = async <Value>(journey: Journey, checks: () => Promise<Value>, what?: 'signature'): Promise<Value> => {
  try {
    return await checks();
  } catch (error) {
    // The network's own; anything else is a finding about the token, whose message and cause may quote it.
    if (error instanceof ConnectorError) throw error;
    journey.signal?.throwIfAborted();
    const check = what ?? claimOf(error);
    throw new ConnectorError('social_invalid_id_token', {
      message: `The ID token of ${journey.provider} is not valid`,
      ...(check === undefined ? {} : { check }),
    });
  }
};

/**
 * Reads a token response with an ID token: signature by the provider's keys, issuer, audience, times, nonce, algorithm.
 * @throws ConnectorError `invalid_response` without an ID token, `social_invalid_id_token` for one that must not be
 * trusted
 */
export const readIdToken = async (
  journey: Journey,
  response: Response,
  check: IdTokenCheck,
): Promise<{ tokens: TokenEndpointResponse; claims: IDToken }> => {
  const { provider } = journey;
  const { rules } = check;
  const { id_token: token } = (await response.clone().json()) as { id_token?: string };
  if (token === undefined) throw new ConnectorError('invalid_response', { message: `${provider} sent no ID token` });
  if (check.server.jwks_uri === undefined)
    throw new ConnectorError('invalid_response', { message: `${provider} names no keys for its ID tokens` });
  const { server, client } = checksOf(journey, check, token);
  const answer = await trusting(journey, async () => {
    const tokens = await processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: check.nonce ?? expectNoNonce,
      requireIdToken: true,
      ...(rules.maxAge === undefined ? {} : { maxAge: rules.maxAge }),
    });
    const told = getValidatedIdTokenClaims(tokens);
    if (told === undefined) throw new TypeError('The ID token has no claims');
    return { tokens, claims: told };
  });
  const verify = () => validateApplicationLevelSignature(server, response, keyOptions(journey, server, check.insecure));
  await trusting(journey, verify, 'signature');
  return answer;
};

/**
 * Reads an ID token that came with the callback, through the browser (OpenID Connect Core section 3.3.2.12): as above,
 * and it has to be of this sign-in (nonce) and of this code (`c_hash`).
 * @param answered `code` and `id_token` of the callback
 * @throws ConnectorError `social_invalid_id_token`
 */
export const readCallbackIdToken = async (
  journey: Journey,
  answered: URLSearchParams,
  check: IdTokenCheck,
): Promise<Readonly<Record<string, unknown>>> => {
  const token = answered.get('id_token') ?? '';
  journey.secrets.push(token);
  const { server, client } = checksOf(journey, check, token);
  return trusting(journey, async () => {
    const { nonce = '' } = check;
    const options = keyOptions(journey, server, check.insecure);
    await validateCodeIdTokenResponse(server, client, answered, nonce, expectNoState, undefined, options);
    return peek(token);
  });
};
