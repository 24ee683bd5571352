import { hashToken } from '../../kernel/crypto.ts';
import { opaqueToken } from '../../kernel/ids.ts';
import { interactionTtl } from '../interactions.ts';
import { askAgain, type InteractionPrompt, insertInteraction } from '../store/interactions.ts';
import { type Flow, type Outcome, refuse } from './flow.ts';

/** Why a person has to sign in, in this order. */
const reasons: readonly { reason: string; applies(flow: Flow): boolean }[] = [
  { reason: 'nobody is signed in', applies: ({ session }) => session === undefined },
  {
    reason: 'the application asked for it',
    applies: ({ request }) => request.prompt.includes('login') && !request.hasSignedIn,
  },
  { reason: 'the sign-in is too old', applies: (flow) => isTooOld(flow) && !flow.request.hasSignedIn },
  {
    // Otherwise the link would be forgotten for whoever is signed in, who may be somebody else.
    reason: 'the person comes by a link for an email address',
    applies: ({ request }) =>
      request.oneTimeToken !== undefined && request.loginHint !== undefined && !request.hasSignedIn,
  },
  {
    reason: 'somebody else is expected',
    applies: ({ request, session }) => request.hintedUserId !== undefined && request.hintedUserId !== session?.userId,
  },
];

const isTooOld = ({ request, session, core }: Flow): boolean =>
  request.maxAge !== undefined &&
  session !== undefined &&
  core.clock.now() - session.authenticatedAt.getTime() >= request.maxAge * 1000;

/** Sends the person to the sign-in page when one of the reasons applies. */
export async function requireLogin(flow: Flow): Promise<Outcome | undefined> {
  const found = reasons.find(({ applies }) => applies(flow));
  if (!found) return undefined;
  if (flow.request.prompt.includes('none'))
    return refuse('login_required', `End-User authentication is required: ${found.reason}`);
  // Signed in just now, and still another person than the application expects: asking again would not end.
  if (flow.request.hasSignedIn && flow.session)
    return refuse('login_required', 'another End-User signed in than id_token_hint names');
  return ask(flow, 'login');
}

/** Lets the authorization wait for the person: under its present name if it has one, else under a new one. */
export async function ask(flow: Flow, prompt: InteractionPrompt): Promise<Outcome> {
  const { tx, request, open } = flow;
  if (open) {
    await askAgain(tx, open.uidHash, prompt, request);
    return { kind: 'ask', prompt, uid: open.uid };
  }
  // The token of a link stays in the address of the page: a copy of the database signs nobody in.
  const { oneTimeToken: _token, ...kept } = request;
  const uid = opaqueToken();
  if (!flow.session) flow.core.openSignIns.begin(tx.tenantId, flow.http.source.networks.client);
  await insertInteraction(tx, {
    uidHash: hashToken(uid),
    applicationId: request.clientId,
    prompt,
    request: kept,
    expiresAt: new Date(flow.core.clock.now() + interactionTtl * 1000),
  });
  if (prompt === 'login') {
    const { clientId: applicationId } = request;
    const about = { applicationId, sessionId: hashToken(uid), more: { prompt: request.prompt } };
    tx.afterCommit(() => flow.core.logs.write(tx.tenantId, { key: 'Interaction.Create', result: 'Success', ...about }));
  }
  return { kind: 'ask', prompt, uid };
}
