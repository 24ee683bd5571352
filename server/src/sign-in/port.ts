import type { Submission } from '@aldaba/contract';
import { readCookies } from '../http/cookies.ts';
import type { Request } from '../http/types.ts';
import type { Queries, Transaction } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';

/**
 * Prefix of the protocol's cookies, one per interaction. Only the protocol reads them; here only their presence counts.
 */
export const interactionCookiePrefix = '_interaction.';
/** Whether the browser holds any interaction. */
export const hasInteractionCookie = (request: Request): boolean =>
  readCookies(request, interactionCookiePrefix).size > 0;

/** An authorization request that waits for the user, as the protocol passes it to the sign-in. */
export interface Interaction {
  tenant: Tenant;
  /** Names the interaction in addresses and forms. Not a credential: only a browser with the cookie can use it. */
  handle: string;
  /** Hash of the secret in the browser's cookie. */
  uidHash: string;
  applicationId: string;
  /** Counts the stored states; a step that started from an older one is refused. */
  revision: number;
  /** The machine's JSON, null before the first step. */
  state: unknown;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  request: InteractionRequest;
  /** Whether the browser's session is enough, because the user signed in in another tab while the page waited. */
  isSatisfied: boolean;
  /** Whether the application accepts no sign-in with one factor (an essential `acr`). */
  requiresSecondFactor: boolean;
  /** The user that is signed in, if there is one. */
  sessionUserId?: string;
}

/** What the checked authorization request says about the pages. */
interface InteractionRequest {
  scope: string;
  uiLocales?: string;
  loginHint?: string;
  firstScreen?: string;
  interactionMode?: string;
  identifier?: string[];
  directSignIn?: { method: 'social' | 'sso'; target: string };
  organizationId?: string;
  prompt: string[];
  redirectUri: string;
}

/** What a finished sign-in says to the protocol. */
export interface SignInResult {
  userId: string;
  /** Authentication methods (RFC 8176 where it has a word): `pwd`, `social`. */
  amr: string[];
  authenticatedAt: Date;
  /** Kept with the session. */
  submission: Submission;
}

/** What the sign-in needs of the protocol, which fills it and owns the table of interactions. */
export interface InteractionPort {
  /**
   * The interaction that the request names, if the browser holds its cookie: by `interaction` in the form or query or
   * the header Aldaba-Interaction, else the newest of the application that `app_id` or the header Logto-App-Id names.
   * `handle` overrides.
   */
  load: (request: Request, handle?: string) => Promise<Interaction | undefined>;
  /** Where the authorization goes on. */
  resumeUrl: (interaction: Pick<Interaction, 'tenant' | 'handle'>) => string;
  /** The same when the interaction no longer waits for a sign-in, e.g. because a form was sent twice. */
  resumeAddress: (request: Request) => Promise<string | undefined>;
  /** Whether a user is signed in in this browser. */
  isSignedIn: (request: Request) => Promise<boolean>;
  /** Stores the machine's state unless another request stored one first. @throws AldabaError `session.not_found` */
  save: (q: Queries, interaction: Interaction, state: unknown) => Promise<void>;
  /** Records who signed in; returns where the browser goes on. @throws AldabaError `session.not_found` */
  finish: (tx: Transaction, interaction: Interaction, result: SignInResult) => Promise<{ redirectTo: string }>;
  /** Records that the user goes on with the account that is signed in. @throws AldabaError `session.not_found` */
  choose: (q: Queries, interaction: Interaction, userId: string) => Promise<{ redirectTo: string }>;
}
