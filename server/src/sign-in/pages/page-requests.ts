import type { ErrorView, PageError, PageView } from '@aldaba/contract';
import { phrase } from '@aldaba/pages';
import { pageErrorOf, sentenceFor } from '../../features/appearance/hosted-pages/words.ts';
import { retryAfter, toAldabaError } from '../../http/errors.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import { hasInteractionCookie, type Interaction } from '../port.ts';
import { awaitedCode } from '../steps/begin.ts';
import type { FormRequest } from '../steps/forms.ts';
import type { SignIn } from '../steps/index.ts';
import type { StepResult } from '../steps/run.ts';
import { type PageContext, reachableBy } from '../views.ts';

/** A request for a page of a sign-in, or with one of its forms. */
export interface PageRequest extends FormRequest {
  request: Request;
  reply: Reply;
  context: PageContext;
  /** A field of the form; a repeated or absent one counts as empty. */
  field: (name: string) => string;
  show: (view: PageView, failure?: AldabaError) => Promise<void>;
  /** Goes on to what the sign-in asks for. */
  proceed: (result: Pick<StepResult, 'prompt' | 'redirectTo'>) => void;
  /** To another page of the interaction; `query`: beside what names the interaction. */
  redirect: (path: string, query?: Record<string, string>) => void;
}
type Result = Pick<StepResult, 'prompt' | 'redirectTo'>;
type Handler = (page: PageRequest) => Promise<unknown>;
/** A form's step. Undefined leads to the first page, or to `instead`. */
type Step<Given extends unknown[] = []> = (page: PageRequest, ...given: Given) => Promise<Result | undefined>;
/** The page to show again after a failure, with the failure's sentence; undefined when none fits. */
type Refused = (page: PageRequest, error: PageError, failure: AldabaError) => PageView | undefined;

/** Pages that belong to one state of a sign-in; in any other state they lead to what the sign-in asks for. */
interface BoundPages<Given> {
  get: (path: string, view?: (page: PageRequest, given: Given) => PageView | undefined) => void;
  /**
   * A form that takes a step; refused, the page is shown again with the reason.
   * @param own `instead`: where to after a step without a result; `refused`: another page to show instead
   */
  form: (path: string, step: Step<[Given]>, own?: FormOptions<Given>) => void;
}
interface FormOptions<Given> {
  instead?: (page: PageRequest, given: Given) => unknown;
  refused?: (
    page: PageRequest,
    given: Given,
    refusal: { error: PageError; failure: AldabaError },
  ) => PageView | undefined;
}
/** Undefined `given`: the sign-in is in another state. */
type Find<Given> = (page: PageRequest) => Promise<{ prompt: Prompt; given?: Given | undefined }>;
type BoundView<Given> = (
  page: PageRequest,
  given: Given,
  error?: PageError,
) => PageView | undefined | Promise<PageView | undefined>;

