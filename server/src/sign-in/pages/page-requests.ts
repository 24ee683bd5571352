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
import { isWeChat, type PageContext, reachableBy } from '../views.ts';

/** A request for a page of a sign-in, or with one of its forms. */
export interface PageRequest extends FormRequest {
  request: Request;
  reply: Reply;
  context: PageContext;
  /** A field of the form; a repeated or absent one counts as empty. */
  field: (name: string) => string;
  show: (view: PageView, failure?: AldabaError) => Promise<void>;
  /** Goes on to what the sign-in asks for. */
  proceed: (result: Result) => void;
  /** To another page of the interaction; `query`: beside what names the interaction. */
  redirect: (path: string, query?: Record<string, string>) => void;
}
type Result = Pick<StepResult, 'prompt' | 'redirectTo'>;
type Handler = (page: PageRequest) => Promise<unknown>;
/** A form's step. Undefined leads to the first page, or to `instead`. */
type Step<Given extends unknown[] = []> = (page: PageRequest, ...given: Given) => Promise<Result | undefined>;
/** The page to show again after a failure, with the failure's sentence; undefined when none fits. */
type Refused<Given extends unknown[] = []> = (
  page: PageRequest,
  error: PageError,
  failure: AldabaError,
  ...given: Given
) => PageView | undefined;
/** What a page needs of a prompt; undefined in the states of a sign-in to which the page does not belong. */
type Find<Given> = (prompt: Prompt, page: PageRequest) => Given | undefined;
type BoundView<Given> = (
  page: PageRequest,
  given: Given,
  error?: PageError,
) => PageView | undefined | Promise<PageView | undefined>;
/**
 * Adds a form of a bound page; refused, the page is shown again with the reason.
 * @param own `instead`: where to after a step without a result; `refused`: another page to show instead
 */
type BoundForm<Given> = (
  path: string,
  step: Step<[Given]>,
  own?: { instead?: (page: PageRequest) => void; refused?: Refused<[Given]> },
) => void;

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
  /** A page that belongs to one state of a sign-in; in any other state it leads to what the sign-in asks for. */
  bound: <Given>(path: string, find: Find<Given>, view: BoundView<Given>) => BoundForm<Given>;
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
      if (interaction.isSatisfied) return leave(reply, needs.port.resumeUrl(interaction));
      return handler(await openPage(signIn, request, reply, interaction));
    });
  const post: PageRoutes['post'] = (path, handler) =>
    route('post', path, async (request, reply) => {
      assertSameOrigin(request, () => hasInteractionCookie(request));
      try {
        await handler(await openPage(signIn, request, reply, await signIn.open(request)));
      } catch (error) {
        if (!isOutrun(error) || wantsJson(request)) throw error;
        // Another form of the same sign-in was faster, e.g. a double click: follows where that one led, if it goes on.
        const interaction = await signIn.open(request);
        proceedTo(signIn, reply, interaction, { prompt: await signIn.promptOf(interaction) });
      }
    });
  const form: PageRoutes['form'] = (path, step, refused) =>
    post(path, (page) =>
      takeStep(page, () => step(page), {
        instead: () => page.redirect('/sign-in'),
        refused: (failure, error) => {
          const view = refused(page, error, failure);
          if (!view) throw failure;
          return page.show(view, failure);
        },
      }),
    );
  return { signIn, route, get, post, form, bound: boundPages(signIn, get, post) };
}

const boundPages =
  (signIn: SignIn, get: PageRoutes['get'], post: PageRoutes['post']): PageRoutes['bound'] =>
  (path, find, view) => {
    const show = async (page: PageRequest, failure?: AldabaError, error?: PageError) => {
      const prompt = await signIn.promptOf(page.interaction);
      const given = find(prompt, page);
      const shown = given && (await view(page, given, error));
      return shown ? page.show(shown, failure) : page.proceed({ prompt });
    };
    get(path, (page) => show(page));
    return (formPath, step, { instead, refused } = {}) =>
      post(formPath, async (page) => {
        const prompt = await signIn.promptOf(page.interaction);
        const given = find(prompt, page);
        if (!given) return page.proceed({ prompt });
        return takeStep(page, () => step(page, given), {
          instead: () => instead?.(page),
          refused: async (failure, error) => {
            const other = refused?.(page, error, failure, given);
            if (other) return page.show(other, failure);
            // Read again: when the form was sent twice, the first may have done what this one could not.
            return show({ ...page, interaction: await signIn.open(page.request) }, failure, error);
          },
        });
      });
  };

/** Goes on after a step; to `instead` when it has no result, and answers a refusal as `refused` does. */
export async function takeStep(
  page: PageRequest,
  step: () => Promise<Result | undefined>,
  { instead, refused }: { instead: () => void; refused: (failure: AldabaError, error: PageError) => Promise<unknown> },
): Promise<unknown> {
  try {
    const result = await step();
    return result ? page.proceed(result) : instead();
  } catch (thrown) {
    const failure = asFormError(thrown);
    return refused(failure, pageErrorOf(failure, page.context.language));
  }
}

/** Whether another request of the same sign-in was faster, e.g. by a double click. */
export const isOutrun = (error: unknown): boolean => error instanceof AldabaError && error.code === 'session.not_found';

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

function proceedTo(signIn: SignIn, reply: Reply, interaction: Interaction, { redirectTo, prompt }: Result): void {
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
export const sendJson = (reply: Reply, failure: AldabaError, message: string): Reply =>
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
