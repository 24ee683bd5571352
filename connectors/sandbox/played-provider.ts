import type { Persona } from './personas.ts';

/** What a provider does not accept. */
export type Refusal = 'code' | 'client' | 'token';

/** Parameters of a provider that is OAuth 2.0 by name only; it takes them in the query, a form, JSON or headers. */
export interface Dialect {
  /** Names by the standard ones, where they differ. */
  readonly names?: Readonly<Record<string, string>>;
  /** The client ID in the authorization request. */
  readonly clientParameter?: string;
  /** Where no `response_type` is sent. */
  readonly hasResponseType?: false;
  /** The code in the callback. */
  readonly codeParameter?: string;
  /** What stands before the JSON of the token endpoint. */
  readonly prefix?: string;
  /** The answer of the token endpoint. */
  readonly tokens: (accessToken: string, persona: Persona) => unknown;
  /** Where the client gets a token of its own first, with which it redeems the code and reads the profile. */
  readonly appToken?: string;
}

/** An OAuth 2.0 or OpenID Connect provider that the sandbox plays, at the addresses of the real one. */
export interface PlayedProvider {
  /** Part of the address of its page in the sandbox. */
  readonly key: string;
  readonly name: string;
  readonly authorization: string;
  readonly token: string;
  /** OpenID Connect: the issuer of its ID tokens, where their keys are, and claims that are not the standard ones. */
  readonly openid?: {
    readonly issuer: string;
    readonly keys: string;
    readonly userinfo?: string;
    readonly claims?: (persona: Persona) => Readonly<Record<string, unknown>>;
  };
  /** What is read with an access token, by address. */
  readonly profiles: Readonly<Record<string, (persona: Persona) => unknown>>;
  /** Whether the ID token comes beside the code already (response type `code id_token`). */
  readonly sendsIdToken?: boolean;
  /** What differs from OAuth 2.0, where more than the endpoints does. */
  readonly dialect?: Dialect;
  /** Errors that are not those of RFC 6749 section 5.2: bodies, and statuses where they are not 200. */
  readonly refusals?: Partial<Readonly<Record<Refusal, { readonly body: unknown; readonly status?: number }>>>;
}