/** Routes of the pages, mounted on `http`. */
export interface PageRoutes {
  signIn: SignIn;
  /** A route: whatever its handler throws becomes a page, or JSON where the page's script asked for it. */
  route: (method: 'get' | 'post', path: string, handler: (request: Request, reply: Reply) => Promise<unknown>) => void;
  /**
   * A page of an interaction. When the user has signed in in another tab since, and that is enough for the application,
   * the page is skipped and the authorization goes on.
   */
  get: (path: string, handler: Handler) => void;
  /** A form of an interaction: refuses those of other sites. */
  post: (path: string, handler: Handler) => void;
  /** A form that takes a step: goes on after it, or shows the page of `refused` with the reason. */
  form: (path: string, step: Step, refused: Refused) => void;
  bound: <Given>(find: Find<Given>, view: BoundView<Given>) => BoundPages<Given>;
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
/** The page of a prompt. */
export function pageOf(prompt: Prompt): string {
  if (prompt.kind === 'show-factor') return `/mfa-verification/${prompt.factors[0]}`;
  return prompt.kind === 'sign-in' && prompt.identifier ? '/sign-in/password' : paths[prompt.kind];
}

export function createPageRoutes(http: Http, signIn: SignIn): PageRoutes {
  const { pageNeeds: needs } = signIn;
  const route: PageRoutes['route'] = (method, path, handler) =>
    http[method](path, async (request, reply) => {
      try {
        await handler(request, reply);
      } catch (error) {
        await sendFailure(signIn, request, reply, toAldabaError(error, request, needs.log));
      }
      return reply;
    });
  const get: PageRoutes['get'] = (path, handler) =>
    route('get', path, async (request, reply) => {
      const interaction = await signIn.open(request);
      if (interaction.isSatisfied)
        return reply.header('cache-control', 'no-store').redirect(needs.port.resumeUrl(interaction), 303);
      return handler(await openPage(signIn, request, reply, interaction));
    });
  const post: PageRoutes['post'] = (path, handler) =>
    route('post', path, async (request, reply) => {
      assertSameOrigin(request, () => hasInteractionCookie(request));
      try {
        await handler(await openPage(signIn, request, reply, await signIn.open(request)));
      } catch (error) {
        if (!(error instanceof AldabaError) || error.code !== 'session.not_found' || wantsJson(request)) throw error;
        // Another form of the same sign-in was faster, e.g. a double click: follows where that one led, if it goes on.
        const interaction = await signIn.open(request);
        proceedTo(signIn, reply, interaction, { prompt: await signIn.promptOf(interaction) });
      }
    });
  const form: PageRoutes['form'] = (path, step, refused) =>
    post(path, async (page) => {
      try {
        const result = await step(page);
        return result ? page.proceed(result) : page.redirect('/sign-in');
      } catch (error) {
        const failure = asFormError(error);
        const view = refused(page, pageErrorOf(failure, page.context.language), failure);
        if (!view) throw failure;
        return page.show(view, failure);
      }
    });
  return { signIn, route, get, post, form, bound: (find, view) => boundPages({ signIn, get, post }, find, view) };
}

function boundPages<Given>(
  { signIn, get, post }: Pick<PageRoutes, 'signIn' | 'get' | 'post'>,
  find: Find<Given>,
  view: BoundView<Given>,
): BoundPages<Given> {
  const showOr = async (page: PageRequest, failure?: AldabaError, own: BoundView<Given> = view) => {
    const { prompt, given } = await find(page);
    const error = failure && pageErrorOf(failure, page.context.language);
    const shown = given && (await own(page, given, error));
    return shown ? page.show(shown, failure) : page.proceed({ prompt });
  };
  return {
    get: (path, own) => get(path, (page) => showOr(page, undefined, own)),
    form: (path, step, { instead, refused } = {}) =>
      post(path, async (page) => {
        const { prompt, given } = await find(page);
        if (!given) return page.proceed({ prompt });
        try {
          const result = await step(page, given);
          return result ? page.proceed(result) : await instead?.(page, given);
        } catch (thrown) {
          const failure = asFormError(thrown);
          const error = pageErrorOf(failure, page.context.language);
          const other = refused?.(page, given, { error, failure });
          if (other) return page.show(other, failure);
          // Read again: when the form was sent twice, the first may have done what this one could not.
          return showOr({ ...page, interaction: await signIn.open(page.request) }, failure);
        }
      }),
  };
}

/** Reads what the pages of an interaction are rendered from. */
export async function openPage(
  signIn: SignIn,
  request: Request,
  reply: Reply,
  interaction: Interaction,
): Promise<PageRequest> {
  const { pages, connectors } = signIn.pageNeeds;
  const { uiLocales, organizationId } = interaction.request;
  const options = {
    appId: interaction.applicationId,
    interaction: interaction.handle,
    uiLocales,
    organizationId,
  };
  const [configured, settings, language, offered] = await Promise.all([
    connectors.list(request.tenant),
    signIn.settings(request.tenant),
    pages.language(request, options),
    connectors.social(request.tenant),
  ]);
  const context: PageContext = {
    appId: interaction.applicationId,
    settings,
    language,
    connectors: offered,
    inWeChat: isWeChat(request.headers['user-agent']),
    reachable: reachableBy(configured),
  };
  const field = (name: string) => formField(request, name);
  return {
    request,
    reply,
    interaction,
    context,
    field,
    typed: {
      username: field('username').trim(),
      address: field('address').trim(),
      password: field('password'),
      agreed: field('terms') === 'yes',
    },
    show: (view, failure) =>
      pages.send(request, reply, view, { ...options, ...(failure ? { status: failure.status } : {}) }),
    proceed: (result) => proceedTo(signIn, reply, interaction, result),
    redirect: (path, query) => reply.redirect(pageAddress(path, interaction, query), 303),
  };
}

function proceedTo(
  signIn: SignIn,
  reply: Reply,
  interaction: Interaction,
  { redirectTo, prompt }: Pick<StepResult, 'prompt' | 'redirectTo'>,
): void {
  const page = awaitedCode(signIn.findState(interaction), prompt) ? '/verification-code' : pageOf(prompt);
  reply.redirect(redirectTo ?? pageAddress(page, interaction), 303);
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

/** WeChat on a phone; its window on a desktop shows QR codes that the phone can scan. */
const isWeChat = (userAgent = ''): boolean => /MicroMessenger/i.test(userAgent) && /Mobile|Android/i.test(userAgent);

/** A value of the form; a repeated or absent one counts as empty. */
function formField(request: Request, name: string): string {
  const body = request.body as Record<string, unknown> | null | undefined;
  const value = typeof body === 'object' && body !== null ? body[name] : undefined;
  return typeof value === 'string' ? value : '';
}

/** A value of the query; a repeated one counts as absent. */
export function queryField(request: Request, name: string): string | undefined {
  const value = (request.query as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

async function sendFailure(signIn: SignIn, request: Request, reply: Reply, error: AldabaError): Promise<void> {
  const { pageNeeds: needs } = signIn;
  const language = await needs.pages.language(request);
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
    await sendError(signIn, request, reply, error);
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
async function sendError(signIn: SignIn, request: Request, reply: Reply, error: AldabaError): Promise<void> {
  const { pageNeeds: needs } = signIn;
  const language = await needs.pages.language(request);
  // This may fail for the same reason as the page.
  const interaction = await needs.port.load(request).catch(() => undefined);
  const isIdentified = interaction !== undefined && signIn.findState(interaction)?.userId !== undefined;
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
    appId,
    interaction: interaction?.handle,
  });
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
