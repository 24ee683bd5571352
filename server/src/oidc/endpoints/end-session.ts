import type { Client } from '../../features/applications/applications/index.ts';
import { readCookie, writeCookie } from '../../http/cookies.ts';
import type { Reply, Request } from '../../http/types.ts';
import { sessionCookie } from '../cookies.ts';
import type { Core } from '../core.ts';
import { bodyParameters, type Parameters } from '../parameters.ts';
import { ProtocolError } from '../protocol-error.ts';
import { isRegisteredUri } from '../redirect-uris.ts';
import { endSession, findBrowserSession, type Session } from '../sessions.ts';
import { openValue, sealValue } from '../signed-values.ts';
import { wasUsedFor } from '../store/sessions.ts';

/** The confirmation's data, carried between pages and sealed to the browser's session. */
interface Confirmation {
  clientId?: string;
  returnTo?: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
}

/** Milliseconds. */
const confirmationLifetime = 3_600_000;
const place = (request: Request, session: Session | undefined) => ({
  purpose: 'end-session',
  binding: `${request.tenant.id} ${session?.idHash ?? ''}`,
});

/**
 * `GET` and `POST /oidc/session/end` (OpenID Connect RP-Initiated Logout 1.0). The page submits itself if the
 * application proves that the sign-out is about this session; otherwise the user confirms (section 2).
 */
export async function beginEndSession(
  core: Core,
  request: Request,
  reply: Reply,
  parameters: Parameters,
): Promise<void> {
  const { client, hintedUserId } = await findCaller(core, request, parameters);
  const returnTo = checkReturn(parameters, client);
  const session = await findBrowserSession(request.tenant.db, request, core.clock);
  const unfinished = session ? undefined : await core.singleLogout.resume(request);
  if (unfinished !== undefined) {
    // A SAML application did not send the browser back.
    reply.header('cache-control', 'no-store').redirect(`${request.tenant.basePath}${unfinished}`, 303);
    return;
  }
  if (!session && request.method === 'POST') {
    // From another site, the browser sends the cookie with GET only (SameSite=Lax).
    const query = new URLSearchParams([...parameters.names()].map((name) => [name, parameters.get(name) ?? '']));
    reply.header('cache-control', 'no-store').redirect(`${request.tenant.basePath}/oidc/session/end?${query}`, 303);
    return;
  }
  const confirmation: Confirmation = {
    ...(client ? { clientId: client.id } : {}),
    ...(returnTo === undefined ? {} : { returnTo }),
    expiresAt: core.clock.now() + confirmationLifetime,
  };
  const uiLocales = parameters.get('ui_locales');
  reply.header('cache-control', 'no-store');
  await core.pages.send(
    request,
    reply,
    {
      kind: 'end-session',
      action: `${request.tenant.basePath}/oidc/session/end/confirm`,
      xsrf: sealValue(core.vault, confirmation, place(request, session)),
      auto: client !== undefined && (await isAboutSession(request, session, { client, hintedUserId })),
    },
    { appId: client?.id, uiLocales },
  );
}

/**
 * Whether a sign-out needs no confirmation. A hint must name the signed-in user. SDKs send only `client_id`, which is
 * public: it counts only if the user signed in to that application in this session.
 */
async function isAboutSession(
  { tenant }: Request,
  session: Session | undefined,
  { client, hintedUserId }: { client: Client; hintedUserId: string | undefined },
): Promise<boolean> {
  if (!session) return true;
  return hintedUserId === undefined ? wasUsedFor(tenant.db, session.uid, client.id) : hintedUserId === session.userId;
}

async function findCaller(
  core: Core,
  request: Request,
  parameters: Parameters,
): Promise<{ client?: Client; hintedUserId?: string }> {
  let hintedUserId: string | undefined;
  let clientId = parameters.get('client_id');
  const hint = parameters.get('id_token_hint');
  if (hint !== undefined) {
    const claims = await core.keys.verify(request.tenant, hint, { allowExpired: true });
    if (typeof claims?.aud !== 'string') throw new ProtocolError('invalid_request', 'could not validate id_token_hint');
    if (clientId !== undefined && clientId !== claims.aud) {
      throw new ProtocolError('invalid_request', 'client_id does not match the audience of id_token_hint');
    }
    clientId = claims.aud;
    hintedUserId = String(claims.sub);
  }
  if (clientId === undefined) return {};
  const client = await core.applications.findClient(request.tenant, clientId);
  if (!client) throw new ProtocolError('invalid_client', 'client is not registered', { status: 400 });
  return { client, ...(hintedUserId === undefined ? {} : { hintedUserId }) };
}

function checkReturn(parameters: Parameters, client: Client | undefined): string | undefined {
  const uri = parameters.get('post_logout_redirect_uri');
  // Without a client, no URI can be registered: the user confirms and stays here (section 3).
  if (uri === undefined || !client) return undefined;
  if (!isRegisteredUri(uri, client.postLogoutRedirectUris, client)) {
    throw new ProtocolError('invalid_request', 'post_logout_redirect_uri not registered');
  }
  const url = new URL(uri);
  const state = parameters.get('state');
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}

/** `POST /oidc/session/end/confirm`: ends the browser's session with its grants, unless the user decides to stay. */
export async function confirmEndSession(core: Core, request: Request, reply: Reply): Promise<void> {
  const parameters = bodyParameters(request);
  const session = await findBrowserSession(request.tenant.db, request, core.clock);
  const confirmation = openValue(core.vault, parameters.get('xsrf') ?? '', place(request, session)) as
    | Confirmation
    | undefined;
  if (!confirmation || confirmation.expiresAt <= core.clock.now())
    throw new ProtocolError('invalid_request', 'xsrf token invalid');
  const query = confirmation.clientId ? `?${new URLSearchParams({ client_id: confirmation.clientId })}` : '';
  const ending =
    confirmation.returnTo === undefined
      ? { kind: 'page' as const, url: `${request.tenant.basePath}/oidc/session/end/success${query}` }
      : { kind: 'return' as const, url: confirmation.returnTo };
  let next = ending.url;
  if (parameters.get('logout')) {
    const others = session && (await endEverywhere(core, request, session, ending));
    if (others) {
      writeCookie(request, reply, others.cookie);
      next = `${request.tenant.basePath}${others.path}`;
    }
    // A form of another site is sent without the cookie (SameSite=Lax). It must not remove the cookie, which would sign
    // out without confirmation.
    if (readCookie(request, sessionCookie) !== undefined)
      writeCookie(request, reply, { name: sessionCookie, value: undefined });
  }
  reply.header('cache-control', 'no-store').redirect(next, 303);
}

/** Ends the session here, and prepares to ask the SAML applications that know of it. */
const endEverywhere = (
  core: Core,
  { tenant }: Request,
  session: Session,
  ending: { kind: 'return' | 'page'; url: string },
) =>
  tenant.db.transaction(async (tx) => {
    const others = await core.singleLogout.begin(tx, { userId: session.userId, sessionUids: [session.uid], ending });
    await endSession(core, tx, session);
    return others;
  });

/** `GET /oidc/session/end/success`. */
export async function showSignedOut(core: Core, request: Request, reply: Reply, parameters: Parameters): Promise<void> {
  const clientId = parameters.get('client_id');
  const client = clientId === undefined ? undefined : await core.applications.findClient(request.tenant, clientId);
  await core.pages.send(
    request,
    reply,
    { kind: 'signed-out', ...(client ? { applicationName: client.name } : {}) },
    client ? { appId: client.id } : {},
  );
}
