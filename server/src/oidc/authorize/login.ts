import { hashToken } from '../../kernel/crypto.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import { isUnreachable, meetsAcr } from '../acr.ts';
import { handleOf, interactionTtl } from '../interaction-cookies.ts';
import { askAgain, type InteractionPrompt, insertInteraction } from '../store/interactions.ts';
import { type Flow, type Outcome, refuse } from './flow.ts';
import { loginReason } from './login-reasons.ts';

const unmet = 'unmet_authentication_requirements';

/** Redirects the user to the sign-in page if one of the reasons applies. */
export async function requireLogin(flow: Flow): Promise<Outcome | undefined> {
  const { request, session, core } = flow;
  // A sign-in that cannot reach the required `acr` has failed (Core section 5.5.1.1).
  if (isUnreachable(request.essentialAcr)) return refuse(unmet, 'the essential acr is not supported');
  const reason = loginReason({ request, session, now: core.clock.now() });
  if (reason === undefined)
    return session && !meetsAcr(request.essentialAcr, session.amr)
      ? refuse(unmet, 'the sign-in did not reach the essential acr')
      : undefined;
  if (flow.request.prompt.includes('none'))
    return refuse('login_required', `End-User authentication is required: ${reason}`);
  // The user just signed in and is still not the expected one: prompting again would loop.
  if (flow.request.hasSignedIn && flow.session)
    return refuse('login_required', 'another End-User signed in than the request names');
  return ask(flow, 'login');
}

/** Makes the authorization wait for the user: in its existing interaction or in a new one. */
export async function ask(flow: Flow, prompt: InteractionPrompt): Promise<Outcome> {
  const { q, request, open, core } = flow;
  if (open) {
    // A page that is reopened while the interaction waits keeps the user's progress.
    const waits = open.prompt === prompt && open.result === undefined;
    if (!waits) await askAgain(q, open.uidHash, prompt, request);
    return { kind: 'ask', prompt, handle: open.handle, secret: open.secret };
  }
  // The link's token stays in the page's URL: a copy of the database cannot sign a user in.
  const { oneTimeToken: _token, ...kept } = request;
  const secret = opaqueToken();
  const uidHash = hashToken(secret);
  if (!flow.session) core.openSignIns.begin(q.tenantId, flow.http.source.networks.client, kept);
  await insertInteraction(q, {
    uidHash,
    applicationId: request.clientId,
    prompt,
    request: kept,
    expiresAt: new Date(core.clock.now() + interactionTtl * 1000),
  });
  if (prompt === 'login') {
    const { clientId: applicationId } = request;
    const about = { applicationId, sessionId: uidHash, more: { prompt: request.prompt } };
    q.afterCommit(() => core.logs.write(q.tenantId, { key: 'Interaction.Create', result: 'Success', ...about }));
  }
  return { kind: 'ask', prompt, handle: handleOf(uidHash), secret };
}
