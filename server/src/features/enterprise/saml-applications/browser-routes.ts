import { readCookie, writeCookie } from '../../../http/cookies.ts';
import type { Http, Reply, Request } from '../../../http/types.ts';
import { AldabaError } from '../../../kernel/errors.ts';
import type { IncomingMessage } from '../../../services/saml/index.ts';
import { auditing, formOf, type Key, queryOf, type SamlBrowserNeeds } from './browser-handlers.ts';
import type { SignedInUser } from './response.ts';
import type { SamlApplications } from './service.ts';
import type { BegunSignIn, RefusedSignIn } from './sign-ins.ts';
import { samlSignOutRoutes } from './sign-out-routes.ts';

const statePattern = /^[0-9a-z]{21}$/;
const cookieOf = (applicationId: string, state: string) => ({
  name: `saml_${state}`,
  path: `/api/saml-applications/${applicationId}/callback`,
});

/**
 * What browsers open for SAML applications: the metadata, requests to sign in and out by redirect and by form, the link
 * of a portal that begins without a request, and the way back from the authorization endpoint.
 */
export function samlBrowserRoutes(http: Http, samlApplications: SamlApplications, needs: SamlBrowserNeeds): void {
  const { signIns, metadata } = samlApplications;
  const { logs, pages, relay } = needs;

  const audited = auditing(logs);

  const authorize = (request: Request, reply: Reply, applicationId: string, begun: BegunSignIn) => {
    writeCookie(request, reply, { ...cookieOf(applicationId, begun.state), value: begun.sealed, maxAge: 3600 });
    const query = new URLSearchParams({ ...begun.parameters, scope: relay.scopes.join(' ') });
    reply.redirect(`${request.tenant.basePath}/oidc/auth?${query}`, 303);
  };

  /** A response without a user: the service provider gets a status, and the audit log the reason. */
  const refuse = async (
    request: Request,
    reply: Reply,
    about: { key: Key; appId: string; response: RefusedSignIn },
  ) => {
    const { key, appId, response } = about;
    logs.write(request.tenant.id, { key, result: 'Error', error: response.refused, applicationId: appId });
    await pages.send(request, reply, { kind: 'form-post', ...response.form }, { appId });
  };
  const begin = (message: (request: Request) => IncomingMessage) =>
    audited('SamlApplication.AuthnRequest', async (request, reply, id) => {
      const key = 'SamlApplication.AuthnRequest';
      const begun = await signIns.beginByRequest(request.tenant, id, message(request));
      if ('refused' in begun) return refuse(request, reply, { key, appId: id, response: begun });
      authorize(request, reply, id, begun);
      logs.write(request.tenant.id, { key, result: 'Success', applicationId: id });
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
    const key = 'SamlApplication.Callback';
    const deny = async (reason: string) =>
      refuse(request, reply, {
        key,
        appId: applicationId,
        response: await signIns.refuse(tenant, applicationId, pending, reason),
      });
    if (typeof code !== 'string') return deny(typeof error === 'string' ? error : '');
    const redirectUri = `${tenant.baseUrl}${cookie.path}`;
    const { codeVerifier } = pending;
    let user: SignedInUser;
    try {
      user = await relay.redeem(request, { applicationId, code, redirectUri, codeVerifier });
    } catch (failure) {
      // A rule of the application changed while the user signed in.
      if ((failure as { error?: unknown } | null)?.error === 'access_denied') return deny('access_denied');
      throw failure;
    }
    const answer = await signIns.answer(tenant, applicationId, pending, user);
    if ('state' in answer) return authorize(request, reply, applicationId, answer);
    if ('refused' in answer) return refuse(request, reply, { key, appId: applicationId, response: answer });
    const { userId, sessionUid: sessionId } = user;
    logs.write(tenant.id, { key, result: 'Success', applicationId, userId, sessionId });
    await pages.send(request, reply, { kind: 'form-post', ...answer.form }, { appId: applicationId });
  });

  const config = { access: 'anonymous' } as const;
  http.get('/api/saml-applications/:id/metadata', { config }, async (request, reply) => {
    const { id } = request.params as { id: string };
    return reply.type('application/samlmetadata+xml').send(await metadata(request.tenant, id));
  });
  http.get('/api/saml/:id/authn', { config }, begin(queryOf));
  http.post('/api/saml/:id/authn', { config }, begin(formOf('SAMLRequest')));
  http.get('/api/saml/:id/sign-in', { config }, link);
  http.get('/api/saml-applications/:id/callback', { config }, callback);
  samlSignOutRoutes(http, samlApplications, needs);
}
