import type { AccountNotice, AccountScreen, AccountSection, AccountView, PageLanguage } from '@aldaba/contract';
import { pageErrorOf, sentenceFor } from '../../features/appearance/hosted-pages/words.ts';
import { accountPageId } from '../../features/applications/applications/built-in-ids.ts';
import { pageSignInUrl } from '../../features/applications/applications/page-sign-in.ts';
import type { User } from '../../features/people/users/index.ts';
import { readCookie, writeCookie } from '../../http/cookies.ts';
import { retryAfter, toAldabaError } from '../../http/errors.ts';
import { assertSameOrigin } from '../../http/same-origin.ts';
import type { Http, Reply, Request } from '../../http/types.ts';
import { AldabaError } from '../../kernel/errors.ts';
import type { Transaction } from '../../store/index.ts';
import type { Visit } from '../account/changes.ts';
import type { AccountApi } from '../account/index.ts';
import { asFormError, textsOf } from '../pages/page-requests.ts';

/** The session of a browser. */
interface BrowserSession {
  userId: string;
  uid: string;
  authenticatedAt: Date;
}

export interface AccountPageNeeds {
  api: AccountApi;
  findSignedIn: (request: Request) => Promise<BrowserSession | undefined>;
  renewCookie: (tx: Transaction, exchange: { request: Request; reply: Reply }) => Promise<void>;
}

/** A request of a signed-in user for a part of the account page, or with one of its forms. */
export interface AccountRequest {
  request: Request;
  reply: Reply;
  visit: Visit;
  session: BrowserSession;
  user: User;
  language: PageLanguage;
  /** The tag of the page's language, for messages. */
  locale: string;
  /** A field of the form; a repeated or absent one counts as empty. */
  field: (name: string) => string;
  /** Shows a part; after a failure with its sentence. */
  show: (screen: AccountScreen, failure?: AldabaError) => Promise<void>;
  /** To another part; `path` is below `/account`. */
  go: (path: string, notice?: AccountNotice) => void;
}

type Handler = (page: AccountRequest) => unknown;

const proofCookie = '_account.proof';
/** Seconds, as long as a verification record. */
const proofLifetime = 600;
const path = '/account';

/** Every scope of the Account API: the page is the tenant's own. */
const scopes: ReadonlySet<string> = new Set([
  ...['openid', 'profile', 'email', 'phone', 'address', 'identities', 'custom_data'],
  ...['urn:logto:scope:sessions', 'urn:logto:scope:trusted_devices'],
]);

const notices: ReadonlySet<string> = new Set<AccountNotice>([
  'saved',
  'removed',
  'ended',
  'proved',
  'resent',
  'deletionCanceled',
]);

export const proofPath = (next: AccountSection): string => `/proof?${new URLSearchParams({ next })}`;

/** Keeps the record that proves the ownership, for this page alone. */
export const keepProof = ({ request, reply }: Pick<AccountRequest, 'request' | 'reply'>, recordId: string): void =>
  writeCookie(request, reply, { name: proofCookie, value: recordId, maxAge: proofLifetime, path });

/** Where the user signs in and comes back. `state`: a part of the page; after `proof `, the sign-in is the proof. */
export const signInUrl = (baseUrl: string, state: string, prompt?: 'login'): string =>
  pageSignInUrl(baseUrl, { clientId: accountPageId, path, state, ...(prompt ? { prompt } : {}) });

export type AccountPageRoutes = ReturnType<typeof createAccountPageRoutes>;

