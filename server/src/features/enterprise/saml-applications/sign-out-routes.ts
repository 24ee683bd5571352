import type { SamlSignOutView } from '@aldaba/contract';
import { writeCookie } from '../../../http/cookies.ts';
import type { Http, Reply, Request } from '../../../http/types.ts';
import { type IncomingMessage, SamlRefusal } from '../../../services/saml/index.ts';
import {
  auditing,
  type Fields,
  formOf,
  queryOf,
  type SamlBrowserNeeds,
  type SamlHandler,
  sendMessage,
} from './browser-handlers.ts';
import type { SamlApplications } from './service.ts';
import { signOutCookie, signOutPath } from './single-logout.ts';

const config = { access: 'anonymous' } as const;
const statePattern = /^[0-9a-z]{21}$/;

/**
 * Sign-outs: requests of service providers, their responses to ours, and the page between two applications. The page
 * belongs to the browser with the cookie; responses are trusted by their signature.
 */
export function samlSignOutRoutes(http: Http, samlApplications: SamlApplications, needs: SamlBrowserNeeds): void {
  const { logs } = needs;
  const audited = auditing(logs);
  const request = audited('SamlApplication.Logout', answerRequest(samlApplications, needs));
  const response = audited('SamlApplication.LogoutResponse', receiveResponse(samlApplications, needs));
  const either = (message: Request, reply: Reply) =>
    'SAMLResponse' in fieldsOf(message) ? response(message, reply) : request(message, reply);
  http.get('/api/saml/:id/logout', { config }, either);
  http.post('/api/saml/:id/logout', { config }, either);
  http.get(signOutPath, { config }, async (message, reply) => {
    await showSignOut(samlApplications, needs, message, reply);
    return reply;
  });
  http.post(signOutPath, { config }, async (message, reply) => {
    await continueSignOut(samlApplications, needs, message, reply);
    return reply;
  });
}

const fieldsOf = ({ method, query, body }: Request): Fields => ((method === 'POST' ? body : query) ?? {}) as Fields;

const messageOf = (request: Request, name: string): IncomingMessage =>
  request.method === 'POST' ? formOf(name)(request) : queryOf(request);

const relayStateOf = (request: Request): string | undefined => {
  const { RelayState: relayState } = fieldsOf(request);
  return typeof relayState === 'string' ? relayState : undefined;
};

const answerRequest =
  ({ signOuts }: SamlApplications, needs: SamlBrowserNeeds): SamlHandler =>
  async (request, reply, applicationId) => {
    const { tenant } = request;
    const { next, endedUserId } = await signOuts.answer(tenant, applicationId, {
      message: messageOf(request, 'SAMLRequest'),
      relayState: relayStateOf(request),
      sessions: {
        find: (uid) => needs.relay.findSession(request, applicationId, uid),
        end: needs.relay.endSession,
      },
    });
    const ended = endedUserId === undefined ? {} : { userId: endedUserId };
    needs.logs.write(tenant.id, { key: 'SamlApplication.Logout', result: 'Success', applicationId, ...ended });
    if (!('path' in next)) return sendMessage(needs, request, reply, { outgoing: next, appId: applicationId });
    writeCookie(request, reply, next.cookie);
    reply.redirect(`${tenant.basePath}${next.path}`, 303);
  };

const receiveResponse =
  ({ singleLogout }: SamlApplications, { logs }: SamlBrowserNeeds): SamlHandler =>
  async (request, reply, applicationId) => {
    const { tenant } = request;
    const named = relayStateOf(request);
    const id = named !== undefined && statePattern.test(named) ? named : singleLogout.idOf(request);
    const key = 'SamlApplication.LogoutResponse';
    try {
      const message = messageOf(request, 'SAMLResponse');
      const received =
        id === undefined ? undefined : await singleLogout.receive(tenant, { id, applicationId, message });
      if (!received) throw new SamlRefusal('in_response_to_mismatch', 'no request waits for this response');
      const { userId, isConfirmed } = received;
      const outcome = isConfirmed ? {} : { error: 'the application did not end its session' };
      logs.write(tenant.id, { key, result: isConfirmed ? 'Success' : 'Error', applicationId, userId, ...outcome });
    } catch (error) {
      // The user goes on to the other applications; the page says that this one did not confirm.
      const isPart = id !== undefined && (await singleLogout.look(tenant, id)) !== undefined;
      if (!(error instanceof SamlRefusal) || !isPart) throw error;
      logs.write(tenant.id, { key, result: 'Error', error: `${error.reason}: ${error.detail}`, applicationId });
    }
    // A form of another site brings no cookie (SameSite=Lax), the redirect does.
    reply.redirect(`${tenant.basePath}${signOutPath}`, 303);
  };

/** The page that asks the next application by itself, or says which ones did not answer. */
async function showSignOut(
  samlApplications: SamlApplications,
  needs: SamlBrowserNeeds,
  request: Request,
  reply: Reply,
): Promise<void> {
  const { tenant } = request;
  const id = samlApplications.singleLogout.idOf(request);
  const found = id === undefined ? undefined : await samlApplications.singleLogout.look(tenant, id);
  reply.header('cache-control', 'no-store');
  if (id === undefined || !found) {
    reply.redirect(`${tenant.basePath}/oidc/session/end/success`, 303);
    return;
  }
  const { step, ending } = found;
  if (step.kind === 'complete') return finish(samlApplications, needs, { request, reply, id });
  const ids = step.kind === 'incomplete' ? step.applicationIds : [step.applicationId];
  const names = await Promise.all(ids.map((applicationId) => samlApplications.nameOf(tenant, applicationId)));
  const view: SamlSignOutView = {
    kind: 'saml-sign-out',
    step: step.kind,
    applications: names.filter((name) => name !== undefined),
    ...(step.kind === 'incomplete' && ending.kind === 'page' ? {} : { action: `${tenant.basePath}${signOutPath}` }),
  };
  await needs.pages.send(request, reply, view);
}

async function continueSignOut(
  samlApplications: SamlApplications,
  needs: SamlBrowserNeeds,
  request: Request,
  reply: Reply,
): Promise<void> {
  const { tenant } = request;
  const { singleLogout } = samlApplications;
  const id = singleLogout.idOf(request);
  reply.header('cache-control', 'no-store');
  const found = id === undefined ? undefined : await singleLogout.look(tenant, id);
  if (id !== undefined && found?.step.kind === 'incomplete')
    return finish(samlApplications, needs, { request, reply, id });
  const next = id === undefined ? undefined : await singleLogout.next(tenant, id);
  if (next?.skipped !== undefined) {
    const about = { applicationId: next.skipped, error: 'the application did not answer' };
    needs.logs.write(tenant.id, { key: 'SamlApplication.LogoutResponse', result: 'Error', ...about });
  }
  if (next?.asks) {
    const { outgoing, applicationId: appId } = next.asks;
    return sendMessage(needs, request, reply, { outgoing, appId });
  }
  reply.redirect(`${tenant.basePath}${signOutPath}`, 303);
}

async function finish(
  { singleLogout }: SamlApplications,
  needs: SamlBrowserNeeds,
  { request, reply, id }: { request: Request; reply: Reply; id: string },
): Promise<void> {
  const { basePath } = request.tenant;
  const result = await singleLogout.finish(request.tenant, id);
  writeCookie(request, reply, { name: signOutCookie, value: undefined });
  if (!result || 'url' in result) reply.redirect(result?.url ?? `${basePath}/oidc/session/end/success`, 303);
  else await sendMessage(needs, request, reply, { outgoing: result.outgoing, appId: result.applicationId });
}
