import { type ClientAuth, ClientSecretPost, None } from 'oauth4webapi';

export const clientAuthenticationMethods = [
  'client_secret_post',
  'client_secret_basic',
  'client_secret_jwt',
  'none',
] as const;
export type ClientAuthenticationMethod = (typeof clientAuthenticationMethods)[number];

export const secretJwtAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
export type SecretJwtAlgorithm = (typeof secretJwtAlgorithms)[number];

/** How a connector proves to the token endpoint which client it is. */
export interface OAuthClient {
  readonly id: string;
  /** A function for providers whose secret is made for each request, e.g. a JWT that the operator's key signs. */
  readonly secret?: string | (() => Promise<string>) | undefined;
  /** RFC 6749 section 2.3, OpenID Connect Core section 9; `client_secret_post` if left out, `none` without a secret. */
  readonly authentication?: ClientAuthenticationMethod | undefined;
  /** For `client_secret_jwt`; HS256 if left out. */
  readonly jwtAlgorithm?: SecretJwtAlgorithm | undefined;
}

/** Seconds that an assertion is good for. */
const assertionLife = 60;

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A compact JWS. `sign` gets the bytes of header and payload. */
export const makeJwt = async (
  header: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  sign: (input: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<string> => {
  const encode = (part: unknown) => base64url(new TextEncoder().encode(JSON.stringify(part)));
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${base64url(await sign(new TextEncoder().encode(input)))}`;
};

const inForm = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);

/**
 * `client_secret_basic` (RFC 6749 section 2.3.1). oauth4webapi's own escapes hyphens as well, which servers that do not
 * decode the credentials take for another client.
 */
const basic =
  (secret: string): ClientAuth =>
  (_server, client, _body, headers) => {
    headers.set('authorization', `Basic ${btoa(`${inForm(client.client_id)}:${inForm(secret)}`)}`);
  };

/** `client_secret_jwt` (RFC 7523 section 2.2); oauth4webapi's own knows HS256 only. */
const secretJwt =
  (secret: string, algorithm: SecretJwtAlgorithm, now: () => number): ClientAuth =>
  async (server, client, body) => {
    const hash = `SHA-${algorithm.slice(2)}`;
    const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash }, false, [
      'sign',
    ]);
    const issuedAt = Math.floor(now() / 1000);
    const payload = {
      iss: client.client_id,
      sub: client.client_id,
      aud: server.token_endpoint,
      jti: crypto.randomUUID(),
      iat: issuedAt,
      exp: issuedAt + assertionLife,
    };
    body.set('client_id', client.client_id);
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    body.set(
      'client_assertion',
      await makeJwt(
        { alg: algorithm },
        payload,
        async (input) => new Uint8Array(await crypto.subtle.sign('HMAC', key, input)),
      ),
    );
  };

/** The client authentication of a token request, in the form of oauth4webapi. */
export const authenticationOf = async (client: OAuthClient, now: () => number): Promise<ClientAuth> => {
  const secret = typeof client.secret === 'function' ? await client.secret() : client.secret;
  if (secret === undefined || secret === '' || client.authentication === 'none') return None();
  if (client.authentication === 'client_secret_basic') return basic(secret);
  if (client.authentication === 'client_secret_jwt') return secretJwt(secret, client.jwtAlgorithm ?? 'HS256', now);
  return ClientSecretPost(secret);
};