/** Routes of the account page, mounted on `http`. */
export function createAccountPageRoutes(http: Http, needs: AccountPageNeeds) {
  const { api } = needs;
  /** Undefined after the request was answered: the page is off, or the user has to sign in. */
  const open = async (request: Request, reply: Reply, section: AccountSection | '') => {
    const { context } = api;
    const center = await context.accountCenters.get(request.tenant);
    if (!center.enabled) {
      await context.pages.send(request, reply, { kind: 'account', screen: { part: 'disabled' } });
      return undefined;
    }
    const session = await needs.findSignedIn(request);
    if (!session) {
      reply.header('cache-control', 'no-store').redirect(signInUrl(request.tenant.baseUrl, section), 303);
      return undefined;
    }
    if (request.method === 'POST') assertSameOrigin(request, () => true);
    const user = await context.users.get(request.tenant.db, session.userId);
    const visit: Visit = {
      tenant: request.tenant,
      owner: {
        userId: session.userId,
        signIn: { sessionUid: session.uid },
        scopes,
        applicationId: accountPageId,
      },
      center,
      verificationId: readCookie(request, proofCookie),
      renewSession: (tx) => needs.renewCookie(tx, { request, reply }),
    };
    return requestOf(api, { request, reply, visit, session, user });
  };
  const answer = async (
    [request, reply]: [Request, Reply],
    section: AccountSection | '',
    handlers: { work: Handler; refused?: ((page: AccountRequest, failure: AldabaError) => unknown) | undefined },
  ) => {
    let page: AccountRequest | undefined;
    try {
      page = await open(request, reply, section);
      if (page) await handlers.work(page);
    } catch (error) {
      await recover(api, error, { request, reply, page, section, refused: handlers.refused });
    }
    return reply;
  };
  return {
    api,
    http,
    get: (at: string, section: AccountSection | '', work: Handler) =>
      http.get(`${path}${at}`, async (request, reply) => answer([request as Request, reply], section, { work })),
    /** A form; `refused` shows its part again with a failure that the user can correct. */
    post: (
      at: string,
      section: AccountSection,
      work: Handler,
      refused?: (page: AccountRequest, failure: AldabaError) => unknown,
    ) =>
      http.post(`${path}${at}`, async (request, reply) =>
        answer([request as Request, reply], section, { work, refused }),
      ),
    /** A form with a file. */
    upload: (at: string, section: AccountSection, limit: number, handlers: Parameters<typeof answer>[2]) =>
      http.post(`${path}${at}`, { config: { upload: limit } }, async (request, reply) =>
        answer([request as Request, reply], section, handlers),
      ),
  };
}

async function requestOf(
  { context }: AccountApi,
  given: Pick<AccountRequest, 'request' | 'reply' | 'visit' | 'session' | 'user'>,
): Promise<AccountRequest> {
  const { request, reply, user } = given;
  const { locale: chosen } = user.profile;
  const options = typeof chosen === 'string' && chosen !== '' ? { uiLocales: chosen } : {};
  const { language, locale } = await context.pages.spoken(request, options);
  const fields = textsOf(request.body);
  const { notice } = textsOf(request.query);
  return {
    ...given,
    language,
    locale,
    field: (name) => (Object.hasOwn(fields, name) ? (fields[name] as string) : ''),
    show: (screen, failure) => {
      const view: AccountView = {
        kind: 'account',
        screen,
        ...(failure ? { error: pageErrorOf(failure, language) } : {}),
        ...(!failure && notice !== undefined && notices.has(notice) ? { notice: notice as AccountNotice } : {}),
      };
      return context.pages.send(request, reply, view, { ...options, ...(failure ? { status: failure.status } : {}) });
    },
    go(to, saying) {
      const query = saying ? `${to.includes('?') ? '&' : '?'}notice=${saying}` : '';
      reply.header('cache-control', 'no-store').redirect(`${request.tenant.basePath}${path}${to}${query}`, 303);
    },
  };
}

/** A missing proof leads to the page that asks for it, what the user can correct to the form, the rest to an error. */
async function recover(
  { context }: AccountApi,
  thrown: unknown,
  at: {
    request: Request;
    reply: Reply;
    page: AccountRequest | undefined;
    section: AccountSection | '';
    refused: ((page: AccountRequest, failure: AldabaError) => unknown) | undefined;
  },
): Promise<void> {
  const { request, reply, page, section, refused } = at;
  const isUnproved = thrown instanceof AldabaError && thrown.code === 'verification_record.permission_denied';
  if (page && isUnproved && section !== '') return page.go(proofPath(section));
  let error = thrown;
  try {
    if (page && refused) {
      await refused(page, isExpired(thrown) ? thrown : asFormError(thrown));
      return;
    }
  } catch (next) {
    error = next;
  }
  const failure = toAldabaError(error, request, context.log);
  const wait = retryAfter(failure);
  if (wait !== undefined) reply.header('retry-after', String(wait));
  const language = page?.language ?? (await context.pages.language(request));
  const { code, status } = failure;
  const continueUrl = `${request.tenant.baseUrl}${path}`;
  const view = { kind: 'error', code, message: sentenceFor(failure, language), continueUrl } as const;
  await context.pages.send(request, reply, view, { status });
}

/** What was asked for is no longer there, e.g. a code: the form asks again. */
const isExpired = (error: unknown): error is AldabaError =>
  error instanceof AldabaError &&
  (error.code === 'verification_record.not_found' || error.code.startsWith('verification_code.'));
