import {
  type PortalLanguage,
  type PortalNotice,
  type PortalPart,
  type PortalScreen,
  type PortalView,
  portalLanguages,
  portalNotices,
} from '@aldaba/contract';
import type { PageSender } from '../features/appearance/hosted-pages/index.ts';
import { pageErrorOf, sentenceFor } from '../features/appearance/hosted-pages/words.ts';
import type { OrganizationAdministration } from '../features/enterprise/organization-administration/index.ts';
import type { OrganizationDomains } from '../features/enterprise/organization-domains/index.ts';
import type { OrganizationSso } from '../features/enterprise/organization-sso/index.ts';
import type { PortalLinks, PortalSession } from '../features/enterprise/portal-links/index.ts';
import type { GroupMapping } from '../features/enterprise/scim/index.ts';
import type { ScimTokens } from '../features/enterprise/scim-tokens/index.ts';
import type { Organizations } from '../features/organizations/organizations/index.ts';
import { readCookie } from '../http/cookies.ts';
import { retryAfter, toAldabaError } from '../http/errors.ts';
import { assertSameOrigin } from '../http/same-origin.ts';
import type { Http, Reply, Request } from '../http/types.ts';
import type { Clock } from '../kernel/clock.ts';
import { AldabaError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';

export interface PortalNeeds {
  pages: PageSender;
  portalLinks: PortalLinks;
  organizations: Pick<Organizations, 'get'>;
  organizationDomains: OrganizationDomains;
  organizationAdministration: OrganizationAdministration;
  organizationSso: OrganizationSso;
  scimTokens: Pick<ScimTokens, 'list' | 'get' | 'create' | 'update' | 'rotate' | 'remove'>;
  scimGroups: GroupMapping;
  log: Log;
  clock: Clock;
}

/** A request for a page of the portal, or with one of its forms. */
export interface PortalRequest {
  request: Request;
  reply: Reply;
  session: PortalSession;
  /** What a change is done as, for the features. */
  administrator: { organizationId: string; userId: undefined; by: { portalLinkId: string } };
  language: PortalLanguage;
  /** A field of the form; a repeated or absent one counts as empty. */
  field: (name: string) => string;
  /** The same of the query. */
  query: (name: string) => string;
  /** Names of the fields that a form has sent. */
  fields: () => string[];
  /** Shows a part; after a failure with its sentence. */
  show: (screen: PortalScreen, failure?: AldabaError) => Promise<void>;
  /** To another page; `path` is below `/portal`. */
  go: (path: string, notice?: PortalNotice) => void;
}

export const portalCookie = '_portal';
export const portalPath = '/portal';

/** A form that may have more bytes than others. */
interface LargeForm {
  path: string;
  bodyLimit: number;
}

type Handler = (page: PortalRequest) => unknown;
type Refused = (page: PortalRequest, failure: AldabaError) => unknown;
export type PortalRoutes = ReturnType<typeof createPortalRoutes>;

/** Routes of the portal, mounted on `http`. A part that the operator does not offer does not exist. */
export function createPortalRoutes(http: Http, needs: PortalNeeds) {
  const enter = async (request: Request, reply: Reply): Promise<PortalSession | undefined> => {
    const token = readCookie(request, portalCookie);
    const session = token ? await needs.portalLinks.findSession(request.tenant.db, token) : undefined;
    if (!session) await sendPortal(needs, [request, reply], { screen: { part: 'ended' }, status: 403 });
    return session;
  };
  const open = async (request: Request, reply: Reply, part: PortalPart | undefined) => {
    if (request.method === 'POST') assertSameOrigin(request, () => true);
    const session = await enter(request, reply);
    if (!session) return undefined;
    if (part && !session.parts.has(part)) throw new AldabaError('request.not_found');
    return requestOf(needs, { request, reply, session });
  };
  const answer = async (
    [request, reply]: [Request, Reply],
    part: PortalPart | undefined,
    { work, refused }: { work: Handler; refused?: Refused | undefined },
  ) => {
    let page: PortalRequest | undefined;
    try {
      page = await open(request, reply, part);
      if (page) await work(page);
    } catch (error) {
      await recover(needs, error, { request, reply, page, refused });
    }
    return reply;
  };
  return {
    needs,
    http,
    /** A page; `refused` shows another one after a failure that can be corrected. */
    get: (at: string, part: PortalPart | undefined, work: Handler, refused?: Refused) =>
      http.get(`${portalPath}${at}`, async (request, reply) =>
        answer([request as Request, reply], part, { work, refused }),
      ),
    /** A form; `refused` shows its page again with a failure that can be corrected. */
    post: (at: string | LargeForm, part: PortalPart | undefined, work: Handler, refused?: Refused) => {
      const path = typeof at === 'string' ? at : at.path;
      // The bytes of a large form are taken from a session alone, so it is looked for before they are read.
      const onRequest = async (request: Request, reply: Reply) => ((await enter(request, reply)) ? undefined : reply);
      const options = typeof at === 'string' ? {} : { bodyLimit: at.bodyLimit, onRequest };
      http.post(`${portalPath}${path}`, options, async (request, reply) =>
        answer([request as Request, reply], part, { work, refused }),
      );
    },
  };
}

/** Chinese of any script reads the Chinese of the portal; other languages read English. */
async function languageOf({ pages }: PortalNeeds, request: Request, locale: string | undefined) {
  const spoken = locale ?? (await pages.spoken(request)).language;
  const base = spoken.split('-')[0];
  return portalLanguages.find((language) => language.split('-')[0] === base) ?? 'en';
}

/** Sends a page of the portal in the look of the organization. */
export async function sendPortal(
  needs: PortalNeeds,
  [request, reply]: [Request, Reply],
  page: { session?: PortalSession; screen: PortalScreen; failure?: AldabaError | undefined; status?: number },
): Promise<void> {
  const { session, screen, failure, status = failure?.status } = page;
  const language = await languageOf(needs, request, session?.locale);
  const notice = portalNotices.find((each) => each === textsOf(request.query).notice);
  const organization = session && (await needs.organizations.get(request.tenant.db, session.organizationId));
  const view: PortalView = {
    kind: 'portal',
    language,
    organizationName: organization?.name ?? '',
    screen,
    ...(failure ? { error: pageErrorOf(failure, language) } : notice ? { notice } : {}),
  };
  await needs.pages.send(request, reply, view, {
    uiLocales: language,
    ...(organization ? { organizationId: organization.id } : {}),
    ...(status === undefined ? {} : { status }),
  });
}

/** Some fields of a form. */
export const textFields = <Name extends string>(
  { field }: Pick<PortalRequest, 'field'>,
  names: readonly Name[],
): Record<Name, string> => Object.fromEntries(names.map((name) => [name, field(name)])) as Record<Name, string>;

const textsOf = (given: unknown): Readonly<Record<string, string>> => {
  const entries = Object.entries((given ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
};

async function requestOf(
  needs: PortalNeeds,
  { request, reply, session }: Pick<PortalRequest, 'request' | 'reply' | 'session'>,
): Promise<PortalRequest> {
  const [fields, query] = [textsOf(request.body), textsOf(request.query)];
  const read = (from: Readonly<Record<string, string>>) => (name: string) =>
    Object.hasOwn(from, name) ? (from[name] as string) : '';
  return {
    request,
    reply,
    session,
    administrator: {
      organizationId: session.organizationId,
      userId: undefined,
      by: { portalLinkId: session.linkId },
    },
    language: await languageOf(needs, request, session.locale),
    field: read(fields),
    query: read(query),
    fields: () => Object.keys(fields),
    show: (screen, failure) => sendPortal(needs, [request, reply], { session, screen, failure }),
    go(to, saying) {
      const query = saying ? `${to.includes('?') ? '&' : '?'}notice=${saying}` : '';
      reply.header('cache-control', 'no-store').redirect(`${request.tenant.basePath}${portalPath}${to}${query}`, 303);
    },
  };
}

/** What the visitor can correct leads back to the form, the rest to an error page. */
async function recover(
  needs: PortalNeeds,
  thrown: unknown,
  at: Pick<PortalRequest, 'request' | 'reply'> & {
    page: PortalRequest | undefined;
    refused: Refused | undefined;
  },
): Promise<void> {
  const { request, reply, page, refused } = at;
  let error = thrown;
  try {
    if (page && refused && thrown instanceof AldabaError && thrown.status !== 404) {
      const wait = retryAfter(thrown);
      if (wait !== undefined) reply.header('retry-after', String(wait));
      await refused(page, thrown);
      return;
    }
  } catch (next) {
    error = next;
  }
  const failure = toAldabaError(error, request, needs.log);
  const language = page?.language ?? (await languageOf(needs, request, undefined));
  const { code, status } = failure;
  const continueUrl = `${request.tenant.baseUrl}${portalPath}`;
  const view = { kind: 'error', code, message: sentenceFor(failure, language), continueUrl } as const;
  await needs.pages.send(request, reply, view, { status, uiLocales: language });
}
