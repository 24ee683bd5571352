import type { ErrorView, PageLanguage, PageView } from '@aldaba/contract';
import { phrase } from '@aldaba/pages';
import { sentenceFor } from '../../features/appearance/hosted-pages/words.ts';
import { retryAfter, toAldabaError } from '../../http/errors.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Reply, Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { awaitedCode } from '../code-flows.ts';
import { promptFor } from '../machine/machine.ts';
import { resolvePolicy } from '../machine/policy.ts';
import { readState } from '../machine/state.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import type { SignInNeeds } from '../needs.ts';
import { hasInteractionCookie, type Interaction } from '../port.ts';
import type { StepResult } from '../run.ts';
import type { SignIn } from '../service.ts';
import { type PageContext, termsOf } from './page-views.ts';

type PageHandler = (request: Request, reply: Reply, interaction: Interaction) => Promise<unknown>;

/** What the routes of the HTML door share. */
export interface PageDoor {
  /** Turns a handler into a route: whatever it throws becomes a page, or JSON where the page's script asked for it. */
  route(
    handler: (request: Request, reply: Reply) => Promise<unknown>,
  ): (request: Request, reply: Reply) => Promise<Reply>;
  /**
   * Like `route`, for the pages of an interaction. When the user has signed in in another tab since, and that is enough for
   * the application, the page is skipped and the authorization goes on.
   */
  page(handler: PageHandler): (request: Request, reply: Reply) => Promise<Reply>;
  /** Like `route`, for the forms of an interaction: refuses those of other sites. */
  form(handler: PageHandler): (request: Request, reply: Reply) => Promise<Reply>;
  context(interaction: Interaction, request: Request): Promise<PageContext>;
  show(
    request: Request,
    reply: Reply,
    page: { view: PageView; interaction: Interaction; status?: number },
  ): Promise<void>;
  /** Where the sign-in stands; one that was not begun, at its beginning. */
  standing(interaction: Interaction): Promise<Prompt>;
  /** Goes on to where the sign-in stands. */
  proceed(reply: Reply, interaction: Interaction, standing: Pick<StepResult, 'prompt' | 'redirectTo'>): void;
}

const paths: Record<Exclude<Prompt['kind'], 'show-factor'>, string> = {
  'sign-in': '/sign-in',
  register: '/register',
  recover: '/forgot-password',
  'reset-password': '/forgot-password/reset',
  continue: '/continue',
  'add-factor': '/mfa-binding',
  'make-backup-codes': '/mfa-binding/BackupCode',
  done: '/sign-in',
};
/** Where the person does what a prompt asks for. */
export function pageOf(prompt: Prompt): string {
  if (prompt.kind === 'show-factor') return `/mfa-verification/${prompt.factors[0]}`;
  return prompt.kind === 'sign-in' && prompt.identifier ? '/sign-in/password' : paths[prompt.kind];
}

export function createPageDoor(signIn: SignIn): PageDoor {
  const { needs, settings } = signIn;
  const { pages, log } = needs;
  const optionsOf = (interaction: Interaction) => ({
    appId: interaction.applicationId,
    interaction: interaction.handle,
    ...(interaction.request.uiLocales === undefined ? {} : { uiLocales: interaction.request.uiLocales }),
    ...(interaction.request.organizationId === undefined ? {} : { organizationId: interaction.request.organizationId }),
  });
  const route: PageDoor['route'] = (handler) => async (request, reply) => {
    try {
      await handler(request, reply);
    } catch (error) {
      await sendFailure(needs, request, reply, toAldabaError(error, request, log));
    }
    return reply;
  };
  const door: PageDoor = {
    route,
    page: (handler) =>
      route(async (request, reply) => {
        const interaction = await signIn.open(request);
        if (interaction.isSatisfied)
          return reply.header('cache-control', 'no-store').redirect(needs.port.resumeUrl(interaction), 303);
        return handler(request, reply, interaction);
      }),
    form: (handler) =>
      route(async (request, reply) => {
        assertSameOrigin(request, () => hasInteractionCookie(request));
        try {
          await handler(request, reply, await signIn.open(request));
        } catch (error) {
          if (!(error instanceof AldabaError) || error.code !== 'session.not_found' || wantsJson(request)) throw error;
          // Overtaken by another form of the same sign-in, as with a double click: on to where that one led, if it goes on.
          const interaction = await signIn.open(request);
          door.proceed(reply, interaction, { prompt: await door.standing(interaction) });
        }
      }),
    async context(interaction, request) {
      const configured = await needs.connectors.list(request.tenant);
      const sends = (kind: 'Email' | 'Sms') => configured.some(({ type, isUsable }) => type === kind && isUsable);
      return {
        appId: interaction.applicationId,
        settings: await settings(request.tenant),
        language: await pages.language(request, optionsOf(interaction)),
        connectors: await needs.connectors.social(request.tenant),
        inWeChat: isWeChat(request.headers['user-agent']),
        reachable: [...(sends('Email') ? (['email'] as const) : []), ...(sends('Sms') ? (['phone'] as const) : [])],
      };
    },
    show: (request, reply, { view, interaction, status }) =>
      pages.send(request, reply, view, { ...optionsOf(interaction), ...(status === undefined ? {} : { status }) }),
    async standing(interaction) {
      if (interaction.state === null) return { kind: 'sign-in', reason: 'nothing was done yet' };
      const state = signIn.stateOf(interaction);
      const policy = resolvePolicy(await settings(interaction.tenant));
      const account = await signIn.accountOf(interaction, state);
      // Deleted while the sign-in waited.
      if (state.userId !== undefined && !account) throw new AldabaError('user.user_not_exist');
      return promptFor(state, policy, account);
    },
    proceed(reply, interaction, { redirectTo, prompt }) {
      const code = awaitedCode(readState(interaction.state, needs.clock.now()), prompt);
      const page = code ? '/verification-code' : pageOf(prompt);
      reply.redirect(redirectTo ?? pageAddress(page, interaction), 303);
    },
  };
  return door;
}

