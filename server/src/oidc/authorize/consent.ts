import { covers } from '../agreement.ts';
import { findRequestedAccess } from '../consent-question.ts';
import { findGrant } from '../store/authorizations.ts';
import { type Flow, type Outcome, refuse } from './flow.ts';
import { ask } from './login.ts';

/**
 * Asks for consent. First-party applications have it implicitly: SDKs send `prompt=consent` on every sign-in, and a
 * page that is always accepted is useless. A third-party application's request asks again if the page would show
 * anything not agreed to in this session.
 */
export async function requireConsent(flow: Flow): Promise<Outcome | undefined> {
  if (!flow.client.isThirdParty || flow.consented) return undefined;
  const { request, session, q, core, http, client } = flow;
  if (session && !request.prompt.includes('consent')) {
    const grant = await findGrant(q, session.uid, request.clientId, new Date(core.clock.now()));
    if (grant?.consent) {
      const who = { tenant: http.tenant, q, client, userId: session.userId };
      if (covers(grant.consent, (await findRequestedAccess(core, who, request)).agreement)) return undefined;
    }
  }
  if (request.prompt.includes('none')) return refuse('consent_required', 'End-User consent is required');
  return ask(flow, 'consent');
}
