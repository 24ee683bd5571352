import type { PageView } from '@aldaba/contract';
import type { Reply, Request } from '../../../http/types.ts';
import type { Audit, AuditEntry } from '../../../kernel/audit.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { type IncomingMessage, type OutgoingMessage, SamlRefusal } from '../../../services/saml/index.ts';
import type { Transaction } from '../../../store/index.ts';
import type { SignedInUser } from './response.ts';

/** What the routes need of the rest of the server; `routes.ts` passes it. */
export interface SamlBrowserNeeds {
  logs: Audit;
  pages: {
    send: (
      request: Request,
      reply: Reply,
      view: PageView,
      options?: { appId?: string; status?: number },
    ) => Promise<void>;
  };
  relay: {
    readonly scopes: readonly string[];
    redeem: (
      request: Request,
      code: { applicationId: string; code: string; redirectUri: string; codeVerifier: string },
    ) => Promise<SignedInUser>;
    findSession: (
      request: Request,
      applicationId: string,
      sessionUid: string | undefined,
    ) => Promise<SignedInUser | undefined>;
    endSession: (tx: Transaction, sessionUid: string) => Promise<void>;
  };
}

export type SamlHandler = (request: Request, reply: Reply, applicationId: string) => Promise<void>;
export type Key = Extract<AuditEntry['key'], `SamlApplication.${string}`>;

/** Runs handlers of messages: a refused message is a page for the user, and its reason an entry for the operator. */
export const auditing =
  (logs: Audit) =>
  (key: Key, handler: SamlHandler) =>
  async (request: Request, reply: Reply): Promise<Reply> => {
    const { id = '' } = request.params as { id?: string };
    reply.header('cache-control', 'no-store');
    try {
      await handler(request, reply, id);
    } catch (error) {
      const refused = error instanceof SamlRefusal;
      const reason = refused ? `${error.reason}: ${error.detail}` : error;
      logs.write(request.tenant.id, { key, result: 'Error', error: reason, applicationId: id });
      throw refused ? new AldabaError('saml.request_refused', undefined, { cause: error }) : asPageError(error);
    }
    return reply;
  };

/** Sends a message to a service provider through the browser. */
export async function sendMessage(
  { pages }: Pick<SamlBrowserNeeds, 'pages'>,
  request: Request,
  reply: Reply,
  { outgoing, appId }: { outgoing: OutgoingMessage; appId: string },
): Promise<void> {
  if ('redirectUrl' in outgoing) reply.redirect(outgoing.redirectUrl, 303);
  else await pages.send(request, reply, { kind: 'form-post', ...outgoing.form }, { appId });
}

export type Fields = Record<string, unknown>;

/** The query as the browser sent it: a signature covers its octets. */
export const queryOf = ({ url }: Request): IncomingMessage => ({ query: url.slice(url.indexOf('?') + 1) });

export const formOf =
  (name: string) =>
  ({ body }: Request): IncomingMessage => {
    const { [name]: field, RelayState: relayState } = (body ?? {}) as Fields;
    if (typeof field !== 'string') throw new SamlRefusal('malformed_message', `the form has no ${name}`);
    return { field, relayState: typeof relayState === 'string' ? relayState : undefined };
  };

/** Errors of the protocol's core have a code for pages. */
function asPageError(error: unknown): unknown {
  const code = (error as { error?: unknown } | null)?.error;
  if (code === 'access_denied') return new AldabaError('oidc.access_denied', undefined, { cause: error });
  if (code === 'invalid_grant') return new AldabaError('saml.sign_in_expired', undefined, { cause: error });
  return error;
}
