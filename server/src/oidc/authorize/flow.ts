import type { Client } from '../../features/applications/applications/index.ts';
import type { Request } from '../../http/index.ts';
import type { Queries } from '../../store/index.ts';
import type { Agreement } from '../agreement.ts';
import type { Core } from '../core.ts';
import type { InteractionResult } from '../interactions.ts';
import type { ProtocolErrorName } from '../protocol-error.ts';
import type { Session } from '../sessions.ts';
import type { InteractionPrompt } from '../store/interactions.ts';
import type { AuthorizationRequest } from './request.ts';

/** One authorization on its way through the steps. */
export interface Flow {
  core: Core;
  /** A handle of the tenant: the transaction of the steps, except where all that can be written is one statement. */
  q: Queries;
  http: Request;
  client: Client;
  request: AuthorizationRequest;
  session: Session | undefined;
  /** The interaction that this browser resumes, if any. */
  open: ResumedInteraction | undefined;
  /** What the user has just consented to. */
  consented: Agreement | undefined;
  /** The session cookie to set after a sign-in; `maxAge` in seconds. */
  cookie?: { value: string; maxAge: number };
  /** Set if the session began in this authorization, so that it cannot have earlier grants. */
  isFirstOfSession?: boolean;
}

/** An interaction that continues, with the secret of the browser's cookie. */
interface ResumedInteraction {
  handle: string;
  secret: string;
  uidHash: string;
  /** The prompt that it waited for. */
  prompt: InteractionPrompt;
  /** Undefined until the user has completed the prompt. */
  result: InteractionResult | undefined;
}

/** The outcome of an authorization: the user is prompted, or the application gets a response. */
export type Outcome =
  | { kind: 'ask'; prompt: InteractionPrompt; handle: string; secret: string }
  | { kind: 'answer'; parameters: Record<string, string> };

/** A step decides the outcome or passes to the next one. */
export type Step = (flow: Flow) => Promise<Outcome | undefined>;

export const refuse = (error: ProtocolErrorName, description: string): Outcome => ({
  kind: 'answer',
  parameters: { error, error_description: description },
});
