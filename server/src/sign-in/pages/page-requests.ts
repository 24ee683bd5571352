/** How a request reaches a page of a sign-in or a step of its form, and what is answered. */
import type { ErrorView, PageView } from '@aldaba/contract';
import { phrase } from '@aldaba/pages';
import { providerErrorOf, sentenceFor } from '../../features/appearance/hosted-pages/words.ts';
import { writeCookie } from '../../http/cookies.ts';
import { retryAfter, toAldabaError } from '../../http/errors.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../http/types.ts';
import { defined } from '../../kernel/defined.ts';
import { AldabaError } from '../../kernel/errors.ts';
import { connectorsFor } from '../machine/enterprise-sso/index.ts';
import type { Prompt } from '../machine/vocabulary.ts';
import { hasInteractionCookie } from '../port.ts';
import { awaitedCode } from '../steps/begin.ts';
import type { LoadedInteraction, Position, StepResult } from '../steps/context.ts';
import type { FormRequest } from '../steps/forms.ts';
import type { SignIn } from '../steps/index.ts';
import { connectorName, isWeChat, type PageContext, reachableBy, type Screen } from '../views.ts';
import { ssoInstead } from './enterprise-sso/instead.ts';
import { askOnPage } from './passkey-pages.ts';
import { uploadOf } from './picture/index.ts';

/** A request for a page of a sign-in, or with one of its forms. */
export interface PageRequest extends FormRequest {
  request: Request;
  reply: Reply;
  context: PageContext;
  /** A field of the form, or of the query of a page; a repeated or absent one counts as empty. */
  field: (name: string) => string;
}

/**
 * What comes next: a page to show, the path of another page of the interaction, or the result of a step, after which
 * the sign-in goes on to what it asks for. Undefined after an answer that was sent already.
 */
type Next = Screen | `/${string}` | Pick<StepResult, 'prompt' | 'redirectTo' | 'cookie'> | undefined;
type Step = (page: PageRequest) => Next | Promise<Next>;
/** Answers a form whose step failed in a way that the user can correct. */
type Refused = (page: PageRequest, failure: AldabaError) => unknown;

/** A page of a sign-in, and its forms. */
interface Page<Given> {
  /**
   * What the page needs of the position of the sign-in; undefined where the page does not belong to it: then it leads
   * to what the sign-in asks for. Absent for a page that belongs to any position.
   */
  at?: (position: Position, page: PageRequest) => Given | undefined;
  /** @param failure of a form: the page is shown again with it, and with what was typed */
  view: (page: PageRequest, given: Given, failure?: AldabaError) => Next | Promise<Next>;
  /** The step of each form, by its path. */
  forms?: Record<string, (page: PageRequest, given: Given) => Next | Promise<Next>>;
}

const paths: Record<Exclude<Prompt['kind'], 'show-factor'>, string> = {
  'sign-in': '/sign-in',
  register: '/register',
  link: '/social/link',
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
  const open = async (request: Request, reply: Reply, interaction?: LoadedInteraction): Promise<PageRequest> =>
    openPage(signIn, request, reply, interaction ?? (await signIn.open(request)));
  /** A route: whatever its handler throws becomes a page, or JSON where the page's script asked for it. */
  const route = (method: 'get' | 'post', path: string, handler: (request: Request, reply: Reply) => Promise<unknown>) =>
    http[method](path, { config: { ...uploadOf(path), access: 'anonymous' } }, async (request, reply) => {
      try {
        await handler(request, reply);
      } catch (error) {
        await sendFailure(signIn, request, reply, toAldabaError(error, request, log));
      }
      return reply;
    });
  const answer = async (page: PageRequest, next: Next, failure?: AldabaError): Promise<unknown> => {
    if (next === undefined) return undefined;
    if (typeof next === 'string') return page.reply.redirect(pageAddress(next, page.interaction), 303);
    if ('kind' in next) return show(signIn, page, next, failure);
    if (next.cookie) writeCookie(page.request, page.reply, next.cookie);
    const path = awaitedCode(signIn.findState(page.interaction), next.prompt)
      ? '/verification-code'
      : pageOf(next.prompt);
    return page.reply.redirect(next.redirectTo ?? pageAddress(path, page.interaction), 303);
  };
  /** Takes a step and goes on after it. */
  const take = async (page: PageRequest, step: Step, refused: Refused): Promise<unknown> => {
    try {
      return await answer(page, await step(page));
    } catch (error) {
      const failure = asFormError(error);
      const company = failure.code === 'session.sso_enabled' ? ssoInstead(signIn, failure) : undefined;
      return company ? take(page, company, refused) : refused(page, failure);
    }
  };
  /** A form of an interaction: refuses those of other sites. */
  const form = (path: string, step: Step, refused: Refused) =>
    route('post', path, async (request, reply) => {
      assertSameOrigin(request, () => hasInteractionCookie(request));
      try {
        const passed: Step = async (sent) => {
          await signIn.passCaptcha(sent.interaction, sent.field('captcha'));
          return step(sent);
        };
        await take(await open(request, reply), passed, refused);
      } catch (error) {
        if (!isOutrun(error) || wantsJson(request)) throw error;
        // Another form of the same sign-in was faster, e.g. a double click: follows where that one led, if it goes on.
        const page = await open(request, reply);
        await answer(page, await signIn.positionOf(page.interaction));
      }
    });
  /** A page with its forms. A form that is refused shows it again. */
  const page = <Given>(path: string, { at, view, forms = {} }: Page<Given>): void => {
    const within = async (sent: PageRequest, work: (given: Given) => Next | Promise<Next>): Promise<Next> => {
      if (!at) return work(undefined as Given);
      const position = await signIn.positionOf(sent.interaction);
      const given = at(position, sent);
      if (given) return work(given);
      // Nothing is required any more, e.g. because an operator has disabled the factor that this form is for.
      if (position.prompt.kind !== 'done' || sent.request.method === 'GET') return position;
      return signIn.addDetails(sent.interaction, [], { completes: true });
    };
    const draw = async (sent: PageRequest, failure?: AldabaError) =>
      answer(sent, await within(sent, (given) => view(sent, given, failure)), failure);
    // Read again: when a page or form was sent twice, the first request may have done what this one could not.
    const again = async ({ request, reply }: PageRequest, failure?: AldabaError) =>
      draw(await open(request, reply), failure);
    route('get', path, async (request, reply) => {
      const asked = await open(request, reply);
      // The user has signed in in another tab since, and that is enough for the application.
      if (asked.interaction.isSatisfied) return leave(reply, port.resumeUrl(asked.interaction));
      return draw(asked).catch((error: unknown) => {
        if (!isOutrun(error)) throw error;
        return again(asked);
      });
    });
    for (const [formPath, step] of Object.entries(forms))
      form(formPath, (sent) => within(sent, (given) => step(sent, given)), again);
  };
  return { signIn, open, route, answer, take, form, page };
}

