/**
 * The authorizations that wait for a user in one browser. Each has its own cookie, `_interaction.<handle>`, so two tabs
 * that begin at the same time cannot overwrite each other's cookie. The value contains the secret; the handle only
 * names it and may appear in URLs, forms and logs.
 */

import { readCookies, writeCookie } from '../http/cookies.ts';
import type { Reply, Request } from '../http/types.ts';
import { interactionCookiePrefix } from '../sign-in/port.ts';
import { namedApplication } from './wire-quirks.ts';

/** Seconds that a user has for one authorization. */
export const interactionTtl = 3600;
/** Maximum interactions per browser; the oldest is dropped first. */
const maximumOpen = 10;
const handleLength = 16;

/** The name of an interaction in URLs and forms: a prefix of the secret's hash. */
export const handleOf = (uidHash: string): string => uidHash.slice(0, handleLength);

interface Held {
  handle: string;
  secret: string;
  /** Seconds since the epoch. */
  begunAt: number;
}

/** `<seconds since the epoch, base 36>.<secret>` */
const valuePattern = /^([0-9a-z]{1,10})\.([\w-]{43})$/;

/** The interactions of this browser, oldest first. Malformed cookies are ignored. */
function heldBy(request: Request): Held[] {
  const held: Held[] = [];
  for (const [handle, value] of readCookies(request, interactionCookiePrefix)) {
    const [, begunAt, secret] = valuePattern.exec(value) ?? [];
    if (begunAt && secret) held.push({ handle, secret, begunAt: Number.parseInt(begunAt, 36) });
  }
  return held.sort((one, other) => one.begunAt - other.begunAt);
}

/** The secret of an interaction, if this browser has its cookie. */
export const secretOf = (request: Request, handle: string): string | undefined =>
  heldBy(request).find((held) => held.handle === handle)?.secret;

/** The secrets of the newest interactions of this browser. */
export const newestSecrets = (request: Request): string[] =>
  heldBy(request)
    .slice(-maximumOpen)
    .map(({ secret }) => secret);

/** Sets the cookie of an interaction, and removes the oldest ones above the limit. */
export function rememberInteraction(
  request: Request,
  reply: Reply,
  { handle, secret, now }: { handle: string; secret: string; now: number },
): void {
  const value = `${Math.floor(now / 1000).toString(36)}.${secret}`;
  writeCookie(request, reply, { name: `${interactionCookiePrefix}${handle}`, value, maxAge: interactionTtl });
  const others = heldBy(request).filter((held) => held.handle !== handle);
  for (const old of others.slice(0, Math.max(0, others.length + 1 - maximumOpen))) {
    forgetInteraction(request, reply, old.handle);
  }
}

export function forgetInteraction(request: Request, reply: Reply, handle: string): void {
  writeCookie(request, reply, { name: `${interactionCookiePrefix}${handle}`, value: undefined });
}

export interface InteractionName {
  handle?: string;
  applicationId?: string;
}

const text = (source: unknown, name: string): string | undefined => {
  const value = typeof source === 'object' && source !== null ? (source as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/**
 * The interaction of a request: `interaction` in the form or the query (hosted pages), the header `Aldaba-Interaction`
 * (custom sign-in pages), or the query of the referrer. Without these, `app_id` or the header `Logto-App-Id` names the
 * application, and its newest interaction is used.
 */
export function namedInteraction(request: Request): InteractionName {
  const { body, query, headers } = request;
  const handle =
    text(body, 'interaction') ??
    text(query, 'interaction') ??
    text(headers, 'aldaba-interaction') ??
    handleOfReferrer(request);
  const applicationId = text(body, 'app_id') ?? namedApplication(request);
  return { ...(handle ? { handle } : {}), ...(applicationId ? { applicationId } : {}) };
}

function handleOfReferrer({ headers, tenant }: Request): string | undefined {
  const { referer } = headers;
  if (typeof referer !== 'string' || !URL.canParse(referer)) return undefined;
  const url = new URL(referer);
  return url.origin === new URL(tenant.baseUrl).origin ? (url.searchParams.get('interaction') ?? undefined) : undefined;
}
