import type { Socket } from 'node:net';
import type { z } from 'zod';
import { ConnectorError } from './errors.ts';
import { fieldsOf } from './fields.ts';
import { type ConnectorMetadata, describeProblems, parseMetadata } from './metadata.ts';

/** Structured lines for the operator: fields, then a sentence. Neither may hold a secret, a token or a code. */
export interface ConnectorLog {
  info: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  warn: (fields: Readonly<Record<string, unknown>>, message: string) => void;
  error: (fields: Readonly<Record<string, unknown>>, message: string) => void;
}

/** A message template as an operator wrote it for one language. */
export interface EmailTemplate {
  readonly subject: string;
  readonly content: string;
  readonly contentType?: 'text/html' | 'text/plain';
  readonly replyTo?: string;
  readonly sendFrom?: string;
}

/** Where a TCP connection leads. */
export interface ConnectTarget {
  readonly host: string;
  readonly port: number;
  /** Address of this machine that the connection comes from. */
  readonly localAddress?: string | undefined;
  /** Milliseconds for finding the addresses of the host. */
  readonly lookupTimeout?: number | undefined;
  /** Ends the attempt. */
  readonly signal?: AbortSignal | undefined;
}

/** Everything a connector may touch. It has no other way to the network, the time or the log. */
export interface World {
  /** Bounded in size and kept away from private addresses by the server that gives it. */
  readonly fetch: typeof globalThis.fetch;
  /** For mail over SMTP: a connection that is kept away from private addresses like `fetch`. */
  readonly connect?: (target: ConnectTarget) => Promise<Socket>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: ConnectorLog;
  /** Longest time that one request to the provider may take, in milliseconds; the connector's own limit if left out. */
  readonly timeLimit?: number;
  /** For mail connectors: the operator's template for a use and a language, if there is one. */
  readonly findEmailTemplate?: (type: string, language?: string) => Promise<EmailTemplate | undefined>;
}

/** What a connector remembers between `getAuthorizationUri` and `getUserInfo`, bound to one person's sign-in. */
export type SessionData = Readonly<Record<string, unknown>>;
export interface Session {
  /** @throws what the server answers when nothing was kept (`session.connector_validation_session_not_found`). */
  get: () => Promise<SessionData>;
  /** Replaces what was kept. */
  set: (data: SessionData) => Promise<void>;
}

/** A session for calls that belong to no sign-in (a link made by the Management API): connectors that need one fail. */
export const noSession: Session = {
  get: async () => {
    throw new ConnectorError('not_implemented');
  },
  set: async () => {
    throw new ConnectorError('not_implemented');
  },
};

/** What belongs to one call: the sign-in it is part of, and the caller's wish to stop it. */
export interface Call {
  readonly session: Session;
  readonly signal?: AbortSignal;
}

export interface AuthorizationRequest {
  readonly state: string;
  readonly redirectUri: string;
  /** Id of the configured connector (the row). */
  readonly connectorId: string;
  /** Id of the sign-in, or of the verification record outside one. */
  readonly jti: string;
  readonly userAgent?: string;
  /** Replaces the configured scope for this once. */
  readonly scope?: string;
}

/** Who the provider says the person is. `id` is unique and stable within the connector's target. */
export interface SocialUserInfo {
  readonly id: string;
  readonly email?: string;
  readonly phone?: string;
  readonly name?: string;
  readonly avatar?: string;
  /** The provider's answer as it came, JSON. */
  readonly rawData?: unknown;
}

/** RFC 6749 section 5.1, as far as the provider keeps to it. */
export interface TokenResponse {
  readonly id_token?: string;
  readonly access_token?: string;
  readonly refresh_token?: string;
  /** Seconds. */
  readonly expires_in?: number | string;
  readonly scope?: string;
  readonly token_type?: string;
}

export interface Message {
  /** A mail address, or digits with the country code and no plus sign. */
  readonly to: string;
  /** What the message is for, e.g. `SignIn`; connectors fall back to `Generic`. */
  readonly type: string;
  /** What fills the template: `code` or `link`, `locale`, the application, the organization, the user. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Address of the person who caused the message, for providers that judge risk. */
  readonly ip?: string;
}