/** Whether another request of the same sign-in was faster, e.g. by a double click. */
const isOutrun = (error: unknown): boolean => error instanceof AldabaError && error.code === 'session.not_found';

/** Reads what the pages of an interaction are rendered from. */
async function openPage(
  signIn: SignIn,
  request: Request,
  reply: Reply,
  interaction: LoadedInteraction,
): Promise<PageRequest> {
  const { pages, connectors } = signIn.pageNeeds;
  const [available, spoken, offered] = await Promise.all([
    connectors.available(request.tenant),
    pages.spoken(request, { uiLocales: interaction.request.uiLocales }),
    connectors.social(request.tenant),
  ]);
  const context: PageContext = {
    settings: interaction.settings,
    ...spoken,
    connectors: offered,
    inWeChat: isWeChat(request.headers['user-agent']),
    reachable: reachableBy(available),
  };
  const sent = textsOf(request.body);
  const fields = request.method === 'GET' ? textsOf(request.query) : sent;
  const { username = '', address = '', password = '', terms } = sent;
  const typed = { username: username.trim(), address: address.trim(), password, agreed: terms === 'yes' };
  return { request, reply, interaction, context, field: (name) => fields[name] ?? '', typed };
}

/** Shows a page; after a failure with its sentence and what was typed, or as JSON to the page's script. */
async function show(signIn: SignIn, page: PageRequest, view: Screen, failure?: AldabaError): Promise<unknown> {
  const { pages } = signIn.pageNeeds;
  const { request, reply, interaction, context, typed } = page;
  const { applicationId: appId, handle } = interaction;
  const { uiLocales, organizationId } = interaction.request;
  const options = { appId, interaction: handle, uiLocales, organizationId };
  const shown = { ...view, appId, ...(await askOnPage(signIn, page, view)) } as PageView;
  if (!failure) return pages.send(request, reply, shown, options);
  const error = providerErrorOf(failure, context.language, providerName(page));
  if (wantsJson(request)) return sendJson(reply, failure, error.message);
  // The one field of the first page takes whatever signs in.
  if (view.kind === 'sign-in' && error.field === 'address') error.field = 'username';
  const given = defined({ username: typed.username || undefined, typedAddress: typed.address || undefined });
  return pages.send(request, reply, { ...shown, ...given, error } as PageView, { ...options, status: failure.status });
}

/** Of the connector that the address names, by its ID or, for a direct sign-in, by its target; or of a company. */
function providerName({ context, request, interaction: { policy }, typed, field }: PageRequest): string {
  const { connectors, language } = context;
  const { connectorId, target } = (request.params ?? {}) as { connectorId?: string; target?: string };
  const company =
    policy.sso.find(({ id }) => id === connectorId || id === field('connector')) ??
    connectorsFor(policy.sso, typed.address || typed.username)[0];
  const connector = connectors.find((each) => each.id === connectorId || each.target === target);
  return connector ? connectorName(connector, language) : (company?.connectorName ?? '');
}

/** The address of a page of an interaction, for a redirect. */
function pageAddress(path: string, { tenant, applicationId, handle }: LoadedInteraction): string {
  const [name, query] = path.split('?');
  const named = `${tenant.basePath}${name}?${new URLSearchParams({ app_id: applicationId, interaction: handle })}`;
  return query ? `${named}&${query}` : named;
}

/** What a page's script sent as JSON; undefined for anything else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the page's script asked, not the browser for a page. */
export const wantsJson = ({ headers: { accept = '' } }: Request): boolean =>
  accept.includes('application/json') && !accept.includes('text/html');

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
  // A user without an account, with a used link, or while a service is down can choose another way or try again.
  const isOfForm =
    /^(connector|one_time_token)\./.test(code) ||
    code === 'user.identity_not_exist' ||
    code === 'user.sso_identity_not_exist' ||
    code === 'session.captcha_unavailable';
  if (isOfForm || (status !== 404 && status < 500 && code !== 'session.not_found')) return error;
  throw error;
}
