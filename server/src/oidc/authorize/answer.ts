import type { ErrorView } from '@aldaba/contract';
import { errorSentence } from '@aldaba/pages';
import { retryAfter } from '../../http/errors.ts';
import type { Reply, Request } from '../../http/types.ts';
import type { AldabaError } from '../../kernel/errors.ts';
import type { Core } from '../core.ts';
import { sendProtocolError, toProtocolError } from '../errors.ts';
import { namedInteraction } from '../interaction-cookies.ts';
import { resumeAddress } from '../interactions.ts';
import { ProtocolError } from '../protocol-error.ts';
import { findBrowserSession } from '../sessions.ts';
import { firstScreenPath } from '../wire-quirks.ts';
import type { AuthorizationRequest, ResponseMode } from './request.ts';

/**
 * Sends a response to the application, with `state` unchanged and `iss` (RFC 9207) against mix-up attacks. 303, so that
 * a form POST becomes a GET: in-app web views recognize the redirect URI only as a navigation.
 */
export async function answerApplication(
  core: Pick<Core, 'pages'>,
  request: Request,
  reply: Reply,
  answer: {
    clientId: string;
    redirectUri: string;
    responseMode: ResponseMode;
    state?: string;
    parameters: Record<string, string>;
  },
): Promise<void> {
  const fields: Record<string, string> = {
    ...answer.parameters,
    ...(answer.state === undefined ? {} : { state: answer.state }),
    iss: request.tenant.issuer,
  };
  reply.header('cache-control', 'no-store');
  if (answer.responseMode === 'form_post') {
    await core.pages.send(
      request,
      reply,
      { kind: 'form-post', action: answer.redirectUri, fields },
      { appId: answer.clientId },
    );
    return;
  }
  const url = new URL(answer.redirectUri);
  if (answer.responseMode === 'fragment') url.hash = new URLSearchParams(fields).toString();
  else for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  reply.redirect(url.href, 303);
}

/**
 * The first page of the sign-in, with parameters for the page. A link for an email address has its own page, which
 * takes precedence over other hints.
 */
export function signInAddress(basePath: string, request: AuthorizationRequest, handle: string): string {
  const isLink = request.isByLink === true && request.oneTimeToken !== undefined;
  const screen = isLink ? '/one-time-token' : firstScreenOf(request);
  const direct = isLink ? undefined : request.directSignIn;
  const path = direct ? `/direct/${direct.method}/${encodeURIComponent(direct.target)}` : screen;
  const query = new URLSearchParams({ app_id: request.clientId, interaction: handle });
  const pass = (name: string, value: string | undefined) => {
    if (value !== undefined) query.set(name, value);
  };
  pass('organization_id', request.organizationId);
  pass('ui_locales', request.uiLocales);
  pass('one_time_token', request.oneTimeToken);
  pass('login_hint', request.loginHint);
  pass('identifier', request.identifier?.join(' '));
  if (direct) query.set('fallback', screen.slice(1));
  return `${basePath}${path}?${query}`;
}

/** `prompt` takes precedence over the SDKs' `first_screen`: account selection first, then registration. */
function firstScreenOf({ prompt, firstScreen, interactionMode, hasChosen }: AuthorizationRequest): string {
  if (prompt.includes('select_account') && !hasChosen) return '/select-account';
  return prompt.includes('create') ? '/register' : firstScreenPath(firstScreen, interactionMode);
}

/**
 * Shows an error that must not be redirected: browsers get a page with the description for developers in small print,
 * programs get JSON.
 */
export async function showError(
  core: Pick<Core, 'pages' | 'log' | 'clock'>,
  error: unknown,
  request: Request,
  reply: Reply,
): Promise<void> {
  const accept = request.headers.accept ?? '';
  if (accept.includes('application/json') && !accept.includes('text/html')) {
    sendProtocolError(error, request, reply, core.log);
    return;
  }
  const failure = toProtocolError(error, request, core.log);
  reply.header('cache-control', 'no-store');
  if (failure.code !== 'session.not_found') {
    const wait = failure instanceof ProtocolError ? undefined : retryAfter(failure);
    if (wait !== undefined) reply.header('retry-after', String(wait));
    const appId = applicationOf(request);
    await core.pages.send(request, reply, await errorView(core, failure, request), {
      status: failure.status,
      appId,
    });
    return;
  }
  const next = await resumeAddress(request, { clock: core.clock, page: 'consent' });
  if (next !== undefined) {
    reply.redirect(next, 303);
    return;
  }
  await core.pages.sendEnded(request, reply, {
    appId: namedInteraction(request).applicationId,
    isSignedIn: (await findBrowserSession(request.tenant.db, request, core.clock)) !== undefined,
    status: failure.status,
  });
}

/** The client id in the request, from its interaction or a parameter; the client may not exist. */
function applicationOf(request: Request): string | undefined {
  const named = namedInteraction(request).applicationId;
  if (named !== undefined) return named;
  for (const given of [request.query, request.body]) {
    const id = (given as Record<string, unknown> | null | undefined)?.client_id;
    if (typeof id === 'string' && id !== '') return id;
  }
  return undefined;
}

async function errorView(
  core: Pick<Core, 'pages'>,
  failure: ProtocolError | AldabaError,
  request: Request,
): Promise<ErrorView> {
  const sentence = errorSentence(await core.pages.language(request), failure.code);
  const detail = failure instanceof ProtocolError ? { detail: failure.description } : {};
  return { kind: 'error', code: failure.code, message: sentence, ...detail };
}