/** All that a connector can do. Each throws ConnectorError; anything else is a fault in the connector. */
export interface ConnectorMethods {
  /** Social: where to send the person. */
  getAuthorizationUri: (request: AuthorizationRequest, call: Call) => Promise<string>;
  /** Social: who came back. `data` is untrusted: the parameters that the provider added to the redirect URI. */
  getUserInfo: (data: unknown, call: Call) => Promise<SocialUserInfo>;
  /**
   * Social: who an ID token names that the provider gave to the sign-in page itself, without an authorization request
   * (One Tap). Without `nonce` a token with one is refused.
   */
  getUserInfoByIdToken: (
    given: { readonly idToken: string; readonly nonce?: string | undefined },
    call: Pick<Call, 'signal'>,
  ) => Promise<SocialUserInfo>;
  /** Social, instead of `getUserInfo` where the provider's tokens are stored. */
  getTokenResponseAndUserInfo: (
    data: unknown,
    call: Call,
  ) => Promise<{ tokenResponse?: TokenResponse; userInfo: SocialUserInfo }>;
  /** Social: a fresh access token; the caller keeps the old refresh token if none comes back. */
  getAccessTokenByRefreshToken: (refreshToken: string, call: Pick<Call, 'signal'>) => Promise<TokenResponse>;
  /** SAML: checks the posted assertion and says where the browser goes on. */
  validateSamlAssertion: (assertion: { readonly body: unknown }, call: Call) => Promise<string>;
  /** Email, Sms. */
  sendMessage: (message: Message, call: Pick<Call, 'signal'>) => Promise<unknown>;
  /** Email, Sms: how many messages were sent since then. */
  getUsage: (startFrom: Date | undefined, call: Pick<Call, 'signal'>) => Promise<number>;
}

export type ConnectorMethodName = keyof ConnectorMethods;

/** A configured connector. Every method is there; one that the connector does not have throws `not_implemented`. */
export interface ConnectorInstance extends ConnectorMethods {
  /** Whether the connector has that method. */
  offers: (method: ConnectorMethodName) => boolean;
}

/** Names the fields of a configuration that are wrong, never their values. */
export type ConfigCheck =
  | { readonly success: true }
  | { readonly success: false; readonly problems: readonly { path: string; message: string }[] };

/** One connector, ready to be configured: what the server holds for each kind it knows. */
export interface Connector {
  readonly metadata: ConnectorMetadata;
  /** Names of all members that a configuration may have; undefined when its shape does not tell. */
  readonly fields?: readonly string[];
  /** Whether a configuration can be saved. */
  checkConfig: (config: unknown) => ConfigCheck;
  /**
   * Cheap and without network calls: the server does it for every request.
   * @throws ConnectorError `invalid_config`, with the fields that are wrong in `data.problems`.
   */
  create: (config: unknown, world: World) => ConnectorInstance;
}

const notImplemented = async (): Promise<never> => {
  throw new ConnectorError('not_implemented');
};

/** Fills the gaps of a partial set of methods with ones that throw `not_implemented`. */
export const instanceOf = (methods: Partial<ConnectorMethods>): ConnectorInstance => ({
  getAuthorizationUri: notImplemented,
  getUserInfo: notImplemented,
  getUserInfoByIdToken: notImplemented,
  getTokenResponseAndUserInfo: notImplemented,
  getAccessTokenByRefreshToken: notImplemented,
  validateSamlAssertion: notImplemented,
  sendMessage: notImplemented,
  getUsage: notImplemented,
  ...methods,
  offers: (method) => methods[method] !== undefined,
});

export interface ConnectorDefinition<Config extends z.ZodType> {
  readonly metadata: ConnectorMetadata;
  readonly config: Config;
  readonly create: (config: z.output<Config>, world: World) => Partial<ConnectorMethods>;
}

/**
 * Makes a connector out of its metadata, the shape of its configuration and its methods.
 * @throws ConnectorError `invalid_metadata`.
 */
export const defineConnector = <Config extends z.ZodType>(definition: ConnectorDefinition<Config>): Connector => {
  const metadata = parseMetadata(definition.metadata);
  const fields = fieldsOf(definition.config);
  return {
    metadata,
    ...(fields ? { fields } : {}),
    checkConfig: (config) => {
      const result = definition.config.safeParse(config);
      return result.success ? { success: true } : { success: false, problems: describeProblems(result.error.issues) };
    },
    create: (config, world) => {
      const result = definition.config.safeParse(config);
      if (!result.success) {
        throw new ConnectorError('invalid_config', { problems: describeProblems(result.error.issues) });
      }
      return instanceOf(definition.create(result.data, world));
    },
  };
};
