import type { ErrorView, PageView } from '@aldaba/contract';
import { phrase } from '@aldaba/pages';
import { providerErrorOf, sentenceFor } from '../../features/appearance/hosted-pages/words.ts';
import { retryAfter, toAldabaError } from '../../http/errors.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import { hasInteractionCookie, type Interaction } from '../port.ts';
import { awaitedCode } from '../steps/begin.ts';
import type { Position } from '../steps/context.ts';
import type { FormRequest } from '../steps/forms.ts';
import type { SignIn } from '../steps/index.ts';
import type { StepResult } from '../steps/run.ts';
import { connectorName, isWeChat, type PageContext, reachableBy, type Screen } from '../views.ts';

/** A request for a page of a sign-in, or with one of its forms. */
export interface PageRequest extends FormRequest {
  request: Request;
  reply: Reply;
  context: PageContext;
  /** A field of the form; a repeated or absent one counts as empty. */
  field: (name: string) => string;
  /** Shows a page; after a failure with its sentence and what was typed, or as JSON to the page's script. */
  show: (view: Screen, failure?: AldabaError) => unknown;
  /** Goes on to what the sign-in asks for. */
  proceed: (result: Result) => void;
  /** To another page of the interaction; `query`: beside what names the interaction. */
  redirect: (path: string, query?: Record<string, string>) => undefined;
}
type Result = Pick<StepResult, 'prompt' | 'redirectTo'>;
type Handler = (page: PageRequest) => unknown;
/** A form's step; undefined after one that answered the request itself. */
type Step = (page: PageRequest) => Promise<Result | undefined>;
/** Answers a form whose step failed in a way that the user can correct. */
export type Refused = (page: PageRequest, failure: AldabaError) => unknown;

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
/** The page of a prompt. */
export function pageOf(prompt: Prompt): string {
  if (prompt.kind === 'show-factor') return `/mfa-verification/${prompt.factors[0]}`;
  return prompt.kind === 'sign-in' && prompt.identifier ? '/sign-in/password' : paths[prompt.kind];
}

export type PageRoutes = ReturnType<typeof createPageRoutes>;

/** Routes of the pages, mounted on `http`. */
export function createPageRoutes(http: Http, signIn: SignIn) {
  const { port, log } = signIn.pageNeeds;
  const open = async ({ request, reply }: Pick<PageRequest, 'request' | 'reply'>) =>
    openPage(signIn, request, reply, await signIn.open(request));
  /** A route: whatever its handler throws becomes a page, or JSON where the page's script asked for it. */
  const route = (method: 'get' | 'post', path: string, handler: (request: Request, reply: Reply) => Promise<unknown>) =>
    http[method](path, async (request, reply) => {
      try {
        await handler(request, reply);
      } catch (error) {
        await sendFailure(signIn, request, reply, toAldabaError(error, request, log));
      }
      return reply;
    });
  /**
   * A page of an interaction. When the user has signed in in another tab since, and that is enough for the application,
   * the page is skipped and the authorization goes on.
   */
  const get = (path: string, handler: Handler) =>
    route('get', path, async (request, reply) => {
      const page = await open({ request, reply });
      return page.interaction.isSatisfied ? leave(reply, port.resumeUrl(page.interaction)) : handler(page);
    });
  /** A form of an interaction: refuses those of other sites. */
  const post = (path: string, handler: Handler) =>
    route('post', path, async (request, reply) => {
      assertSameOrigin(request, () => hasInteractionCookie(request));
      try {
        await handler(await open({ request, reply }));
      } catch (error) {
        if (!isOutrun(error) || wantsJson(request)) throw error;
        // Another form of the same sign-in was faster, e.g. a double click: follows where that one led, if it goes on.
        const page = await open({ request, reply });
        page.proceed(await signIn.positionOf(page.interaction));
      }
    });
  /** A form that takes a step: goes on after it, or answers as `refused` does. */
  const form = (path: string, step: Step, refused: Refused) => post(path, (page) => takeStep(page, step, refused));
  /**
   * A page that belongs to one position of a sign-in; in any other it leads to what the sign-in asks for. Returns what
   * adds its forms: `refused` answers a failure itself, or returns undefined to show the page again.
   * @param find what the page needs of the position; undefined where the page does not belong to it
   */
  const bound = <Given>(
    path: string,
    find: (position: Position, page: PageRequest) => Given | undefined,
    show: (page: PageRequest, given: Given, failure?: AldabaError) => unknown,
  ) => {
    const at = async (page: PageRequest, work: (given: Given) => unknown) => {
      const position = await signIn.positionOf(page.interaction);
      const given = find(position, page);
      return given ? work(given) : page.proceed(position);
    };
    // Read again: when a page or form was sent twice, the first request may have done what this one could not.
    const again = async (sent: PageRequest, failure?: AldabaError) => {
      const page = await open(sent);
      return at(page, (given) => show(page, given, failure));
    };
    get(path, async (page) => {
      try {
        await at(page, (given) => show(page, given));
      } catch (error) {
        if (!isOutrun(error)) throw error;
        await again(page);
      }
    });
    return (
      formPath: string,
      step: (page: PageRequest, given: Given) => ReturnType<Step>,
      refused: (page: PageRequest, given: Given, failure: AldabaError) => unknown = () => undefined,
    ) =>
      post(formPath, (page) =>
        at(page, (given) => {
          const answer: Refused = (_, failure) => refused(page, given, failure) ?? again(page, failure);
          return takeStep(page, () => step(page, given), answer);
        }),
      );
  };
  return { signIn, route, get, post, form, bound };
}

