import type { Reply, Request } from '../http/index.ts';

/** The browser's signed-in state: one opaque value. */
export const sessionCookie = '_session';
/** The authorizations that wait for the person: a JSON map from client id to interaction. */
export const interactionCookie = '_interaction';

/** The value of a cookie. Of two with the same name the first counts: browsers send the one with the longer path first. */
export function readCookie(request: Request, name: string): string | undefined {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return decode(pair.slice(at + 1).trim());
  }
  return undefined;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not a value that this server has set: as good as none.
    return undefined;
  }
}

/**
 * Sets a cookie for the tenant's base path that scripts cannot read. SameSite=Lax, since applications send the browser here
 * from other sites by navigation.
 *
 * @param value undefined removes the cookie
 * @param maxAge seconds; without it the cookie ends with the browser
 */
export function writeCookie(
  request: Request,
  reply: Reply,
  cookie: { name: string; value: string | undefined; maxAge?: number },
): void {
  const { tenant } = request;
  const parts = [
    `${cookie.name}=${encodeURIComponent(cookie.value ?? '')}`,
    `Path=${tenant.basePath || '/'}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  if (tenant.baseUrl.startsWith('https:')) parts.push('Secure');
  if (cookie.value === undefined) parts.push('Max-Age=0');
  else if (cookie.maxAge !== undefined) parts.push(`Max-Age=${cookie.maxAge}`);
  reply.header('set-cookie', parts.join('; '));
}
