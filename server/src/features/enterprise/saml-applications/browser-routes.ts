import type { PageView } from '@aldaba/contract';
import { readCookie, writeCookie } from '../../../http/cookies.ts';
import type { Http, Reply, Request } from '../../../http/types.ts';
import type { Audit, AuditEntry } from '../../../kernel/audit.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import { type IncomingMessage, type OutgoingMessage, SamlRefusal } from '../../../services/saml/index.ts';
import type { Tenant } from '../../../tenancy/index.ts';
import type { SignedInUser } from './response.ts';
import type { SamlApplications } from './service.ts';
import type { BegunSignIn } from './sign-ins.ts';

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
    endSession: (tenant: Tenant, sessionUid: string) => Promise<void>;
  };
}

type Handler = (request: Request, reply: Reply, applicationId: string) => Promise<void>;
type Key = Extract<AuditEntry['key'], `SamlApplication.${string}`>;

const statePattern = /^[0-9a-z]{21}$/;
const cookieOf = (applicationId: string, state: string) => ({
  name: `saml_${state}`,
  path: `/api/saml-applications/${applicationId}/callback`,
});

/**
 * What browsers open for SAML applications: the metadata, requests to sign in and out by redirect and by form, the link
 * of a portal that begins without a request, and the way back from the authorization endpoint.
 */
export function samlBrowserRoutes(
  http: Http,
  { signIns, signOuts, metadata }: SamlApplications,
  needs: SamlBrowserNeeds,
): void {
  const { logs, pages, relay } = needs;

  /** A refused message is a page for the user, and its reason an entry for the operator. */
  const audited =
    (key: Key, handler: Handler) =>
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

  const authorize = (request: Request, reply: Reply, applicationId: string, begun: BegunSignIn) => {
    writeCookie(request, reply, { ...cookieOf(applicationId, begun.state), value: begun.sealed, maxAge: 3600 });
    const query = new URLSearchParams({ ...begun.parameters, scope: relay.scopes.join(' ') });
    reply.redirect(`${request.tenant.basePath}/oidc/auth?${query}`, 303);
  };

  const begin = (message: (request: Request) => IncomingMessage) =>
    audited('SamlApplication.AuthnRequest', async (request, reply, id) => {
      authorize(request, reply, id, await signIns.beginByRequest(request.tenant, id, message(request)));
      logs.write(request.tenant.id, { key: 'SamlApplication.AuthnRequest', result: 'Success', applicationId: id });
    });

  const link = audited('SamlApplication.AuthnRequest', async (request, reply, id) => {
    const { RelayState: given } = request.query as { RelayState?: unknown };
    const relayState = typeof given === 'string' ? given : undefined;
    authorize(request, reply, id, await signIns.beginByLink(request.tenant, id, relayState));
  });

  const callback = audited('SamlApplication.Callback', async (request, reply, applicationId) => {
    const { tenant } = request;
    const { code, error, state } = request.query as Record<string, unknown>;
    if (typeof state !== 'string' || !statePattern.test(state)) throw new AldabaError('saml.sign_in_expired');
    const cookie = cookieOf(applicationId, state);
    const pending = signIns.open(tenant, { applicationId, state, sealed: readCookie(request, cookie.name) });
    writeCookie(request, reply, { ...cookie, value: undefined });
    if (typeof code !== 'string') {
      const form = await signIns.refuse(tenant, applicationId, pending, typeof error === 'string' ? error : '');
      logs.write(tenant.id, { key: 'SamlApplication.Callback', result: 'Error', error: String(error), applicationId });
      await pages.send(request, reply, { kind: 'form-post', ...form }, { appId: applicationId });
      return;
    }
    const redirectUri = `${tenant.baseUrl}${cookie.path}`;
    const { codeVerifier } = pending;
    const user = await relay.redeem(request, { applicationId, code, redirectUri, codeVerifier });
    const form = await signIns.answer(tenant, applicationId, pending, user);
    const { userId, sessionUid: sessionId } = user;
    logs.write(tenant.id, { key: 'SamlApplication.Callback', result: 'Success', applicationId, userId, sessionId });
    await pages.send(request, reply, { kind: 'form-post', ...form }, { appId: applicationId });
  });

  const signOut = (message: (request: Request) => IncomingMessage, relayStateOf: (request: Request) => unknown) =>
    audited('SamlApplication.Logout', async (request, reply, applicationId) => {
      const { tenant } = request;
      const relayState = relayStateOf(request);
      const { outgoing, endedUserId } = await signOuts.answer(tenant, applicationId, {
        message: message(request),
        relayState: typeof relayState === 'string' ? relayState : undefined,
        sessions: {
          find: (uid) => relay.findSession(request, applicationId, uid),
          end: (uid) => relay.endSession(tenant, uid),
        },
      });
      const ended = endedUserId === undefined ? {} : { userId: endedUserId };
      logs.write(tenant.id, { key: 'SamlApplication.Logout', result: 'Success', applicationId, ...ended });
      await send(request, reply, applicationId, outgoing);
    });
  const send = async (request: Request, reply: Reply, appId: string, outgoing: OutgoingMessage) => {
    if ('redirectUrl' in outgoing) reply.redirect(outgoing.redirectUrl, 303);
    else await pages.send(request, reply, { kind: 'form-post', ...outgoing.form }, { appId });
  };

  const config = { access: 'anonymous' } as const;
  http.get('/api/saml-applications/:id/metadata', { config }, async (request, reply) => {
    const { id } = request.params as { id: string };
    return reply.type('application/samlmetadata+xml').send(await metadata(request.tenant, id));
  });
  http.get('/api/saml/:id/authn', { config }, begin(queryOf));
  http.post('/api/saml/:id/authn', { config }, begin(formOf('SAMLRequest')));
  http.get('/api/saml/:id/sign-in', { config }, link);
  http.get('/api/saml-applications/:id/callback', { config }, callback);
  http.get(
    '/api/saml/:id/logout',
    { config },
    signOut(queryOf, ({ query }) => (query as Fields).RelayState),
  );
  http.post(
    '/api/saml/:id/logout',
    { config },
    signOut(formOf('SAMLRequest'), ({ body }) => (body as Fields | null)?.RelayState),
  );
}

type Fields = Record<string, unknown>;

/** The query as the browser sent it: a signature covers its octets. */
const queryOf = ({ url }: Request): IncomingMessage => ({ query: url.slice(url.indexOf('?') + 1) });

const formOf =
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
