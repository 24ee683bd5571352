/**
 * The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2). It consists of two tables: the
 * checks that turn parameters into an `AuthorizationRequest`, and the steps that turn a request and a user into an
 * outcome.
 */
import type { Client } from '../../features/applications/applications/index.ts';
import { writeCookie } from '../../http/cookies.ts';
import type { Reply, Request } from '../../http/types.ts';
import { hashToken } from '../../kernel/crypto.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Queries } from '../../store/index.ts';
import { sessionCookie } from '../cookies.ts';
import type { Core } from '../core.ts';
import { forgetInteraction, rememberInteraction, secretOf } from '../interaction-cookies.ts';
import { openInteraction } from '../interactions.ts';
import { limitsOf } from '../limits.ts';
import type { Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { requestedResources } from '../resources.ts';
import { findBrowserSession } from '../sessions.ts';
import { deleteInteraction, lockInteraction } from '../store/interactions.ts';
import { requireAccess } from './access.ts';
import { answerApplication, signInAddress } from './answer.ts';
import { readChallenge } from './challenge.ts';
import { checkClient, identifyClient } from './client.ts';
import { issueCode } from './code.ts';
import { requireConsent } from './consent.ts';
import type { Flow, Outcome, Step } from './flow.ts';
import { readExpectations, readHints } from './hints.ts';
import { refuseLongValues } from './lengths.ts';
import { requireLogin } from './login.ts';
import { takeResult } from './person.ts';
import { readPromptAndScope } from './prompt.ts';
import type { AuthorizationRequest } from './request.ts';
import { answerMode, answerState, readResponse, refuseRequestObjects } from './response.ts';

/**
 * The checks of a request, in order. Failures are returned to the application, because the redirect URI is known to be
 * registered for the client.
 */
async function check(
  core: Core,
  http: Request,
  known: { parameters: Parameters; client: Client; redirectUri: string },
): Promise<AuthorizationRequest> {
  const { parameters, client, redirectUri } = known;
  refuseRequestObjects(parameters);
  refuseLongValues(parameters);
  const asked = readPromptAndScope(parameters, client);
  const limits = await limitsOf(core, http.tenant, client);
  return {
    clientId: client.id,
    redirectUri,
    ...readResponse(parameters, client, redirectUri),
    ...readChallenge(parameters, client),
    ...asked,
    scope: limits.any(asked.scope.split(' ')).join(' '),
    resources: await requestedResources(core, http.tenant, parameters.resources),
    ...(await readExpectations(core, http.tenant, { parameters, clientId: client.id })),
    ...readHints(parameters),
  };
}

/** The steps in order, inside one transaction. The first outcome ends the authorization. */
const steps: readonly Step[] = [takeResult, requireLogin, requireAccess, requireConsent, issueCode];

/** `GET` and `POST /oidc/auth`. Errors that reach the caller must be shown, not redirected. */
export async function authorize(core: Core, http: Request, reply: Reply, parameters: Parameters): Promise<void> {
  const { client, redirectUri } = await identifyClient(core, http.tenant, parameters);
  let request: AuthorizationRequest;
  try {
    request = await check(core, http, { parameters, client, redirectUri });
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const state = answerState(parameters);
    await answerApplication(core, http, reply, {
      clientId: client.id,
      redirectUri,
      responseMode: answerMode(parameters, redirectUri),
      ...(state === undefined ? {} : { state }),
      parameters: { error: error.error, error_description: error.description },
    });
    return;
  }
  const session = await findBrowserSession(http.tenant.db, http, core.clock);
  const flow: Omit<Flow, 'q'> = { core, http, client, request, session, open: undefined, consented: undefined };
  await leave(flow, reply, await walk(flow));
}

/**
 * `GET /oidc/auth/:handle`: continues after the prompt, or without it if a sign-in in another tab was enough.
 * @throws AldabaError `session.not_found` without the cookie of the browser that began, and for finished or expired
 *   interactions
 */
export async function resume(core: Core, http: Request, reply: Reply, handle: string): Promise<void> {
  const secret = secretOf(http, handle);
  if (secret === undefined) throw new AldabaError('session.not_found');
  const session = await findBrowserSession(http.tenant.db, http, core.clock);
  const { flow, outcome } = await http.tenant.db.transaction(async (tx) => {
    // Locked until the commit: of two concurrent resumes, one continues and the other finds the interaction finished.
    const record = await lockInteraction(tx, hashToken(secret), new Date(core.clock.now()));
    if (!record) throw new AldabaError('session.not_found');
    const { request, result } = openInteraction(record);
    const client = await checkClient(core, http.tenant, request.clientId, request.redirectUri);
    const open = { handle, secret, uidHash: record.uidHash, prompt: record.prompt, result };
    const flow: Omit<Flow, 'q'> = { core, http, client, request, session, open, consented: undefined };
    return { flow, outcome: await walk(flow, tx) };
  });
  await leave(flow, reply, outcome);
}

async function walk(flow: Omit<Flow, 'q'>, q = flow.http.tenant.db): Promise<Outcome> {
  // Without a session, the only write is one new interaction: a single statement, which needs no transaction.
  const { moved, outcome } =
    flow.session || flow.open ? await q.transaction((tx) => takeSteps(flow, tx)) : await takeSteps(flow, q);
  Object.assign(flow, moved);
  return outcome;
}

/**
 * The outcome, with the flow as the steps left it. The given flow is not mutated, because the transaction may be
 * retried.
 */
async function takeSteps(flow: Omit<Flow, 'q'>, q: Queries): Promise<{ moved: Flow; outcome: Outcome }> {
  const moved: Flow = { ...flow, q };
  for (const step of steps) {
    const outcome = await step(moved);
    if (!outcome) continue;
    // A code is stored and its interaction deleted in one statement; a rejection stores nothing.
    const closed = outcome.kind === 'answer' && outcome.parameters.code !== undefined;
    if (outcome.kind === 'answer' && flow.open && !closed) await deleteInteraction(q, flow.open.uidHash);
    return { moved, outcome };
  }
  throw new Error('The last step of an authorization must have an outcome.');
}

/** After the commit: set cookies and respond. */
async function leave(flow: Omit<Flow, 'q'>, reply: Reply, outcome: Outcome): Promise<void> {
  const { core, http, request, cookie } = flow;
  if (cookie) writeCookie(http, reply, { name: sessionCookie, ...cookie });
  reply.header('cache-control', 'no-store');
  if (outcome.kind === 'ask') {
    const { handle, secret, prompt } = outcome;
    rememberInteraction(http, reply, { handle, secret, now: core.clock.now() });
    const { basePath } = http.tenant;
    const consent = `${basePath}/consent?${new URLSearchParams({ app_id: request.clientId, interaction: handle })}`;
    reply.redirect(prompt === 'consent' ? consent : signInAddress(basePath, request, handle), 303);
    return;
  }
  if (flow.open) {
    forgetInteraction(http, reply, flow.open.handle);
    core.openSignIns.end(http.tenant.id, http.source.networks.client, request);
  }
  const { clientId, redirectUri, responseMode, state } = request;
  await answerApplication(core, http, reply, {
    clientId,
    redirectUri,
    responseMode,
    ...(state === undefined ? {} : { state }),
    parameters: outcome.parameters,
  });
}
