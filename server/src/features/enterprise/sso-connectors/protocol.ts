/** What a sign-in asks of an enterprise provider, whatever the protocol. Types alone. */
import type { Session, TokenResponse } from '@aldaba/connectors/kit';
import type { OutgoingMessage } from '../../../services/saml/index.ts';

/** Whom the provider signed in. */
export interface SsoAnswer {
  issuer: string;
  /** Unique and stable for the connector and the issuer. */
  id: string;
  email?: string | undefined;
  /** Whether the provider says, or the operator trusts, that the address is the user's. */
  isEmailVerified: boolean;
  name?: string | undefined;
  avatar?: string | undefined;
  /** Everything the provider told, JSON. */
  attributes: Record<string, unknown>;
  /** The provider's own session. */
  sessionId?: string | undefined;
  tokens?: TokenResponse | undefined;
}

interface SsoRequest {
  state: string;
  redirectUri: string;
  /** The address that the user entered, for the provider's page. */
  loginHint?: string | undefined;
}

/** A person, or some of the person's sessions, that the provider signed out. */
export interface SignedOut {
  issuer: string;
  id: string;
  sessionIds: readonly string[];
  /** The response as an address or a form; absent where the provider names no address for it. */
  response: OutgoingMessage | undefined;
}

/** Checks the password of a person if attempts are left; undefined if it is wrong. */
export type LimitAttempts = (
  person: { id: string; issuer: string; email?: string | undefined } | undefined,
  check: () => Promise<SsoAnswer | undefined>,
) => Promise<SsoAnswer | undefined>;

/** A configured provider. Its methods throw `connector.*`. */
export interface SsoConnection {
  /** Whether the provider answers to the server, with the `state`, and not to the redirect URI. */
  answersServer: boolean;
  /** How the browser gets to the provider: by an address, or by a form that it posts there. */
  begin: (request: SsoRequest, session: Session) => Promise<OutgoingMessage>;
  /** @param data what the browser brought back; the provider vouches for none of it */
  finish: (data: Record<string, unknown>, session: Session) => Promise<SsoAnswer>;
  /** An answer without a request; absent where the protocol has none. */
  receive?: (response: string) => Promise<SsoAnswer>;
  /** The provider signed a person out: whom, and the address that says so to it. @throws AldabaError for others */
  signOut?: (message: { query: string } | { field: string }, relayState: string | undefined) => Promise<SignedOut>;
  /**
   * Whom a name and a password belong to; undefined if the password is wrong, the account is locked, or there is no
   * such person. Present where the server itself asks for the password: then `begin` and `finish` are not called.
   * @throws AldabaError `single_sign_on.password_expired`, `single_sign_on.account_disabled` after the right password
   */
  prove?: (given: { username: string; password: string }, limited: LimitAttempts) => Promise<SsoAnswer | undefined>;
  /** A new access token; absent where the protocol has none. */
  refresh?: (refreshToken: string) => Promise<TokenResponse>;
}