/** The address of one of the pages of an interaction, for a redirect. */
export function pageAddress(
  path: string,
  { tenant, applicationId, handle }: Pick<Interaction, 'tenant' | 'applicationId' | 'handle'>,
): string {
  return `${tenant.basePath}${path}?${new URLSearchParams({ app_id: applicationId, interaction: handle })}`;
}

/** Whether the page's script asked, not the browser for a page. */
export const wantsJson = (request: Request): boolean => {
  const accept = request.headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
};

/** WeChat on a phone; its window on a desktop shows QR codes that the phone can scan. */
const isWeChat = (userAgent = ''): boolean => /MicroMessenger/i.test(userAgent) && /Mobile|Android/i.test(userAgent);

/** A value of the form; a repeated or absent one counts as empty. */
export function formField(request: Request, name: string): string {
  const body = request.body as Record<string, unknown> | null | undefined;
  const value = typeof body === 'object' && body !== null ? body[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** @throws AldabaError `user.terms_required` when a box has to be ticked on the page and was not */
export function assertAgreed(request: Request, context: PageContext, page: 'sign-in' | 'register'): void {
  if (termsOf(context.settings, page) === 'checkbox' && formField(request, 'terms') !== 'yes')
    throw new AldabaError('user.terms_required');
}

/** A value of the query; a repeated one counts as absent. */
export function queryField(request: Request, name: string): string | undefined {
  const value = (request.query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

async function sendFailure(needs: SignInNeeds, request: Request, reply: Reply, error: AldabaError): Promise<void> {
  const language: PageLanguage = await needs.pages.language(request);
  const wait = retryAfter(error);
  if (wait !== undefined) reply.header('retry-after', String(wait));
  const message = sentenceFor(error, language);
  if (wantsJson(request)) {
    reply
      .code(error.status)
      .header('cache-control', 'no-store')
      .send({ ...error.toBody(), message });
    return;
  }
  const gone = error.code === 'session.not_found' || error.code === 'session.interaction_not_found';
  if (!gone) {
    await sendError(needs, request, reply, error);
    return;
  }
  const next = await needs.port.resumeAddress(request);
  if (next !== undefined) {
    reply.header('cache-control', 'no-store').redirect(next, 303);
    return;
  }
  await needs.pages.sendEnded(request, reply, {
    appId: namedApplication(request),
    isSignedIn: await needs.port.isSignedIn(request),
    status: error.status,
  });
}

const namedApplication = (request: Request): string | undefined =>
  formField(request, 'app_id') || queryField(request, 'app_id');

/** A page that leads on: to the start of the sign-in while it waits, else to the application. */
async function sendError(needs: SignInNeeds, request: Request, reply: Reply, error: AldabaError): Promise<void> {
  const language = await needs.pages.language(request);
  // What made the page fail may make this fail as well.
  const interaction = await needs.port.load(request).catch(() => undefined);
  const isIdentified = readState(interaction?.state ?? null, needs.clock.now())?.userId !== undefined;
  const isDeleted = error.code === 'user.user_not_exist' && isIdentified;
  const appId = interaction?.applicationId ?? namedApplication(request);
  const view: ErrorView = {
    kind: 'error',
    code: error.code,
    message: isDeleted ? phrase(language, 'error.accountDeleted') : sentenceFor(error, language),
    ...(interaction ? { restart: { appId: interaction.applicationId, path: '/sign-in' } } : {}),
  };
  await needs.pages.send(request, reply, view, {
    status: error.status,
    ...(appId === undefined ? {} : { appId }),
    ...(interaction ? { interaction: interaction.handle } : {}),
  });
}

/** Errors that a person can do something about in the form, if only to choose another way; others get a page of their own. */
export function asFormError(error: unknown): AldabaError {
  if (!(error instanceof AldabaError)) throw error;
  const { code, status } = error;
  if (code.startsWith('connector.') || (status !== 404 && status < 500 && code !== 'session.not_found')) return error;
  throw error;
}