/** Takes a step and goes on after it; `refused` answers a failure that the user can correct. */
export async function takeStep(page: PageRequest, step: Step, refused: Refused): Promise<unknown> {
  try {
    const result = await step(page);
    return result && page.proceed(result);
  } catch (error) {
    return refused(page, asFormError(error));
  }
}

/** Of the connector that the address names, by its ID or, for a direct sign-in, by its target. */
function providerName({ connectors, language }: PageContext, { params }: Request): string {
  const { connectorId, target } = (params ?? {}) as { connectorId?: string; target?: string };
  const connector = connectors.find((each) => each.id === connectorId || each.target === target);
  return connector ? connectorName(connector, language) : '';
}

/** Whether another request of the same sign-in was faster, e.g. by a double click. */
const isOutrun = (error: unknown): boolean => error instanceof AldabaError && error.code === 'session.not_found';

/** Reads what the pages of an interaction are rendered from. */
export async function openPage(
  signIn: SignIn,
  request: Request,
  reply: Reply,
  interaction: Interaction,
): Promise<PageRequest> {
  const { pages, connectors } = signIn.pageNeeds;
  const { applicationId: appId, handle } = interaction;
  const { uiLocales, organizationId } = interaction.request;
  const options = { appId, interaction: handle, uiLocales, organizationId };
  const [configured, settings, language, offered] = await Promise.all([
    connectors.list(request.tenant),
    signIn.settings(request.tenant),
    pages.language(request, options),
    connectors.social(request.tenant),
  ]);
  const context: PageContext = {
    appId,
    settings,
    language,
    connectors: offered,
    inWeChat: isWeChat(request.headers['user-agent']),
    reachable: reachableBy(configured),
  };
  const fields = new Map(Object.entries(textsOf(request.body)));
  const field = (name: string) => fields.get(name) ?? '';
  const [username, address] = [field('username').trim(), field('address').trim()];
  return {
    request,
    reply,
    interaction,
    context,
    field,
    typed: { username, address, password: field('password'), agreed: field('terms') === 'yes' },
    show(view, failure) {
      const page = { ...view, appId } as PageView;
      if (!failure) return pages.send(request, reply, page, options);
      const error = providerErrorOf(failure, language, providerName(context, request));
      if (wantsJson(request)) return sendJson(reply, failure, error.message);
      // The one field of the first page takes whatever signs in.
      if (page.kind === 'sign-in' && error.field === 'address') error.field = 'username';
      const typed = { ...(username ? { username } : {}), ...(address ? { typedAddress: address } : {}) };
      const refused = { ...page, ...typed, error } as PageView;
      return pages.send(request, reply, refused, { ...options, status: failure.status });
    },
    proceed({ redirectTo, prompt }) {
      const path = awaitedCode(signIn.findState(interaction), prompt) ? '/verification-code' : pageOf(prompt);
      reply.redirect(redirectTo ?? pageAddress(path, interaction), 303);
    },
    redirect(path, query) {
      reply.redirect(pageAddress(path, interaction, query), 303);
      return undefined;
    },
  };
}

