import type { SignInResult } from '../../sign-in/port.ts';
import { announceLogout } from '../backchannel-logout.ts';
import { beginSession } from '../sessions.ts';
import { type Flow, type Outcome, refuse } from './flow.ts';

/** Applies the result of the prompt: signed in, consented, or refused. */
export async function takeResult(flow: Flow): Promise<Outcome | undefined> {
  const result = flow.open?.result;
  switch (result?.kind) {
    case 'refused':
      return refuse('access_denied', 'the person refused the request');
    case 'consent':
      // Consent counts for the user who gave it; another user in this browser is asked again.
      flow.consented = result.userId === flow.session?.userId ? result.agreement : undefined;
      return undefined;
    case 'account':
      // Another account may have signed in in another tab: ask for the account again.
      if (result.userId === flow.session?.userId) flow.request = { ...flow.request, hasChosen: true };
      return undefined;
    case 'login': {
      const { ended, ...login } = result;
      return takeLogin(flow, { ...login, authenticatedAt: new Date(login.authenticatedAt) }, ended);
    }
    default:
      return undefined;
  }
}

async function takeLogin(flow: Flow, login: SignInResult, ended = false): Promise<Outcome | undefined> {
  const { core, q, request } = flow;
  const user = await core.users.find(q, login.userId);
  const isActive = user !== undefined && !user.isSuspended;
  if (isActive && ended) return undefined;
  const about = { applicationId: request.clientId, userId: login.userId, sessionId: flow.open?.uidHash };
  // Here and not when the sign-in stores its result, so that the entry follows those of the steps.
  q.afterCommit(() => core.logs.write(q.tenantId, { key: 'Interaction.End', result: 'Success', ...about }));
  if (!isActive) return refuse('access_denied', 'the account is not active');
  const ttl = await core.configs.sessionTtl(flow.http.tenant);
  const before = flow.session;
  const { session, cookieValue } = await q.transaction(async (tx) => {
    // Another user signs in: the session of the one before ends.
    if (before && before.userId !== login.userId) await announceLogout(core.jobs, tx, { uid: before.uid });
    return beginSession(tx, login, before, { now: core.clock.now(), ttl });
  });
  flow.isFirstOfSession = session.uid !== before?.uid;
  flow.session = session;
  flow.cookie = { value: cookieValue, maxAge: ttl };
  flow.request = { ...flow.request, hasSignedIn: true };
  return undefined;
}
