import type { Submission } from '@aldaba/contract';
import type { Request } from '../http/index.ts';
import type { Queries } from '../store/index.ts';
import type { Tenant } from '../tenancy/index.ts';

/** Cookie of the protocol that holds a browser's interactions. Only the protocol reads it; here its presence counts. */
export const interactionCookie = '_interaction';

/** An authorization request that waits for a person, as the protocol hands it to the sign-in. */
export interface Interaction {
  tenant: Tenant;
  /** Hash of the value in the browser's cookie: names the interaction without being the secret. */
  uidHash: string;
  applicationId: string;
  /** Counts the stored states; a step that started from an older one is refused. */
  revision: number;
  /** The machine's JSON, null before the first step. */
  state: unknown;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  request: InteractionRequest;
  /** The user that has to sign in again (`prompt=login`, `max_age`), if there is one. */
  sessionUserId?: string;
}

/** What the checked authorization request says about the pages. */
export interface InteractionRequest {
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

/** The door from the sign-in to the protocol; the protocol fills it, and owns the table of interactions. */
export interface InteractionPort {
  /** By the browser's cookie; `applicationId` (else the header Logto-App-Id or `app_id`) picks one of several. */
  load(request: Request, applicationId?: string): Promise<Interaction | undefined>;
  /** Stores the machine's state unless somebody else stored one meanwhile. @throws AldabaError `session.not_found` */
  save(tx: Queries, interaction: Interaction, state: unknown): Promise<void>;
  /** Records who signed in; returns where the browser goes on. @throws AldabaError `session.not_found` */
  finish(tx: Queries, interaction: Interaction, result: SignInResult): Promise<{ redirectTo: string }>;
  abort(tx: Queries, interaction: Interaction, error: 'access_denied'): Promise<{ redirectTo: string }>;
}