/** The address of one of the pages of an interaction, for a redirect. */
function pageAddress(
  path: string,
  { tenant, applicationId, handle }: Pick<Interaction, 'tenant' | 'applicationId' | 'handle'>,
  query: Record<string, string> = {},
): string {
  return `${tenant.basePath}${path}?${new URLSearchParams({ app_id: applicationId, interaction: handle, ...query })}`;
}

/** Whether the page's script asked, not the browser for a page. */
export const wantsJson = (request: Request): boolean => {
  const accept = request.headers.accept ?? '';
  return accept.includes('application/json') && !accept.includes('text/html');
};

/** The values of a form or a query that are given once. */
export const textsOf = (given: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** To an address outside of the interaction. */
export const leave = (reply: Reply, address: string): Reply =>
  reply.header('cache-control', 'no-store').redirect(address, 303);

/** A request's query as it was sent: with its `?`, or empty. */
export const queryOf = ({ url }: Request): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');

/** A failure for the page's script. */
const sendJson = (reply: Reply, failure: AldabaError, message: string): Reply =>
  reply
    .code(failure.status)
    .header('cache-control', 'no-store')
    .send({ ...failure.toBody(), message });

async function sendFailure(signIn: SignIn, request: Request, reply: Reply, error: AldabaError): Promise<unknown> {
  const { pages, port } = signIn.pageNeeds;
  const language = await pages.language(request);
  const wait = retryAfter(error);
  if (wait !== undefined) reply.header('retry-after', String(wait));
  const message = sentenceFor(error, language);
  if (wantsJson(request)) return sendJson(reply, error, message);
  const { code, status } = error;
  const namedApplication = textsOf(request.body).app_id || textsOf(request.query).app_id;
  if (isOutrun(error) || code === 'session.interaction_not_found') {
    const next = await port.resumeAddress(request);
    if (next !== undefined) return leave(reply, next);
    return pages.sendEnded(request, reply, {
      appId: namedApplication,
      isSignedIn: await port.isSignedIn(request),
      status,
    });
  }
  // A page that leads on: to the start of the sign-in while it waits, else to the application. Loading the interaction
  // may fail for the same reason as the page.
  const interaction = await port.load(request).catch(() => undefined);
  const isIdentified = interaction !== undefined && signIn.findState(interaction)?.userId !== undefined;
  const isDeleted = code === 'user.user_not_exist' && isIdentified;
  const view: ErrorView = {
    kind: 'error',
    code,
    message: isDeleted ? phrase(language, 'error.accountDeleted') : message,
    ...(interaction ? { restart: { appId: interaction.applicationId, path: '/sign-in' } } : {}),
  };
  const appId = interaction?.applicationId ?? namedApplication;
  return pages.send(request, reply, view, { status, appId, interaction: interaction?.handle });
}

/** Errors that the user can correct in the form or avoid with another method; others get their own page. */
export function asFormError(error: unknown): AldabaError {
  if (!(error instanceof AldabaError)) throw error;
  const { code, status } = error;
  // A user without an account, or with a used link, can choose another way.
  const isOfForm = /^(connector|one_time_token)\./.test(code) || code === 'user.identity_not_exist';
  if (isOfForm || (status !== 404 && status < 500 && code !== 'session.not_found')) return error;
  throw error;
}
