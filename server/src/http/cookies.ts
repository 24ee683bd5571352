import type { Reply, Request } from './types.ts';

/**
 * The value of a cookie. The first of several with the same name wins: browsers send the one with the longer path
 * first.
 */
export function readCookie(request: Request, name: string): string | undefined {
  for (const [found, value] of cookiesOf(request)) if (found === name) return decode(value);
  return undefined;
}

/** The cookies whose names start with `prefix`: the rest of the name, and the value. */
export function readCookies(request: Request, prefix: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of cookiesOf(request)) {
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    const decoded = rest === '' || values.has(rest) ? undefined : decode(value);
    if (decoded !== undefined) values.set(rest, decoded);
  }
  return values;
}

function* cookiesOf(request: Request): Generator<[name: string, value: string]> {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0) yield [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  }
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    // Not a value that this server has set: ignored.
    return undefined;
  }
}

export interface Cookie {
  name: string;
  /** Undefined removes the cookie. */
  value: string | undefined;
  /** Seconds; if omitted, the cookie ends with the browser. */
  maxAge?: number;
  /** Path below the tenant's base path, e.g. `/callback`; by default the whole tenant. */
  path?: string;
}

/**
 * Sets an HttpOnly cookie below the tenant's base path. SameSite=Lax, because applications and providers navigate the
 * browser here from other sites.
 */
export function writeCookie(request: Request, reply: Reply, cookie: Cookie): void {
  const { tenant } = request;
  const parts = [
    `${cookie.name}=${encodeURIComponent(cookie.value ?? '')}`,
    `Path=${`${tenant.basePath}${cookie.path ?? ''}` || '/'}`,
    'HttpOnly',
    'SameSite=Lax',
  ];
  if (tenant.baseUrl.startsWith('https:')) parts.push('Secure');
  if (cookie.value === undefined) parts.push('Max-Age=0');
  else if (cookie.maxAge !== undefined) parts.push(`Max-Age=${cookie.maxAge}`);
  reply.header('set-cookie', parts.join('; '));
}
